# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The parameters of a rendered assignment: those that are always ours, those that were chosen, and everybody else's."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from azext_safeguards.domain.assignment.effects import mutation_effect
from azext_safeguards.domain.assignment.intent import Change, Intent
from azext_safeguards.domain.assignment.reading import EXCLUDED_NAMESPACES, WARN, Assignment, find
from azext_safeguards.domain.errors import PinUnavailableError
from azext_safeguards.domain.initiative.definition import EFFECT, MUTATION_EFFECT, InitiativeVersion
from azext_safeguards.domain.level import SETTINGS
from azext_safeguards.domain.namespaces import SYSTEM_NAMESPACES, all_excluded
from azext_safeguards.domain.remedies import remedy

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

ALWAYS_OURS = (EFFECT, WARN, MUTATION_EFFECT, EXCLUDED_NAMESPACES)


def render_parameters(
    assignment: Assignment | None,
    change: Change,
    intent: Intent,
    definition: InitiativeVersion | None,
    limits: InitiativeVersion | None,
) -> tuple[dict[str, Any], list[str]]:
    """The parameters to send, and the names of somebody else's that `limits` does not declare and that are lost.

    One that holds what we give to a parameter without a default is nobody's.
    """
    present = assignment.parameters if assignment else {}
    ours = _our_parameters(assignment, change, intent, definition)
    chosen = intent.choices.values
    # What was chosen earlier and is no longer goes back to what it is without a choice.
    earlier = assignment.intent.choices.values if assignment else {}
    lowered = {name.lower() for name in (*ALWAYS_OURS, *chosen, *earlier)}
    foreign = {name: value for name, value in present.items() if name.lower() not in lowered}
    lost = [name for name in foreign if limits and not limits.declares(name)]
    result = {name: copy.deepcopy(value) for name, value in foreign.items() if name not in lost}
    for name, value in chosen.items():
        # A version that lacks the parameter leaves the choice recorded for one that has it.
        declared = definition.declares(name) if definition else (name if find(present, name) is not None else None)
        if declared:
            result[declared] = {"value": copy.deepcopy(value)}
    given = {name.lower() for name in result}
    for name, parameter in (definition.parameters if definition else {}).items():
        if parameter.required and name.lower() not in given and name in REQUIRED_VALUES:
            result[name] = {"value": copy.deepcopy(REQUIRED_VALUES[name])}
    for name, value in ours.items():
        declared = definition.declares(name) if definition else name
        # With an unknown definition (Off only) nothing is added that is not there: it might not be declared.
        asked = name == EXCLUDED_NAMESPACES and (
            change.excluded_namespaces is not None or change.namespaces is not None
        )
        if declared and (definition or name == EFFECT or asked or find(present, name) is not None):
            result[declared] = {"value": value}
    # What nobody but us set is nobody's loss: a version that has the parameter gets the same value again.
    told = [name for name in lost if foreign[name] != {"value": REQUIRED_VALUES.get(name)}]
    return result, told


def refuse_unknown_requirements(
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
            [remedy("update-extension"), remedy("another-version")],
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
    if change.namespaces is not None:
        return all_excluded(change.namespaces.applied(assignment.excluded_namespaces if assignment else ()))
    if assignment is None:
        return all_excluded(())
    present = assignment.excluded_namespaces
    complete = len(set(present)) == len(present) and set(SYSTEM_NAMESPACES) <= set(present)
    return present if complete else all_excluded(present)
