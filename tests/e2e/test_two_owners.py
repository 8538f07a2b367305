# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Clusters on which AKS enforces safeguards of its own, alone or beside an assignment, standard and Automatic."""

from __future__ import annotations

import pytest

from .warm_az import WarmAz

OFF = "aks update -g rg -n c1 --safeguards-level Off"
DELETE = "az aks safeguards delete -g rg -n c1"
# Commands about an assignment, and what they say that they can't do.
NEED_AN_ASSIGNMENT = {
    "aks safeguards suspend -g rg -n c1": "nothing to suspend",
    "aks safeguards resume -g rg -n c1": "nothing to resume",
    "aks safeguards export -g rg -n c1 --format bicep": "nothing to export",
}


@pytest.fixture(scope="module")
def warm(installed):
    with WarmAz(installed) as az:
        yield az


@pytest.fixture
def managed(box):
    """A standard cluster whose safeguards AKS manages, with a namespace excluded."""
    identifier = box.add_cluster("rg", "c1")
    box.add_deployment_safeguards(identifier, "Enforce", ["legacy"])
    return identifier


@pytest.fixture
def automatic(box):
    return box.add_cluster("rg", "c1", sku="Automatic")


@pytest.mark.parametrize("line", NEED_AN_ASSIGNMENT)
def test_commands_about_an_assignment_say_who_manages(warm, box, managed, line):
    refused = warm(line, code=3)
    assert "AKS itself manages the deployment safeguards of the cluster 'c1' at level Enforce" in refused.errors[0]
    assert NEED_AN_ASSIGNMENT[line] in refused.errors[0]
    assert "az aks safeguards show -g rg -n c1" in refused.err
    assert "--safeguards-level" not in refused.err
    assert not any(sent.startswith(("PUT", "DELETE")) for sent in refused.sent)


@pytest.mark.parametrize("line", NEED_AN_ASSIGNMENT)
def test_on_automatic_no_way_is_named_that_azure_refuses(warm, box, automatic, line):
    refused = warm(line, code=3)
    assert "The cluster 'c1' is AKS Automatic" in refused.errors[0]
    assert "--level Enforce --excluded-ns NAMESPACE" in refused.err
    for word in ("migrate", "--level Warn", "safeguards delete", "--safeguards-level"):
        assert word not in refused.err


def test_what_acts_is_shown_where_aks_manages(warm, box, managed):
    rows = warm("aks safeguards policy list -g rg -n c1")
    assert "AKS itself manages the deployment safeguards of the cluster 'c1' at level Enforce" in rows.err
    assert "az aks safeguards update -g rg -n c1 --level Enforce --excluded-ns legacy NAMESPACE" in rows.err
    assert rows.json[0]["kind"] == "AKS mutator"
    does = {row["name"]: (row["does"], row["origin"]) for row in rows.json}
    assert (does["probes"], does["privileged"], does["mutate-taints"]) == (
        ("deny", "AKS"),
        ("off", "AKS"),
        ("off", "AKS"),
    )
    assert {row["kind"] for row in rows.json} == {"AKS mutator", "validator", "mutator", "notice"}
    table = warm("aks safeguards policy list -g rg -n c1 -o table").out.splitlines()
    assert max(map(len, table)) <= 160
    shown = warm("aks safeguards profile show -g rg -n c1")
    assert "AKS itself manages" in shown.err
    values = shown.json
    assert (values["owner"], values["level"], values["version"]) == ("Managed", "Enforce", None)
    assert (values["excludedNamespaces"], values["podSecurity"], values["assignmentId"]) == (["legacy"], "Off", None)
    assert (values["policies"]["probes"], values["policies"]["privileged"]) == ("Deny", "Disabled")
    assert (len(values["mutators"]), values["admissionPolicies"]) == (2, [])
    assert "Enforce (AKS)" in warm("aks safeguards profile show -g rg -n c1 -o table").out
    assert not any(sent.startswith(("PUT", "DELETE")) for sent in [*rows.sent, *shown.sent])


def test_at_warn_nothing_is_mutated_and_everything_warns(warm, box):
    box.add_deployment_safeguards(box.add_cluster("rg", "c1"), "Warn", [], "Restricted")
    rows = warm("aks safeguards policy list -g rg -n c1").json
    assert {row["does"] for row in rows} == {"warn", "off"}
    assert {row["kind"] for row in rows} == {"admission policy", "validator", "mutator", "notice"}
    assert any(row["name"].startswith("aks-managed-restricted-") for row in rows)


def test_what_acts_is_shown_on_automatic(warm, box, automatic):
    rows = warm("aks safeguards policy list -g rg -n c1")
    assert "The cluster 'c1' is AKS Automatic" in rows.err
    does = {row["name"]: row["does"] for row in rows.json}
    assert (does["aks-managed-baseline-hostpath-volumes"], does["probes"]) == ("deny", "deny")
    values = warm("aks safeguards profile show -g rg -n c1").json
    assert (values["level"], values["podSecurity"], len(values["admissionPolicies"])) == ("Enforce", "Baseline", 12)
    # And where the managed resource can't be read, what every Automatic cluster has.
    box.faults.add("GET", "deploymentSafeguards", status=403, times=None)
    assert warm("aks safeguards profile show -g rg -n c1").json["podSecurity"] == "Baseline"


def test_diagnose_says_what_acts(warm, box, managed):
    checks = {check["check"]: check for check in warm("aks safeguards diagnose -g rg -n c1").json}
    seen = checks["managed safeguards"]["seen"]
    assert "at level Enforce: 10 policies denying, 2 mutators, left alone: legacy" in seen
    assert "az aks safeguards show -g rg -n c1" in checks["managed safeguards"]["todo"]
    assert checks["assignment"]["status"] == "ok"


def test_diagnose_says_what_acts_on_automatic(warm, box, automatic):
    box.features.set_state("SafeguardsPreview", "NotRegistered")
    checks = {check["check"]: check for check in warm("aks safeguards diagnose -g rg -n c1").json}
    assert "Pod Security Baseline by 12 admission policies" in checks["managed safeguards"]["seen"]
    assert {check["status"] for check in checks.values()} <= {"ok", "warning"}


def test_the_fleet_asks_aks_where_it_is_told_to(warm, box, managed):
    box.add_cluster("rg", "auto", sku="Automatic")
    box.add_cluster("rg", "bare")
    plain = {row["cluster"]: (row["owner"], row["level"]) for row in warm("aks safeguards profile list").json}
    assert plain == {"c1": (None, None), "auto": ("Managed", "Enforce"), "bare": (None, None)}
    asked = warm("aks safeguards profile list --ask-aks")
    rows = {row["cluster"]: (row["owner"], row["level"], row["excludedNamespaces"]) for row in asked.json}
    assert rows == {"c1": ("Managed", "Enforce", 1), "auto": ("Managed", "Enforce", 0), "bare": (None, None, None)}
    assert asked.err == ""
    warm("aks update -g rg -n bare --safeguards-level Warning")
    box.add_deployment_safeguards(next(one for one in box.clusters if one.endswith("/bare")), "Enforce")
    (row,) = (one for one in warm("aks safeguards profile list --ask-aks").json if one["cluster"] == "bare")
    assert (row["owner"], row["level"]) == ("Assignment", "Warning")
    assert [one["what"] for one in row["setByOthers"]] == ["deploymentSafeguards"]
    assert "Assignment+Managed" in warm("aks safeguards profile list --ask-aks -o table").out
    box.faults.add("GET", "deploymentSafeguards", status=500, times=None)
    assert "could not be read of 3 clusters" in warm("aks safeguards profile list --ask-aks").err


@pytest.mark.parametrize("level", ["Baseline", "Restricted"])
@pytest.mark.parametrize("kind", ["managed", "automatic"])
def test_pod_security_leads_to_akss_own_command(warm, box, request, kind, level):
    cluster = request.getfixturevalue(kind)
    refused = warm(f"aks safeguards policy set -g rg -n c1 --pod-security {level}", code=1)
    (way,) = [line for line in refused.err.splitlines() if "--pss-level" in line]
    warm(way.removeprefix("az "))
    assert box.deployment_safeguards[cluster]["properties"]["podSecurityStandardsLevel"] == level
    assert warm("aks safeguards profile show -g rg -n c1").json["podSecurity"] == level


def test_pod_security_of_automatic_cannot_be_turned_off(warm, box, automatic):
    refused = warm("aks safeguards policy set -g rg -n c1 --pod-security Off", code=1)
    assert "--pss-level" not in refused.err
    assert "az aks safeguards show -g rg -n c1" in refused.err


def test_off_where_aks_manages_alone_is_an_error(az, box, managed):
    refused = az(OFF, code=1)
    assert "AKS itself manages" in refused.errors[0]
    assert "they go on" in refused.errors[0]
    assert DELETE in refused.err
    assert refused.writes == []
    assert az(f"{OFF} --tags a=b", code=1).writes == []


def test_off_on_automatic_is_an_error_that_names_what_can_be_changed(az, box, automatic):
    refused = az(OFF, code=1)
    assert "can't be turned off" in refused.errors[0]
    assert "az aks safeguards update -g rg -n c1 --level Enforce --excluded-ns NAMESPACE" in refused.err
    # And Azure takes it.
    az("aks safeguards update -g rg -n c1 --level Enforce --excluded-ns legacy")
    assert box.deployment_safeguards[automatic]["properties"]["excludedNamespaces"] == ["legacy"]
    again = az(OFF, code=1)
    assert "--excluded-ns legacy NAMESPACE" in again.err


@pytest.mark.parametrize("body", ["--level Warn", "--level Enforce --pss-level Privileged"])
def test_the_sandbox_refuses_what_azure_refuses_on_automatic(plain, box, automatic, body):
    refused = plain(f"aks safeguards update -g rg -n c1 {body}", code=None)
    assert "RequestNotAllowedBecauseAssociatedClusterIsAutomaticCluster" in refused.err


def test_off_of_our_own_assignment_tells_that_aks_goes_on(az, box, cluster, stored):
    az("aks update -g rg -n c1 --safeguards-level Enforcement")
    box.add_deployment_safeguards(cluster, "Enforce")
    done = az(OFF)
    assert stored()["properties"]["enforcementMode"] == "DoNotEnforce"
    assert (
        "AKS's own deployment safeguards of the cluster 'c1' go on beside the assignment, at level Enforce" in done.err
    )
    assert DELETE in done.err
    (found,) = done.json["safeguardsProfile"]["setByOthers"]
    assert (found["what"], "at level Enforce" in found["seen"]) == ("deploymentSafeguards", True)
    # What gives no level changes the assignment, and tells the same.
    done = az("aks update -g rg -n c1 --safeguards-excluded-ns team-a")
    assert stored()["properties"]["parameters"]["excludedNamespaces"]["value"][-1] == "team-a"
    assert [one["what"] for one in done.json["safeguardsProfile"]["setByOthers"]] == ["deploymentSafeguards"]
    assert DELETE in done.err


def test_suspend_and_choices_while_off_tell_that_aks_goes_on(warm, box, cluster):
    warm("aks update -g rg -n c1 --safeguards-level Enforcement")
    box.add_deployment_safeguards(cluster, "Enforce")
    assert DELETE in warm("aks safeguards suspend -g rg -n c1 --reason INC-1").err
    warm(OFF)
    assert DELETE in warm("aks safeguards policy set -g rg -n c1 --policy probes --effect Warn").err
    assert DELETE in warm("aks safeguards profile delete -g rg -n c1 --yes").err


@pytest.mark.parametrize("status", [403, 500])
def test_off_never_fails_by_a_managed_state_that_cannot_be_read(az, box, cluster, stored, status):
    az("aks update -g rg -n c1 --safeguards-level Enforcement")
    box.faults.add("GET", "deploymentSafeguards", status=status, times=None)
    done = az(OFF)
    assert stored()["properties"]["enforcementMode"] == "DoNotEnforce"
    assert "could not be read" in done.err
    assert "az aks safeguards show -g rg -n c1" in done.err


def test_off_of_nothing_where_that_is_not_known_says_so(az, box, cluster):
    box.faults.add("GET", "deploymentSafeguards", status=403, times=None)
    done = az(OFF)
    assert "could not be read" in done.err
    assert done.writes == []


def test_copying_from_a_cluster_that_aks_manages_says_so(warm, box, managed):
    other = box.add_cluster("rg", "c2")
    refused = warm(f"aks safeguards profile copy --from {managed} --to {other}", code=1)
    assert "AKS itself manages" in refused.errors[0]
    assert "az aks safeguards show -g rg -n c1" in refused.err


def test_core_s_show_says_where_an_assignment_is_shown(warm, box):
    box.add_cluster("rg", "c1")
    done = warm("aks safeguards show -g rg -n c1", code=3)
    assert "AKS manages no safeguards on this cluster." in done.err
    assert "\naz aks safeguards profile show -g rg -n c1\n" in done.err
    assert done.errors[0].startswith("ERROR: (NotFound)")
    # Nothing is said where the cluster is what is missing, and nothing is added to an answer.
    assert "profile show" not in warm("aks safeguards show -g rg -n nope", code=3).err
    box.add_deployment_safeguards(box.add_cluster("rg", "c2"), "Enforce", [])
    assert warm("aks safeguards show -g rg -n c2").err == ""


@pytest.mark.parametrize("sku", ["Base", "Automatic"])
def test_show_tells_in_its_profile_that_aks_acts_beside_the_assignment(az, box, cluster, sku):
    az("aks update -g rg -n c1 --safeguards-level Warning")
    az(OFF)
    box.add_deployment_safeguards(cluster, "Enforce")
    box.clusters[cluster]["sku"]["name"] = sku
    shown = az("aks show -g rg -n c1")
    assert shown.err == ""
    profile = shown.json["safeguardsProfile"]
    (found,) = profile["setByOthers"]
    assert (profile["level"], found["what"]) == ("Off", "deploymentSafeguards")
    assert "at level Enforce" in found["seen"]
    # What cannot be read, or hangs, is not told, and the rest is.
    for fault in ({"status": 403}, {"status": 500}, {"answer": "empty"}, {"latency": 12}):
        box.faults.clear()
        box.faults.add("GET", "deploymentSafeguards", times=None, **fault)
        profile = az("aks show -g rg -n c1").json["safeguardsProfile"]
        assert ("setByOthers" in profile) == (sku == "Automatic")


@pytest.mark.parametrize("sku", ["Base", "Automatic"])
def test_what_could_be_suspended_can_be_resumed_and_tells_that_both_act(warm, box, cluster, stored, sku):
    warm("aks update -g rg -n c1 --safeguards-level Enforcement")
    box.add_deployment_safeguards(cluster, "Enforce")
    box.clusters[cluster]["sku"]["name"] = sku
    before = stored()["properties"]["overrides"]
    warm("aks safeguards suspend -g rg -n c1")
    planned = warm("aks safeguards resume -g rg -n c1 --dry-run")
    done = warm("aks safeguards resume -g rg -n c1")
    for told in (planned, done):
        (said,) = (line for line in told.err.splitlines() if "AKS" in line)
        assert ("can't be turned off" in said) == (sku == "Automatic")
        assert (DELETE in said) == (sku == "Base")
    assert (stored()["properties"]["enforcementMode"], stored()["properties"]["overrides"]) == ("Default", before)


ABOUT_AN_ASSIGNMENT = (
    "profile show",
    "policy list",
    "policy set --policy probes --effect Off",
    "policy reset --policy probes",
    "compliance show",
    "namespace list",
    "namespace add a",
    "export --format bicep",
    "suspend",
)


@pytest.mark.parametrize("automatic", [False, True])
def test_where_both_act_every_command_about_the_assignment_says_so(warm, box, cluster, automatic):
    warm("aks update -g rg -n c1 --safeguards-level Enforcement")
    box.add_deployment_safeguards(cluster, "Enforce")
    if automatic:
        box.clusters[cluster]["sku"]["name"] = "Automatic"
    for line in ABOUT_AN_ASSIGNMENT[3 * automatic :]:
        # Names come before options that take a list.
        done = warm(f"aks safeguards {line} -g rg -n c1")
        said = [text for text in done.err.splitlines() if text.startswith("WARNING: ") and "AKS" in text]
        assert len(said) == 1, (line, done.err)
        # No way is named that Azure refuses.
        assert ("can't be turned off" in said[0]) == automatic, (line, said)
        assert (DELETE in said[0]) != automatic, (line, said)


def test_a_move_says_what_becomes_of_an_assignment_that_is_there(warm, box, cluster):
    warm("aks update -g rg -n c1 --safeguards-level Enforcement")
    box.add_deployment_safeguards(cluster, "Warn")
    planned = warm("aks safeguards profile migrate -g rg -n c1 --to assignment --dry-run")
    assert "An assignment is there already and changes: level: Enforcement -> Warning; " in planned.err
    assert planned.writes == []


def test_where_nothing_of_aks_could_be_read_that_is_said_with_what_is_missing(warm, box, cluster):
    other = box.add_cluster("rg", "c2")
    box.faults.add("GET", "deploymentSafeguards", status=403, times=None)
    for line, code in (
        ("profile show -g rg -n c1", 3),
        ("export -g rg -n c1 --format bicep", 3),
        (f"profile copy --from {cluster} --to {other}", 1),
    ):
        refused = warm(f"aks safeguards {line}", code=code)
        assert refused.errors[0].endswith(
            "Whether AKS enforces deployment safeguards of its own there could not be read."
        )
        assert "\naz aks safeguards show -g rg -n c1" in refused.err
