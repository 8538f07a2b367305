# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What every policy does at every level of every version."""

from __future__ import annotations

import pytest

from tests.published_lists import (
    FIRST_LIST,
    LATER_VALIDATORS,
    LIMITS,
    MUTATORS,
    NOTICES,
    POD_SECURITY,
    REQUIRED,
    THIRD_LIST,
)

from .evaluator import effective


def does(*groups):
    return {reference: effect for references, effect in groups for reference in references}


V1_MEMBERS = [*FIRST_LIST, *LATER_VALIDATORS, *MUTATORS, *NOTICES]
V3_MEMBERS = [*THIRD_LIST, "mutateReservedSystemPoolTaints", *NOTICES, *POD_SECURITY]
EXPECTED = {
    ("v1.0.0", "Warning"): does(
        (FIRST_LIST, "Audit"), (LATER_VALIDATORS, "Disabled"), (MUTATORS, "Disabled"), (NOTICES, "Disabled")
    ),
    ("v1.0.0", "Enforcement"): does(
        (FIRST_LIST, "Deny"), (LATER_VALIDATORS, "Disabled"), (MUTATORS, "Disabled"), (NOTICES, "Disabled")
    ),
    ("v1.0.0", "Off"): does((V1_MEMBERS, "Disabled")),
    ("v2.0.0", "Warning"): does(
        (FIRST_LIST, "Audit"), (LATER_VALIDATORS, "Audit"), (MUTATORS, "Disabled"), (NOTICES, "Audit")
    ),
    ("v2.0.0", "Enforcement"): does(
        (FIRST_LIST, "Deny"), (LATER_VALIDATORS, "Deny"), (MUTATORS, "Mutate"), (NOTICES, "Audit")
    ),
    ("v2.0.0", "Off"): does((V1_MEMBERS, "Disabled")),
    ("v3.0.0", "Warning"): does(
        (THIRD_LIST, "Audit"),
        (["mutateReservedSystemPoolTaints"], "Disabled"),
        (NOTICES, "Audit"),
        (POD_SECURITY, "Disabled"),
    ),
    ("v3.0.0", "Enforcement"): does(
        (THIRD_LIST, "Deny"),
        (["mutateReservedSystemPoolTaints"], "Mutate"),
        (NOTICES, "Audit"),
        (POD_SECURITY, "Disabled"),
    ),
    ("v3.0.0", "Off"): does((V3_MEMBERS, "Disabled")),
}
PINS = {"v1.0.0": "2.1.*", "v2.0.0": "2.1.*", "v3.0.0": "3.0.*"}
LEVELS = {
    "Warning": {"effect": "Audit", "warn": True, "mode": "Default"},
    "Enforcement": {"effect": "Audit", "warn": True, "mode": "Default"},
    "Off": {"effect": "Disabled", "warn": False, "mode": "DoNotEnforce"},
}


def check(box, assignment, level, version):
    assert effective(box, assignment) == EXPECTED[version, level]
    properties = assignment["properties"]
    assert properties["definitionVersion"] == PINS[version]
    assert properties["policyDefinitionId"].lower() == (
        "/providers/microsoft.authorization/policysetdefinitions/c047ea8e-9c78-49b2-958b-37e56d291a44"
    )
    given = {name: holder["value"] for name, holder in properties["parameters"].items()}
    assert (given["effect"], given["warn"], properties["enforcementMode"]) == tuple(LEVELS[level].values())
    assert len(properties.get("overrides") or []) <= 10
    wanted = REQUIRED if version == "v3.0.0" else {**REQUIRED, **LIMITS}
    assert {name: given.get(name) for name in {**REQUIRED, **LIMITS} if name in given} == wanted


@pytest.mark.parametrize(("version", "level"), sorted(EXPECTED))
def test_update_to_a_level_of_a_version(az, box, cluster, stored, version, level):
    if level == "Off":
        az(f"aks update -g rg -n c1 --safeguards-level Enforcement --safeguards-version {version}")
    done = az(f"aks update -g rg -n c1 --safeguards-level {level} --safeguards-version {version}")
    assert (done.profile["level"], done.profile["version"]) == (level, version)
    assert done.writes == ["PUT assignment"]
    check(box, stored(), level, version)


@pytest.mark.parametrize(
    ("version", "level"), [("v1.0.0", "Warning"), ("v2.0.0", "Enforcement"), ("v3.0.0", "Enforcement")]
)
def test_create_at_a_level_of_a_version(az, box, stored, version, level):
    box.add_group("rg")
    done = az(
        "aks create -g rg -n c1 --enable-addons azure-policy --generate-ssh-keys "
        f"--safeguards-level {level} --safeguards-version {version}"
    )
    assert (done.profile["level"], done.profile["version"]) == (level, version)
    assert done.writes == ["PUT cluster", "PUT assignment"]
    check(box, stored(), level, version)


def test_the_default_version_is_v2(az, box, cluster, stored):
    assert az("aks update -g rg -n c1 --safeguards-level Enforcement").profile["version"] == "v2.0.0"
    check(box, stored(), "Enforcement", "v2.0.0")


@pytest.mark.parametrize("text", ["2.0.0", "V2.0.0", "v2.0.0"])
@pytest.mark.parametrize("level", ["wArNiNg"])
def test_spellings_of_level_and_version(az, box, cluster, stored, text, level):
    done = az(f"aks update -g rg -n c1 --safeguards-level {level} --safeguards-version {text}")
    assert (done.profile["level"], done.profile["version"]) == ("Warning", "v2.0.0")
    check(box, stored(), "Warning", "v2.0.0")


def test_a_version_that_the_bundled_catalog_does_not_know_decides_by_its_own_parameters(az, box, cluster, stored):
    newest = dict(box.initiative.versions["2.1.1"])
    newest["version"] = "2.1.2"
    newest["parameters"] = {**newest["parameters"], "excludedKinds": {"type": "Array", "defaultValue": []}}
    versions = dict(box.initiative.versions)
    box.initiative.versions.clear()
    box.initiative.versions.update({"3.0.0": versions.pop("3.0.0"), "2.1.2": newest, **versions})
    done = az("aks update -g rg -n c1 --safeguards-level Enforcement")
    assert done.sent[-2:] == ["GET initiative 2.1.2", "PUT assignment"]
    check(box, stored(), "Enforcement", "v2.0.0")


def test_a_cloud_that_lacks_the_version_is_refused_with_what_it_has(az, box, cluster, stored):
    del box.initiative.versions["3.0.0"]
    refused = az("aks update -g rg -n c1 --safeguards-level Warning --safeguards-version v3.0.0", code=None)
    assert "3.0.*" in refused.errors[0]
    assert "2.1.1" in refused.errors[0]
    assert (refused.writes, stored()) == ([], None)
