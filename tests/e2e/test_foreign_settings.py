# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What somebody else put on the assignment stays, and an assignment of somebody else is read for what it is."""

from __future__ import annotations

import copy

import pytest

from .azcli import ASSIGNMENT
from .evaluator import counted, effective

UPDATE = "aks update -g rg -n c1"
SYSTEM = ["kube-system", "calico-system", "tigera-system", "gatekeeper-system"]
SELECTORS = [{"name": "SDP", "selectors": [{"kind": "resourceLocation", "in": ["eastus"]}]}]
MESSAGES = [
    {"message": "Ask the platform team."},
    {"message": "Probes!", "policyDefinitionReferenceId": "ensureProbesConfiguredInKubernetesCluster"},
]
OVERRIDE = {
    "kind": "policyEffect",
    "value": "Disabled",
    "selectors": [{"kind": "policyDefinitionReferenceId", "in": ["uniqueServiceSelectors"]}],
}


@pytest.fixture
def marked(az, cluster, stored):
    """A cluster at Warning v2.0.0 whose assignment holds settings of somebody else."""
    az(f"{UPDATE} --safeguards-level Warning")
    body = stored()
    properties = body["properties"]
    properties["parameters"]["requiredProbes"] = {"value": ["readinessProbe"]}
    properties["parameters"]["excludedImages"] = {"value": ["mcr.microsoft.com/*"]}
    properties["parameters"]["cpuLimit"] = {"value": "2"}
    properties["overrides"] = [*(properties.get("overrides") or []), copy.deepcopy(OVERRIDE)]
    properties["resourceSelectors"] = copy.deepcopy(SELECTORS)
    properties["nonComplianceMessages"] = copy.deepcopy(MESSAGES)
    properties["displayName"] = "Ours, not yours"
    properties["description"] = "Somebody wrote this."
    properties["metadata"]["ticket"] = "OPS-1"
    body["location"] = "westeurope"
    body["identity"] = {"type": "SystemAssigned"}


def foreign(body):
    """What of an assignment the fixture put there."""
    properties = body["properties"]
    names = ("requiredProbes", "excludedImages")
    return (
        {name: properties["parameters"][name]["value"] for name in names},
        [item for item in properties["overrides"] if item["value"] == "Disabled" and item == OVERRIDE],
        properties["resourceSelectors"],
        properties["nonComplianceMessages"],
        (properties["displayName"], properties["description"], properties["metadata"]["ticket"]),
        (body["location"], body["identity"]["type"]),
    )


def test_foreign_settings_survive_every_kind_of_update(az, box, marked, stored):
    before = copy.deepcopy(foreign(stored()))
    for flags in (
        "--safeguards-level Enforcement",
        "--safeguards-excluded-ns a,b",
        "--safeguards-version v1.0.0",
        "--safeguards-level Off",
        "--safeguards-level Warning --safeguards-version v2.0.0",
        '--safeguards-excluded-ns ""',
    ):
        assert az(f"{UPDATE} {flags}").writes == ["PUT assignment"], flags
        assert foreign(stored()) == before, flags
        assert stored()["properties"]["parameters"]["cpuLimit"] == {"value": "2"}
        assert effective(box, stored())["uniqueServiceSelectors"] == "Disabled"


def test_enforcement_leaves_the_overridden_policy_out_and_names_it(az, box, marked, stored):
    done = az(f"{UPDATE} --safeguards-level Enforcement")
    assert counted(effective(box, stored())) == {"Audit": 1, "Deny": 12, "Disabled": 1, "Mutate": 6}
    assert "unique-selectors" in done.err
    assert done.profile["level"] == "Enforcement"


def test_a_new_version_names_what_it_cannot_take(az, box, marked, stored):
    done = az(f"{UPDATE} --safeguards-version v3.0.0")
    warning = next(line for line in done.err.splitlines() if "cpuLimit" in line)
    assert warning.startswith("WARNING: ")
    # That one nobody but this extension had set.
    assert "memoryLimit" not in warning
    assert not {"cpuLimit", "memoryLimit"} & set(stored()["properties"]["parameters"])
    assert effective(box, stored())["uniqueServiceSelectors"] == "Disabled"
    assert stored()["properties"]["parameters"]["requiredProbes"] == {"value": ["readinessProbe"]}


def test_an_override_of_a_policy_that_the_version_lacks_is_named(az, box, cluster, stored):
    az(f"{UPDATE} --safeguards-level Warning")
    stored()["properties"]["overrides"] = [
        {
            "kind": "policyEffect",
            "value": "Disabled",
            "selectors": [{"kind": "policyDefinitionReferenceId", "in": ["containerEnforcePreStopHook"]}],
        }
    ]
    done = az(f"{UPDATE} --safeguards-version v3.0.0")
    assert "pre-stop-hook" in done.err
    assert "containerEnforcePreStopHook" not in str(stored()["properties"]["overrides"])


def test_too_many_overrides_are_refused_before_anything_is_written(az, box, cluster, stored):
    az(f"{UPDATE} --safeguards-level Warning")
    stored()["properties"]["overrides"] = [
        {
            "kind": "policyEffect",
            "value": "Disabled",
            "selectors": [{"kind": "policyDefinitionReferenceId", "in": [reference]}],
        }
        for reference in list(effective(box, stored()))[:10]
    ]
    refused = az(f"{UPDATE} --safeguards-level Enforcement", code=None)
    assert "10" in refused.errors[0]
    assert refused.writes == []


@pytest.fixture
def adopted(az, cluster, stored):
    """An assignment at Warning that holds nothing of our metadata."""
    az(f"{UPDATE} --safeguards-level Warning --safeguards-excluded-ns mine")
    for key in list(stored()["properties"]["metadata"]):
        if key.startswith("safeguards"):
            del stored()["properties"]["metadata"][key]


def test_an_assignment_that_we_did_not_write_is_adopted(az, box, adopted, stored):
    assert az("aks safeguards profile show -g rg -n c1").json["level"] == "Warning"
    done = az(f"{UPDATE} --safeguards-excluded-ns other")
    assert (done.profile["level"], done.profile["excludedNamespaces"]) == ("Warning", ["other"])
    assert counted(effective(box, stored())) == {"Audit": 14, "Disabled": 6}


def test_one_denying_policy_does_not_turn_an_adopted_warning_into_enforcement(az, box, adopted, stored):
    deny = {**copy.deepcopy(OVERRIDE), "value": "Deny"}
    stored()["properties"]["overrides"] = [deny]
    done = az(f"{UPDATE} --safeguards-excluded-ns other")
    assert done.profile["level"] == "Warning"
    assert effective(box, stored())["uniqueServiceSelectors"] == "Deny"
    assert counted(effective(box, stored())) == {"Audit": 13, "Deny": 1, "Disabled": 6}


def test_a_pin_of_no_profile_version_is_kept_until_a_version_is_given(az, box, adopted, stored):
    properties = stored()["properties"]
    properties["definitionVersion"] = "1.9.*-preview"
    done = az(f"{UPDATE} --safeguards-excluded-ns other")
    assert stored()["properties"]["definitionVersion"] == "1.9.*-preview"
    assert done.profile["version"] == "1.9.*-preview"
    moved = az(f"{UPDATE} --safeguards-level Warning --safeguards-version v2.0.0")
    assert moved.profile["version"] == "v2.0.0"
    assert stored()["properties"]["definitionVersion"] == "2.1.*"


def test_an_assignment_of_another_definition_is_never_touched(az, box, cluster, stored):
    az(f"{UPDATE} --safeguards-level Warning")
    other = "/providers/Microsoft.Authorization/policyDefinitions/e24df237-32cb-4a6c-a2f6-85b499cda9f2"
    stored()["properties"]["policyDefinitionId"] = other
    before = copy.deepcopy(stored())
    for line in (
        f"{UPDATE} --safeguards-level Enforcement",
        f"{UPDATE} --safeguards-level Off",
        f"{UPDATE} --safeguards-excluded-ns a",
        "aks safeguards profile delete -g rg -n c1 --yes",
    ):
        refused = az(line, code=None)
        assert refused.writes == [], line
        assert ASSIGNMENT in refused.errors[0]
        assert other in refused.errors[0]
    assert stored() == before


def test_drift_is_shown_and_the_next_update_repairs_it(az, box, cluster, stored):
    az(f"{UPDATE} --safeguards-level Warning")
    properties = stored()["properties"]
    properties["parameters"]["effect"]["value"] = "Disabled"
    properties["parameters"]["excludedNamespaces"]["value"].remove("calico-system")
    shown = az("aks safeguards profile show -g rg -n c1").json
    assert shown["policies"]["probes"] == "Disabled"
    assert shown["level"] == "Off"
    drift = {item["field"]: (item["expected"], item["actual"]) for item in shown["drift"]}
    assert drift == {
        "parameters.effect": ("Audit", "Disabled"),
        "parameters.excludedNamespaces": (SYSTEM, ["kube-system", "tigera-system", "gatekeeper-system"]),
    }
    table = az("aks safeguards profile show -g rg -n c1 -o table").out
    assert "parameters.effect" in table
    repaired = az(f"{UPDATE} --safeguards-excluded-ns a")
    assert repaired.profile["level"] == "Warning"
    assert counted(effective(box, stored())) == {"Audit": 14, "Disabled": 6}
    assert stored()["properties"]["parameters"]["excludedNamespaces"]["value"] == [*SYSTEM, "a"]
    assert az("aks safeguards profile show -g rg -n c1").json["drift"] == []
