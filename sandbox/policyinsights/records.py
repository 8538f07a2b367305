# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The records of policyStates and componentPolicyStates.

Names: Azure/azure-rest-api-specs, policyinsights 2019-10-01 and 2022-04-01. Ids and reference ids come lower-case, as
in what is recorded of the summary; the type of a component is lower-case in the specification's own example.
"""

from __future__ import annotations

from typing import Any

from sandbox.authorization.initiative import NAME, SET_ID
from sandbox.core.ids import Scope
from sandbox.core.routing import Call
from sandbox.policyinsights.judging import COMPLIANT, EXEMPT, NON_COMPLIANT, Component
from sandbox.policyinsights.models import State

Json = dict[str, Any]
#: Of several states of one resource, the first one counts (documented: how compliance works).
RANK = (NON_COMPLIANT, COMPLIANT, EXEMPT)
STATE_FIELDS = (
    "timestamp", "resourceId", "policyAssignmentId", "policyDefinitionId", "isCompliant", "subscriptionId",
    "resourceType", "resourceLocation", "resourceGroup", "policyAssignmentName", "policyAssignmentScope",
    "policyDefinitionName", "policyDefinitionAction", "policyDefinitionCategory", "policySetDefinitionId",
    "policySetDefinitionName", "policySetDefinitionVersion", "policyDefinitionReferenceId", "complianceState",
)  # fmt: skip
FIELDS = (*STATE_FIELDS, "componentId", "componentType", "componentName")
COMPONENT_FIELDS_OF_STATE = ("id", "type", "name", "timestamp", "complianceState")


def of_state(call: Call, state: State) -> Json:
    """Return the record of policyStates."""
    assignment, member = state.assignment, state.member
    scope = Scope.parse(state.resource)
    return {
        "@odata.id": None,
        "@odata.context": None,
        "timestamp": state.stamp,
        "resourceId": state.resource.lower(),
        "policyAssignmentId": str(assignment["id"]).lower(),
        "policyDefinitionId": str(member["policyDefinitionId"]).lower(),
        "isCompliant": state.state != NON_COMPLIANT,
        "subscriptionId": call.state.subscription_id,
        "resourceType": "Microsoft.ContainerService/managedClusters",
        "resourceLocation": state.location,
        "resourceGroup": scope.group if scope else "",
        "policyAssignmentName": assignment["name"],
        "policyAssignmentScope": str(assignment["properties"].get("scope", "")).lower(),
        "policyDefinitionName": str(member["policyDefinitionId"]).rpartition("/")[2],
        "policyDefinitionAction": state.effect.lower(),
        "policyDefinitionCategory": "kubernetes",
        "policySetDefinitionId": SET_ID.lower(),
        "policySetDefinitionName": NAME,
        "policySetDefinitionVersion": state.version,
        "policyDefinitionReferenceId": state.reference.lower(),
        "complianceState": state.state,
    }


def components_of(state: State) -> list[Json]:
    """Return the components of a record of policyStates, for ``$expand=components``; they have no reason."""
    return [
        {
            "id": item.id,
            "type": item.kind.lower(),
            "name": item.name,
            "timestamp": state.stamp,
            "complianceState": item.state,
        }
        for item in state.components
    ]


def of_component(call: Call, state: State, item: Component, with_reason: bool) -> Json:
    """Return the record of componentPolicyStates, with the reason where it was asked for."""
    record = {
        **of_state(call, state),
        "componentId": item.id,
        "componentType": item.kind.lower(),
        "componentName": item.name,
        "isCompliant": item.state != NON_COMPLIANT,
        "complianceState": item.state,
    }
    if with_reason and item.reason:
        record["policyEvaluationDetails"] = {"reason": item.reason}
    return record
