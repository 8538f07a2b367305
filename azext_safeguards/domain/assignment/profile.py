# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The safeguards profile of a cluster, read from the body of its assignment: what is true, and what drifted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from azext_safeguards.domain.assignment.intent import Change
from azext_safeguards.domain.assignment.others import MODE, SetByOthers, does_here, intended_mode, set_by_others
from azext_safeguards.domain.assignment.overrides import Override, named, named_by
from azext_safeguards.domain.assignment.parameters import ALWAYS_OURS
from azext_safeguards.domain.assignment.reading import Assignment, does_what, find, properties_of
from azext_safeguards.domain.assignment.render import render
from azext_safeguards.domain.choices.recorded import Choices
from azext_safeguards.domain.errors import SafeguardsError
from azext_safeguards.domain.initiative.catalog import Definitions, ProfileVersion, acts, versions_of_pin
from azext_safeguards.domain.initiative.definition import MemberKind
from azext_safeguards.domain.initiative.names import short_name
from azext_safeguards.domain.initiative.pins import same_pin
from azext_safeguards.domain.level import Level
from azext_safeguards.domain.namespaces import SYSTEM_NAMESPACES
from azext_safeguards.domain.suspension import Suspension


@dataclass(frozen=True)
class Drift:
    """A field of ours that somebody changed since it was written."""

    field: str
    expected: Any
    actual: Any


@dataclass(frozen=True)
class Profile:
    """What deployment safeguards do on a cluster."""

    level: Level | None
    """None where the assignment does what no level does."""
    version: str | None
    """The profile version, or the pin itself where it belongs to none."""
    excluded_namespaces: tuple[str, ...]
    """The user's part of the exclusions."""
    definition_version: str
    enforcement_mode: str
    effects: Mapping[str, str]
    """The effect that each policy has, by short name."""
    drift: tuple[Drift, ...]
    choices: Choices = field(default_factory=Choices)
    """What was chosen for single policies."""
    suspension: Suspension | None = None
    """Who suspended the safeguards, when and why; None where they are not suspended."""
    does: Mapping[str, str] = field(default_factory=dict)
    """The word for what each policy does now, by short name; see `effects.does`."""
    others: tuple[SetByOthers, ...] = ()
    """What somebody else set on the assignment so that it does not do what the level says."""

    def as_cluster_member(self, beside: Iterable[SetByOthers] = ()) -> dict[str, Any]:
        """`safeguardsProfile` as aks-preview printed it on a cluster; `suspended` and `setByOthers` while they are.

        :param beside: what stands beside the assignment, as far as it was read.
        """
        others = (*self.others, *beside)
        member: dict[str, Any] = {
            "level": self.level.value if self.level else None,
            "version": self.version,
            "excludedNamespaces": list(self.excluded_namespaces),
            "systemExcludedNamespaces": list(SYSTEM_NAMESPACES),
        }
        # A level alone would say that something acts.
        if self.suspension:
            member["suspended"] = self.suspension.as_output()
        if others:
            member["enforcementMode"] = self.enforcement_mode
            member["setByOthers"] = [found.as_output() for found in others]
        return member


def profile_of(assignment: Assignment, definitions: Definitions) -> Profile:
    """The profile that an assignment's body amounts to."""
    version = _version_of_body(assignment)
    return Profile(
        level=_level_of_body(assignment, version),
        version=version.name if version else (assignment.pin or None),
        excluded_namespaces=assignment.user_namespaces,
        definition_version=assignment.pin,
        enforcement_mode=assignment.enforcement_mode,
        effects={short_name(reference): effect for reference, effect in assignment.effects.items()},
        drift=drift_of(assignment, definitions),
        choices=assignment.intent.choices,
        suspension=assignment.suspension,
        does={short_name(reference): does_here(assignment, effect) for reference, effect in assignment.effects.items()},
        others=set_by_others(assignment),
    )


def drift_of(assignment: Assignment, definitions: Definitions) -> tuple[Drift, ...]:
    """The fields of ours that are not as the recorded intent renders them; nothing for what we never wrote."""
    if not assignment.is_recorded:
        return ()
    mode = intended_mode(assignment)
    drift = []
    if mode.lower() != assignment.enforcement_mode.lower():
        drift.append(Drift(MODE, mode, assignment.enforcement_mode))
    try:
        intended = properties_of(render(assignment, Change(), definitions).body)
    except (SafeguardsError, LookupError):
        # Without the definition there is nothing to compare with; the commands that need it say so themselves.
        return tuple(drift)
    if not same_pin(intended["definitionVersion"], assignment.pin):
        drift.append(Drift("definitionVersion", intended["definitionVersion"], assignment.pin))
    for name in (*ALWAYS_OURS, *assignment.intent.choices.values):
        expected, actual = find(intended["parameters"], name), find(assignment.parameters, name)
        if expected != actual:
            drift.append(Drift(f"parameters.{name}", expected, actual))
    # What somebody else's overrides name is theirs to decide, so only the rest of ours can have drifted.
    foreign = named_by(assignment.overrides.foreign)
    expected_overrides = _by_effect(intended.get("overrides") or (), foreign)
    actual_overrides = _by_effect(assignment.overrides.ours, foreign)
    if expected_overrides != actual_overrides:
        drift.append(Drift("overrides", expected_overrides, actual_overrides))
    return tuple(drift)


def _by_effect(overrides: Iterable[Override], foreign: frozenset[str]) -> dict[str, list[str]]:
    """Overrides in a form to read and compare: effect -> short names in alphabetical order, foreign ones left out."""
    result: dict[str, list[str]] = {}
    for override in overrides:
        ours = [short_name(reference) for reference in named(override) - foreign]
        if ours:
            result.setdefault(str(override.get("value")), []).extend(ours)
    return {effect: sorted(names) for effect, names in sorted(result.items())}


def _version_of_body(assignment: Assignment) -> ProfileVersion | None:
    recorded = assignment.intent.profile_version
    if recorded and same_pin(recorded.pin, assignment.pin):
        return recorded
    return next(iter(versions_of_pin(assignment.pin)), None)


def _level_of_body(assignment: Assignment, version: ProfileVersion | None) -> Level | None:
    """The level that an assignment has in truth, whatever was recorded.

    A level whose rendering does what the body does is that level, the recorded one tried first. Where none does,
    an assignment of ours that somebody changed is named after the strongest thing that it still does, and one that
    was never ours has no level.
    """
    if assignment.definition is None:
        return assignment.intent.level
    choices = assignment.intent.choices
    validators = [member for member in assignment.definition.members if member.kind is MemberKind.VALIDATOR]
    strongest = _strongest(assignment.effects[member.reference_id] for member in validators)
    left_to_level = [member for member in validators if choices.effect_of(member) is None and acts(version, member)]
    # Where every policy is chosen, the level shows in none of them, so none speaks against it.
    by_level = _strongest(assignment.effects[member.reference_id] for member in left_to_level)
    # Somebody else's overrides may leave a level nothing to do, and then it is not the level that is true: Enforcement
    # in which nothing denies, or Warning in which everything is disabled. Off is enforced by its mode.
    is_true = {
        Level.ENFORCEMENT: by_level is Level.ENFORCEMENT or not left_to_level,
        Level.WARNING: by_level is not Level.OFF or not left_to_level,
        Level.OFF: strongest is Level.OFF or not assignment.is_enforced,
    }
    levels = sorted(Level, key=lambda level: level is not assignment.intent.level)
    for level in levels:
        if is_true[level] and does_what(assignment.properties, level, version, assignment.definition, choices):
            return level
    return strongest if assignment.is_recorded else None


def _strongest(effects: Iterable[str]) -> Level:
    """The level that is named after the strongest of some effects."""
    lowered = {effect.lower() for effect in effects}
    return Level.ENFORCEMENT if "deny" in lowered else Level.WARNING if "audit" in lowered else Level.OFF
