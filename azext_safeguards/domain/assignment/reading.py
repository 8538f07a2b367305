# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""An assignment as it is found: whose it is, what was intended with it, and what in it is somebody else's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from azext_safeguards.domain.assignment.effects import member_effects, parameter_value, same_actions, wanted_overrides
from azext_safeguards.domain.assignment.effects import mutation_effect as mutation_effect_of
from azext_safeguards.domain.assignment.intent import Intent, recorded_intent, recorded_overrides
from azext_safeguards.domain.assignment.overrides import Split, named, named_by, split, write
from azext_safeguards.domain.assignment.shape import ASSIGNMENT, NAMESPACES
from azext_safeguards.domain.choices.recorded import Choices
from azext_safeguards.domain.errors import ForeignDefinitionError, UnreadableError
from azext_safeguards.domain.initiative.catalog import Definitions, ProfileVersion, versions_of_pin
from azext_safeguards.domain.initiative.definition import EFFECT, INITIATIVE_ID, MUTATION_EFFECT, InitiativeVersion
from azext_safeguards.domain.initiative.names import SHORT_NAMES
from azext_safeguards.domain.level import SETTINGS, Level
from azext_safeguards.domain.namespaces import user_part
from azext_safeguards.domain.remedies import remedy
from azext_safeguards.domain.shapes import misfit, require
from azext_safeguards.domain.suspension import NOT_ENFORCED, Suspension, recorded_suspension

# The name that AKS itself gave the assignment, so that scripts and dashboards that know it keep working.
ASSIGNMENT_NAME = "aks-deployment-safeguards-policy-assignment"

WARN = "warn"
EXCLUDED_NAMESPACES = "excludedNamespaces"


@dataclass(frozen=True)
class Assignment:
    """An assignment of our name, as the service returned it, with what could be made out about it.

    Made by `read_assignment`; everything else here is derived from `body`, the JSON as it came.
    """

    body: Mapping[str, Any]
    intent: Intent
    """The recorded intent, else the inferred one; its level is None where the body matches no level."""
    is_recorded: bool
    """Whether the intent was recorded by us, rather than inferred from the body of somebody else's assignment."""
    pin: str
    """`definitionVersion` of the body."""
    definition: InitiativeVersion | None
    """What the pin selects, where it is known."""
    overrides: Split
    location: str | None = None
    """Where the cluster is, where it is known: overrides may select locations."""

    @property
    def properties(self) -> Mapping[str, Any]:
        """`properties` of the body."""
        return properties_of(self.body)

    @property
    def parameters(self) -> Mapping[str, Any]:
        """The parameters, `{name: {"value": ...}}`."""
        return self.properties.get("parameters") or {}

    @property
    def enforcement_mode(self) -> str:
        """`Default` or `DoNotEnforce`."""
        return str(self.properties.get("enforcementMode") or "Default")

    @property
    def is_enforced(self) -> bool:
        """Whether the policies act, rather than only report."""
        return self.enforcement_mode.lower() != NOT_ENFORCED.lower()

    @property
    def suspension(self) -> Suspension | None:
        """Who suspended it, when and why; None where it is not suspended.

        The level Off has the same mode, and a record that stayed behind when somebody had it enforced again counts
        for nothing.
        """
        if self.is_enforced or self.intent.level is Level.OFF:
            return None
        return recorded_suspension(self.properties.get("metadata") or {})

    @property
    def excluded_namespaces(self) -> list[str]:
        """All namespaces that the body excludes, the initiative's defaults where it says nothing."""
        if self.definition:
            value = parameter_value(self.parameters, self.definition, EXCLUDED_NAMESPACES)
        else:
            value = find(self.parameters, EXCLUDED_NAMESPACES)
        return [str(name) for name in value or ()]

    @property
    def user_namespaces(self) -> tuple[str, ...]:
        """The excluded namespaces that are not the system's."""
        return user_part(self.excluded_namespaces)

    @cached_property
    def effects(self) -> Mapping[str, str]:
        """The effect of each member: reference id -> effect; empty where the definition is not known."""
        if self.definition is None:
            return {}
        overrides = self.overrides.present
        return member_effects(self.parameters, overrides, self.definition, self.location)

    @property
    def warns(self) -> bool:
        """Whether an Audit effect warns."""
        return bool(self.definition and parameter_value(self.parameters, self.definition, WARN))


def properties_of(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """`properties` of a resource's JSON, empty where it has none."""
    return body.get("properties") or {}


def find(parameters: Mapping[str, Any], name: str) -> Any:
    """The value of a parameter by name, compared without case as Azure does; None where it is not there."""
    return next(
        ((holder or {}).get("value") for given, holder in parameters.items() if given.lower() == name.lower()), None
    )


def refuse_foreign(body: Mapping[str, Any]) -> None:
    """Refuses an assignment of our name that is not ours to change or to delete.

    :raises ForeignDefinitionError: when it assigns something else than the safeguards initiative.
    """
    assigned = str(properties_of(body).get("policyDefinitionId") or "")
    if assigned.strip("/").lower() != INITIATIVE_ID.strip("/").lower():
        raise ForeignDefinitionError(
            f"The assignment '{ASSIGNMENT_NAME}' on this cluster assigns '{assigned}', not the deployment safeguards "
            "initiative, so it is left alone.",
            [remedy("show-assignment", name=ASSIGNMENT_NAME, scope=_scope(body))],
        )


def read_assignment(body: Mapping[str, Any], definitions: Definitions, location: str | None = None) -> Assignment:
    """What an assignment of our name is.

    :param body: the JSON as the service returned it.
    :param location: where the cluster is, where it is known.
    :raises UnreadableError: when it has not the shape of an assignment.
    :raises ForeignDefinitionError: when it assigns something else than the safeguards initiative.
    """
    _require(body)
    refuse_foreign(body)
    properties = properties_of(body)
    pin = str(properties.get("definitionVersion") or "")
    definition = definitions.get(pin) if pin else None
    present = properties.get("overrides") or []
    intent = recorded_intent(properties.get("metadata") or {})
    if intent is None:
        inferred, owners = _infer(properties, pin, definition, location)
        return Assignment(body, inferred, False, pin, definition, owners, location)
    version = intent.profile_version
    intended = definitions.get(version.pin) if version else definition
    expected = wanted_overrides(intent.level, version, intended, intent.choices) if intent.level and intended else {}
    owners = split(present, expected, recorded_overrides(properties.get("metadata") or {}))
    return Assignment(body, intent, True, pin, definition, owners, location)


def _require(body: Any) -> None:
    """Refuses what no reader could go by, and what would be lost or garbled in a write that follows."""
    what = f"The assignment '{ASSIGNMENT_NAME}' on the cluster"
    require(body, ASSIGNMENT, what)
    # The one parameter whose value is taken apart; the others are passed on as they are.
    excluded = find(properties_of(body).get("parameters") or {}, EXCLUDED_NAMESPACES)
    if excluded is not None and (found := misfit(excluded, NAMESPACES)):
        raise UnreadableError(f"{what} is not as Azure documents it: the value of {EXCLUDED_NAMESPACES}, {found}.")


def pins_to_know(body: Mapping[str, Any]) -> list[str]:
    """The pins whose definitions reading this body takes: its own, and its recorded version's.

    :raises UnreadableError: when it has not the shape of an assignment.
    """
    _require(body)
    properties = properties_of(body)
    intent = recorded_intent(properties.get("metadata") or {})
    version = intent.profile_version if intent else None
    pins = [str(properties.get("definitionVersion") or ""), version.pin if version else ""]
    return [pin for pin in dict.fromkeys(pins) if pin]


def outgrows(body: Mapping[str, Any], definitions: Definitions) -> bool:
    """Whether an assignment of ours names policies or parameters that its definition lacks.

    The service takes none that it does not know, so its version of the initiative is newer than the one at hand.

    :raises UnreadableError: when it has not the shape of an assignment.
    """
    _require(body)
    properties = properties_of(body)
    definition = definitions.get(str(properties.get("definitionVersion") or ""))
    recorded = recorded_intent(properties.get("metadata") or {})
    if definition is None or recorded is None:
        return False
    references = frozenset[str]().union(*(named(item) for item in properties.get("overrides") or ()))
    parameters = properties.get("parameters") or {}
    chosen = set(recorded.choices.effects) - set(SHORT_NAMES.values())
    return bool(
        chosen or references - definition.references or any(not definition.declares(name) for name in parameters)
    )


def _infer(
    properties: Mapping[str, Any], pin: str, definition: InitiativeVersion | None, location: str | None
) -> tuple[Intent, Split]:
    """Intent and owners for an assignment that holds none of our metadata (AKS made it, or a Bicep file).

    Only a reading that changes no effect when it is rendered counts. Of several, the one holds whose parameters are
    the body's own, then the one that leaves least to somebody else (v1.0.0 is also v2.0.0 with policies disabled by
    somebody), then the mildest.
    """
    present = properties.get("overrides") or []
    nothing_ours = Split((), tuple(present))
    candidates: list[ProfileVersion] = versions_of_pin(pin)
    if definition is None:
        return Intent(None, candidates[0].name if candidates else None), nothing_ours
    readings = [
        (Intent(level, version.name if version else None), split(present, wanted_overrides(level, version, definition)))
        for level in (Level.WARNING, Level.OFF, Level.ENFORCEMENT)
        for version in (candidates or (None,))
        if does_what(properties, level, version, definition)
        and _keeps_effects(properties, level, version, definition, location)
    ]
    if not readings:
        return Intent(None, candidates[0].name if candidates else None), nothing_ours

    def distance(reading: tuple[Intent, Split]) -> tuple[int, int]:
        intent, owners = reading
        ours = _level_parameters(intent.level or Level.OFF, intent.profile_version, definition)
        present = properties.get("parameters") or {}
        others = sum(parameter_value(present, definition, name) != holder["value"] for name, holder in ours.items())
        return others, len(owners.foreign)

    return min(readings, key=distance)


def _level_parameters(
    level: Level, version: ProfileVersion | None, definition: InitiativeVersion
) -> dict[str, dict[str, Any]]:
    """The parameters that make a level."""
    return {
        EFFECT: {"value": SETTINGS[level].effect},
        WARN: {"value": SETTINGS[level].warn},
        MUTATION_EFFECT: {"value": mutation_effect_of(level, version, definition)},
    }


def _keeps_effects(
    properties: Mapping[str, Any],
    level: Level,
    version: ProfileVersion | None,
    definition: InitiativeVersion,
    location: str | None,
) -> bool:
    """Whether rendering a level leaves every policy with the effect that the body gives it on this cluster."""
    parameters, present = properties.get("parameters") or {}, properties.get("overrides") or []
    wanted = wanted_overrides(level, version, definition)
    owners = split(present, wanted)
    taken = named_by(owners.foreign)
    ours = write({name: effect for name, effect in wanted.items() if name.lower() not in taken})
    rendered = _level_parameters(level, version, definition)
    before = member_effects(parameters, [*owners.foreign, *owners.ours], definition, location)
    after = member_effects(rendered, [*owners.foreign, *ours], definition, location)
    return all(effect.lower() == after[name].lower() for name, effect in before.items())


def does_what(
    properties: Mapping[str, Any],
    level: Level,
    version: ProfileVersion | None,
    definition: InitiativeVersion,
    choices: Choices | None = None,
) -> bool:
    """Whether a body does what rendering a level gives, in all that somebody else's overrides do not decide.

    What others decide stays when the level is rendered, so it tells nothing about the level.
    """
    parameters, present = properties.get("parameters") or {}, properties.get("overrides") or []
    wanted = wanted_overrides(level, version, definition, choices or Choices())
    owners = split(present, wanted, recorded_overrides(properties.get("metadata") or {}))
    rendered = _level_parameters(level, version, definition)
    return same_actions(
        member_effects(parameters, owners.ours, definition),
        member_effects(rendered, write(wanted), definition),
        (bool(parameter_value(parameters, definition, WARN)), SETTINGS[level].warn),
        definition,
        named_by(owners.foreign),
    )


def _scope(body: Mapping[str, Any]) -> str:
    return str(properties_of(body).get("scope") or "SCOPE")
