# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Assignment bodies, as the service returns them and as other people write them."""

from __future__ import annotations

import copy
from typing import Any

from azext_safeguards.domain.assignment.intent import Change
from azext_safeguards.domain.assignment.profile import Profile, profile_of
from azext_safeguards.domain.assignment.reading import read_assignment
from azext_safeguards.domain.assignment.render import Rendering, render
from azext_safeguards.domain.initiative.catalog import Definitions
from tests import published_lists as lists

SUBSCRIPTION = "00000000-0000-0000-0000-000000000001"
CLUSTER_ID = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/c1"
INITIATIVE = "/providers/Microsoft.Authorization/policySetDefinitions/c047ea8e-9c78-49b2-958b-37e56d291a44"
NAME = "aks-deployment-safeguards-policy-assignment"
SYSTEM = ["kube-system", "calico-system", "tigera-system", "gatekeeper-system"]

# As they stand in a body.
REQUIRED = {name: {"value": value} for name, value in lists.REQUIRED.items()}
LIMITS = {name: {"value": value} for name, value in lists.LIMITS.items()}


def effect_override(value: str, *references: str) -> dict[str, Any]:
    return {
        "kind": "policyEffect",
        "value": value,
        "selectors": [{"kind": "policyDefinitionReferenceId", "in": list(references)}],
    }


def stored(sent: dict[str, Any]) -> dict[str, Any]:
    """What the service returns for a body that was sent.

    Members as recorded in Azure/azure-powershell, AssignmentOverride.Recording.json.
    """
    body = copy.deepcopy(sent)
    properties = body["properties"]
    properties["scope"] = CLUSTER_ID
    properties["instanceId"] = "11111111-2222-3333-4444-555555555555"
    properties["metadata"] = {
        **(properties.get("metadata") or {}),
        "createdBy": "99999999-0000-0000-0000-000000000000",
        "createdOn": "2026-01-02T03:04:05.678Z",
        "updatedBy": "99999999-0000-0000-0000-000000000000",
        "updatedOn": "2026-02-03T04:05:06.789Z",
    }
    body["id"] = f"{CLUSTER_ID}/providers/Microsoft.Authorization/policyAssignments/{NAME}"
    body["type"] = "Microsoft.Authorization/policyAssignments"
    body["name"] = NAME
    body["systemData"] = {"createdBy": "somebody@example.com", "createdAt": "2026-01-02T03:04:05.678Z"}
    return body


def foreign_assignment(
    *,
    pin: str | None = "2.1.*",
    parameters: dict[str, Any] | None = None,
    overrides: list[dict[str, Any]] | None = None,
    mode: str | None = "Default",
    metadata: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """An assignment of our name that somebody else made: AKS itself, or a Bicep file."""
    properties: dict[str, Any] = {"displayName": "made elsewhere", "policyDefinitionId": INITIATIVE}
    if pin is not None:
        properties["definitionVersion"] = pin
    properties["parameters"] = {**copy.deepcopy({**REQUIRED, **LIMITS}), **(parameters or {})}
    if overrides is not None:
        properties["overrides"] = overrides
    if mode is not None:
        properties["enforcementMode"] = mode
    if metadata is not None:
        properties["metadata"] = metadata
    return stored({"properties": properties})


def effect_parameters(effect: str, warn: bool, mutation: str | None = "Disabled") -> dict[str, Any]:
    parameters: dict[str, Any] = {"effect": {"value": effect}, "warn": {"value": warn}}
    if mutation is not None:
        parameters["effectForMutationPolicies"] = {"value": mutation}
    return parameters


def rendered(body: dict[str, Any] | None, change: Change, definitions: Definitions | None = None) -> Rendering:
    """What one update makes of a body that the service returned."""
    known = definitions or Definitions()
    return render(read_assignment(body, known) if body else None, change, known)


def updated(body: dict[str, Any] | None, *changes: Change, definitions: Definitions | None = None) -> dict[str, Any]:
    """What the service returns after some updates, one after the other."""
    for change in changes:
        body = stored(rendered(body, change, definitions).body)
    assert body is not None
    return body


def profile(body: dict[str, Any], definitions: Definitions | None = None) -> Profile:
    known = definitions or Definitions()
    return profile_of(read_assignment(body, known), known)
