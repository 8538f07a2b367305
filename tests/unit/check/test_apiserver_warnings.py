# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What the API server warns of itself: apart from what policies say, in every format, and never a failure."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest

from azext_safeguards.check.findings import ApiServerWarning, Report
from azext_safeguards.check.report import FormatName
from azext_safeguards.check.settings import Settings
from azext_safeguards.check.sources.source import Source
from azext_safeguards.check.workers import run
from azext_safeguards.cli.manifests._format import check_table
from azext_safeguards.cli.manifests.check import _output

INGRESS = """\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: web
  namespace: %s
  annotations:
    kubernetes.io/ingress.class: nginx
spec: {defaultBackend: {service: {name: web, port: {number: 80}}}}
"""
CLASS = "annotation \"kubernetes.io/ingress.class\" is deprecated, please use 'spec.ingressClassName' instead"
POD = """\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  nodeSelector:
    beta.kubernetes.io/os: linux
  containers:
    - name: web
      image: %s
"""
OLD_LABEL = 'spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use "kubernetes.io/os" instead'
SETTINGS = Settings(
    {"probes": "deny"}, parameters={"requiredProbes": ["livenessProbe"]}, excluded_namespaces=("kube-*",)
)


def report(*texts: str) -> Report:
    sources = [Source(f"{number}.yaml", "", len(text), text.encode()) for number, text in enumerate(texts)]
    return run.check(sources, SETTINGS, processes=1)


@pytest.mark.parametrize("namespace", ["team-a", "kube-system"])
def test_a_kind_that_no_policy_looks_at_in_any_namespace(namespace: str) -> None:
    found = report(INGRESS % namespace)
    assert found.apiserver_warnings == [ApiServerWarning("0.yaml", 7, 34, "Ingress", "web", namespace, CLASS)]
    assert not found.findings
    assert not found.refused


def test_beside_what_a_policy_says() -> None:
    found = report(POD % "x:1")
    assert [one.policy for one in found.findings] == ["probes"]
    (one,) = found.apiserver_warnings
    assert (one.line, one.column, one.text) == (6, 28, OLD_LABEL)


def test_nothing_of_an_object_that_is_refused() -> None:
    found = report(POD % '""')
    assert len(found.refused) == 1
    assert found.apiserver_warnings == []


def test_of_each_of_many_files_that_are_alike() -> None:
    texts = [(INGRESS % "team-a").replace("name: web", f"name: app-{number:03}", 1) for number in range(20)]
    found = report(*texts)
    assert [one.name for one in found.apiserver_warnings] == [f"app-{number:03}" for number in range(20)]


def test_the_table_and_the_json_tell_it_as_a_note() -> None:
    result = _output(report(INGRESS % "team-a"), False)
    assert result["apiserverWarnings"][0]["text"] == CLASS
    assert result["summary"]["apiserverWarnings"] == 1
    assert result["summary"]["warned"] == 0
    (row,) = check_table(result)
    assert (row["File"], row["Effect"], row["Policy"]) == ("0.yaml:7", "note", "")
    assert CLASS in row["Message"]


WORDS = {
    "text": f"  0.yaml:7:34: Ingress/web (team-a): {CLASS}\n",
    "github": "::notice file=0.yaml,line=7,col=34,title=Warned of by the API server::Ingress/web (team-a): the API "
    f"server warns: {CLASS}\n",
    "azuredevops": f"Note: 0.yaml:7:34: Ingress/web (team-a): the API server warns: {CLASS}\n",
    "markdown": "| <code>0.yaml:7</code> | <code>Ingress/web (team-a)</code> | <code>annotation &#34;",
}


@pytest.mark.parametrize("name", sorted(WORDS))
def test_the_formats_for_people(name: str) -> None:
    text = FormatName(name).to_format().render(report(INGRESS % "team-a"), {})
    assert WORDS[name] in text
    assert "1 warning of the API server itself" in text
    assert not [word for word in ("error", "::warning", "type=warning") if word in text]


def test_sarif_has_a_rule_of_level_note() -> None:
    (one,) = json.loads(FormatName.SARIF.to_format().render(report(INGRESS % "team-a"), {}))["runs"]
    (result,) = one["results"]
    assert one["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"] == "apiserver-warning"
    assert result["level"] == "note"
    assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": 7, "startColumn": 34}


def test_junit_has_a_case_that_passes() -> None:
    root = ElementTree.fromstring(FormatName.JUNIT.to_format().render(report(INGRESS % "team-a"), {}))
    (case,) = root.iter("testcase")
    assert [child.tag for child in case] == ["system-out"]
    assert case[0].text == f"0.yaml:7:34: {CLASS}"
    assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("1", "0", "0")
