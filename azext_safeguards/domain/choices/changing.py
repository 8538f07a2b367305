# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Changes of what is chosen for single policies: checked against the definition, then made part of the intent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from azext_safeguards.domain.choices.choice import Choice, allowed_choices
from azext_safeguards.domain.choices.pod_security import PodSecurity
from azext_safeguards.domain.choices.recorded import Choices, ChosenParameter
from azext_safeguards.domain.choices.values import checked_value
from azext_safeguards.domain.errors import InvalidValueError, NoPodSecurityError
from azext_safeguards.domain.initiative.catalog import PROFILE_VERSIONS, bundled
from azext_safeguards.domain.initiative.definition import EFFECT, MUTATION_EFFECT, InitiativeVersion, Member, MemberKind
from azext_safeguards.domain.initiative.names import POD_SECURITY, SHORT_NAMES, short_name
from azext_safeguards.domain.initiative.pins import newest_match
from azext_safeguards.domain.nearest import did_you_mean, nearest
from azext_safeguards.domain.remedies import remedy

# Parameters that a level, a choice or a flag sets, and the way to what they do.
ALWAYS_OURS = {
    EFFECT.lower(): remedy("effect-sets-policies"),
    "warn": remedy("effect-warns"),
    MUTATION_EFFECT.lower(): remedy("effect-sets-mutations"),
    "excludednamespaces": remedy("add-namespaces", names=("ns1", "ns2")),
}
_MANY = 5


@dataclass(frozen=True)
class PolicySet:
    """Chooses an effect, parameters, or both, for some policies."""

    policies: tuple[str, ...]
    """Short names, or reference ids."""
    effect: Choice | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    """Values by the initiative's name of the parameter; a text is read as JSON where the parameter is no string."""


@dataclass(frozen=True)
class PolicyReset:
    """Takes back what was chosen for some policies, or for all of them (None)."""

    policies: tuple[str, ...] | None = None


@dataclass(frozen=True)
class PolicyReplace:
    """Puts choices that were made elsewhere in the place of all that were made here.

    Nobody named policies of this cluster, so what somebody else overrides there stays theirs.
    """

    choices: Choices


@dataclass(frozen=True)
class PodSecuritySet:
    """Sets the switch that turns the Pod Security policies on as a group; None turns it off."""

    wanted: PodSecurity | None

    @property
    def policies(self) -> tuple[str, ...]:
        """The short names of the policies that it is about: all that the switch can turn on or off."""
        return tuple(map(short_name, POD_SECURITY))


PolicyChange = PolicySet | PolicyReset | PolicyReplace | PodSecuritySet


def check_early(change: PolicyChange) -> None:
    """Refuses, before any request, what every version that this extension knows refuses.

    A policy that no bundled version has may be in a newer one, so it is left to be judged with the definition at hand.

    :raises InvalidValueError: see `choose`.
    """
    if not isinstance(change, PolicySet):
        return
    pins = dict.fromkeys(version.pin for version in PROFILE_VERSIONS.values())
    known = [bundled()[newest_match(pin, bundled()) or ""] for pin in pins]
    refusals: list[InvalidValueError] = []
    for definition in known:
        try:
            choose(Choices(), change, definition, "")
        except InvalidValueError as error:
            refusals.append(error)
    names = {name.lower() for name in (*SHORT_NAMES, *SHORT_NAMES.values())}
    if len(refusals) == len(known) and all(name.lower() in names for name in change.policies):
        having = [
            refusal
            for refusal, definition in zip(refusals, known, strict=True)
            if all(_find(definition, name) for name in change.policies)
        ]
        raise (having or refusals)[0]


def choose(
    choices: Choices, change: PolicyChange, definition: InitiativeVersion, version: str
) -> tuple[Choices, list[str]]:
    """The choices after a change, and what the user has to be told about it.

    :param version: the safeguards version, or the definition's, for messages.
    :raises InvalidValueError: for a policy that the definition does not have, an effect that such a policy can't have,
        a parameter that is not of these policies, or a value that the parameter does not take.
    :raises NoPodSecurityError: for Pod Security where the definition has none.
    """
    if isinstance(change, PodSecuritySet):
        return _switched(choices, change.wanted, definition, version)
    if isinstance(change, PolicyReset):
        left = _reset(choices, change, definition)
        return left, _goes_on(left, change)
    if isinstance(change, PolicyReplace):
        _check_values(change.choices, definition)
        return change.choices, []
    members = [_member(definition, name, version) for name in dict.fromkeys(change.policies)]
    effects = dict(choices.effects)
    if change.effect is not None:
        _refuse_effects(change.effect, members)
        effects.update({short_name(member.reference_id): change.effect for member in members})
    parameters = dict(choices.parameters)
    warnings: list[str] = []
    for given, value in change.parameters.items():
        name = _parameter(given, members, definition)
        checked, said = checked_value(definition.parameters[name], value)
        warnings += said
        owners = [short_name(member.reference_id) for member in members if _takes(member, name)]
        before = parameters.pop(next((key for key in parameters if key.lower() == name.lower()), ""), None)
        shared = dict.fromkeys([*(before.policies if before else ()), *owners])
        parameters[name] = ChosenParameter(checked, tuple(sorted(shared)))
        warnings += _shared(name, members, definition)
    return replace(choices, effects=effects, parameters=parameters), warnings


def parameters_of(member: Member) -> list[str]:
    """The initiative's parameters that can be chosen for a member, in the order of their names."""
    return sorted({name for name in member.parameters.values() if name.lower() not in ALWAYS_OURS})


def _check_values(choices: Choices, definition: InitiativeVersion) -> None:
    """Refuses values that the service would refuse: the record that they come from may have been edited."""
    for name, item in choices.parameters.items():
        declared = definition.declares(name)
        if declared is not None:
            # Cautions about values were given when they were chosen.
            checked_value(definition.parameters[declared], item.value)


def _reset(choices: Choices, change: PolicyReset, definition: InitiativeVersion) -> Choices:
    if change.policies is None:
        return Choices()
    # A policy that the version lacks can have a choice all the same, which waits for a version that has it.
    known = [*(member.reference_id for member in definition.members), *SHORT_NAMES]
    shorts = {item.lower(): short_name(reference) for reference in known for item in (reference, short_name(reference))}
    unknown = [name for name in change.policies if name.lower() not in {*shorts, *map(str.lower, choices.effects)}]
    if unknown:
        raise InvalidValueError(f"There is no policy '{unknown[0]}'.", [remedy("list-policies", version="v2.0.0")])
    names = {shorts.get(name.lower(), name) for name in change.policies}
    left = {
        name: ChosenParameter(item.value, tuple(policy for policy in item.policies if policy not in names))
        for name, item in choices.parameters.items()
    }
    return replace(
        choices,
        effects={name: effect for name, effect in choices.effects.items() if name not in names},
        parameters={name: item for name, item in left.items() if item.policies},
    )


def _goes_on(left: Choices, change: PolicyReset) -> list[str]:
    """What is told of policies that were reset and that Pod Security has act all the same."""
    switch = left.pod_security
    lowered = {name.strip().lower() for name in change.policies or ()}
    concerned = [
        short
        for reference, short in SHORT_NAMES.items()
        if switch and switch.covers(reference) and {short, reference.lower()} & lowered
    ]
    return [f"Pod Security {switch} decides what {', '.join(concerned)} does."] if concerned else []


def _switched(
    choices: Choices, wanted: PodSecurity | None, definition: InitiativeVersion, version: str
) -> tuple[Choices, list[str]]:
    """The choices with the switch for Pod Security set, and what is told of single choices, which go before it."""
    if wanted is not None and not wanted.is_in(definition.members):
        named = f"Safeguards version {version}" if version in PROFILE_VERSIONS else "This version of safeguards"
        raise NoPodSecurityError(f"{named} has no Pod Security policies.")
    after = replace(choices, pod_security=wanted)
    effect = wanted.effect if wanted else Choice.OFF
    kept = [
        f"{short} ({choices.effects[short].value})"
        for short in map(short_name, POD_SECURITY)
        if short in choices.effects and choices.effects[short] is not effect
    ]
    by_switch = {name.lower() for name in (wanted.parameters if wanted else ())}
    kept += [name for name in choices.parameters if name.lower() in by_switch]
    return after, [f"What you chose for single policies goes before Pod Security: {', '.join(kept)}."] if kept else []


def _find(definition: InitiativeVersion, name: str) -> Member | None:
    lowered = name.strip().lower()
    return next(
        (
            member
            for member in definition.members
            if member.kind is not MemberKind.DEPLOYMENT
            and lowered in (member.reference_id.lower(), short_name(member.reference_id).lower())
        ),
        None,
    )


def _member(definition: InitiativeVersion, name: str, version: str) -> Member:
    found = _find(definition, name)
    if found is None:
        named = f"Safeguards version {version}" if version in PROFILE_VERSIONS else "This version of safeguards"
        known = version if version in PROFILE_VERSIONS else "v2.0.0"
        shorts = [
            short_name(item.reference_id) for item in definition.members if item.kind is not MemberKind.DEPLOYMENT
        ]
        meant = nearest(name, shorts)
        raise InvalidValueError(
            f"{named} has no policy '{name}'{did_you_mean(name, shorts)}",
            [*([remedy("policy", name=meant)] if meant else []), remedy("list-policies", version=known)],
        )
    return found


def _refuse_effects(effect: Choice, members: Sequence[Member]) -> None:
    wrong = [member for member in members if effect not in allowed_choices(member.kind)]
    if not wrong:
        return
    names = ", ".join(short_name(member.reference_id) for member in wrong)
    allowed = []
    for member in wrong:
        effects = tuple(item.value for item in allowed_choices(member.kind))
        allowed.append(remedy("possible-effects", policy=short_name(member.reference_id), effects=effects))
    raise InvalidValueError(f"The effect {effect.value} is not possible for {names}.", allowed)


def _parameter(given: str, members: Sequence[Member], definition: InitiativeVersion) -> str:
    """The initiative's spelling of a parameter that feeds one of some members."""
    if given.lower() in ALWAYS_OURS:
        raise InvalidValueError(
            f"The parameter '{given}' can't be set with --param, because levels and choices set it.",
            [ALWAYS_OURS[given.lower()]],
        )
    name = definition.declares(given)
    if name is None or not any(_takes(member, name) for member in members):
        shorts = ", ".join(short_name(member.reference_id) for member in members)
        own = dict.fromkeys(item for member in members for item in parameters_of(member))
        meant = nearest(given, own)
        choices = [remedy("parameter", name=item) for item in ([meant] if meant else own)] or [remedy("no-parameters")]
        raise InvalidValueError(f"'{given}' is no parameter of {shorts}{did_you_mean(given, own)}", choices)
    return name


def _takes(member: Member, name: str) -> bool:
    return name.lower() in {source.lower() for source in member.parameters.values()}


def _shared(name: str, members: Sequence[Member], definition: InitiativeVersion) -> list[str]:
    others = [
        short_name(member.reference_id)
        for member in definition.members
        if member not in members and _takes(member, name)
    ]
    if not others:
        return []
    more = f" and {len(others) - _MANY} more" if len(others) > _MANY else ""
    return [f"The parameter {name} also applies to {', '.join(others[:_MANY])}{more}."]
