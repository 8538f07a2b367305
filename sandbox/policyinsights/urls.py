# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The routes of Microsoft.PolicyInsights (paths: Azure/azure-rest-api-specs, policyinsights)."""

from __future__ import annotations

from sandbox.core.routing import ApiVersions, Route
from sandbox.policyinsights import responses as r

VERSIONS = ApiVersions("2018-04-04", "2026-12-31")
COMPONENT_VERSIONS = ApiVersions("2022-04-01", "2026-12-31")
STATES = "{scope}/providers/Microsoft.PolicyInsights/policyStates/latest"
COMPONENTS = "{scope}/providers/Microsoft.PolicyInsights/componentPolicyStates/latest"
SUBSCRIPTION = "/subscriptions/{subscription}"
GROUP = SUBSCRIPTION + "/resourceGroups/{group}"
TRIGGER = "/providers/Microsoft.PolicyInsights/policyStates/latest/triggerEvaluation"
RESULT = "/providers/Microsoft.PolicyInsights/asyncOperationResults/{operation}"
A = "Microsoft.PolicyInsights/policyStates/"
C = "Microsoft.PolicyInsights/componentPolicyStates/"

ROUTES = (
    Route("POST", STATES + "/summarize", r.summarize, A + "summarize/read", VERSIONS),
    Route("POST", STATES + "/queryResults", r.query_results, A + "queryResults/read", VERSIONS),
    Route("POST", COMPONENTS + "/queryResults", r.query_components, C + "queryResults/read", COMPONENT_VERSIONS),
    Route("POST", GROUP + TRIGGER, r.trigger, A + "triggerEvaluation/action", VERSIONS),
    Route("POST", SUBSCRIPTION + TRIGGER, r.trigger, A + "triggerEvaluation/action", VERSIONS),
    Route("GET", SUBSCRIPTION + RESULT, r.trigger_result, A + "triggerEvaluation/action", VERSIONS),
)
