# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Suspending keeps everything, is told apart from Off, and ends by resuming or by a level."""

from __future__ import annotations

import copy

import pytest

from azext_safeguards.domain.assignment.cautions import nothing_to_resume, nothing_to_suspend
from azext_safeguards.domain.assignment.intent import Change
from azext_safeguards.domain.assignment.reading import read_assignment
from azext_safeguards.domain.choices.changing import PolicySet
from azext_safeguards.domain.choices.choice import Choice
from azext_safeguards.domain.errors import InvalidValueError
from azext_safeguards.domain.initiative.catalog import Definitions
from azext_safeguards.domain.level import Level
from azext_safeguards.domain.suspension import Resume, Suspend, Suspension, recorded_suspension
from tests.unit.bodies import effect_override, foreign_assignment, profile, rendered, updated

WHO = Suspension("me@example.com", "2026-01-02T03:04:05Z", 'INC-1: "quoted", ü')
SUSPEND, RESUME = Change(suspension=Suspend(WHO)), Change(suspension=Resume())
CHOSEN = Change(policies=PolicySet(("probes",), Choice.OFF, {"requiredProbes": ["readinessProbe"]}))
STARTS = [
    updated(None, Change(Level.ENFORCEMENT, "v2.0.0", ("a",)), CHOSEN),
    updated(None, Change(Level.WARNING, "v3.0.0")),
    foreign_assignment(overrides=[effect_override("Deny", "uniqueServiceSelectors")], metadata={"ticket": 1}),
]


def read(body):
    return read_assignment(body, Definitions())


@pytest.mark.parametrize("start", STARTS)
def test_suspending_changes_the_mode_and_the_record_alone_and_resuming_undoes_it(start):
    body = updated(start, SUSPEND)
    assert read(body).suspension == WHO
    without = copy.deepcopy(body)
    without["properties"]["enforcementMode"] = "Default"
    del without["properties"]["metadata"]["safeguardsSuspended"]
    assert without == start
    assert updated(body, RESUME) == start
    assert not rendered(body, SUSPEND).changes
    assert (profile(body).level, profile(body).suspension) == (profile(start).level, WHO)


@pytest.mark.parametrize("change", [Change(version="v3.0.0"), Change(excluded_namespaces=("b",)), CHOSEN])
def test_it_stays_suspended_when_no_level_is_given_and_says_so(change):
    rendering = rendered(updated(STARTS[0], SUSPEND), change)
    assert any("stay suspended by me@example.com" in text for text in rendering.warnings)
    body = updated(updated(STARTS[0], SUSPEND), change)
    assert read(body).suspension == WHO
    assert updated(body, RESUME) == updated(STARTS[0], change)


@pytest.mark.parametrize("level", list(Level))
def test_a_level_ends_it_and_says_so(level):
    suspended = updated(STARTS[0], SUSPEND)
    rendering = rendered(suspended, Change(level))
    assert any("were suspended by me@example.com" in text for text in rendering.warnings)
    assert updated(suspended, Change(level)) == updated(STARTS[0], Change(level))
    assert profile(updated(suspended, Change(level))).suspension is None


def test_off_is_no_suspension_and_nothing_to_suspend():
    body = updated(STARTS[0], Change(Level.OFF))
    assert read(body).suspension is None
    assert "Off" in nothing_to_suspend(read(body), Suspend(WHO))
    assert "Off, not suspended" in nothing_to_resume(read(body))


def test_suspending_again_keeps_the_first_record_unless_a_reason_is_given():
    body = updated(STARTS[0], SUSPEND)
    again = Suspend(Suspension("you@example.com", "2027-01-01T00:00:00Z"))
    assert "already suspended by me@example.com at 2026-01-02T03:04:05Z: INC-1" in nothing_to_suspend(read(body), again)
    anew = Suspend(Suspension("you@example.com", "2027-01-01T00:00:00Z", "INC-2"))
    assert nothing_to_suspend(read(body), anew) == ""
    assert read(updated(body, Change(suspension=anew))).suspension == anew.suspension


def test_resuming_what_is_enforced_is_nothing():
    assert "not suspended" in nothing_to_resume(read(STARTS[0]))


def test_what_somebody_else_suspended_can_be_resumed_and_taken_over():
    body = copy.deepcopy(STARTS[0])
    body["properties"]["enforcementMode"] = "DoNotEnforce"
    assert read(body).suspension is None
    assert (nothing_to_resume(read(body)), nothing_to_suspend(read(body), Suspend(WHO))) == ("", "")
    assert updated(body, RESUME)["properties"]["enforcementMode"] == "Default"
    assert read(updated(body, SUSPEND)).suspension == WHO


def test_a_record_that_stayed_behind_counts_for_nothing_and_goes():
    body = updated(STARTS[0], SUSPEND)
    body["properties"]["enforcementMode"] = "Default"
    assert read(body).suspension is None
    assert "safeguardsSuspended" not in updated(body, Change(excluded_namespaces=()))["properties"]["metadata"]


@pytest.mark.parametrize("text", ["{", "[]", "5", 5, {"by": "x"}])
def test_a_record_that_somebody_broke_is_still_a_suspension(text):
    assert recorded_suspension({"safeguardsSuspended": text}) == Suspension("", "", "")
    assert "somebody" in str(Suspension("", ""))


def test_a_reason_that_metadata_cannot_hold_is_refused_with_what_it_can():
    with pytest.raises(InvalidValueError, match=r"it can have (\d+) characters") as refused:
        rendered(STARTS[0], Change(suspension=Suspend(Suspension("me", "now", "x" * 2000))))
    room = int(refused.value.message.split("can have ")[1].split()[0])
    record = Suspension("me", "now", "x" * room).metadata["safeguardsSuspended"]
    assert 990 < len(record) < 1024


def test_a_record_is_told_on_one_line_without_control_characters():
    told = str(Suspension("me\x1b[31m", "now\n", " INC-1:\r\n down\tagain \u2028 ü "))
    assert told == "suspended by me [31m at now: INC-1: down again ü"


def test_a_cluster_says_that_it_is_suspended_and_nothing_more_where_it_is_not():
    assert profile(updated(STARTS[0], SUSPEND)).as_cluster_member()["suspended"] == WHO.as_output()
    assert set(profile(STARTS[0]).as_cluster_member()) == {
        "level",
        "version",
        "excludedNamespaces",
        "systemExcludedNamespaces",
    }
