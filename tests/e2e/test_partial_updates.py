# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What an update does not name stays; what it names replaces only that."""

from __future__ import annotations

import copy

import pytest

from .evaluator import counted, effective

SYSTEM = ["kube-system", "calico-system", "tigera-system", "gatekeeper-system"]
UPDATE = "aks update -g rg -n c1"
# What Off needs, and what is read beside it to be told.
OFF_READS = ["GET assignment", "GET assignments", "GET cluster", "GET exemptions", "GET managed"]


def namespaces(assignment):
    return assignment["properties"]["parameters"]["excludedNamespaces"]["value"]


@pytest.fixture
def enforced(az, cluster):
    """A cluster at Enforcement v1.0.0 with two namespaces excluded."""
    az(f"{UPDATE} --safeguards-level Enforcement --safeguards-version v1.0.0 --safeguards-excluded-ns ns1,ns2")


@pytest.mark.parametrize(
    ("flags", "level", "version", "excluded"),
    [
        ("--safeguards-level Warning", "Warning", "v1.0.0", ["ns1", "ns2"]),
        ("--safeguards-version v3.0.0", "Enforcement", "v3.0.0", ["ns1", "ns2"]),
        ("--safeguards-excluded-ns ns3", "Enforcement", "v1.0.0", ["ns3"]),
        ('--safeguards-excluded-ns ""', "Enforcement", "v1.0.0", []),
        ('--safeguards-excluded-ns "  "', "Enforcement", "v1.0.0", []),
        ("--safeguards-level Warning --safeguards-version v2.0.0", "Warning", "v2.0.0", ["ns1", "ns2"]),
    ],
)
def test_only_what_is_given_changes(az, enforced, stored, flags, level, version, excluded):
    done = az(f"{UPDATE} {flags}")
    assert done.profile == {
        "level": level,
        "version": version,
        "excludedNamespaces": excluded,
        "systemExcludedNamespaces": SYSTEM,
    }
    assert done.writes == ["PUT assignment"]
    assert namespaces(stored()) == [*SYSTEM, *excluded]


@pytest.mark.parametrize(
    ("text", "excluded"),
    [
        (" b , a ,b", ["b", "a"]),
        ("kube-system,mine,gatekeeper-system", ["mine"]),
        ("kube-system", []),
        ("team-*,*-dev,*mid*", ["team-*", "*-dev", "*mid*"]),
        ("a" * 63, ["a" * 63]),
    ],
)
def test_namespaces_are_stripped_ordered_and_never_doubled(az, cluster, stored, text, excluded):
    done = az(f"{UPDATE} --safeguards-level Warning --safeguards-excluded-ns", text)
    assert done.profile["excludedNamespaces"] == excluded
    assert done.profile["systemExcludedNamespaces"] == SYSTEM
    assert namespaces(stored()) == [*SYSTEM, *excluded]


def test_off_keeps_version_and_namespaces_and_on_restores_them(az, box, enforced, stored):
    before = copy.deepcopy(stored())
    off = az(f"{UPDATE} --safeguards-level Off")
    assert (off.profile["level"], off.profile["version"]) == ("Off", "v1.0.0")
    assert off.profile["excludedNamespaces"] == ["ns1", "ns2"]
    assert counted(effective(box, stored())) == {"Disabled": 20}
    assert stored()["properties"]["enforcementMode"] == "DoNotEnforce"
    on = az(f"{UPDATE} --safeguards-level Enforcement")
    assert on.profile["version"] == "v1.0.0"
    for member in ("parameters", "overrides", "enforcementMode", "definitionVersion", "displayName", "description"):
        assert stored()["properties"][member] == before["properties"][member]


def test_namespaces_and_version_can_change_while_off(az, box, enforced, stored):
    az(f"{UPDATE} --safeguards-level Off")
    changed = az(f"{UPDATE} --safeguards-version v2.0.0 --safeguards-excluded-ns later")
    assert changed.profile["level"] == "Off"
    assert stored()["properties"]["enforcementMode"] == "DoNotEnforce"
    assert counted(effective(box, stored())) == {"Disabled": 20}
    back = az(f"{UPDATE} --safeguards-level Warning")
    assert (back.profile["version"], back.profile["excludedNamespaces"]) == ("v2.0.0", ["later"])
    assert counted(effective(box, stored())) == {"Audit": 14, "Disabled": 6}


@pytest.mark.parametrize(
    "flags",
    [
        "--safeguards-level Enforcement",
        "--safeguards-version 1.0.0",
        "--safeguards-excluded-ns ns1,ns2",
        "--safeguards-level enforcement --safeguards-version V1.0.0 --safeguards-excluded-ns ' ns1, ns2,ns1'",
    ],
)
def test_nothing_is_written_when_nothing_changes(az, enforced, stored, flags):
    before = copy.deepcopy(stored())
    done = az(f"{UPDATE} {flags}")
    assert (done.writes, done.profile["level"]) == ([], "Enforcement")
    assert stored() == before


@pytest.mark.parametrize("flags", ["--safeguards-version v2.0.0", "--safeguards-excluded-ns ns1"])
def test_without_safeguards_a_level_is_asked_for_with_a_command_that_works(az, cluster, stored, flags):
    refused = az(f"{UPDATE} {flags}", code=None)
    assert "--safeguards-level" in refused.errors[0]
    assert (refused.writes, stored()) == ([], None)
    command = next(line for line in refused.err.splitlines() if line.startswith("az aks update"))
    assert flags in command
    assert az(command.removeprefix("az ")).profile["level"] == "Warning"


def test_off_on_a_cluster_without_safeguards_writes_nothing(az, cluster, stored):
    off = az(f"{UPDATE} --safeguards-level Off")
    assert sorted(off.sent) == OFF_READS
    assert off.json["name"] == "c1"
    assert stored() is None


def test_off_needs_no_feature_no_addon_and_nothing_but_cluster_and_assignment(az, box, enforced, cluster, stored):
    box.features.set_state("SafeguardsPreview", "NotRegistered")
    box.clusters[cluster]["properties"]["addonProfiles"] = {}
    box.add_deployment_safeguards(cluster)
    for path in ("policySetDefinitions", "features/SafeguardsPreview", "deploymentSafeguards"):
        box.faults.add("GET", path, status=500, times=None)
    off = az(f"{UPDATE} --safeguards-level Off")
    assert sorted(off.sent) == [*OFF_READS, "PUT assignment"]
    assert off.profile["level"] == "Off"
    # Somebody may rely on Off, so it is told that AKS's own safeguards could not be looked at.
    assert off.err.count("WARNING: ") == 1
    assert "could not be read" in off.err
    assert counted(effective(box, stored())) == {"Disabled": 20}
    assert stored()["properties"]["enforcementMode"] == "DoNotEnforce"


@pytest.mark.parametrize("state", ["Updating", "Upgrading", "Failed"])
def test_off_works_on_a_cluster_in_trouble(az, enforced, cluster, box, stored, state):
    box.clusters[cluster]["properties"]["provisioningState"] = state
    assert az(f"{UPDATE} --safeguards-level Off").writes == ["PUT assignment"]
    assert stored()["properties"]["enforcementMode"] == "DoNotEnforce"
