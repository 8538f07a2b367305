# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What a change would do, told in the words of the profile."""

from __future__ import annotations

import copy

from azext_safeguards.domain.assignment.differences import differences
from azext_safeguards.domain.assignment.intent import Change
from azext_safeguards.domain.assignment.reading import read_assignment
from azext_safeguards.domain.choices.changing import PolicySet
from azext_safeguards.domain.choices.choice import Choice
from azext_safeguards.domain.initiative.catalog import Definitions
from azext_safeguards.domain.level import Level
from azext_safeguards.domain.suspension import Suspend, Suspension
from tests.unit.bodies import rendered, updated

WARNED = updated(None, Change(Level.WARNING, "v2.0.0"))


def told(body, change):
    before = read_assignment(body, Definitions()) if body else None
    return [str(item) for item in differences(before, rendered(body, change).body, Definitions())]


def test_a_choice_and_a_parameter():
    change = Change(policies=PolicySet(("resource-limits",), Choice.DENY, {"cpuLimit": "8"}))
    assert told(WARNED, change) == [
        "choice resource-limits: - -> Deny",
        "policy resource-limits: warn -> deny",
        'parameter cpuLimit: "5" -> "8"',
    ]


def test_a_choice_that_changes_no_effect_is_told_all_the_same():
    change = Change(policies=PolicySet(("probes",), Choice.WARN))
    assert told(WARNED, change) == ["choice probes: - -> Warn"]


def test_a_suspension():
    assert told(WARNED, Change(suspension=Suspend(Suspension("me", "now", "why")))) == [
        "enforcement mode: Default -> DoNotEnforce",
        "suspension: - -> suspended by me at now: why",
    ]


def test_the_parameters_of_a_first_assignment_are_not_told():
    assert not [text for text in told(None, Change(Level.WARNING)) if text.startswith("parameter")]


def test_nothing():
    assert told(WARNED, Change()) == []


def test_what_an_update_repairs_is_told():
    spoilt = copy.deepcopy(WARNED)
    spoilt["properties"]["parameters"]["warn"]["value"] = False
    spoilt["properties"]["parameters"]["excludedNamespaces"]["value"] = ["kube-system"]
    assert told(spoilt, Change(Level.WARNING)) == [
        "system namespaces: kube-system -> kube-system, calico-system, tigera-system, gatekeeper-system",
        "parameter warn: false -> true",
    ]


def test_what_a_level_sets_is_told_by_the_level_alone():
    assert not [text for text in told(WARNED, Change(Level.ENFORCEMENT)) if text.startswith("parameter")]


def test_a_policy_is_told_by_what_it_does_and_its_effects_stay():
    found = differences(None, rendered(None, Change(Level.WARNING)).body, Definitions())
    probes = next(one for one in found if one.field == "policy probes")
    assert (str(probes), probes.before, probes.after) == ("policy probes: off -> warn", None, "Audit")
    silent = copy.deepcopy(WARNED)
    silent["properties"]["parameters"]["warn"]["value"] = False
    assert "policy probes: audit -> deny" in told(silent, Change(Level.ENFORCEMENT))
