# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The resources that safeguards are made of: where they are, and by which API version."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from azext_safeguards.domain.assignment.reading import ASSIGNMENT_NAME
from azext_safeguards.domain.cluster import ClusterRef
from azext_safeguards.domain.initiative.definition import INITIATIVE_ID
from azext_safeguards.domain.preflight import FEATURE, NAMESPACE
from azext_safeguards.services.arm import ArmClient

# The oldest version whose assignments have overrides and definitionVersion; az's MGMT_RESOURCE_POLICY is older.
POLICY_API = "2023-04-01"
# The version that knows overrides of kind definitionVersion and the mode Enroll, used only where one is there.
NEWER_POLICY_API = "2025-11-01"
FEATURES_API = "2021-07-01"
EXEMPTIONS_API = "2022-07-01-preview"
POLICY_STATES_API = "2019-10-01"
PROVIDERS_API = "2020-06-01"
PERMISSIONS_API = "2022-05-01-preview"
MANAGED_SAFEGUARDS_API = "2025-07-01"
CLUSTER_API = "2024-09-01"


def get_cluster(arm: ArmClient, cluster: ClusterRef, api_version: str = CLUSTER_API) -> dict[str, Any]:
    """The managed cluster, as the service returns it."""
    return arm.get(cluster.id, api_version)


def get_feature_state(arm: ArmClient) -> str:
    """The state of the feature flag: `Registered`, `NotRegistered`, `Registering` and others."""
    return str((arm.get(_feature_path(arm), FEATURES_API).get("properties") or {}).get("state") or "")


def register_feature(arm: ArmClient) -> str:
    """Asks for the feature flag and returns its state."""
    body = arm.post(f"{_feature_path(arm)}/register", FEATURES_API)
    return str((body.get("properties") or {}).get("state") or "")


def get_provider_state(arm: ArmClient, namespace: str) -> str:
    """The registration state of a resource provider: `Registered`, `NotRegistered`, `Registering` and others."""
    return str(arm.get(_provider_path(arm, namespace), PROVIDERS_API).get("registrationState") or "")


def register_provider(arm: ArmClient, namespace: str) -> str:
    """Registers a resource provider, or refreshes its registration, and returns its state."""
    return str(arm.post(f"{_provider_path(arm, namespace)}/register", PROVIDERS_API).get("registrationState") or "")


def get_permissions(arm: ArmClient, scope: str) -> list[dict[str, Any]]:
    """What the caller may do at a scope, one element for each role that is assigned to them there or above.

    :param scope: the id of a resource or a resource group.
    """
    return arm.list_all(f"{scope}/providers/Microsoft.Authorization/permissions", PERMISSIONS_API)


def get_managed_safeguards(arm: ArmClient, cluster: ClusterRef) -> dict[str, Any]:
    """The deploymentSafeguards that AKS manages on a cluster."""
    return arm.get(_managed_path(cluster), MANAGED_SAFEGUARDS_API)


def put_managed_safeguards(arm: ArmClient, cluster: ClusterRef, body: Mapping[str, Any]) -> dict[str, Any]:
    """Starts creating or changing the deploymentSafeguards that AKS manages; returns them as they are now."""
    return arm.put(_managed_path(cluster), MANAGED_SAFEGUARDS_API, body)


def delete_managed_safeguards(arm: ArmClient, cluster: ClusterRef) -> None:
    """Starts deleting the deploymentSafeguards that AKS manages; does nothing where there are none."""
    arm.delete(_managed_path(cluster), MANAGED_SAFEGUARDS_API)


def get_initiative(arm: ArmClient) -> dict[str, Any]:
    """The newest version of the built-in initiative, with the list of all versions in `properties.versions`."""
    return arm.get(INITIATIVE_ID, POLICY_API)


def get_initiative_version(arm: ArmClient, version: str) -> dict[str, Any]:
    """One version of the initiative, such as `2.1.1`."""
    return arm.get(f"{INITIATIVE_ID}/versions/{version}", POLICY_API)


def list_exemptions(arm: ArmClient, cluster: ClusterRef) -> list[dict[str, Any]]:
    """The policy exemptions that reach a cluster, from its own scope and from those above."""
    return arm.list_all(f"{cluster.id}/providers/Microsoft.Authorization/policyExemptions", EXEMPTIONS_API)


def list_initiative_assignments(arm: ArmClient, cluster: ClusterRef) -> list[dict[str, Any]]:
    """The assignments of the safeguards initiative that reach a cluster, from its own scope and from those above."""
    query = {"$filter": f"policyDefinitionId eq '{INITIATIVE_ID}'"}
    listed = arm.list_all(f"{cluster.id}/providers/Microsoft.Authorization/policyAssignments", POLICY_API, query)
    # The filter is the service's to apply; what it lets through all the same is not what was asked for.
    return [
        item
        for item in listed
        if str((item.get("properties") or {}).get("policyDefinitionId", "")).lower() == INITIATIVE_ID.lower()
    ]


def get_last_state_time(arm: ArmClient, cluster: ClusterRef) -> str:
    """When the compliance of a cluster with the safeguards was last evaluated, ISO 8601; empty when it never was."""
    query = {"$top": "1", "$orderby": "timestamp desc", "$filter": f"policyAssignmentName eq '{ASSIGNMENT_NAME}'"}
    path = f"{cluster.id}/providers/Microsoft.PolicyInsights/policyStates/latest/queryResults"
    states = arm.post(path, POLICY_STATES_API, query=query).get("value") or [{}]
    return str(states[0].get("timestamp") or "")


def assignment_path(cluster: ClusterRef) -> str:
    """The path of the safeguards assignment of a cluster."""
    return f"{cluster.id}/providers/Microsoft.Authorization/policyAssignments/{ASSIGNMENT_NAME}"


def get_assignment(arm: ArmClient, cluster: ClusterRef) -> dict[str, Any]:
    """The safeguards assignment of a cluster."""
    return arm.get(assignment_path(cluster), POLICY_API)


def put_assignment(arm: ArmClient, cluster: ClusterRef, body: Mapping[str, Any]) -> dict[str, Any]:
    """Creates or replaces the safeguards assignment of a cluster and returns it as it is now."""
    return arm.put(assignment_path(cluster), policy_api(body), body)


def delete_assignment(arm: ArmClient, cluster: ClusterRef) -> dict[str, Any] | None:
    """Deletes the safeguards assignment; returns it as it was, or None where there was none."""
    return arm.delete(assignment_path(cluster), POLICY_API)


def _managed_path(cluster: ClusterRef) -> str:
    return f"{cluster.id}/providers/{NAMESPACE}/deploymentSafeguards/default"


def _feature_path(arm: ArmClient) -> str:
    return f"/subscriptions/{arm.subscription_id}/providers/Microsoft.Features/providers/{NAMESPACE}/features/{FEATURE}"


def _provider_path(arm: ArmClient, namespace: str) -> str:
    return f"/subscriptions/{arm.subscription_id}/providers/{namespace}"


def policy_api(body: Mapping[str, Any]) -> str:
    """The API version that takes an assignment's body."""
    properties = body.get("properties") or {}
    kinds = {str(override.get("kind", "")).lower() for override in properties.get("overrides") or ()}
    newer = kinds - {"", "policyeffect"} or properties.get("enforcementMode") == "Enroll"
    return NEWER_POLICY_API if newer else POLICY_API
