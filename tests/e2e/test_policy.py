# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""`az aks safeguards policy`, `suspend`, `resume`, and --dry-run, on a real az."""

from __future__ import annotations

import copy
import re

import pytest

from .evaluator import effective

POLICY = "aks safeguards policy"
ON_C1 = "-g rg -n c1"
UPDATE = f"aks update {ON_C1}"
PROBES = "ensureProbesConfiguredInKubernetesCluster"
LATEST = "imagesDoNotUseLatest"


@pytest.fixture
def enforced(warm, cluster):
    """The cluster c1 at Enforcement v2.0.0."""
    warm(f"{UPDATE} --safeguards-level Enforcement")


def body_of(stored):
    """What was sent for the assignment that is stored: the service's own members left out."""
    properties = copy.deepcopy(stored()["properties"])
    for name in ("scope", "instanceId"):
        properties.pop(name, None)
    for name in ("createdBy", "createdOn", "updatedBy", "updatedOn"):
        properties["metadata"].pop(name, None)
    return properties


def test_the_policies_of_a_version_need_no_request(warm, box):
    listed = warm(f"{POLICY} list --version 3.0.0")
    assert (len(listed.json), len(box.journal)) == (27, 0)
    assert {item["name"] for item in listed.json} >= {"probes", "host-ports", "mutate-taints"}
    table = warm(f"{POLICY} list --version v3.0.0 -o table").out.splitlines()
    assert table[0].split() == ["Policy", "Warning", "Enforcement", "Choices", "Parameters"]
    assert "v9" in warm(f"{POLICY} list --version v9.9.9", code=None).errors[0]
    assert "--version" in warm(f"{POLICY} list", code=None).errors[0]
    assert "--version" in warm(f"{POLICY} list {ON_C1} --version v2.0.0", code=None).errors[0]
    assert len(box.journal) == 0


def test_one_policy_warns_while_the_others_deny_and_everything_survives(warm, box, enforced, stored):
    done = warm(f"{POLICY} set {ON_C1} --policy probes --effect warn")
    assert done.writes == ["PUT assignment"]
    assert [(row["name"], row["does"], row["origin"]) for row in done.json] == [("probes", "warn", "choice")]
    effects = effective(box, stored())
    assert effects.pop(PROBES) == "Audit"
    assert list(effects.values()).count("Deny") == 12
    assert stored()["properties"]["parameters"]["warn"] == {"value": True}
    assert warm(f"{POLICY} set {ON_C1} --policy probes --effect Warn").writes == []
    warm(f"{POLICY} set {ON_C1} --policy no-latest-tag,{PROBES} --effect Deny")
    warm(f"{POLICY} set {ON_C1} --policy pre-stop-hook --effect Off")
    moved = warm(f"{UPDATE} --safeguards-level Warning --safeguards-version v3.0.0")
    assert "v3.0.0 has no policy pre-stop-hook (Off)" in moved.err
    effects = effective(box, stored())
    assert [name for name, effect in effects.items() if effect == "Deny"] == [PROBES, LATEST]
    warm(f"{POLICY} set {ON_C1} --policy host-ports --effect Deny")
    assert effective(box, stored())["hostNetworkPorts"] == "Deny"
    warm(f"{UPDATE} --safeguards-level Off")
    assert set(effective(box, stored()).values()) == {"Disabled"}
    warm(f"{UPDATE} --safeguards-level Enforcement --safeguards-version v2.0.0")
    effects = effective(box, stored())
    assert (effects["containerEnforcePreStopHook"], effects[PROBES]) == ("Disabled", "Deny")
    shown = warm(f"aks safeguards profile show {ON_C1}").json
    assert shown["choices"] == {
        "host-ports": "Deny",
        "no-latest-tag": "Deny",
        "pre-stop-hook": "Off",
        "probes": "Deny",
    }
    assert (shown["level"], shown["drift"]) == ("Enforcement", [])
    warm(f"{POLICY} reset {ON_C1} --policy pre-stop-hook")
    assert effective(box, stored())["containerEnforcePreStopHook"] == "Deny"
    everything = warm(f"{POLICY} reset {ON_C1} --all")
    assert len(everything.json) == 20
    assert {row["origin"] for row in everything.json} == {"level"}


def test_parameters_and_registries(warm, enforced, stored):
    limits = warm(f"{POLICY} set {ON_C1} --policy resource-limits --param cpuLimit=8 memoryLimit=16Gi")
    (row,) = limits.json
    assert row["parameters"]["cpuLimit"] == {"value": "8", "origin": "choice"}
    loose = warm(f"{POLICY} set {ON_C1} --policy allowed-images --param allowedContainerImagesRegex=mine.azurecr.io/")
    assert "not anchored" in loose.err
    images = warm(f"{POLICY} set {ON_C1} --allowed-registry myregistry mcr.microsoft.com/oss")
    assert [row["name"] for row in images.json] == ["allowed-images"]
    assert images.err == ""
    parameters = stored()["properties"]["parameters"]
    assert parameters["allowedContainerImagesRegex"] == {
        "value": r"^(?:myregistry\.azurecr\.io|mcr\.microsoft\.com/oss)/.+$"
    }
    assert (parameters["cpuLimit"], parameters["memoryLimit"]) == ({"value": "8"}, {"value": "16Gi"})
    warm(f"{POLICY} reset {ON_C1} --all")
    assert stored()["properties"]["parameters"]["cpuLimit"] == {"value": "5"}


@pytest.mark.parametrize(
    ("line", "said", "hint"),
    [
        ("set --policy probes --effect Mutate", "not possible for probes", "--effect Deny or Warn or Off"),
        ("set --policy mutate-taints --effect Warn", "not possible for mutate-taints", "--effect Mutate or Off"),
        ("set --policy probes", "nothing to set", "--effect"),
        ("set --effect Off", "--policy", "--policy probes"),
        ("set --policy probes --param requiredProbes", "not NAME=VALUE", "--param cpuLimit=2"),
        ("set --policy probes --param requiredProbes=x", "a list as JSON", "--param 'requiredProbes="),
        ("set --policy probes --param cpuLimit=2", "no parameter of probes", "--param requiredProbes=VALUE"),
        ("set --policy probes --param warn=true", "can't be set with --param", "--effect Warn"),
        ("set --policy resource-limits --param cpuLimit=1 cpuLimit=2", "given twice", "--param cpuLimit"),
        ("set --policy resource-limits --param memoryLimit=1GB", "quantity of memory", "--param memoryLimit=512Mi"),
        ("set --policy allowed-images --param allowedContainerImagesRegex=(?=a)", "lookahead", "--allowed-registry"),
        ("set --allowed-registry a..b", "not the name of a registry", "--allowed-registry"),
        ("set --allowed-registry a.io --param allowedContainerImagesRegex=^a", "both say", "Leave"),
        ("reset", "--policy or --all", "reset -g rg -n c1 --all"),
        ("reset --policy probes --all", "--all resets every policy", "Leave"),
    ],
)
def test_what_is_refused_before_any_request(warm, box, line, said, hint):
    verb, _, rest = line.partition(" ")
    refused = warm(f"{POLICY} {verb} {ON_C1} {rest}", code=None)
    assert said in refused.errors[0]
    assert hint in refused.err.split(refused.errors[0], 1)[1]
    assert len(box.journal) == 0


def test_what_the_cluster_refuses_is_refused_before_anything_is_written(warm, box, cluster):
    nothing = warm(f"{POLICY} set {ON_C1} --policy probes --effect Off", code=None)
    assert "az aks update -g rg -n c1 --safeguards-level Warning" in nothing.err
    assert warm(f"{POLICY} list {ON_C1}", code=3).errors
    assert warm(f"aks safeguards suspend {ON_C1}", code=3).errors
    warm(f"{UPDATE} --safeguards-level Warning")
    for name in ("host-ports", "nonsense"):
        refused = warm(f"{POLICY} set {ON_C1} --policy {name} --effect Off", code=None)
        assert f"has no policy '{name}'" in refused.errors[0]
        assert refused.writes == []
    assert warm("aks safeguards suspend -g rg -n none", code=3).writes == []


def test_a_suspension_keeps_everything_and_is_shown_everywhere(warm, enforced, stored):
    warm(f"{POLICY} set {ON_C1} --policy probes --effect Off")
    before = body_of(stored)
    done = warm(f"aks safeguards suspend {ON_C1} --reason", "INC-1: it's down")
    record = done.json["suspended"]
    assert record["reason"] == "INC-1: it's down"
    assert record["by"] == warm("account show").json["user"]["name"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", record["at"])
    after = body_of(stored)
    assert after.pop("enforcementMode") == "DoNotEnforce"
    del after["metadata"]["safeguardsSuspended"]
    assert after == {key: value for key, value in before.items() if key != "enforcementMode"}
    again = warm(f"aks safeguards suspend {ON_C1}")
    assert (again.writes, again.json["suspended"]) == ([], record)
    assert "already suspended" in again.err
    shown = warm(f"aks safeguards profile show {ON_C1}").json
    assert (shown["level"], shown["suspended"], shown["drift"]) == ("Enforcement", record, [])
    assert "Suspended" in warm(f"aks safeguards profile show {ON_C1} -o table").out
    assert warm(f"aks show {ON_C1}").profile["suspended"] == record
    for command in (f"{POLICY} list", "aks safeguards compliance show", "aks safeguards export --format arm"):
        assert f"suspended by {record['by']} at {record['at']}: INC-1" in warm(f"{command} {ON_C1}").err
    rows = {row["name"]: (row["does"], row["origin"]) for row in warm(f"{POLICY} list {ON_C1}").json}
    assert (rows["no-latest-tag"], rows["probes"]) == (("audit", "suspended"), ("off", "choice"))
    checks = {check["check"]: check for check in warm(f"aks safeguards diagnose {ON_C1}", code=1).json}
    assert "INC-1" in checks["enforcement mode"]["seen"]
    assert checks["enforcement mode"]["todo"] == [f"az aks safeguards resume {ON_C1}"]
    assert "stay suspended by" in warm(f"{UPDATE} --safeguards-excluded-ns a").err
    warm(f'{UPDATE} --safeguards-excluded-ns ""')
    resumed = warm(f"aks safeguards resume {ON_C1}")
    assert (resumed.json["suspended"], resumed.writes) == (None, ["PUT assignment"])
    assert body_of(stored) == before
    idle = warm(f"aks safeguards resume {ON_C1}")
    assert idle.writes == []
    assert "not suspended" in idle.err
    warm(f"aks safeguards suspend {ON_C1}")
    ended = warm(f"{UPDATE} --safeguards-level Enforcement")
    assert "giving a level ends that" in ended.err
    assert body_of(stored) == before


def test_a_suspension_works_while_everything_else_is_broken(warm, box, enforced, stored):
    for part in ("features", "policySetDefinitions", "Microsoft.PolicyInsights", "permissions", "deploymentSafeguards"):
        box.faults.add("GET", part, status=503, times=None)
    assert warm(f"aks safeguards suspend {ON_C1}").writes == ["PUT assignment"]
    assert stored()["properties"]["enforcementMode"] == "DoNotEnforce"


def test_off_is_not_suspended(warm, enforced):
    warm(f"{UPDATE} --safeguards-level Off")
    for command, said in (("suspend", "Off, so nothing acts"), ("resume", "Off, not suspended")):
        done = warm(f"aks safeguards {command} {ON_C1}")
        assert done.writes == []
        assert said in done.err
        assert done.json["suspended"] is None


def test_a_dry_run_shows_exactly_what_is_written_then_and_writes_nothing(warm, enforced, stored):
    for line in (
        f"{UPDATE} --safeguards-level Warning --safeguards-excluded-ns a",
        f"{POLICY} set {ON_C1} --policy probes --effect Off",
        f"{POLICY} set {ON_C1} --policy resource-limits --param cpuLimit=8",
        f"aks safeguards suspend {ON_C1} --reason x",
        f"aks safeguards resume {ON_C1}",
        f"{POLICY} reset {ON_C1} --all",
    ):
        before = copy.deepcopy(stored())
        dry = warm(f"{line} --dry-run")
        assert [name for name in dry.sent if not name.startswith("GET ")] == [], line
        assert stored() == before
        assert dry.json["writes"] is True
        assert dry.json["changes"], line
        for change in dry.json["changes"]:
            assert f"  {change['field']}: " in dry.err
        done = warm(line)
        (sent,) = done.bodies("PUT assignment")
        foreseen = dry.json["body"]
        if "suspend" in line:
            # The second run is later than the first.
            for body in (sent, foreseen):
                body["properties"]["metadata"].pop("safeguardsSuspended")
        assert sent == foreseen, line
    idle = warm(f"{UPDATE} --safeguards-level Warning --dry-run")
    assert (idle.json["writes"], idle.json["changes"]) == (False, [])
    assert "nothing would change" in idle.err


def test_a_dry_run_as_a_table_and_of_a_first_assignment(warm, cluster, stored):
    done = warm(f"{UPDATE} --safeguards-level Enforcement --dry-run -o table")
    head, _, *rows = done.out.splitlines()
    assert head.split() == ["Field", "Before", "After"]
    assert ["level", "-", "Enforcement"] in [row.split() for row in rows]
    assert (done.writes, stored()) == ([], None)
    # Said once: in the table. Beside it stands what such a change begins.
    first, limits = done.err.splitlines()
    assert first == "Dry run, nothing is written. It would change what the table says."
    assert limits.startswith("Containers without a limit get one of 500m CPU and 500Mi memory")
    assert "az aks safeguards check -f deploy/ --safeguards-level Enforcement" in limits
    chosen = warm(f"{UPDATE} --safeguards-level Off --dry-run")
    assert (chosen.json["body"], chosen.writes) == (None, [])


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        ("--dry-run", "none is given"),
        ("--safeguards-level Off --dry-run --tags a=b", "can't foresee"),
        ("--safeguards-level Off --dry-run --no-wait", "can't foresee"),
    ],
)
def test_a_dry_run_of_something_else_is_refused(warm, box, cluster, flags, said):
    before = len(box.journal)
    assert said in warm(f"{UPDATE} {flags}", code=None).errors[0]
    assert len(box.journal) == before


def test_an_exemption_turns_a_policy_off(warm, box, enforced, stored):
    properties = {
        "policyAssignmentId": stored()["id"],
        "policyDefinitionReferenceIds": [PROBES],
        "exemptionCategory": "Waiver",
        "assignmentScopeValidation": "DoNotValidate",
    }
    box.backends.exemptions.put(stored()["properties"]["scope"], "pause", {"properties": properties})
    rows = {row["name"]: (row["does"], row["origin"]) for row in warm(f"{POLICY} list {ON_C1}").json}
    assert (rows["probes"], rows["no-latest-tag"]) == (("off", "exemption"), ("deny", "level"))
    box.faults.add("GET", "policyExemptions", status=403, times=None)
    assert "exemptions could not be read" in warm(f"{POLICY} list {ON_C1}").err


def test_an_exemption_in_a_group_whose_name_a_url_escapes(warm, box):
    place, cluster = "-g 'my(group)-ä' -n c1", box.add_cluster("my(group)-ä", "c1")
    warm(f"aks update {place} --safeguards-level Enforcement")
    (assigned,) = box.assignments.values()
    properties = {"policyAssignmentId": assigned["id"], "exemptionCategory": "Waiver"}
    box.backends.exemptions.put(cluster, "pause", {"properties": properties})
    assert {row["does"] for row in warm(f"{POLICY} list {place}").json} == {"off"}
    checks = {check["check"]: check for check in warm(f"aks safeguards diagnose {place}", code=1).json}
    assert "'pause' exempts every policy" in checks["exemptions"]["seen"]
    assert checks["other assignments"]["status"] == "ok"
    (row,) = warm("aks safeguards profile list").json
    assert "/my(group)-ä/" in row["id"]
    assert row["level"] == "Enforcement"


def test_a_write_that_fails_says_so(warm, box, enforced):
    box.faults.add("PUT", "policyAssignments", status=403, times=None)
    failed = warm(f"{POLICY} set {ON_C1} --policy probes --effect Off", code=None)
    assert "was not written" in failed.errors[0]
    assert "Resource Policy Contributor" in failed.err
