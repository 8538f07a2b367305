# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What each policy does now, and what decides that."""

from __future__ import annotations

import pytest

from azext_safeguards.domain.assignment.intent import Change
from azext_safeguards.domain.assignment.reading import read_assignment
from azext_safeguards.domain.assignment.rows import policy_rows, version_rows
from azext_safeguards.domain.choices.changing import PolicySet
from azext_safeguards.domain.choices.choice import Choice
from azext_safeguards.domain.initiative.catalog import PROFILE_VERSIONS, Definitions, bundled
from azext_safeguards.domain.initiative.names import SHORT_NAMES, title_of
from azext_safeguards.domain.level import Level
from azext_safeguards.domain.suspension import Suspend, Suspension
from tests.unit.bodies import effect_override, effect_parameters, foreign_assignment, rendered, updated

WARN_PROBES = Change(policies=PolicySet(("probes",), Choice.WARN, {"requiredProbes": ["livenessProbe"]}))
SUSPEND = Change(suspension=Suspend(Suspension("me", "now")))
ENFORCED = updated(None, Change(Level.ENFORCEMENT, "v2.0.0"))


def rows(body, exempted=frozenset()):
    return {row.name: row for row in policy_rows(read_assignment(body, Definitions()), exempted)}


def does(body, name, exempted=frozenset()):
    row = rows(body, exempted)[name]
    return row.does, row.origin


@pytest.mark.parametrize(
    ("level", "probes", "mutation", "notices"),
    [
        (Level.OFF, "off", "off", "off"),
        (Level.WARNING, "warn", "off", "warn"),
        (Level.ENFORCEMENT, "deny", "mutate", "warn"),
    ],
)
def test_by_the_level(level, probes, mutation, notices):
    found = rows(updated(None, Change(level, "v2.0.0")))
    assert len(found) == 20
    assert {row.origin for row in found.values()} == {"level"}
    assert [found[name].does for name in ("probes", "mutate-taints", "mutation-notices")] == [probes, mutation, notices]


@pytest.mark.parametrize(
    ("changes", "answer"),
    [
        ((WARN_PROBES,), ("warn", "choice")),
        ((WARN_PROBES, Change(Level.WARNING)), ("warn", "choice")),
        ((WARN_PROBES, Change(Level.OFF)), ("off", "level")),
        ((WARN_PROBES, SUSPEND), ("audit", "suspended")),
        ((SUSPEND,), ("audit", "suspended")),
    ],
)
def test_by_a_choice_and_a_suspension(changes, answer):
    assert does(updated(ENFORCED, *changes), "probes") == answer


def test_a_suspended_mutation_does_nothing():
    assert does(updated(ENFORCED, SUSPEND), "mutate-taints") == ("off", "suspended")


def test_by_somebody_else():
    body = updated(None, Change(Level.ENFORCEMENT, "v2.0.0"))
    body["properties"]["overrides"].append(effect_override("Disabled", "uniqueServiceSelectors"))
    assert does(body, "unique-selectors") == ("off", "foreign override")
    assert does(body, "probes") == ("deny", "level")
    body["properties"]["enforcementMode"] = "DoNotEnforce"
    assert does(body, "probes") == ("audit", "enforcement mode")


def test_by_a_change_of_what_the_level_had_set():
    body = updated(None, Change(Level.WARNING, "v2.0.0"))
    body["properties"]["parameters"]["effect"]["value"] = "Disabled"
    assert does(body, "probes") == ("off", "drift")
    assert does(body, "mutate-taints") == ("off", "level")


@pytest.mark.parametrize("level", [Level.WARNING, Level.ENFORCEMENT])
def test_by_warnings_that_somebody_turned_off(level):
    body = updated(None, Change(level, "v2.0.0"), Change(policies=PolicySet(("probes",), Choice.WARN)))
    assert does(body, "probes") == ("warn", "choice")
    body["properties"]["parameters"]["warn"]["value"] = False
    assert does(body, "probes") == ("audit", "drift")


def test_by_somebody_elses_override_for_another_place():
    theirs = effect_override("Audit", "uniqueServiceSelectors")
    theirs["selectors"].append({"kind": "resourceLocation", "in": ["westeurope"]})
    body = updated(None, Change(Level.ENFORCEMENT, "v2.0.0"))
    body["properties"]["overrides"].append(theirs)
    body = rendered(body, Change(policies=PolicySet(("unique-selectors",), Choice.OFF))).body
    (row,) = [
        row
        for row in policy_rows(read_assignment(body, Definitions(), location="eastus"))
        if row.name == "unique-selectors"
    ]
    assert (row.does, row.origin, row.choice) == ("warn", "foreign override", "Off")


def test_by_an_exemption():
    some = frozenset({"ensureprobesconfiguredinkubernetescluster"})
    assert does(ENFORCED, "probes", some) == ("off", "exemption")
    assert does(ENFORCED, "unique-selectors", some) == ("deny", "level")
    assert does(ENFORCED, "unique-selectors", frozenset("*")) == ("off", "exemption")
    assert does(updated(None, Change(Level.OFF)), "probes", some) == ("off", "level")


def test_where_no_level_is_known():
    body = foreign_assignment(parameters=effect_parameters("Deny", False))
    assert does(body, "probes") == ("deny", "assignment")
    silent = foreign_assignment(parameters=effect_parameters("Audit", False))
    assert does(silent, "probes")[0] == "audit"


def test_parameters_and_where_their_values_come_from():
    body = updated(ENFORCED, WARN_PROBES)
    body["properties"]["parameters"]["excludedImages"] = {"value": ["x"]}
    found = {item.name: (item.value, item.origin) for item in rows(body)["probes"].parameters}
    assert found == {
        "excludedContainers": ([], "default"),
        "excludedImages": (["x"], "assignment"),
        "requiredProbes": (["livenessProbe"], "choice"),
        "source": ("All", "default"),
    }
    assert ("cpuLimit", "5", "default") in [
        (item.name, item.value, item.origin) for item in rows(body)["resource-limits"].parameters
    ]


def test_the_policies_of_a_version():
    third = {row["name"]: row for row in version_rows(PROFILE_VERSIONS["v3.0.0"], bundled()["3.0.0"])}
    assert len(third) == 27
    assert third["host-ports"]["byLevel"] == {"Warning": "off", "Enforcement": "off"}
    assert third["probes"]["byLevel"] == {"Warning": "warn", "Enforcement": "deny"}
    assert third["mutate-taints"]["choices"] == ["Mutate", "Off"]
    assert third["users-groups"]["parameters"]["runAsUserRule"] == {
        "type": "String",
        "default": "MustRunAsNonRoot",
        "allowedValues": ["MustRunAs", "MustRunAsNonRoot", "RunAsAny"],
    }


def test_every_policy_has_a_title():
    assert [name for name in SHORT_NAMES.values() if title_of(name) == name] == []
    assert title_of("a-policy-of-tomorrow") == "a-policy-of-tomorrow"
