# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What is no finding that counts is named all the same: ignored findings with their reasons, excluded objects."""

from __future__ import annotations

import pytest

from azext_safeguards.check.settings import Settings
from azext_safeguards.check.sources.source import Source
from azext_safeguards.check.workers import foreseen, run

SETTINGS = Settings(
    {"probes": "deny", "unique-selectors": "warn"},
    parameters={"requiredProbes": ["livenessProbe"]},
    excluded_namespaces=("kube-*",),
)
POD = """\
apiVersion: v1
kind: Pod
metadata:
  name: %s
  namespace: %s
  annotations: {%s}
spec: {containers: [{name: c, image: i}]}
"""
SERVICE = """\
apiVersion: v1
kind: Service
metadata: {name: %s, annotations: {%s}}
spec: {selector: {a: b}, ports: [{port: 80}]}
"""
KNOWN = "ignore-safeguards.aks/%s: 'ends soon'"


def report(*texts: str, processes: int = 1):
    sources = [Source(f"{number}.yaml", "", len(text), text.encode()) for number, text in enumerate(texts)]
    return run.check(sources, SETTINGS, processes=processes)


def test_an_ignored_finding_keeps_its_place_its_words_and_the_reason():
    found = report("# one\n" + POD % ("batch", "team-a", KNOWN % "probes"))
    assert found.findings == []
    (one,) = found.ignored_findings
    assert (one.file, one.kind, one.name, one.namespace, one.policy) == ("0.yaml", "Pod", "batch", "team-a", "probes")
    assert (one.line, one.effect, one.implied, one.reason) == (8, "deny", False, "ends soon")
    assert one.message.startswith("Container <c> in your Pod <batch> has no <livenessProbe>")
    assert found.ignored == 1


def test_an_ignored_finding_of_a_policy_that_compares_objects():
    found = report(SERVICE % ("a", ""), SERVICE % ("b", KNOWN % "unique-selectors"))
    assert found.findings == []
    (one,) = found.ignored_findings
    assert (one.file, one.name, one.policy, one.reason) == ("1.yaml", "b", "unique-selectors", "ends soon")


def test_an_excluded_object_is_named_with_its_place():
    found = report("---\n" + POD % ("agent", "kube-agents", ""))
    (one,) = found.excluded_objects
    assert (one.file, one.line, one.kind, one.name, one.namespace) == ("0.yaml", 2, "Pod", "agent", "kube-agents")
    assert found.excluded == 1


@pytest.mark.no_cover
@pytest.mark.parametrize("parts", [False, True])
def test_several_processes_name_the_same(parts):
    texts = [POD % (f"p{number}", "kube-x" if number % 2 else "team", KNOWN % "probes") for number in range(200)]
    given = ["---\n".join(texts * 40)] if parts else texts
    assert len(given) >= foreseen.FEW or len(given[0]) > foreseen.LITTLE
    alone, together = report(*given), report(*given, processes=2)
    assert together.ignored_findings == alone.ignored_findings != []
    assert together.excluded_objects == alone.excluded_objects != []
