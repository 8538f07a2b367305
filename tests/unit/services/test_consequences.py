# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""A dry run says what begins to turn objects away beside what its level says: limits that a mutation fills in."""

from __future__ import annotations

import pytest

from azext_safeguards.check.mutations import cpu_limits, memory_limits
from azext_safeguards.cli.az.plans import plan_notes, plan_output
from azext_safeguards.domain.assignment.intent import Change
from azext_safeguards.domain.choices.changing import PolicySet
from azext_safeguards.domain.choices.choice import Choice
from azext_safeguards.domain.initiative.records import RECORDS
from azext_safeguards.domain.level import Level
from azext_safeguards.domain.suspension import Resume, Suspend, Suspension
from azext_safeguards.services.policy_rows import plan_suspension
from tests.pasting import assert_pasteable
from tests.unit.bodies import updated
from tests.unit.services.ready import CLUSTER, ENFORCEMENT, OFF, WARNING, Service, client, plan

SUSPENDED = Change(suspension=Suspend(Suspension("ann", "2026-11-28T02:00:00Z")))
SAID = (
    "Containers without a limit get one of 500m CPU and 500Mi memory, so that a Pod that requests more and has no limit"
)
NO_CPU = Change(policies=PolicySet(("mutate-cpu-limits",), Choice.OFF))
CPU = Change(policies=PolicySet(("mutate-cpu-limits",), Choice.MUTATE))
V1 = Change(Level.ENFORCEMENT, "v1.0.0")
V3 = Change(Level.ENFORCEMENT, "v3.0.0")
TO_V2 = Change(version="v2.0.0")


@pytest.mark.parametrize(
    ("before", "wanted"),
    [
        ((), ENFORCEMENT),
        ((WARNING,), ENFORCEMENT),
        ((OFF,), ENFORCEMENT),
        ((V1,), TO_V2),
        ((V3,), TO_V2),
        ((ENFORCEMENT, SUSPENDED), ENFORCEMENT),
    ],
)
def test_what_begins_is_said_with_the_check_that_shows_it(before, wanted):
    start = (Change(Level.WARNING, "v2.0.0"), *before) if before else ()
    service = Service(updated(None, *start)) if start else Service()
    (note,) = plan_notes(planned := plan(service, wanted), CLUSTER)
    assert note.startswith(SAID)
    where = f" {CLUSTER.arguments}" if start else ""
    command = f"az aks safeguards check -f deploy/{where} --safeguards-level Enforcement --safeguards-version v2.0.0"
    assert note.endswith(f"To see which, before: {command}")
    assert_pasteable(command)
    assert plan_output(planned, CLUSTER)["notes"] == [note]


@pytest.mark.parametrize(
    ("before", "wanted"),
    [
        ((), WARNING),
        ((), V1),
        ((), V3),
        ((ENFORCEMENT,), OFF),
        ((ENFORCEMENT,), WARNING),
        ((ENFORCEMENT,), Change(excluded_namespaces=("a",))),
        ((ENFORCEMENT,), V3),
        ((ENFORCEMENT,), NO_CPU),
        ((ENFORCEMENT,), ENFORCEMENT),
    ],
)
def test_what_does_not_begin_is_not_said(before, wanted):
    service = Service(updated(None, *before)) if before else Service()
    assert plan_notes(plan(service, wanted), CLUSTER) == []


def test_one_of_two_begins():
    service = Service(updated(None, ENFORCEMENT, NO_CPU))
    (note,) = plan_notes(plan(service, CPU), CLUSTER)
    assert note.startswith("Containers without a limit get one of 500m CPU, so that")
    # What is chosen for single policies, no option of a check says.
    assert "az aks" not in note


def test_what_resumes_begins_again():
    service = Service(updated(None, ENFORCEMENT, SUSPENDED))
    (note,) = plan_notes(plan_suspension(client(service), CLUSTER, Resume()), CLUSTER)
    assert note.startswith(SAID)


@pytest.mark.parametrize(
    ("module", "short"), [(cpu_limits, "mutate-cpu-limits"), (memory_limits, "mutate-memory-limits")]
)
def test_check_fills_in_what_the_record_says(module, short):
    limited, amount = RECORDS[short].fills_in
    (field,) = module.MUTATION.changes({"spec": {"containers": [{"name": "c"}]}})
    assert (field.value, limited.lower() in str(field.path)) == (amount, True)
