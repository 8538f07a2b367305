# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Each policy of an assignment or of a version: what it does now, what decides that, and its parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from azext_safeguards.domain.assignment.effects import mutation_effect, parameter_value, wanted_overrides, word_of
from azext_safeguards.domain.assignment.others import does_here, kept_away
from azext_safeguards.domain.assignment.overrides import acts_here, named_by, reaches, sets_effect
from azext_safeguards.domain.assignment.parameters import REQUIRED_VALUES
from azext_safeguards.domain.assignment.reading import Assignment, find
from azext_safeguards.domain.choices.changing import parameters_of
from azext_safeguards.domain.choices.choice import allowed_choices
from azext_safeguards.domain.choices.pod_security import OFF
from azext_safeguards.domain.choices.recorded import Choices
from azext_safeguards.domain.initiative.catalog import ProfileVersion
from azext_safeguards.domain.initiative.definition import EFFECT, MUTATION_EFFECT, InitiativeVersion, Member, MemberKind
from azext_safeguards.domain.initiative.names import POD_SECURITY, short_name, title_of
from azext_safeguards.domain.initiative.records import RECORDS
from azext_safeguards.domain.level import SETTINGS, Level


@dataclass(frozen=True)
class PolicyParameter:
    """A parameter of a policy."""

    name: str
    value: Any
    origin: str
    """`choice`, `pod security` (the switch), `assignment` (it holds the value, whoever put it there) or `default` (of
    the definition or, where that has none, ours)."""


@dataclass(frozen=True)
class PolicyRow:
    """A policy of an assignment."""

    name: str
    title: str
    reference_id: str
    kind: str
    """`validator`, `mutator` or `notice`."""
    does: str
    """`deny`, `warn`, `audit`, `mutate` or `off`."""
    origin: str
    """What decides that: `level`, `choice`, `pod security` (the switch), `foreign override`, `exemption`, `suspended`,
    `enforcement mode`, `notScopes` or `resourceSelectors` (they keep the assignment away from the cluster), `drift`
    (somebody changed what the level had set), or `assignment` where no level is known."""
    effect: str
    """The effect that the assignment gives it: what it does again when the suspension or the exemption ends."""
    choice: str | None
    parameters: tuple[PolicyParameter, ...]
    pod_security: str | None = None
    """What the switch for Pod Security is set to, as `Off`, `Baseline` or `Restricted:Warn`, for the policies that it
    can turn on; None for others."""


def policy_rows(assignment: Assignment, exempted: frozenset[str] = frozenset()) -> list[PolicyRow]:
    """The policies of an assignment whose definition is known, in the order of the definition.

    :param exempted: the reference ids, lower-case, that an exemption covers; `*` stands for all.
    """
    definition = assignment.definition
    if definition is None:
        return []
    expected = _expected(assignment, definition)
    rows = []
    for member in _shown(definition):
        short = short_name(member.reference_id)
        choice = assignment.intent.choices.effects.get(short)
        word, origin = _now(assignment, member, expected, exempted)
        rows.append(
            PolicyRow(
                short,
                title_of(short),
                member.reference_id,
                member.kind.value,
                word,
                origin,
                assignment.effects[member.reference_id],
                choice.value if choice else None,
                tuple(_parameter(assignment, definition, name) for name in parameters_of(member)),
                str(assignment.intent.choices.pod_security or OFF) if member.reference_id in POD_SECURITY else None,
            )
        )
    return rows


def version_rows(version: ProfileVersion, definition: InitiativeVersion) -> list[dict[str, Any]]:
    """The policies of a safeguards version: what each level makes them do, what can be chosen, and their parameters."""
    effects = {level: _wanted(level, version, definition, Choices()) for level in (Level.WARNING, Level.ENFORCEMENT)}
    return [
        {
            "name": short_name(member.reference_id),
            "policy": short_name(member.reference_id),
            "title": title_of(short_name(member.reference_id)),
            "referenceId": member.reference_id,
            "kind": member.kind.value,
            "byLevel": {
                level.value: word_of(found[member.reference_id], warns=True) for level, found in effects.items()
            },
            "podSecurityFrom": _pod_security_from(member),
            "choices": [choice.value for choice in allowed_choices(member.kind)],
            "allowedEffects": [choice.value for choice in allowed_choices(member.kind)],
            "parameters": {
                name: {
                    "type": definition.parameters[name].type,
                    "default": definition.parameters[name].default,
                    "allowedValues": list(definition.parameters[name].allowed_values) or None,
                }
                for name in parameters_of(member)
                if name in definition.parameters
            },
        }
        for member in _shown(definition)
    ]


def _pod_security_from(member: Member) -> str | None:
    """The lowest level of Pod Security that turns a member on; None for a member of another kind."""
    record = RECORDS.get(short_name(member.reference_id))
    return record.pod_security if record else None


def _shown(definition: InitiativeVersion) -> list[Member]:
    """The members that are policies in people's eyes: not the one that deploys the add-on."""
    return [member for member in definition.members if member.kind is not MemberKind.DEPLOYMENT]


def _wanted(
    level: Level, version: ProfileVersion | None, definition: InitiativeVersion, choices: Choices
) -> dict[str, str]:
    """The effect that each member is to have: reference id -> effect."""
    fed = {EFFECT.lower(): SETTINGS[level].effect, MUTATION_EFFECT.lower(): mutation_effect(level, version, definition)}
    by_parameter = {item.reference_id: fed.get((item.effect_source or "").lower(), "") for item in definition.members}
    return {**by_parameter, **wanted_overrides(level, version, definition, choices)}


def _expected(assignment: Assignment, definition: InitiativeVersion) -> dict[str, str]:
    intent = assignment.intent
    if intent.level is None:
        return {}
    return _wanted(intent.level, intent.profile_version, definition, intent.choices)


def _now(
    assignment: Assignment, member: Member, expected: Mapping[str, str], exempted: frozenset[str]
) -> tuple[str, str]:
    """What a policy does now, and what decides that."""
    effect = assignment.effects[member.reference_id]
    word = does_here(assignment, effect)
    origin = _decided_by(assignment, member, expected)
    if not assignment.is_enforced and word_of(effect, warns=assignment.warns) != "off":
        origin = "suspended" if assignment.suspension else "level" if _is_off(assignment) else "enforcement mode"
    if (away := kept_away(assignment)) and word_of(effect, warns=assignment.warns) != "off":
        return word, away
    if (member.reference_id.lower() in exempted or "*" in exempted) and word != "off":
        return "off", "exemption"
    return word, origin


def _is_off(assignment: Assignment) -> bool:
    return assignment.intent.level is Level.OFF


def _decided_by(assignment: Assignment, member: Member, expected: Mapping[str, str]) -> str:
    reference = member.reference_id
    by_others = any(
        sets_effect(item) and acts_here(item, assignment.location) and reaches(item, reference)
        for item in assignment.overrides.foreign
    )
    if by_others:
        return "foreign override"
    level, effect = assignment.intent.level, assignment.effects[reference].lower()
    if level is None:
        return "assignment"
    if effect != expected.get(reference, "").lower():
        # Ours leaves out what somebody else's names, also where theirs is for another place.
        return "foreign override" if reference.lower() in named_by(assignment.overrides.foreign) else "drift"
    if effect == "audit" and assignment.warns is not SETTINGS[level].warn:
        return "drift"
    choices = assignment.intent.choices
    if _is_off(assignment):
        return "level"
    if choices.effect_of(member) is not None:
        return "choice"
    return "pod security" if choices.turns_on(member) else "level"


def _parameter(assignment: Assignment, definition: InitiativeVersion, name: str) -> PolicyParameter:
    value = parameter_value(assignment.parameters, definition, name)
    if assignment.intent.choices.find(name) is not None:
        return PolicyParameter(name, value, "choice")
    if name in assignment.intent.choices.values:
        return PolicyParameter(name, value, "pod security")
    is_default = find(assignment.parameters, name) is None or value == REQUIRED_VALUES.get(name)
    return PolicyParameter(name, value, "default" if is_default else "assignment")
