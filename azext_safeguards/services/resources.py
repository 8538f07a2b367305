# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The resources that safeguards are made of: where they are, and by which API version."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote

from azext_safeguards.domain.assignment.reading import ASSIGNMENT_NAME
from azext_safeguards.domain.assignment.shape import ASSIGNED, ASSIGNMENT
from azext_safeguards.domain.cluster import CLUSTER, ClusterRef
from azext_safeguards.domain.compliance.shape import STATE, SUMMARY
from azext_safeguards.domain.diagnosis.around import EXEMPTION, selects, selects_by_location
from azext_safeguards.domain.initiative.definition import INITIATIVE, INITIATIVE_ID
from azext_safeguards.domain.managed import MANAGED
from azext_safeguards.domain.permissions import ROLE
from azext_safeguards.domain.preflight import FEATURE, NAMESPACE
from azext_safeguards.domain.shapes import Shape, anything, list_of, record, text
from azext_safeguards.services.answers import BEGUN_DELETION, UnusableAnswerError, shaped
from azext_safeguards.services.arm import ArmClient
from azext_safeguards.services.paging import Pages

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

_FEATURE = record({"properties": record({"state": text}, required=("state",))}, required=("properties",))
_VALUE = record({"value": list_of(anything)}, required=("value",))
# States of what was not registered before that show that a request to register was taken.
_BEGUN = ("registered", "registering", "pending")
_PROVIDER = record({"registrationState": text}, required=("registrationState",))
_DEFINED = record(
    {"properties": record({"policyDefinitions": list_of(anything)}, required=("policyDefinitions",))},
    required=("properties",),
)


def get_cluster(arm: ArmClient, cluster: ClusterRef, api_version: str = CLUSTER_API) -> dict[str, Any]:
    """The managed cluster, as the service returns it."""
    return shaped(arm.get(cluster.id, api_version), CLUSTER, f"The cluster '{cluster.name}'")


def get_feature_state(arm: ArmClient) -> str:
    """The state of the feature flag: `Registered`, `NotRegistered`, `Registering` and others."""
    return _feature_state(arm.get(_feature_path(arm), FEATURES_API))


def register_feature(arm: ArmClient) -> str:
    """Asks for the feature flag and returns its state.

    Where the answer is none, the state is looked up: whoever is told that it failed would ask again for nothing.
    """
    try:
        return _feature_state(arm.post(f"{_feature_path(arm)}/register", FEATURES_API))
    except UnusableAnswerError as error:
        return _begun(error, lambda: get_feature_state(arm))


def get_provider_state(arm: ArmClient, namespace: str) -> str:
    """The registration state of a resource provider: `Registered`, `NotRegistered`, `Registering` and others."""
    return _provider_state(arm.get(_provider_path(arm, namespace), PROVIDERS_API), namespace)


def register_provider(arm: ArmClient, namespace: str, *, is_refresh: bool = False) -> str:
    """Registers a resource provider and returns its state; see `register_feature`.

    :param is_refresh: whether it may be registered already, so that only `Registering` shows that a refresh has begun.
    """
    try:
        return _provider_state(arm.post(f"{_provider_path(arm, namespace)}/register", PROVIDERS_API), namespace)
    except UnusableAnswerError as error:
        proofs = ("registering",) if is_refresh else _BEGUN
        return _begun(error, lambda: get_provider_state(arm, namespace), proofs)


def _feature_state(answer: dict[str, Any]) -> str:
    return str(shaped(answer, _FEATURE, f"The feature {FEATURE}")["properties"]["state"])


def _provider_state(answer: dict[str, Any], namespace: str) -> str:
    return str(shaped(answer, _PROVIDER, f"The resource provider {namespace}")["registrationState"])


def _begun(error: UnusableAnswerError, look: Callable[[], str], proofs: tuple[str, ...] = _BEGUN) -> str:
    """The state after a request to register whose answer was none, if that was taken.

    :raises UnusableAnswerError: the answer that was none, where nothing was begun.
    """
    state = look()
    if state.lower() in proofs:
        return state
    raise error


def get_permissions(arm: ArmClient, scope: str) -> list[dict[str, Any]]:
    """What the caller may do at a scope, one element for each role that is assigned to them there or above.

    :param scope: the id of a resource or a resource group.
    """
    listed = arm.list_all(f"{scope}/providers/Microsoft.Authorization/permissions", PERMISSIONS_API)
    return all_of_shape(listed, ROLE, "Your permissions")


def get_managed_safeguards(arm: ArmClient, cluster: ClusterRef) -> dict[str, Any]:
    """The deploymentSafeguards that AKS manages on a cluster."""
    return _managed(arm.get(_managed_path(cluster), MANAGED_SAFEGUARDS_API))


def put_managed_safeguards(arm: ArmClient, cluster: ClusterRef, body: Mapping[str, Any]) -> dict[str, Any]:
    """Starts creating or changing the deploymentSafeguards that AKS manages; returns them as they are now."""
    return _managed(arm.put(_managed_path(cluster), MANAGED_SAFEGUARDS_API, body))


def delete_managed_safeguards(arm: ArmClient, cluster: ClusterRef) -> None:
    """Starts deleting the deploymentSafeguards that AKS manages; does nothing where there are none."""
    arm.delete(_managed_path(cluster), MANAGED_SAFEGUARDS_API, BEGUN_DELETION)


def get_initiative(arm: ArmClient) -> dict[str, Any]:
    """The newest version of the built-in initiative, with the list of all versions in `properties.versions`."""
    return _initiative(arm.get(INITIATIVE_ID, POLICY_API))


def get_initiative_version(arm: ArmClient, version: str) -> dict[str, Any]:
    """One version of the initiative, such as `2.1.1`."""
    return _initiative(arm.get(f"{INITIATIVE_ID}/versions/{version}", POLICY_API))


def list_exemptions(arm: ArmClient, cluster: ClusterRef) -> list[dict[str, Any]]:
    """The policy exemptions that reach a cluster, from its own scope and from those above, and select it.

    Costs a request more where one selects by location: then the cluster says where it is.
    """
    listed = arm.list_all(f"{cluster.id}/providers/Microsoft.Authorization/policyExemptions", EXEMPTIONS_API)
    listed = all_of_shape(listed, EXEMPTION, "The policy exemptions")
    location = get_cluster(arm, cluster).get("location") if any(map(selects_by_location, listed)) else None
    return [item for item in listed if selects(item, location)]


def list_initiative_assignments(arm: ArmClient, cluster: ClusterRef) -> list[dict[str, Any]]:
    """The assignments of the safeguards initiative that reach a cluster, from its own scope and from those above."""
    query = {"$filter": f"policyDefinitionId eq '{INITIATIVE_ID}'"}
    listed = arm.list_all(f"{cluster.id}/providers/Microsoft.Authorization/policyAssignments", POLICY_API, query)
    listed = all_of_shape(listed, ASSIGNMENT, "The policy assignments")
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
    states = Pages("policyStates").elements(arm.post(path, POLICY_STATES_API, query=query))
    states = all_of_shape(states, STATE, "The compliance states")
    return str(states[0].get("timestamp") or "") if states else ""


def summarize(arm: ArmClient, scope: str, query: Mapping[str, str]) -> dict[str, Any]:
    """The compliance at a scope in numbers.

    :param scope: the id of a cluster, a resource group or a subscription.
    :param query: the filter.
    """
    path = f"{scope}/providers/Microsoft.PolicyInsights/policyStates/latest/summarize"
    answer = shaped(arm.post(path, POLICY_STATES_API, query=query), _VALUE, "The compliance summary")
    return shaped(answer, SUMMARY, "The compliance summary")


def assignment_path(cluster: ClusterRef) -> str:
    """The path of the safeguards assignment of a cluster."""
    return f"{cluster.id}/providers/Microsoft.Authorization/policyAssignments/{ASSIGNMENT_NAME}"


def assignment_id(cluster: ClusterRef) -> str:
    """The id of the safeguards assignment of a cluster, as the service writes it: its path without escapes."""
    return unquote(assignment_path(cluster))


def get_assignment(arm: ArmClient, cluster: ClusterRef) -> dict[str, Any]:
    """The safeguards assignment of a cluster."""
    return _assignment(arm.get(assignment_path(cluster), POLICY_API))


def get_assigned(arm: ArmClient, cluster: ClusterRef) -> dict[str, Any]:
    """The same with no more looked at than what it assigns: enough to delete one that nobody can read."""
    return shaped(arm.get(assignment_path(cluster), POLICY_API), ASSIGNED, "The assignment")


def put_assignment(arm: ArmClient, cluster: ClusterRef, body: Mapping[str, Any]) -> dict[str, Any]:
    """Creates or replaces the safeguards assignment of a cluster and returns it as it is now."""
    return _assignment(arm.put(assignment_path(cluster), policy_api(body), body))


def delete_assignment(arm: ArmClient, cluster: ClusterRef) -> None:
    """Deletes the safeguards assignment; does nothing where there is none."""
    deleted = arm.delete(assignment_path(cluster), POLICY_API)
    if deleted is not None:
        _assignment(deleted)


def all_of_shape(items: list[dict[str, Any]], shape: Shape, what: str) -> list[dict[str, Any]]:
    """The elements of a list, once each is seen to be of a shape.

    :param what: what they are, the beginning of a sentence.
    :raises UnusableAnswerError: when one is not.
    """
    for item in items:
        shaped(item, shape, what)
    return items


def _assignment(answer: dict[str, Any]) -> dict[str, Any]:
    shaped(answer, ASSIGNED, "The assignment")
    return shaped(answer, ASSIGNMENT, "The assignment")


def _managed(answer: dict[str, Any]) -> dict[str, Any]:
    return shaped(answer, MANAGED, "AKS's managed safeguards")


def _initiative(answer: dict[str, Any]) -> dict[str, Any]:
    shaped(answer, _DEFINED, "The safeguards initiative")
    return shaped(answer, INITIATIVE, "The safeguards initiative")


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
