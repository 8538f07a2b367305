# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Handles Microsoft.PolicyInsights requests.

Recorded: the elements of policyDefinitions in Azure/azure-cli test_policy_insights (ids lower-case). The rest of
the summary and the query results follow the models of azure-mgmt-policyinsights 1.1.0b4.
"""

from __future__ import annotations

import re
from itertools import groupby
from typing import Any

from sandbox.authorization.initiative import NAME, SET_ID
from sandbox.http import Response
from sandbox.policyinsights.models import COMPLIANT, NON_COMPLIANT
from sandbox.routing import Call

Json = dict[str, Any]
#: One condition of a $filter; a record that a condition says nothing about is left out.
_CONDITION = re.compile(r"^\(?\s*(\w+)\s+eq\s+(.*?)\s*\)?$", re.I)


def summarize(call: Call) -> Response:
    """Count the states of a scope by assignment and member."""
    states = call.backends.compliance.states(call.path["scope"])
    base = f"https://{call.request.host}{call.path['scope']}/providers/Microsoft.PolicyInsights/policyStates/latest"
    assignments = []
    for identifier, group in groupby(states, key=lambda state: str(state["assignment"]["id"])):
        members = list(group)
        assignments.append(
            {
                "policyAssignmentId": identifier.lower(),
                "policySetDefinitionId": SET_ID.lower(),
                "results": _results(members, base),
                "policyDefinitions": [_member(state, base) for state in members],
                "policyGroups": [],
            }
        )
    summary = {
        "@odata.id": None,
        "@odata.context": f"{base}/$metadata#summary/$entity",
        "results": _results(states, base),
        "policyAssignments": assignments,
    }
    return Response(200, {"@odata.context": f"{base}/$metadata#summary", "@odata.count": 1, "value": [summary]})


def query_results(call: Call) -> Response:
    """List the states of a scope, one for each member."""
    states = call.backends.compliance.states(call.path["scope"])
    wanted = call.request.query.get("$filter", "")
    value = [record for record in (_record(call, state) for state in states) if _keeps(wanted, record)]
    base = f"https://{call.request.host}{call.path['scope']}/providers/Microsoft.PolicyInsights/policyStates"
    return Response(200, {"@odata.context": f"{base}/$metadata#latest", "@odata.count": len(value), "value": value})


def _results(states: list[Json], base: str) -> Json:
    failing = [state for state in states if state["state"] == NON_COMPLIANT]
    resources = {state["resource"].lower() for state in failing}
    overall = [{"complianceState": "noncompliant" if failing else "compliant", "count": 1}] if states else []
    counts = [("noncompliant", len(failing)), ("compliant", len(states) - len(failing))]
    return {
        "queryResultsUri": f"{base}/queryResults?api-version=2019-10-01",
        "nonCompliantResources": len(resources),
        "nonCompliantPolicies": len(failing),
        "resourceDetails": overall,
        "policyDetails": [{"complianceState": state, "count": count} for state, count in counts if count],
        "policyGroupDetails": [],
    }


def _member(state: Json, base: str) -> Json:
    member = state["member"]
    return {
        "policyDefinitionGroupNames": [""],
        "policyDefinitionReferenceId": str(member["policyDefinitionReferenceId"]).lower(),
        "policyDefinitionId": str(member["policyDefinitionId"]).lower(),
        "effect": str(state["effect"]).lower(),
        "results": _results([state], base),
    }


def _record(call: Call, state: Json) -> Json:
    assignment, member = state["assignment"], state["member"]
    resource = str(state["resource"])
    return {
        "@odata.id": None,
        "@odata.context": None,
        "timestamp": call.backends.clock.stamp(),
        "resourceId": resource.lower(),
        "policyAssignmentId": str(assignment["id"]).lower(),
        "policyDefinitionId": str(member["policyDefinitionId"]).lower(),
        "isCompliant": state["state"] == COMPLIANT,
        "subscriptionId": call.backends.subscription_id,
        "resourceType": "Microsoft.ContainerService/managedClusters",
        "resourceGroup": resource.split("/")[4] if resource.count("/") >= 4 else "",
        "policyAssignmentName": assignment["name"],
        "policyAssignmentScope": str(assignment["properties"].get("scope", "")).lower(),
        "policyDefinitionName": str(member["policyDefinitionId"]).rpartition("/")[2],
        "policyDefinitionAction": str(state["effect"]).lower(),
        "policyDefinitionCategory": "kubernetes",
        "policySetDefinitionId": SET_ID.lower(),
        "policySetDefinitionName": NAME,
        "policySetDefinitionVersion": state["version"],
        "policyDefinitionReferenceId": str(member["policyDefinitionReferenceId"]).lower(),
        "complianceState": state["state"],
    }


def _keeps(text: str, record: Json) -> bool:
    """Apply a $filter of conditions with eq, joined by and."""
    fields = {name.lower(): value for name, value in record.items()}
    for part in filter(None, re.split(r"\s+and\s+", text.strip(), flags=re.I)):
        match = _CONDITION.match(part)
        if match is None or match[1].lower() not in fields:
            return False
        if str(fields[match[1].lower()]).lower() != match[2].strip("'").lower():
            return False
    return True
