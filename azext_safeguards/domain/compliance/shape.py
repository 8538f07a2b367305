# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The shapes of what Azure Policy says about compliance (Azure/azure-rest-api-specs, policyStates 2019-10-01 and
componentPolicyStates 2022-04-01), as far as it is read here."""

from __future__ import annotations

from azext_safeguards.domain.shapes import list_of, number, record, text

_ABOUT = {
    "policyAssignmentId": text,
    "policyDefinitionId": text,
    "policyDefinitionReferenceId": text,
    "complianceState": text,
    "timestamp": text,
}
_COMPONENT_OF_STATE = record({"id": text, "type": text, "name": text, "timestamp": text, "complianceState": text})
STATE = record({**_ABOUT, "components": list_of(_COMPONENT_OF_STATE)})
COMPONENT = record(
    {
        **_ABOUT,
        "componentId": text,
        "componentType": text,
        "componentName": text,
        "policyEvaluationDetails": record({"reason": text}),
    }
)
_DETAIL = record({"complianceState": text, "count": number})
_RESULTS = record(
    {
        "nonCompliantResources": number,
        "nonCompliantPolicies": number,
        "resourceDetails": list_of(_DETAIL),
    }
)
_MEMBER = record(
    {
        "policyDefinitionReferenceId": text,
        "policyDefinitionId": text,
        "effect": text,
        "results": _RESULTS,
    }
)
_ASSIGNMENT = record({"policyAssignmentId": text, "results": _RESULTS, "policyDefinitions": list_of(_MEMBER)})
SUMMARY = record({"value": list_of(record({"policyAssignments": list_of(_ASSIGNMENT)}))})
