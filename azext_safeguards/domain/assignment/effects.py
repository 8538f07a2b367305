# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What each member policy does: as a level wants it, and as an assignment's body has it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from azext_safeguards.domain.assignment.overrides import Override, acts_here, reach, sets_effect
from azext_safeguards.domain.choices.recorded import Choices
from azext_safeguards.domain.initiative.catalog import ProfileVersion, acts
from azext_safeguards.domain.initiative.definition import EFFECT, MUTATION_EFFECT, InitiativeVersion, Member, MemberKind
from azext_safeguards.domain.level import SETTINGS, Level


def mutation_effect(level: Level, version: ProfileVersion | None, definition: InitiativeVersion) -> str:
    """The value of `effectForMutationPolicies`: a version in which no mutator acts keeps mutation off."""
    mutates = any(member.kind is MemberKind.MUTATOR and acts(version, member) for member in definition.members)
    return SETTINGS[level].mutation_effect if mutates else SETTINGS[Level.OFF].mutation_effect


# The words for what policies do, one for each thing, wherever people read them.
_WORDS = {"deny": "deny", "mutate": "mutate", "disabled": "off"}


def word_of(effect: str, *, warns: bool) -> str:
    """What a policy of an effect does, in a word: `deny`, `warn`, `mutate`, `off`, or `audit` for what only reports.

    :param effect: Azure's, in any case; one that is none of ours is its own word.
    :param warns: whether the assignment has policies on Audit print warnings; Audit alone is silent (Azure/AKS#5745).
    """
    lowered = effect.lower()
    return _WORDS.get(lowered, ("warn" if warns else "audit") if lowered == "audit" else lowered)


def does(effect: str, *, warns: bool, is_enforced: bool) -> str:
    """The same with the assignment's enforcement mode looked at.

    What is not enforced is still evaluated and reported (learn.microsoft.com, "Azure Policy assignment structure",
    enforcement mode); a mutation has nothing to report.
    """
    word = word_of(effect, warns=warns)
    if is_enforced or word == "off":
        return word
    return "off" if word == "mutate" else "audit"


_NOTHING_CHOSEN = Choices()


def wanted_overrides(
    level: Level,
    version: ProfileVersion | None,
    definition: InitiativeVersion,
    choices: Choices = _NOTHING_CHOSEN,
) -> dict[str, str]:
    """The members whose effect the level cannot give by a parameter: reference id -> effect, in member order.

    Enforcement denies by an override because the `effect` parameter must not be Deny (see level.py); a member that
    is not part of the version, or does not act in it, is disabled by one. What was chosen for a single policy goes
    before both, but nothing acts under Off.
    """
    if level is Level.OFF:
        return {}
    fed = {EFFECT.lower(): SETTINGS[level].effect, MUTATION_EFFECT.lower(): mutation_effect(level, version, definition)}
    wanted: dict[str, str] = {}
    for member in definition.members:
        if member.kind is MemberKind.DEPLOYMENT:
            continue
        by_parameter = fed.get((member.effect_source or "").lower())
        by_level = _wanted(member, level) if is_on(version, member, choices) else "Disabled"
        if choices.pod_security and choices.turns_on(member):
            by_level = choices.pod_security.azure_effect or by_level
        effect = choices.effect_of(member) or by_level
        if effect != by_parameter:
            wanted[member.reference_id] = effect
    return wanted


def is_on(version: ProfileVersion | None, member: Member, choices: Choices) -> bool:
    """Whether a level has a member act: as part of its version, or because Pod Security was switched on."""
    return acts(version, member) or choices.turns_on(member)


def _wanted(member: Member, level: Level) -> str:
    settings = SETTINGS[level]
    if member.kind is MemberKind.MUTATOR:
        return settings.mutation_effect
    return settings.validator_effect if member.kind is MemberKind.VALIDATOR else settings.effect


def parameter_value(parameters: Mapping[str, Any], definition: InitiativeVersion, name: str) -> Any:
    """The value that a parameter has on an assignment: what it says, else the definition's default, else None."""
    for given, holder in parameters.items():
        if given.lower() == name.lower():
            return (holder or {}).get("value")
    declared = definition.declares(name)
    return definition.parameters[declared].default if declared else None


def member_effects(
    parameters: Mapping[str, Any],
    overrides: Sequence[Override],
    definition: InitiativeVersion,
    location: str | None = None,
) -> dict[str, str]:
    """The effect that each member has on an assignment: reference id -> effect.

    Which of two overrides wins that reach the same member is not documented (NOT FOUND); the first one is taken, so
    callers put somebody else's before ours: what we cannot rule out is the safer thing to show.

    :param parameters: the assignment's parameters, `{name: {"value": ...}}`.
    :param overrides: the assignment's overrides, in its order.
    :param location: where the cluster is, for overrides that select locations.
    """
    acting = [
        (str(item.get("value")), reach(item)) for item in overrides if sets_effect(item) and acts_here(item, location)
    ]
    sources = {member.effect_source for member in definition.members if member.effect_source}
    fed = {source: parameter_value(parameters, definition, source) for source in sources}
    effects: dict[str, str] = {}
    for member in definition.members:
        by_override = next((effect for effect, is_reached in acting if is_reached(member.reference_id)), None)
        by_parameter = fed[member.effect_source] if member.effect_source else None
        effects[member.reference_id] = by_override or str(by_parameter or "DeployIfNotExists")
    return effects


def same_actions(
    left: Mapping[str, str],
    right: Mapping[str, str],
    warns: tuple[bool, bool],
    definition: InitiativeVersion,
    left_out: frozenset[str] = frozenset(),
) -> bool:
    """Whether two sets of effects do the same to a workload.

    An Audit that warns differs from a silent one; notices only print, so they do not count; what deploys Azure
    resources is no part of a level.

    :param warns: the `warn` parameter beside each of the two.
    :param left_out: reference ids, lower-case, that do not count either.
    """
    return all(
        _action(left[member.reference_id], warns[0]) == _action(right[member.reference_id], warns[1])
        for member in definition.members
        if member.kind in (MemberKind.VALIDATOR, MemberKind.MUTATOR) and member.reference_id.lower() not in left_out
    )


def _action(effect: str, warn: bool) -> str:
    lowered = effect.lower()
    return f"{lowered}+warn" if lowered == "audit" and warn else lowered
