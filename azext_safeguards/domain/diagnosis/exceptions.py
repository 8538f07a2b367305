# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Checks of what others put beside or over the assignment: overrides, exemptions, assignments at wider scopes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from azext_safeguards.domain.assignment.effects import is_on
from azext_safeguards.domain.assignment.others import NOT_SCOPES, OVERRIDES, SELECTORS, set_by_others
from azext_safeguards.domain.assignment.overrides import acts_here, is_sweeping, named_by, sets_effect
from azext_safeguards.domain.diagnosis.evidence import Check, Evidence, Status, first_line
from azext_safeguards.domain.initiative.definition import MemberKind
from azext_safeguards.domain.initiative.names import short_name
from azext_safeguards.domain.level import Level
from azext_safeguards.domain.moments import parse_time
from azext_safeguards.domain.remedies import remedy
from azext_safeguards.domain.shapes import list_of, record, require, text

EXEMPTION = record(
    {
        "id": text,
        "name": text,
        "properties": record(
            {"policyAssignmentId": text, "policyDefinitionReferenceIds": list_of(text), "expiresOn": text}
        ),
    }
)
"""The shape of a policy exemption as far as it is read here (Azure/azure-rest-api-specs, 2022-07-01-preview)."""


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
    weak = [
        short_name(member.reference_id)
        for member in (assignment.definition.members if assignment.definition else ())
        if (sweeping or member.reference_id.lower() in taken)
        and is_on(assignment.intent.profile_version, member, assignment.intent.choices)
        and _is_weaker(assignment.effects[member.reference_id], member.kind, assignment.intent.level)
    ]
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
    ours = [item for item in read.value if exempts(item, given.assignment_id, given.now)]
    if not ours:
        return Check("exemptions", Status.OK, "No exemption applies.")
    parts = []
    for item in ours:
        references = (item.get("properties") or {}).get("policyDefinitionReferenceIds") or []
        names = ", ".join(short_name(str(reference)) for reference in references) or "every policy"
        parts.append(f"'{item.get('name')}' exempts {names}")
    commands = tuple(remedy("show-exemption", name=item.get("name"), scope=_exemption_scope(item)) for item in ours)
    return Check("exemptions", Status.PROBLEM, f"{'; '.join(parts)}.", commands)


def exempts(item: Mapping[str, Any], assignment_id: str, now: datetime) -> bool:
    """Whether a policy exemption, as the service returns it, holds for an assignment.

    :raises UnreadableError: when it is none.
    """
    require(item, EXEMPTION, "A policy exemption")
    properties = item.get("properties") or {}
    expires = parse_time(properties.get("expiresOn"))
    about_ours = str(properties.get("policyAssignmentId") or "").lower().endswith(assignment_id.lower())
    return about_ours and (expires is None or expires > now)


def _exemption_scope(item: Mapping[str, Any]) -> str:
    return str(item.get("id", "")).split("/providers/Microsoft.Authorization/policyExemptions", 1)[0]


def check_wider(given: Evidence) -> Check:
    """Whether the same initiative reaches the cluster from a wider scope."""
    read = given.assignments
    if read.value is None:
        return Check("other assignments", Status.UNKNOWN, f"Could not read them: {first_line(read.error)}")
    others = [item for item in read.value if str(item.get("id", "")).lower() != given.assignment_id]
    if not others:
        return Check("other assignments", Status.OK, "No other assignment of the initiative reaches the cluster.")
    parts = [f"'{item.get('name')}' at {(item.get('properties') or {}).get('scope')}" for item in others]
    commands = tuple(
        remedy("show-assignment", name=item.get("name"), scope=(item.get("properties") or {}).get("scope"))
        for item in others
    )
    seen = f"The same initiative is also assigned elsewhere, and acts on its own: {'; '.join(parts)}."
    return Check("other assignments", Status.WARNING, seen, commands)
