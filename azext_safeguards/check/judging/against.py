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
from azext_safeguards.domain.acting.acting import DENY, MUTATE, WARN, Acting
from azext_safeguards.domain.acting.assigned import acting_by
from azext_safeguards.domain.assignment.intent import Change
from azext_safeguards.domain.assignment.reading import Assignment, read_assignment
from azext_safeguards.domain.assignment.render import render
from azext_safeguards.domain.choices.values import IMAGES, checked_value
from azext_safeguards.domain.errors import InvalidValueError
from azext_safeguards.domain.initiative.catalog import PROFILE_VERSIONS, Definitions
from azext_safeguards.domain.initiative.definition import MemberKind, Parameter
from azext_safeguards.domain.initiative.pod_security import members_of, parameters_for
from azext_safeguards.domain.level import Level
from azext_safeguards.domain.nearest import did_you_mean, nearest
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
        name = name.strip()
        declared = definition.declares(name)
        if not equals:
            raise CheckError(f"'{text}' is no parameter with a value.", ["--param cpuLimit=2 memoryLimit=4Gi"])
        if declared is None:
            known = ", ".join(sorted(definition.parameters, key=str.lower))
            meant = did_you_mean(name, definition.parameters)
            raise CheckError(f"The initiative has no parameter '{name}'{meant}", [f"Parameters are: {known}"])
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
    """What an assignment makes a cluster say and do; arguments and errors as those of `acting_of`."""
    return settings_for(acting_of(assignment, pod_security))


def acting_of(assignment: Assignment, pod_security: str | None = None) -> Acting:
    """What an assignment makes act on its cluster.

    :param pod_security: `Baseline` or `Restricted` turns the Pod Security members of 3.0.0 on, which no level does.
    :raises CheckError: when the definition behind the assignment is not known, or has no Pod Security members.
    """
    acting = acting_by(assignment)
    if acting is None:
        raise CheckError(
            f"The initiative version '{assignment.pin}' of the assignment is not known, so what it does is not either.",
            [f"Name one of the known versions: --version {', '.join(PROFILE_VERSIONS)}"],
        )
    return _with_pod_security(acting, pod_security) if pod_security else acting


def _with_pod_security(acting: Acting, level: str) -> Acting:
    """The Pod Security policies of a level turned on, doing what the assignment's level does."""
    chosen = members_of(level)
    if not chosen <= {member.reference_id for member in acting.members}:
        raise CheckError(
            "Pod Security policies are members of v3.0.0 only.", [f"--version v3.0.0 --pod-security {level}"]
        )
    parameters = {**acting.parameters, **parameters_for(level)}
    if acting.level == Level.OFF.value:
        return replace(acting, parameters=parameters)
    does = WARN if acting.level == Level.WARNING.value else DENY
    members = tuple(replace(one, does=does) if one.reference_id in chosen else one for one in acting.members)
    return replace(acting, members=members, parameters=parameters, pod_security=level)


def settings_for(acting: Acting) -> Settings:
    """What whatever acts on a cluster makes it say and do to those who send objects."""
    speaking = (MemberKind.VALIDATOR, MemberKind.NOTICE)
    return Settings(
        {
            one.short: effect
            for one in acting.members
            if one.kind in speaking and one.short not in acting.fixed and (effect := _EFFECTS.get(one.does))
        },
        tuple(one.short for one in acting.members if one.kind is MemberKind.MUTATOR and one.does == MUTATE),
        mutators=tuple(one.name for one in acting.mutators),
        admission={one.name: effect for one in acting.admission if (effect := _EFFECTS.get(one.does))},
        parameters=acting.parameters,
        excluded_namespaces=acting.excluded_namespaces,
    )


_EFFECTS: dict[str, Effect] = {DENY: "deny", WARN: "warn"}


def without(settings: Settings, skipped: Iterable[str]) -> Settings:
    """The settings without some policies.

    :param skipped: short names; of a policy that has none, because it is not known here, what the report calls it.
    :raises CheckError: for one that does not exist.
    """
    from azext_safeguards.domain.initiative.names import SHORT_NAMES

    names = {name.strip() for name in skipped}
    own = {*settings.mutators, *settings.admission}
    unknown = sorted(names - set(SHORT_NAMES.values()) - {*settings.effects, *settings.mutations} - own)
    if unknown:
        known = [*SHORT_NAMES.values(), *sorted(own)]
        parts = [part.strip() for part in unknown[0].split(",") if part.strip()]
        if len(parts) > 1 and set(parts) <= {*known, *settings.effects, *settings.mutations}:
            raise CheckError(
                f"Policies to skip are separated by blanks: '{unknown[0]}'.", [f"--skip {' '.join(parts)}"]
            )
        meant = nearest(unknown[0], known)
        raise CheckError(
            f"There is no policy '{unknown[0]}' to skip{did_you_mean(unknown[0], known)}",
            [f"--skip {meant}" if meant else f"Policies are: {', '.join(known)}"],
        )
    return replace(
        settings,
        effects={short: effect for short, effect in settings.effects.items() if short not in names},
        mutations=tuple(item for item in settings.mutations if item not in names),
        mutators=tuple(item for item in settings.mutators if item not in names),
        admission={name: effect for name, effect in settings.admission.items() if name not in names},
    )
