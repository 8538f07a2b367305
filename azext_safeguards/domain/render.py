# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Intent to body: the pure function that says what an assignment must look like, and keeps what is not ours."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from azext_safeguards.domain.assignment import EXCLUDED_NAMESPACES, WARN, Assignment, find, properties_of
from azext_safeguards.domain.catalog import DEFAULT_VERSION, Definitions
from azext_safeguards.domain.cautions import foreign_effects, losses
from azext_safeguards.domain.comparison import READ_ONLY, READ_ONLY_TOP, SERVER_METADATA, says_the_same
from azext_safeguards.domain.effects import mutation_effect, wanted_overrides
from azext_safeguards.domain.errors import LevelRequiredError, PinUnavailableError, TooManyOverridesError
from azext_safeguards.domain.initiative import EFFECT, INITIATIVE_ID, MUTATION_EFFECT, InitiativeVersion
from azext_safeguards.domain.intent import KEYS, OVERRIDES_KEY, Change, Intent
from azext_safeguards.domain.level import SETTINGS, Level
from azext_safeguards.domain.namespaces import SYSTEM_NAMESPACES, all_excluded
from azext_safeguards.domain.overrides import (
    MAX_OVERRIDES,
    Override,
    fingerprint,
    named_by,
    without_unknown,
    write,
)
from azext_safeguards.domain.pins import same_pin

DISPLAY_NAME = "AKS deployment safeguards"
DESCRIPTION = "Kubernetes best practices for this cluster, set by az aks --safeguards-level."

# Values for parameters that have no default. Users, groups, labels and taints are those seen on a constraint that AKS
# itself made (public evidence of early 2024). What AKS used for images and limits is not known (NOT FOUND): any image,
# and limits as in public templates, so that the policy asks for limits to exist rather than making them small.
REQUIRED_VALUES: dict[str, Any] = {
    "allowedUsers": [
        "nodeclient",
        "system:serviceaccount:kube-system:aci-connector-linux",
        "system:serviceaccount:kube-system:node-controller",
        "acsService",
        "aksService",
        "system:serviceaccount:kube-system:cloud-node-manager",
    ],
    "allowedGroups": ["system:node"],
    "labels": ["kubernetes.azure.com"],
    "reservedTaints": ["CriticalAddonsOnly"],
    "allowedContainerImagesRegex": ".*",
    "cpuLimit": "5",
    "memoryLimit": "5Gi",
}


@dataclass(frozen=True)
class Rendering:
    """What is to be written."""

    body: dict[str, Any]
    intent: Intent
    warnings: tuple[str, ...]
    changes: bool
    """Whether the body says something else than what is there."""


def target_intent(assignment: Assignment | None, change: Change) -> tuple[Intent, str]:
    """What a change makes of an assignment: the intent, and the pin that goes with it.

    :raises LevelRequiredError: when no level is given and none is known.
    """
    known = assignment.intent if assignment else Intent(version=DEFAULT_VERSION)
    intent = Intent(change.level or known.level, change.version or known.version)
    if intent.level is None and (assignment is None or change.version):
        what = "no deployment safeguards yet" if assignment is None else "an assignment that is at no known level"
        raise LevelRequiredError(f"The cluster has {what}, so --safeguards-level must be given as well.")
    version = intent.profile_version
    # An assignment of no profile version whose pin the service did not return either gets the default version's.
    pin = version.pin if version else (assignment.pin if assignment else "")
    if not pin:
        intent = Intent(intent.level, DEFAULT_VERSION)
        pin = intent.profile_version.pin if intent.profile_version else ""
    return intent, pin


def render(assignment: Assignment | None, change: Change, definitions: Definitions) -> Rendering:
    """The body that a change asks for, with everything that is not ours kept as it is.

    :param assignment: what is there, or None for a first assignment.
    :param definitions: must know what the pin selects, unless the level is Off: then an unknown version is left as
        it is but for the effects.
    :raises LevelRequiredError: see `target_intent`.
    :raises PinUnavailableError: when a level that acts is asked for on a pin that selects nothing known.
    :raises TooManyOverridesError: when foreign overrides leave no room for ours.
    """
    intent, pin = target_intent(assignment, change)
    definition = definitions.get(pin)
    if definition is None and intent.level is not Level.OFF and intent.level is not None:
        definitions.resolve(pin)
        raise LookupError(f"the definition of '{pin}' was not fetched")
    found = properties_of(assignment.body) if assignment else {}
    # What the service holds for this pin it can take again; only a definition that this cloud was seen to have, or
    # another pin, tells what can't be sent.
    is_known = definitions.offered is not None or not (assignment and same_pin(pin, assignment.pin))
    limits = definition if is_known else None
    ours, foreign, lost_references = _overrides(assignment, intent, definition, limits)
    messages, lost_messages = _messages(found.get("nonComplianceMessages"), limits)
    parameters, lost_parameters = _parameters(assignment, change, intent, definition, limits)
    _refuse_unknown_requirements(parameters, definition, limits)
    overrides = [*ours, *foreign]
    properties: dict[str, Any] = {
        key: copy.deepcopy(value) for key, value in found.items() if key not in (*READ_ONLY, "overrides")
    }
    if assignment is None:
        properties.update(displayName=DISPLAY_NAME, description=DESCRIPTION)
    properties["policyDefinitionId"] = found.get("policyDefinitionId", INITIATIVE_ID)
    properties["definitionVersion"] = pin
    properties["enforcementMode"] = _mode(assignment, change, intent)
    properties["metadata"] = _metadata(found.get("metadata"), intent, definition, ours)
    properties["parameters"] = parameters
    if messages is not None:
        properties["nonComplianceMessages"] = messages
    if overrides:
        properties["overrides"] = overrides
    body = {
        key: copy.deepcopy(value)
        for key, value in (assignment.body.items() if assignment else ())
        if key not in (*READ_ONLY_TOP, "properties")
    }
    body["properties"] = properties
    warnings = losses(intent, pin, lost_parameters, [*lost_references, *lost_messages])
    if assignment and (change.level or change.version) and definition and intent.level:
        warnings += foreign_effects(assignment, intent, parameters, overrides, definition)
    return Rendering(body, intent, tuple(warnings), assignment is None or not says_the_same(body, assignment.body))


def _parameters(
    assignment: Assignment | None,
    change: Change,
    intent: Intent,
    definition: InitiativeVersion | None,
    limits: InitiativeVersion | None,
) -> tuple[dict[str, Any], list[str]]:
    """The parameters to send, and the names of those that `limits` does not declare and that are lost."""
    present = assignment.parameters if assignment else {}
    ours = _our_parameters(assignment, change, intent, definition)
    lowered = {name.lower() for name in (EFFECT, WARN, MUTATION_EFFECT, EXCLUDED_NAMESPACES)}
    foreign = {name: value for name, value in present.items() if name.lower() not in lowered}
    lost = [name for name in foreign if limits and not limits.declares(name)]
    result = {name: copy.deepcopy(value) for name, value in foreign.items() if name not in lost}
    given = {name.lower() for name in result}
    for name, parameter in (definition.parameters if definition else {}).items():
        if parameter.required and name.lower() not in given and name in REQUIRED_VALUES:
            result[name] = {"value": copy.deepcopy(REQUIRED_VALUES[name])}
    for name, value in ours.items():
        declared = definition.declares(name) if definition else name
        # With an unknown definition (Off only) nothing is added that is not there: it might not be declared.
        asked = name == EXCLUDED_NAMESPACES and change.excluded_namespaces is not None
        if declared and (definition or name == EFFECT or asked or find(present, name) is not None):
            result[declared] = {"value": value}
    return result, lost


def _refuse_unknown_requirements(
    parameters: Mapping[str, Any], definition: InitiativeVersion | None, limits: InitiativeVersion | None
) -> None:
    """Refuses what the service would refuse: a required parameter for which there is no value.

    :raises PinUnavailableError: before anything is created or written.
    """
    if definition is None or limits is None:
        return
    given = {name.lower() for name in parameters}
    missing = [name for name, spec in definition.parameters.items() if spec.required and name.lower() not in given]
    if missing:
        raise PinUnavailableError(
            f"Version {definition.version} of the initiative requires {', '.join(missing)}, for which this extension "
            "knows no value.",
            ["az extension update --name safeguards", "or choose another one: --safeguards-version VERSION"],
        )


def _our_parameters(
    assignment: Assignment | None, change: Change, intent: Intent, definition: InitiativeVersion | None
) -> dict[str, Any]:
    """The parameters that are always ours, with the values that the intent gives them."""
    ours: dict[str, Any] = {}
    if intent.level is not None:
        settings = SETTINGS[intent.level]
        ours = {EFFECT: settings.effect, WARN: settings.warn, MUTATION_EFFECT: settings.mutation_effect}
        if definition:
            ours[MUTATION_EFFECT] = mutation_effect(intent.level, intent.profile_version, definition)
    elif assignment:
        # No level is known, so what the policies do stays as it was found.
        for name in (EFFECT, WARN, MUTATION_EFFECT):
            value = find(assignment.parameters, name)
            if value is not None:
                ours[name] = value
    ours[EXCLUDED_NAMESPACES] = _excluded(assignment, change)
    return ours


def _excluded(assignment: Assignment | None, change: Change) -> list[str]:
    if change.excluded_namespaces is not None:
        return all_excluded(change.excluded_namespaces)
    if assignment is None:
        return all_excluded(())
    present = assignment.excluded_namespaces
    complete = len(set(present)) == len(present) and set(SYSTEM_NAMESPACES) <= set(present)
    return present if complete else all_excluded(present)


def _overrides(
    assignment: Assignment | None,
    intent: Intent,
    definition: InitiativeVersion | None,
    limits: InitiativeVersion | None,
) -> tuple[list[Override], list[Override], list[str]]:
    """Our overrides, the foreign ones that `limits` can take, and the reference ids that are lost."""
    foreign: Sequence[Override] = copy.deepcopy(assignment.overrides.foreign) if assignment else ()
    if definition is None or intent.level is None:
        as_found = assignment.overrides.ours if assignment and intent.level is None else ()
        return list(copy.deepcopy(as_found)), list(foreign), []
    kept, lost = without_unknown(foreign, limits.references) if limits else (list(foreign), [])
    taken = named_by(kept)
    wanted = wanted_overrides(intent.level, intent.profile_version, definition)
    ours_now = write({name: effect for name, effect in wanted.items() if name.lower() not in taken})
    if len(kept) + len(ours_now) > MAX_OVERRIDES:
        raise TooManyOverridesError(
            f"The assignment has {len(kept)} overrides of somebody else and this level needs {len(ours_now)} more; "
            f"an assignment takes {MAX_OVERRIDES}.",
            ["Remove or merge overrides: az policy assignment update --overrides ..."],
        )
    return list(ours_now), kept, lost


def _messages(
    messages: Sequence[Mapping[str, Any]] | None, definition: InitiativeVersion | None
) -> tuple[list[Mapping[str, Any]] | None, list[str]]:
    """Non-compliance messages without those for members that the version no longer has."""
    if messages is None:
        return None, []
    kept: list[Mapping[str, Any]] = []
    lost: list[str] = []
    for message in copy.deepcopy(messages):
        reference = message.get("policyDefinitionReferenceId")
        if definition and reference and str(reference).lower() not in definition.references:
            lost.append(str(reference))
        else:
            kept.append(message)
    return kept, lost


def _mode(assignment: Assignment | None, change: Change, intent: Intent) -> str:
    if change.level is not None:
        return SETTINGS[change.level].enforcement_mode
    if assignment is not None:
        return assignment.enforcement_mode
    return SETTINGS[intent.level or Level.OFF].enforcement_mode


def _metadata(
    present: Mapping[str, Any] | None, intent: Intent, definition: InitiativeVersion | None, ours: Sequence[Override]
) -> dict[str, Any]:
    written: dict[str, str] = {}
    if intent.level is not None and definition is not None:
        wanted = wanted_overrides(intent.level, intent.profile_version, definition).values()
        left_out = [effect for effect in dict.fromkeys(wanted) if effect not in {item["value"] for item in ours}]
        marks = [fingerprint(item) for item in (*ours, *({"value": effect} for effect in left_out))]
        written = {OVERRIDES_KEY: ",".join(marks)} if marks else {}
    kept = {key: value for key, value in (present or {}).items() if key not in (*KEYS, *SERVER_METADATA)}
    return {**copy.deepcopy(kept), **intent.metadata, **written}
