# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What a user has to be told beside a rendering: what is lost, and what others decide instead of the level."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from azext_safeguards.domain.assignment import Assignment
from azext_safeguards.domain.catalog import acts
from azext_safeguards.domain.effects import member_effects, wanted_overrides
from azext_safeguards.domain.initiative import InitiativeVersion, MemberKind
from azext_safeguards.domain.intent import Intent
from azext_safeguards.domain.level import Level
from azext_safeguards.domain.overrides import Override, acts_here, is_sweeping, named_by, write
from azext_safeguards.domain.policies import short_name


def losses(intent: Intent, pin: str, parameters: Sequence[str], references: Sequence[str]) -> list[str]:
    """Warns of what the version cannot take: names of parameters, and reference ids of policies."""
    version = f"Safeguards version {intent.version}" if intent.version else f"Definition version {pin}"
    warnings = []
    if parameters:
        warnings.append(f"{version} has no parameter {', '.join(parameters)}: the assignment no longer holds it.")
    if references:
        names = ", ".join(dict.fromkeys(short_name(reference) for reference in references))
        warnings.append(f"{version} has no policy {names}: what was set for it is no longer on the assignment.")
    return warnings


def foreign_effects(
    assignment: Assignment,
    intent: Intent,
    parameters: Mapping[str, Any],
    overrides: Sequence[Override],
    definition: InitiativeVersion,
) -> list[str]:
    """Warns where somebody else's override keeps a policy from doing what the level says."""
    if intent.level is None or intent.level is Level.OFF:
        return []
    warnings = []
    foreign = assignment.overrides.foreign
    if any(is_sweeping(item) and acts_here(item, assignment.location) for item in foreign):
        warnings.append(
            "An override that somebody else put on the assignment applies without naming policies and may decide "
            "what they do instead of the level."
        )
    effects = member_effects(parameters, overrides, definition, assignment.location)
    taken = named_by(foreign)
    wanted = member_effects(
        parameters, write(wanted_overrides(intent.level, intent.profile_version, definition)), definition
    )
    version = intent.profile_version
    kept = [
        f"{short_name(member.reference_id)} ({effects[member.reference_id]})"
        for member in definition.members
        if member.reference_id.lower() in taken
        and member.kind is not MemberKind.DEPLOYMENT
        and effects[member.reference_id].lower() != wanted[member.reference_id].lower()
        and (acts(version, member) or effects[member.reference_id].lower() != "disabled")
    ]
    if kept:
        warnings.append(f"Somebody else's overrides on the assignment decide: {', '.join(kept)}.")
    return warnings
