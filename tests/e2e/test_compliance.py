# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""`az aks safeguards compliance show`: names, counts, the three tables, scans and what is in the way."""

from __future__ import annotations

import re

import pytest

SHOW = "aks safeguards compliance show -g rg -n c1"
ENFORCE = "aks update -g rg -n c1 --safeguards-level Enforcement --safeguards-excluded-ns team-*"
MANIFESTS = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec: {replicas: 1, template: {spec: {containers: [{name: c, image: "nginx:latest"}]}}}
---
apiVersion: v1
kind: Pod
metadata: {name: db, namespace: default}
spec: {containers: [{name: c, image: "postgres:16", resources: {limits: {cpu: "1", memory: 1Gi}}}]}
---
apiVersion: v1
kind: Pod
metadata: {name: theirs, namespace: team-a}
spec: {containers: [{name: c, image: "nginx:latest"}]}
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: old}
provisioner: kubernetes.io/azure-disk
"""
SERVICE = """
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{port: 80}]}
"""
GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-")


@pytest.fixture
def enforced(warm, box, cluster):
    warm(ENFORCE)
    box.compliance.scan_seconds = 0.05
    return cluster


@pytest.fixture
def loaded(box, enforced):
    box.load_manifests(enforced, MANIFESTS)
    box.clock.advance(900)
    return enforced


def deny(box, *actions):
    box.permissions.set([{"actions": ["*"], "notActions": list(actions)}])


def named(items):
    return {item["name"]: item for item in items}


def test_policies_namespaces_and_objects(warm, box, loaded):
    box.page_size = 3
    shown = warm(f"{SHOW} --details")
    result = shown.json
    assert (result["complianceState"], result["level"], result["cluster"]) == ("NonCompliant", "Enforcement", "c1")
    assert result["objects"] == {"compliant": 0, "nonCompliant": 3, "exempt": 0, "unknown": 0}
    latest = named(result["policies"])["no-latest-tag"]
    assert latest["objects"] == {"compliant": 1, "nonCompliant": 1, "exempt": 0, "unknown": 0}
    assert latest["resources"]["nonCompliant"] == 1
    assert (latest["referenceId"], latest["action"]) == ("imagesDoNotUseLatest", "denies")
    assert named(result["policies"])["mutate-cpu-limits"]["action"] == "mutates"
    spaces = {item["namespace"]: item for item in result["namespaces"]}
    assert set(spaces) == {None, "default", "shop"}
    assert spaces[None]["nonCompliantPolicies"] == ["csi-storage"]
    assert "no-latest-tag" not in spaces["default"]["nonCompliantPolicies"]
    details = [item for item in result["details"] if item["policy"] == "no-latest-tag"]
    assert [(item["kind"], item["namespace"], item["name"]) for item in details] == [("Deployment", "shop", "web")]
    assert "latest tag" in details[0]["message"]
    assert shown.err == ""


def test_three_tables_without_guids_or_reference_ids(warm, loaded):
    policies = warm(f"{SHOW} -o table").out
    row = next(line for line in policies.splitlines() if line.startswith("no-latest-tag "))
    assert re.split(r"  +", row)[1:] == ["deny", "NonCompliant", "1", "1"]
    mutating = next(line for line in policies.splitlines() if line.startswith("mutate-cpu-limits "))
    assert re.split(r"  +", mutating)[1:] == ["mutate", "-", "-", "-"]
    spaces = warm(f"{SHOW} --by namespace -o table").out
    assert [line.split()[0] for line in spaces.splitlines()] == ["Namespace", spaces.splitlines()[1].split()[0],
                                                                 "(cluster)", "default", "shop"]  # fmt: skip
    details = warm(f"{SHOW} --details --by namespace -o table").out
    first = re.split(r"  +", details.splitlines()[2])
    assert first[:5] == ["(cluster)", "StorageClass", "old", "csi-storage", "NonCompliant"]
    for text in (policies, spaces, details):
        assert not GUID.search(text)
        assert "imagesDoNotUseLatest".lower() not in text.lower()


def test_a_scan_shows_what_has_changed_since_the_last_one(warm, box, enforced):
    box.load_manifests(enforced, SERVICE)
    box.clock.advance(900)
    assert warm(SHOW).json["complianceState"] == "Compliant"
    box.load_manifests(enforced, MANIFESTS)
    # Longer than any machine takes to read what is known before it ends.
    box.compliance.scan_seconds = 600
    old = warm(f"{SHOW} --scan --no-wait").json
    assert old["complianceState"] == "Compliant"
    box.compliance.scan_seconds = 0.05
    scanned = warm(f"{SHOW} --scan").json
    assert scanned["complianceState"] == "NonCompliant"
    assert scanned["lastScan"] > old["lastScan"]
    assert warm(f"{SHOW} --wait").json["lastScan"] > scanned["lastScan"]
    box.compliance.scan_seconds = 1e6
    late = warm(f"{SHOW} --scan --timeout 1", code=1)
    assert "has not ended after all the time" in late.errors[0]
    assert late.err.splitlines()[1] == f"az {SHOW}"
    lonely = warm(f"{SHOW} --no-wait", code=1)
    assert "--scan" in lonely.err
    assert lonely.requests == []


def test_fail_on(warm, box, loaded):
    failed = warm(f"{SHOW} --fail-on noncompliant", code=1)
    assert failed.json["complianceState"] == "NonCompliant"
    assert "no-latest-tag" in failed.errors[0]
    assert f"az {SHOW} --details -o table" in failed.err.splitlines()
    warm(f"{SHOW} --fail-on never")
    box.compliance.clear(loaded)
    box.clock.advance(900)
    empty = warm(f"{SHOW} --fail-on error")
    assert (empty.json["complianceState"], empty.json["nothingToJudge"]) == ("NothingToJudge", "NoObjects")
    assert "names no object of the cluster 'c1' that a policy looked at, so there is nothing to judge" in empty.err
    assert "nothing to judge" in warm(f"{SHOW} --fail-on warning -o table", code=1).out


def test_a_scan_before_the_last_write_is_no_pass(warm, box, enforced):
    box.load_manifests(enforced, SERVICE)
    box.clock.advance(900)
    fresh = warm(f"{SHOW} --fail-on error")
    assert (fresh.json["complianceState"], fresh.json["outdated"], fresh.err) == ("Compliant", False, "")
    warm("aks safeguards policy set -g rg -n c1 --policy probes --effect Warn")
    told = warm(f"{SHOW} -o table")
    assert "The cluster 'c1' was scanned before the last change of its safeguards (scanned " in told.err
    assert f"az {SHOW} --scan" in told.err
    assert {line.split()[-1] for line in told.out.splitlines()[2:]} == {"outdated"}
    late = warm(f"{SHOW} --fail-on error", code=1)
    assert (late.json["outdated"], late.json["lastChange"] > late.json["lastScan"]) == (True, True)
    assert (len(late.errors), "WARNING" in late.err) == (1, False)
    assert f"az {SHOW} --scan --fail-on error" in late.err.splitlines()
    page = warm(f"{SHOW} --format html --report-file old.html")
    assert "before the last change" in page.err
    assert "scanned before the last change" in (warm.folder / "old.html").read_text("utf-8")
    again = warm(f"{SHOW} --scan --fail-on error")
    assert (again.json["complianceState"], again.json["outdated"]) == ("Compliant", False)
    assert [name for name in again.sent if name == "GET assignment"] == ["GET assignment"] * 2


def test_nothing_is_known_before_the_first_scan(warm, box, enforced):
    box.compliance.first_scan = 3600
    shown = warm(SHOW)
    assert (shown.json["complianceState"], shown.json["lastScan"]) == ("NotEvaluated", None)
    assert f"az {SHOW} --scan" in shown.err
    assert "(never)" in warm(f"{SHOW} -o table --wide").out
    assert "not known" in warm(f"{SHOW} --fail-on noncompliant", code=1).errors[0]


def test_off_has_nothing_to_judge(warm, enforced):
    warm("aks update -g rg -n c1 --safeguards-level Off")
    shown = warm(SHOW)
    assert (shown.json["policies"], shown.json["level"]) == ([], "Off")
    assert (shown.json["complianceState"], shown.json["nothingToJudge"]) == ("NothingToJudge", "Off")
    failed = warm(f"{SHOW} --fail-on error -o table", code=1)
    assert failed.out.splitlines()[2].split() == ["(all)", "off", "nothing", "to", "judge"]
    assert "so there is nothing to judge" in failed.errors[0]
    assert "az aks update -g rg -n c1 --safeguards-level Warning" in failed.err.splitlines()
    warm(f"{SHOW} --format html --report-file off.html")
    assert "There is nothing to judge: no policy" in (warm.folder / "off.html").read_text("utf-8")


def test_exempt_policies_do_not_fail(warm, box, send_exemption, loaded):
    send_exemption(loaded)
    table = warm(f"{SHOW} -o table --fail-on error", code=1)
    rows = [re.split(r"  +", line) for line in table.out.splitlines()[2:]]
    assert ["probes", "off by exemption", "Exempt"] in [row[:3] for row in rows]
    assert "scanned before the last change" in table.errors[0]
    box.clock.advance(900)
    shown = warm(f"{SHOW} --details --fail-on noncompliant").json
    assert {policy["complianceState"] for policy in shown["policies"] if policy["kind"] == "validator"} == {"Exempt"}
    assert {item["complianceState"] for item in shown["details"]} == {"Exempt"}


@pytest.fixture
def send_exemption(box):
    def send(cluster):
        owner = next(iter(box.assignments))
        body = {"properties": {"policyAssignmentId": owner, "exemptionCategory": "Waiver"}}
        box.backends.exemptions.put(cluster, "all", body)

    return send


def test_several_profiles_by_ids_in_one_table(warm, box, enforced):
    other = box.add_cluster("rg", "c2")
    warm("aks update -g rg -n c2 --safeguards-level Warning")
    rows = warm(f"aks safeguards profile show --ids {enforced} {other} -o table").out.splitlines()[2:]
    assert sorted(row.split()[:3] for row in rows) == [["c1", "rg", "Enforcement"], ["c2", "rg", "Warning"]]


def test_several_clusters_by_ids(warm, box, loaded):
    other = box.add_cluster("rg", "c2")
    warm("aks update -g rg -n c2 --safeguards-level Warning")
    table = warm(f"aks safeguards compliance show --ids {loaded} {other} -o table").out.splitlines()
    assert {line.split()[0] for line in table[2:]} == {"c1", "c2"}


def test_what_is_in_the_way_is_said(warm, plain, box, cluster):
    absent = warm(SHOW, code=3)
    assert "has no safeguards assignment" in absent.errors[0]
    assert "az aks update -g rg -n c1 --safeguards-level Warning" in absent.err.splitlines()
    assert [name for name in warm(f"{SHOW} --scan", code=3).writes if "triggerEvaluation" in name] == []
    nowhere = warm("aks safeguards compliance show -g rg -n none", code=3)
    assert nowhere.errors == plain("aks show -g rg -n none", code=3).errors
    warm(ENFORCE)
    box.providers.set_state("Microsoft.PolicyInsights", "NotRegistered")
    for line in (SHOW, f"{SHOW} --scan"):
        unregistered = warm(line, code=1)
        assert "Microsoft.PolicyInsights is not registered" in unregistered.errors[0]
        assert "\naz provider register --namespace Microsoft.PolicyInsights --wait --subscription " in unregistered.err
    box.providers.set_state("Microsoft.PolicyInsights", "Registered")
    deny(box, "Microsoft.PolicyInsights/policyStates/triggerEvaluation/action")
    forbidden = warm(f"{SHOW} --scan", code=1)
    assert "AuthorizationFailed" in forbidden.errors[0]
    assert "triggerEvaluation/action" in forbidden.err
    deny(box, "Microsoft.PolicyInsights/componentPolicyStates/queryResults/read")
    assert "not counted" in warm(SHOW).err
    assert "AuthorizationFailed" in warm(f"{SHOW} --details", code=1).errors[0]
    deny(box, "Microsoft.PolicyInsights/policyStates/queryResults/read")
    unread = warm(SHOW, code=1)
    assert "You lack Microsoft.PolicyInsights/policyStates/queryResults/read on " in unread.err
    assert "The role 'Reader' has it" in unread.err
    deny(box, "Microsoft.Authorization/policyAssignments/read")
    assert "You lack Microsoft.Authorization/policyAssignments/read on " in warm(SHOW, code=1).err


@pytest.fixture(params=["Standard", "Automatic"])
def aks_owned(request, box):
    """A cluster whose safeguards AKS enforces, and a word that is said of it."""
    cluster = box.add_cluster("rg", "c1", sku="Automatic" if request.param == "Automatic" else "Base")
    if request.param == "Standard":
        box.add_deployment_safeguards(cluster, "Enforce", ["legacy"])
        return cluster, "AKS itself manages the deployment safeguards of the cluster 'c1' at level Enforce"
    return cluster, "The cluster 'c1' is AKS Automatic"


def test_without_states_of_aks_owned_safeguards_that_is_said(warm, box, aks_owned):
    shown = warm(SHOW)
    assert aks_owned[1] in shown.err
    assert "has no states of the cluster 'c1' for the initiative" in shown.err
    assert "--excluded-ns" in shown.err
    result = shown.json
    assert (result["owner"], result["level"], result["version"]) == ("Managed", "Enforce", None)
    assert (result["complianceState"], result["policies"]) == ("NotEvaluated", [])
    failed = warm(f"{SHOW} --fail-on noncompliant", code=1)
    assert "It is not known whether the cluster 'c1' complies" in failed.err
    assert warm(f"{SHOW} --scan").json["policies"] == []
    assert warm(f"{SHOW} -o table").out.strip() == ""
    warm(f"{SHOW} --format html --report-file cluster.html")
    assert "Azure Policy has not evaluated this cluster yet." in (warm.folder / "cluster.html").read_text("utf-8")


def test_states_of_whatever_assigns_the_initiative_are_told_for_aks_owned_safeguards(warm, box, aks_owned):
    cluster, said = aks_owned
    box.add_cluster("rg", "c2")
    warm("aks update -g rg -n c2 --safeguards-level Warning --safeguards-version v3.0.0")
    (body,) = box.assignments.values()
    group = cluster.partition("/providers/")[0]
    box.backends.assignments.put(group, "everywhere", {"properties": body["properties"]}, "2025-03-01")
    warm("aks safeguards profile delete -g rg -n c2 --yes")
    box.load_manifests(cluster, MANIFESTS)
    box.clock.advance(900)
    shown = warm(f"{SHOW} --details")
    assert said in shown.err
    assert "has no states" not in shown.err
    assert {item["name"] for item in shown.json["policies"]} >= {"probes", "no-latest-tag"}
    assert (shown.json["complianceState"], shown.json["assignmentId"]) == ("NonCompliant", None)
    assert {(item["name"], item["policy"]) for item in shown.json["details"]} >= {("web", "probes"), ("db", "probes")}
    rows = {row["name"]: row for row in shown.json["policies"]}
    assert (rows["probes"]["action"], rows["probes"]["objects"]["nonCompliant"]) == ("warns", 3)


def test_a_cluster_with_nobodys_safeguards_is_still_refused(warm, box, cluster):
    refused = warm(SHOW, code=3)
    assert "has no safeguards assignment, so there is nothing to judge" in refused.errors[0]
    assert warm(f"{SHOW} --scan", code=3).errors
