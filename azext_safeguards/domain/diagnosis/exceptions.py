# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Checks of what others put beside or over the assignment: overrides, exemptions, assignments at wider scopes."""

from __future__ import annotations

from azext_safeguards.domain.assignment.effects import is_on
from azext_safeguards.domain.assignment.others import NOT_SCOPES, OVERRIDES, SELECTORS, set_by_others
from azext_safeguards.domain.assignment.overrides import acts_here, is_sweeping, named_by, sets_effect
from azext_safeguards.domain.diagnosis.around import assigned_elsewhere, exemptions_of
from azext_safeguards.domain.diagnosis.evidence import Check, Evidence, Status, first_line
from azext_safeguards.domain.initiative.definition import MemberKind
from azext_safeguards.domain.level import Level


def check_selection(given: Evidence) -> Check | None:
    """Whether somebody's resource selectors or excluded scopes keep the assignment away from the cluster."""
    if given.assignment is None:
        return None
    for found in set_by_others(given.assignment):
        if found.what in (NOT_SCOPES, SELECTORS):
            return Check("selection", Status.PROBLEM, found.seen, (found.way,))
    return Check("selection", Status.OK, "The assignment selects the cluster.")


def check_overrides(given: Evidence) -> Check | None:
    """Whether somebody's overrides keep policies from acting."""
    assignment = given.assignment
    if assignment is None:
        return None
    foreign = [item for item in assignment.overrides.foreign if sets_effect(item)]
    sweeping = any(is_sweeping(item) and acts_here(item, assignment.location) for item in foreign)
    taken = named_by(foreign)
    weak = any(
        _is_weaker(assignment.effects[member.reference_id], member.kind, assignment.intent.level)
        for member in (assignment.definition.members if assignment.definition else ())
        if (sweeping or member.reference_id.lower() in taken)
        and is_on(assignment.intent.profile_version, member, assignment.intent.choices)
    )
    told = [found for found in set_by_others(assignment) if found.what == OVERRIDES]
    if weak and told:
        return Check("overrides", Status.PROBLEM, " ".join(found.seen for found in told), (told[0].way,))
    if foreign:
        return Check("overrides", Status.OK, f"Overrides of somebody else ({len(foreign)}) weaken nothing.")
    return Check("overrides", Status.OK, "No override but ours.")


def _is_weaker(effect: str, kind: MemberKind, level: Level | None) -> bool:
    """Whether an effect does less than the level would have the policy do."""
    if level is Level.OFF or (kind is MemberKind.MUTATOR and level is not Level.ENFORCEMENT):
        return False
    lowered = effect.lower()
    return lowered == "disabled" or (lowered == "audit" and level is Level.ENFORCEMENT and kind is MemberKind.VALIDATOR)


def check_exemptions(given: Evidence) -> Check | None:
    """Whether exemptions keep policies from acting."""
    if given.assignment is None:
        return None
    read = given.exemptions
    if read.value is None:
        return Check("exemptions", Status.UNKNOWN, f"Could not read exemptions: {first_line(read.error)}")
    found = exemptions_of(read.value, given.assignment_id, given.now)
    if not found:
        return Check("exemptions", Status.OK, "No exemption applies.")
    return Check("exemptions", Status.PROBLEM, " ".join(one.seen for one in found), tuple(one.way for one in found))


def check_wider(given: Evidence) -> Check:
    """Whether the same initiative reaches the cluster from a wider scope."""
    read = given.assignments
    if read.value is None:
        return Check("other assignments", Status.UNKNOWN, f"Could not read them: {first_line(read.error)}")
    exemptions = given.exemptions.value or ()
    found = assigned_elsewhere(read.value, exemptions, given.assignment_id, given.ref, given.definitions, given.now)
    if not found:
        return Check("other assignments", Status.OK, "No other assignment of the initiative reaches the cluster.")
    seen = " ".join(one.seen for one in found)
    return Check("other assignments", Status.WARNING, seen, tuple(one.way for one in found))
