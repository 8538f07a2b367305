# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What somebody else set and makes ours do nothing, or is undone by ours: told before, after, and wherever it shows."""

from __future__ import annotations

import copy

import pytest

UPDATE = "aks update -g rg -n c1"
RESUME = "To end that: az aks safeguards resume -g rg -n c1"
STANDS = (
    "Somebody set the enforcement mode of the assignment to DoNotEnforce: nothing is enforced, policies only report. "
    + RESUME
)
ENDED = "Somebody had set the enforcement mode of the assignment to DoNotEnforce; "
SHOWS = ("profile show", "policy list", "compliance show")


@pytest.fixture
def enforced(warm, running):
    """The properties of the assignment of a cluster at Enforcement, to be changed by somebody else."""
    running.reset()
    running.features.set_state("SafeguardsPreview", "Registered")
    running.add_cluster("rg", "c1")
    warm(f"{UPDATE} --safeguards-level Enforcement")
    ((_, body),) = running.assignments.items()
    return lambda: next(iter(running.assignments.values()))["properties"] if running.assignments else body


def test_a_mode_that_somebody_set_is_told_until_it_ends(warm, enforced):
    enforced()["enforcementMode"] = "DoNotEnforce"
    for command in SHOWS:
        assert warm(f"aks safeguards {command} -g rg -n c1").err.count(STANDS) == 1, command
    shown = warm("aks safeguards profile show -g rg -n c1").json
    assert [item["what"] for item in shown["setByOthers"]] == ["enforcementMode"]
    assert [item["field"] for item in shown["drift"]] == ["enforcementMode"]
    member = warm("aks show -g rg -n c1").profile
    assert (member["level"], member["enforcementMode"]) == ("Enforcement", "DoNotEnforce")
    (row,) = warm("aks safeguards profile list").json
    assert [item["what"] for item in row["setByOthers"]] == ["enforcementMode"]
    for change in (
        f"{UPDATE} --safeguards-version v3.0.0",
        "aks safeguards policy set -g rg -n c1 --policy probes --effect Off",
        "aks safeguards namespace add a -g rg -n c1",
    ):
        assert warm(change).err.count(STANDS) == 1, change
        assert enforced()["enforcementMode"] == "DoNotEnforce"
    planned = warm(f"{UPDATE} --safeguards-level Warning --dry-run")
    assert f"{ENDED}giving a level ends that." in planned.err
    assert planned.json["warnings"] == [f"{ENDED}giving a level ends that."]
    assert f"{ENDED}resuming ends that." in warm("aks safeguards resume -g rg -n c1 --dry-run").err
    done = warm(f"{UPDATE} --safeguards-level Warning")
    assert f"{ENDED}giving a level ends that." in done.err
    assert (enforced()["enforcementMode"], done.profile.get("setByOthers")) == ("Default", None)
    assert STANDS not in warm("aks safeguards profile show -g rg -n c1").err


def test_a_cluster_that_the_assignment_is_kept_away_from_is_not_said_to_be_unscanned(warm, enforced):
    enforced()["notScopes"] = [enforced()["scope"].rpartition("/providers/")[0]]
    seen = "The assignment excludes the cluster by its notScopes: "
    for command in SHOWS:
        assert seen in warm(f"aks safeguards {command} -g rg -n c1").err, command
    failed = warm("aks safeguards compliance show -g rg -n c1 --fail-on error", code=1)
    assert "its assignment is kept away from it" in failed.errors[0]
    assert "scan" not in failed.err
    assert seen in warm(f"{UPDATE} --safeguards-excluded-ns a --dry-run").err
    assert seen in warm(f"{UPDATE} --safeguards-level Warning").err
    rows = warm("aks safeguards policy list -g rg -n c1").json
    assert {row["origin"] for row in rows if row["effect"] != "Disabled"} == {"notScopes"}
    (found,) = warm("aks safeguards profile show -g rg -n c1").json["setByOthers"]
    assert (found["what"], found["seen"].startswith(seen)) == ("notScopes", True)


def beside(box):
    """Assigns the initiative to the resource group, and has an exemption turn probes off in ours."""
    ((_, body),) = box.assignments.items()
    scope, group = body["properties"]["scope"], body["properties"]["scope"].rpartition("/providers/")[0]
    members = ("policyDefinitionId", "definitionVersion", "parameters", "overrides")
    sent = copy.deepcopy({"properties": {name: body["properties"][name] for name in members}})
    box.backends.assignments.put(group, "baseline", sent, "2023-04-01")
    exempting = {
        "policyAssignmentId": body["id"],
        "policyDefinitionReferenceIds": ["ensureProbesConfiguredInKubernetesCluster"],
        "exemptionCategory": "Waiver",
    }
    box.backends.exemptions.put(scope, "pause", {"properties": exempting})
    return group


NO_PROBES = """
apiVersion: v1
kind: Pod
metadata: {name: web}
spec: {containers: [{name: web, image: "nginx:1.27"}]}
"""


def test_a_check_and_code_tell_what_is_beside_the_assignment_and_do_not_judge_what_is_exempt(warm, running, enforced):
    manifest = warm.folder / "web.yaml"
    manifest.write_text(NO_PROBES)
    check = f"aks safeguards check -f {manifest} -g rg -n c1 --fail-on never"
    assert "probes" in {finding["policy"] for finding in warm(check).json["findings"]}
    group = beside(running)
    running.add_deployment_safeguards(next(iter(running.clusters)), "Enforce")
    done = warm(check)
    assert "probes" not in {finding["policy"] for finding in done.json["findings"]}
    own, exempts, elsewhere = done.json["notes"][:3]
    assert "AKS's own deployment safeguards of the cluster 'c1' go on" in own
    assert "They are not judged here. To turn them off: az aks safeguards delete -g rg -n c1" in own
    assert "The policy exemption 'pause' exempts probes" in exempts
    assert f"'baseline' at {group}, where policies 13 deny, 6 mutate. It is not judged here. See: az " in elsewhere
    for form in ("text", "junit", "markdown", "sarif", "github", "azuredevops"):
        told = warm(f"{check} --format {form}")
        assert (told.out + told.err).count("is also assigned elsewhere") == 1, form
    assert warm(f"{check} -o table").err.count("is also assigned elsewhere") == 1
    for form in ("bicep", "terraform", "arm", "azcli"):
        told = warm(f"aks safeguards export -g rg -n c1 --format {form}").err
        assert [told.count(text) for text in ("AKS's own", "'pause' exempts", "is also assigned")] == [1, 1, 1], form


def test_what_is_beside_the_assignment_is_told_with_its_effect(warm, running, enforced):
    group = beside(running)
    wide = (
        "The same initiative is also assigned elsewhere, and acts on its own: "
        f"'baseline' at {group}, where policies 13 deny, 6 mutate. "
        f"See: az policy assignment show --name baseline --scope {group}"
    )
    exempts = (
        "The policy exemption 'pause' exempts probes, so that they are off on the cluster. See: az policy exemption"
    )
    for line, both in {
        **{f"aks safeguards {command} -g rg -n c1": True for command in SHOWS},
        f"{UPDATE} --safeguards-excluded-ns a --dry-run": True,
        "aks safeguards namespace add a -g rg -n c1": True,
        "aks safeguards policy set -g rg -n c1 --policy probes --effect Warn": True,
        "aks safeguards suspend -g rg -n c1 --dry-run": False,
        "aks safeguards suspend -g rg -n c1": False,
        "aks safeguards resume -g rg -n c1": True,
        f"{UPDATE} --safeguards-level Warning": True,
        f"{UPDATE} --safeguards-level Off --dry-run": False,
        f"{UPDATE} --safeguards-level Off": False,
        f"{UPDATE} --safeguards-excluded-ns a": False,
    }.items():
        done = warm(line)
        assert done.err.count(wide) == 1, line
        assert done.err.count(exempts) == both, line
    found = warm("aks safeguards profile show -g rg -n c1").json
    assert ([item["what"] for item in found["setByOthers"]], found["unread"]) == (["policyAssignments"], [])
    running.faults.add("GET", "policyAssignments$", status=403, times=None)
    shown = warm("aks safeguards profile show -g rg -n c1")
    assert (shown.err, shown.json["unread"]) == ("", ["policyAssignments"])
    off = warm(f"{UPDATE} --safeguards-level Off")
    assert "Whether the same initiative reaches the cluster 'c1' from elsewhere could not be read (" in off.err
    running.faults.clear()
    assert wide in warm("aks safeguards profile delete -g rg -n c1 --yes").err
