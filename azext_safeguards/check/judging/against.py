# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What to check against: the settings that an assignment gives, whether it is on a cluster or only asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from azext_safeguards.check.errors import CheckError
from azext_safeguards.check.findings import Effect
from azext_safeguards.check.settings import Settings
from azext_safeguards.domain.assignment.effects import parameter_value
from azext_safeguards.domain.assignment.intent import Change
from azext_safeguards.domain.assignment.reading import Assignment, read_assignment
from azext_safeguards.domain.assignment.render import render
from azext_safeguards.domain.choices.values import IMAGES, checked_value
from azext_safeguards.domain.errors import InvalidValueError
from azext_safeguards.domain.initiative.catalog import PROFILE_VERSIONS, Definitions
from azext_safeguards.domain.initiative.definition import MemberKind, Parameter
from azext_safeguards.domain.initiative.names import short_name
from azext_safeguards.domain.level import Level
from azext_safeguards.domain.remedies import remedy


@dataclass(frozen=True)
class Against:
    """What is checked against: an assignment, and what is known of the initiative."""

    assignment: Assignment
    definitions: Definitions

    def body(self, body: Mapping[str, Any]) -> Against:
        """The same with another body."""
        return replace(self, assignment=read_assignment(body, self.definitions, self.assignment.location))


def planned(level: Level, version: str, namespaces: tuple[str, ...]) -> Against:
    """The assignment that `aks update --safeguards-*` would write on a cluster that has none.

    :param version: a profile version such as `v2.0.0`.
    """
    definitions = Definitions()
    body = render(None, Change(level, version, namespaces), definitions).body
    return Against(read_assignment(body, definitions), definitions)


def changed(against: Against, level: Level | None, version: str | None, namespaces: tuple[str, ...] | None) -> Against:
    """An assignment as `aks update` with these flags would leave it; the same where none is given."""
    if level is None and version is None and namespaces is None:
        return against
    change = Change(level, version, namespaces)
    return against.body(render(against.assignment, change, against.definitions).body)


def with_parameters(against: Against, given: Iterable[str]) -> Against:
    """An assignment with some of its parameters replaced.

    :param given: `NAME=VALUE` each, the name in any case; a list is given as JSON.
    :raises CheckError: for what is no such text, or names a parameter that the initiative version does not have.
    :raises InvalidValueError: for a value that the parameter does not take.
    """
    texts = list(given)
    definition = against.assignment.definition
    if not texts or definition is None:
        return against
    properties = against.assignment.properties
    parameters = dict(properties.get("parameters") or {})
    for text in texts:
        name, equals, value = text.partition("=")
        declared = definition.declares(name)
        if not equals:
            raise CheckError(f"'{text}' is no parameter with a value.", ["--param cpuLimit=2 memoryLimit=4Gi"])
        if declared is None:
            known = ", ".join(sorted(definition.parameters, key=str.lower))
            raise CheckError(f"The initiative has no parameter '{name}'.", [f"Parameters are: {known}"])
        for other in [other for other in parameters if other.lower() == declared.lower()]:
            del parameters[other]
        parameters[declared] = {"value": _value(definition.parameters[declared], value)}
    return against.body({**against.assignment.body, "properties": {**properties, "parameters": parameters}})


def _value(parameter: Parameter, text: str) -> Any:
    """The value that a text means for a parameter, refused with words that fit a check."""
    try:
        return checked_value(parameter, text)[0]
    except InvalidValueError as error:
        if parameter.name != IMAGES:
            raise
        # The domain recommends a flag of another command.
        raise InvalidValueError(
            error.message, [remedy("paste", text=rf"--param '{IMAGES}=^registry\.example\.com/.+$'")]
        ) from error


def settings_of(assignment: Assignment, pod_security: str | None = None) -> Settings:
    """What an assignment makes a cluster say and do.

    :param pod_security: `Baseline` or `Restricted` turns the Pod Security members of 3.0.0 on, which no level does.
    :raises CheckError: when the definition behind the assignment is not known, or has no Pod Security members.
    """
    definition = assignment.definition
    if definition is None:
        raise CheckError(
            f"The initiative version '{assignment.pin}' of the assignment is not known, so what it does is not either.",
            [f"Name one of the known versions: --version {', '.join(PROFILE_VERSIONS)}"],
        )
    parameters = {name: parameter_value(assignment.parameters, definition, name) for name in definition.parameters}
    effects: dict[str, Effect] = {}
    mutations: list[str] = []
    if assignment.enforcement_mode.lower() != "donotenforce":
        kinds = {member.reference_id: member.kind for member in definition.members}
        for reference, effect in assignment.effects.items():
            action = _action(effect, assignment.warns)
            if kinds[reference] is MemberKind.MUTATOR and effect.lower() == "mutate":
                mutations.append(short_name(reference))
            elif action and kinds[reference] in (MemberKind.VALIDATOR, MemberKind.NOTICE):
                effects[short_name(reference)] = action
    if pod_security:
        members = {short_name(member.reference_id) for member in definition.members}
        added = _pod_security(pod_security, members, assignment)
        effects.update(added)
        parameters.update(_pod_security_parameters(pod_security))
    return Settings(effects, tuple(mutations), parameters, tuple(assignment.excluded_namespaces))


def _action(effect: str, warns: bool) -> Effect | None:
    """What a validating member does to an object: Audit is silent unless the initiative warns."""
    lowered = effect.lower()
    if lowered == "deny":
        return "deny"
    return "warn" if lowered == "audit" and warns else None


def _pod_security(level: str, members: Iterable[str], assignment: Assignment) -> dict[str, Effect]:
    """The Pod Security policies of a level, doing what the assignment's level does."""
    from azext_safeguards.check.policies.registry import REGISTRY

    chosen = [
        policy.short
        for policy in REGISTRY.values()
        if policy.pod_security and (level == "Restricted" or policy.pod_security == "Baseline")
    ]
    if not set(chosen) <= set(members):
        raise CheckError(
            "Pod Security policies are members of v3.0.0 only.", [f"--version v3.0.0 --pod-security {level}"]
        )
    if assignment.intent.level is Level.OFF:
        return {}
    effect: Effect = "warn" if assignment.intent.level is Level.WARNING else "deny"
    return dict.fromkeys(chosen, effect)


def _pod_security_parameters(level: str) -> dict[str, Any]:
    from azext_safeguards.domain.initiative.pod_security import parameters_for

    return parameters_for(level)


def without(settings: Settings, skipped: Iterable[str]) -> Settings:
    """The settings without some policies.

    :param skipped: short names; of a policy that has none, because it is not known here, what the report calls it.
    :raises CheckError: for one that does not exist.
    """
    from azext_safeguards.domain.initiative.names import SHORT_NAMES

    names = set(skipped)
    unknown = sorted(names - set(SHORT_NAMES.values()) - {*settings.effects, *settings.mutations})
    if unknown:
        known = ", ".join(SHORT_NAMES.values())
        raise CheckError(f"There is no policy '{unknown[0]}' to skip.", [f"Policies are: {known}"])
    effects = {short: effect for short, effect in settings.effects.items() if short not in names}
    return replace(settings, effects=effects, mutations=tuple(item for item in settings.mutations if item not in names))
