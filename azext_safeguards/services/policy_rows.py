# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Reading what each policy does on a cluster, and planning a change that only suspends or resumes."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

from azext_safeguards.domain.assignment.cautions import nothing_to_resume, nothing_to_suspend
from azext_safeguards.domain.assignment.intent import Change
from azext_safeguards.domain.assignment.others import set_by_others
from azext_safeguards.domain.assignment.reading import Assignment
from azext_safeguards.domain.assignment.render import render
from azext_safeguards.domain.assignment.rows import PolicyRow, policy_rows
from azext_safeguards.domain.cluster import ClusterRef
from azext_safeguards.domain.diagnosis.around import exempted, exemptions_of
from azext_safeguards.domain.errors import PinUnavailableError
from azext_safeguards.domain.initiative.catalog import Definitions
from azext_safeguards.domain.level import Level
from azext_safeguards.domain.read import Read
from azext_safeguards.domain.suspension import Suspend, SuspensionChange
from azext_safeguards.services import resources
from azext_safeguards.services.apply import Written
from azext_safeguards.services.arm import ArmClient
from azext_safeguards.services.around import AroundReading
from azext_safeguards.services.planning import Plan, load_assignment, plan_change
from azext_safeguards.services.settling import REPEATED, settle
from azext_safeguards.services.snapshot import outcome, take_snapshot
from azext_safeguards.services.waves import at_once


def list_policies(arm: ArmClient, cluster: ClusterRef) -> tuple[list[PolicyRow], list[str]]:
    """What each policy does on a cluster, and what the user has to be told beside it.

    :raises azure.core.exceptions.ResourceNotFoundError: when there is no assignment.
    :raises PinUnavailableError: when the definition that the assignment is pinned to is not known.
    """
    reading = AroundReading(arm, cluster, asks_exemptions=False)
    found = at_once(
        {
            "loaded": lambda: load_assignment(arm, cluster),
            # They decide what is shown, so they are tried again where that helps.
            "exemptions": lambda: outcome(lambda: resources.list_exemptions(arm, cluster)),
        }
    )
    assignment, definitions = found["loaded"]
    rows, warnings = _rows(assignment, definitions, found["exemptions"], cluster)
    elsewhere = replace(reading.result(), exemptions=found["exemptions"]).elsewhere(definitions, assignment.location)
    return rows, [*warnings, *(one.caution for one in elsewhere)]


def policies_after(
    arm: ArmClient, cluster: ClusterRef, plan: Plan, written: Written
) -> tuple[list[PolicyRow], list[str]]:
    """The same once a plan was written, with what was written, which is read back meanwhile.

    :raises UndoneError: when somebody else's writes keep undoing it.
    :raises azure.core.exceptions.AzureError: when it could not be read back.
    """
    found = at_once(
        {
            "settled": lambda: settle(arm, cluster, plan, written),
            "exemptions": lambda: outcome(lambda: resources.list_exemptions(arm, cluster)),
        }
    )
    now: Written = found["settled"]
    if now.assignment is None:
        raise LookupError(cluster.id)
    rows, warnings = _rows(now.assignment, now.definitions, found["exemptions"], cluster)
    # What stands was told before it was written.
    new = [text for text in warnings if text not in plan.warnings]
    return rows, [*([REPEATED] if now.repeated else []), *new]


def _rows(
    assignment: Assignment, definitions: Definitions, read: Read[list[dict[str, Any]]], cluster: ClusterRef
) -> tuple[list[PolicyRow], list[str]]:
    if assignment.definition is None:
        definitions.resolve(assignment.pin)
        raise PinUnavailableError(f"The definition of '{assignment.pin}' could not be read.")
    warnings: list[str] = []
    if assignment.suspension:
        warnings.append(f"Safeguards are {assignment.suspension}. Policies only report.")
    warnings += [found.caution for found in set_by_others(assignment)]
    if read.value is None:
        warnings.append("The policy exemptions could not be read, so policies that they turn off are not told.")
    now, own_id = datetime.now(timezone.utc), resources.assignment_id(cluster)
    if assignment.intent.level is not Level.OFF:
        warnings += [found.caution for found in exemptions_of(read.value or (), own_id, now)]
    return policy_rows(assignment, exempted(read.value or (), own_id, now)), warnings


def plan_suspension(arm: ArmClient, cluster: ClusterRef, change: SuspensionChange) -> Plan:
    """What suspending or resuming would write; where there is nothing to do, nothing, and a warning says why.

    Suspending needs the assignment and nothing else, so that it works while everything else is broken. Resuming has
    policies act again, so it is held to what a level that is on needs.

    :raises azure.core.exceptions.ResourceNotFoundError: when there is no assignment.
    :raises SafeguardsError: for everything that is refused.
    """
    read_at = time.monotonic()
    assignment, definitions = load_assignment(arm, cluster)
    whole = Change(suspension=change)
    idle = nothing_to_suspend(assignment, change) if isinstance(change, Suspend) else nothing_to_resume(assignment)
    if idle:
        return Plan(whole, assignment, None, definitions, (idle,), assignment.location)
    if isinstance(change, Suspend):
        rendering = render(assignment, whole, definitions)
        return Plan(whole, assignment, rendering, definitions, rendering.warnings, assignment.location, read_at)
    snapshot = take_snapshot(arm, cluster)
    if snapshot.cluster.raised is not None:
        raise snapshot.cluster.raised
    return plan_change(arm, cluster, snapshot, whole)
