# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""`check` against AKS's own safeguards: what is judged, what is refused, and how the report ends."""

from __future__ import annotations

import json

import pytest
from azure.cli.core.azclierror import MutuallyExclusiveArgumentError

from azext_safeguards.check.admission.prose import policies
from azext_safeguards.check.errors import CheckError
from azext_safeguards.check.judging.against import settings_for
from azext_safeguards.check.policies.registry import REGISTRY
from azext_safeguards.check.report import FormatName
from azext_safeguards.check.sources.find import find_sources
from azext_safeguards.check.workers.run import check
from azext_safeguards.cli.manifests._format import check_table
from azext_safeguards.cli.manifests.judged_by import Wanted, _asked_of_aks, _of_aks
from azext_safeguards.domain.cluster import ClusterRef
from azext_safeguards.domain.managed import Managed
from azext_safeguards.domain.owners import AksSide
from azext_safeguards.pages.manifests import page
from azext_safeguards.pages.values import Context

from .test_check import Az
from .test_check import check as command

REF = ClusterRef("00000000-0000-0000-0000-000000000001", "rg", "c1")
PROBES = "readinessProbe: {tcpSocket: {port: 80}}\n    livenessProbe: {tcpSocket: {port: 80}}"
READY = f"""\
apiVersion: v1
kind: Pod
metadata: {{name: ready, namespace: shop}}
spec:
  containers:
  - name: app
    image: registry.example.com/app:1
    {PROBES}
    resources: {{requests: {{cpu: 200m, memory: 1Gi}}, limits: {{cpu: 200m, memory: 1Gi}}}}
"""
CHANGED = READY.replace("ready,", "changed,").replace("cpu: 200m, memory: 1Gi}}}}", "cpu: 200m, memory: 1Gi}}}}")
CHANGED = CHANGED.replace("requests: {cpu: 200m", "requests: {cpu: 2")
DENIED = (
    READY.replace("ready,", "denied,").replace("spec:\n", "spec:\n  hostPID: true\n")
    + "    securityContext: {privileged: true}\n"
)
REFUSED = READY.replace("ready,", "refused,").replace("name: app", "name: App")
LEFT = DENIED.replace("namespace: shop", "namespace: kube-system").replace("denied,", "left,")
CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    files = {"ready": READY, "changed": CHANGED, "denied": DENIED, "refused": REFUSED, "left": LEFT, "config": CONFIG}
    for name, text in files.items():
        (tmp_path / f"{name}.yaml").write_text(text)
    return tmp_path


@pytest.fixture
def run(folder):
    def run(**options):
        az = Az()
        az.data = {"command": "aks safeguards check"}
        cmd = type("Cmd", (), {"cli_ctx": az})()
        result = command(cmd, ["."], **options)
        if result is not None:
            data = {"result": result}
            az.raise_event("CommandInvoker.OnTransformResult", event_data=data)
        return az.ended(), result

    return run


def outcomes(result):
    return {one["name"]: one["outcome"] for one in result["readiness"]["objects"]}


def test_automatic_ends_with_what_becomes_of_each_object(run):
    code, result = run(automatic=True)
    assert code == 2
    assert outcomes(result) == {
        "ready": "passes",
        "changed": "changed",
        "denied": "denied",
        "refused": "refused",
        "left": "excluded",
        "c": "passes",
    }
    ready = result["readiness"]
    assert ready["ready"] is False
    assert (
        ready["verdict"]
        == "Not ready: of 6 objects 1 would be refused and 1 would be denied; 1 would be changed on the way in."
    )
    assert ready["totals"] == {"refused": 1, "denied": 1, "warned": 0, "changed": 1, "passes": 2, "excluded": 1}
    assert [one["namespace"] for one in ready["namespaces"]] == ["default", "kube-system", "shop"]
    assert [(one["policy"], one["outcome"], one["objects"]) for one in ready["fixes"]] == [
        ("", "refused", 1),
        ("aks-managed-baseline-host-namespaces", "denied", 1),
        ("aks-managed-baseline-privileged-containers", "denied", 1),
        ("requests-mutator", "changed", 1),
    ]
    (changed,) = [one for one in ready["objects"] if one["name"] == "changed"]
    assert changed["changes"] == [{"path": "spec.containers[0].resources.requests.cpu", "value": "200m"}]
    summary = result["summary"]
    assert (summary["owner"], summary["automatic"]) == ("Managed", True)
    assert (summary["level"], summary["version"]) == ("Enforce", "")
    json.dumps(result)


def test_its_findings_are_in_the_order_of_the_cluster_and_in_its_words(run):
    _, result = run(automatic=True)
    assert [(one["policy"], one["message"], one["effect"], one["implied"]) for one in result["findings"]] == [
        (
            "aks-managed-baseline-host-namespaces",
            "Host PID namespaces are disallowed: spec.hostPID is set to true",
            "deny",
            False,
        ),
        ("aks-managed-baseline-privileged-containers", "Privileged containers are disallowed", "deny", False),
    ]
    assert all(one["fix"] and one["title"] and one["docs"] for one in result["findings"])
    assert any("prints only the first text that denies" in note for note in result["notes"])


def test_a_managed_cluster_has_no_pod_security_unless_it_is_set_and_no_summary(run):
    _, plain = run(managed="Enforce")
    assert plain["findings"] == []
    assert "readiness" not in plain
    _, warned = run(managed="warn", pod_security="Baseline")
    assert {one["effect"] for one in warned["findings"]} == {"warn"}
    assert warned["summary"]["owner"] == "Managed"


def test_at_warn_nothing_is_changed_so_that_a_request_above_its_limit_is_refused(run):
    _, result = run(managed="Warn")
    assert {one["name"] for one in result["refused"]} == {"changed", "refused"}


def test_the_patch_of_a_mutator_is_shown(run):
    _, result = run(managed="Enforce", show_mutations=True)
    (one,) = result["mutations"]
    assert one["policies"] == ["requests-mutator"]
    assert "-        cpu: 2\n+        cpu: 200m\n" in one["diff"]


def test_a_policy_and_a_mutator_can_be_skipped(run):
    _, result = run(
        automatic=True,
        skip=["aks-managed-baseline-host-namespaces", "aks-managed-baseline-privileged-containers", "requests-mutator"],
    )
    assert result["findings"] == []
    assert outcomes(result)["changed"] == "refused"


def test_what_an_annotation_silences_is_denied_all_the_same(run, folder):
    silenced = DENIED.replace(
        "namespace: shop",
        "namespace: shop, annotations: {ignore-safeguards.aks/aks-managed-baseline-host-namespaces: later}",
    )
    (folder / "denied.yaml").write_text(silenced)
    _, result = run(automatic=True, skip=["aks-managed-baseline-privileged-containers"])
    assert result["findings"] == []
    assert [one["policy"] for one in result["ignoredFindings"]] == ["aks-managed-baseline-host-namespaces"]
    assert outcomes(result)["denied"] == "denied"


def test_namespaces_are_excluded_from_all_of_it_and_that_is_noted(run):
    _, result = run(automatic=True, excluded_ns="shop")
    assert set(outcomes(result).values()) == {"excluded", "passes", "refused"}
    assert any("AKS does not document it" in note for note in result["notes"])


def test_the_table_ends_with_it(run):
    _, result = run(automatic=True)
    rows = [row for row in check_table(result) if row["Effect"] == "readiness"]
    assert [(row["Namespace"], row["Policy"]) for row in rows] == [
        ("default", ""),
        ("kube-system", ""),
        ("shop", ""),
        ("", ""),
        ("", "aks-managed-baseline-host-namespaces"),
        ("", "aks-managed-baseline-privileged-containers"),
        ("", "requests-mutator"),
        ("", ""),
    ]
    assert rows[2]["Message"] == "1 refused, 1 denied, 1 changed, 1 passes"
    assert check_table(result)[-1]["Message"].startswith("Not ready: ")


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_text_and_markdown_end_with_it(run, folder, form):
    run(automatic=True, report_format=[form], report_file=["report.out"])
    text = (folder / "report.out").read_text()
    assert "Not ready: of 6 objects" in text
    assert "requests-mutator" in text
    assert "spec.containers" in text
    assert "kube-system" in text
    known = {
        "text": "ValidatingAdmissionPolicy 'aks-managed-baseline-host-namespaces' with binding "
        "'aks-managed-baseline-host-namespaces-binding' denied request: Host PID namespaces are disallowed",
        "markdown": "[aks-managed-baseline-host-namespaces](",
    }
    assert known[form] in text


def test_the_page_has_it(run, folder):
    run(automatic=True, report_format=["html"], report_file=["report.html"])
    text = (folder / "report.html").read_text()
    assert "Readiness</h2>" in text
    assert "Not ready: of 6 objects" in text
    assert "requests-mutator" in text
    assert "az aks safeguards policy set" not in text


def test_a_page_without_it_has_no_such_section():
    assert "Readiness" not in page({"findings": [], "summary": {}}, Context("az", "safeguards"))


@pytest.mark.parametrize("form", list(FormatName))
def test_every_form_can_be_written(folder, form):
    acting = _asked_of_aks(Wanted(automatic=True))
    report = check(find_sources(["."], None, ()), settings_for(acting))
    assert form.to_format().render(report, {**REGISTRY, **policies()})


@pytest.mark.parametrize(
    ("wanted", "part"),
    [
        (Wanted(managed="Warn", automatic=True), "two kinds of clusters"),
        (Wanted(group="g", name="n", automatic=True), "--automatic says what to check against"),
        (Wanted(group="g", name="n", managed="Warn"), "--managed says what to check against"),
    ],
)
def test_one_thing_to_check_against(wanted, part):
    with pytest.raises(MutuallyExclusiveArgumentError, match=part) as caught:
        _asked_of_aks(wanted)
    assert caught.value.recommendations


@pytest.mark.parametrize(
    "wanted", [{"level": "Warning"}, {"version": "v2.0.0"}, {"param": ("cpuLimit=1",)}, {"level": "Off"}]
)
def test_what_only_an_assignment_has_is_refused(wanted):
    with pytest.raises(CheckError, match="of an assignment") as caught:
        _asked_of_aks(Wanted(automatic=True, **wanted))
    assert caught.value.todo
    with pytest.raises(CheckError, match="AKS itself manages"):
        _of_aks(AksSide(False, Managed("Warn")), REF, Wanted("rg", "c1", **wanted))


def test_a_cluster_of_aks_is_judged_as_it_is_set():
    acting, notes = _of_aks(AksSide(False, Managed("Warn", ("a",), "Restricted")), REF, Wanted("rg", "c1"))
    assert (acting.level, acting.user_namespaces, acting.pod_security) == ("Warn", ("a",), "Restricted")
    assert (acting.automatic, notes) == (False, [])
    acting, _ = _of_aks(AksSide(False, Managed("Enforce")), REF, Wanted(pod_security="Baseline", excluded_ns="x,y"))
    assert (acting.pod_security, acting.user_namespaces) == ("Baseline", ("x", "y"))


def test_an_automatic_cluster_whose_resource_was_not_read_is_judged_and_that_is_noted():
    acting, notes = _of_aks(AksSide(True, None, "403 Forbidden.\nmore"), REF, Wanted("rg", "c1"))
    assert (acting.level, acting.pod_security, acting.automatic) == ("Enforce", "Baseline", True)
    assert notes == [
        "Which namespaces AKS leaves alone on the cluster is not known (403 Forbidden); none beside the system's is "
        "taken to be."
    ]


@pytest.mark.parametrize("level", ["Strict", ""])
def test_a_level_that_is_not_known_is_no_guess(level):
    with pytest.raises(CheckError, match="does not know"):
        _of_aks(AksSide(False, Managed(level)), REF, Wanted("rg", "c1"))
