# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Handles Microsoft.PolicyInsights requests.

Recorded: the elements of policyDefinitions in Azure/azure-cli test_policy_insights (ids lower-case). The rest of
the summary and the query results follow the models of azure-mgmt-policyinsights 1.1.0b4 and the examples of
Azure/azure-rest-api-specs.
"""

from __future__ import annotations

from itertools import groupby
from typing import Any

from sandbox.authorization.initiative import SET_ID
from sandbox.core.clock import Clock
from sandbox.core.http import Response
from sandbox.core.ids import collapse
from sandbox.core.paging import Paging
from sandbox.core.routing import Call
from sandbox.policyinsights import records
from sandbox.policyinsights.exceptions import InvalidQuery
from sandbox.policyinsights.judging import NON_COMPLIANT
from sandbox.policyinsights.models import Compliance, State
from sandbox.policyinsights.query import ALWAYS, LISTS, apply, check_options, condition
from sandbox.resources.models import Groups

Json = dict[str, Any]
#: Documented: records in an answer of policyStates where no $top says otherwise.
_PAGE = 1000
_VERSION = "2019-10-01"
#: Azure asks for 15 seconds here (documented: get-compliance-data); nobody waits that long for a sandbox.
_POLL_DELAY = {"retry-after-ms": "100"}


def summarize(call: Call) -> Response:
    """Count the states of a scope by assignment and member."""
    query = call.request.query
    check_options(query, ALWAYS)
    states = call.the(Compliance).states(call.path["scope"])
    wanted = {name: value for name, value in query.items() if name != "$top"}
    pairs = [(state, {**records.of_state(call, state), "_state": state}) for state in states]
    kept = apply([record for _, record in pairs], wanted, call.the(Clock).now(), records.STATE_FIELDS)
    chosen: list[State] = [record["_state"] for record in kept]
    base = f"https://{call.request.host}{call.path['scope']}/providers/Microsoft.PolicyInsights/policyStates/latest"
    assignments = []
    for identifier, group in groupby(sorted(chosen, key=_owner), key=_owner):
        own = list(group)
        by_member = [list(items) for _, items in groupby(sorted(own, key=_reference), key=_reference)]
        assignments.append(
            {
                "policyAssignmentId": identifier,
                "policySetDefinitionId": SET_ID.lower(),
                "results": _results(own, base),
                "policyDefinitions": [_member(items, base) for items in by_member],
                "policyGroups": [],
            }
        )
    if query.get("$top"):
        if not query["$top"].isdigit():
            raise InvalidQuery(f"The value '{query['$top']}' of '$top' is no number.")
        assignments = assignments[: int(query["$top"])]
    summary = {
        "@odata.id": None,
        "@odata.context": f"{base}/$metadata#summary/$entity",
        "results": _results(chosen, base),
        "policyAssignments": assignments,
    }
    return Response(200, {"@odata.context": f"{base}/$metadata#summary", "@odata.count": 1, "value": [summary]})


def query_results(call: Call) -> Response:
    """List the states of a scope, one for each member and cluster."""
    query = call.request.query
    check_options(query, LISTS)
    details, inner = _expansion(query.get("$expand", ""), ("components", "policyevaluationdetails"))
    keeps = condition(inner, {name.lower(): name for name in records.COMPONENT_FIELDS_OF_STATE})
    found = []
    for state in call.the(Compliance).states(call.path["scope"]):
        record = records.of_state(call, state)
        if "components" in details:
            record["components"] = [item for item in records.components_of(state) if keeps(item)]
        found.append(record)
    return _page(call, "policyStates", apply(found, query, call.the(Clock).now(), records.STATE_FIELDS))


def query_components(call: Call) -> Response:
    """List the states of the objects of clusters, one for each member and object."""
    query = call.request.query
    check_options(query, LISTS)
    details, _ = _expansion(query.get("$expand", ""), ("policyevaluationdetails",))
    found = []
    for state in call.the(Compliance).states(call.path["scope"]):
        for item in state.components:
            found.append(records.of_component(call, state, item, with_reason=bool(details)))
    return _page(call, "componentPolicyStates", apply(found, query, call.the(Clock).now(), records.FIELDS))


def trigger(call: Call) -> Response:
    """Begin an evaluation of a subscription or a resource group."""
    check_options(call.request.query, ("api-version",))
    group = call.path.get("group", "")
    if group:
        call.the(Groups).get(group)
    scope = f"/subscriptions/{call.path['subscription']}" + (f"/resourceGroups/{group}" if group else "")
    return _pending(call, call.the(Compliance).trigger(scope).name)


def trigger_result(call: Call) -> Response:
    """Tell whether an evaluation has ended: 202 until then, and 200 after it."""
    if call.the(Compliance).is_done(call.path["operation"]):
        return Response(200, {})
    return _pending(call, call.path["operation"])


def _pending(call: Call, name: str) -> Response:
    where = (
        f"/subscriptions/{call.path['subscription']}/providers/Microsoft.PolicyInsights/asyncOperationResults/{name}"
    )
    link = f"https://{call.request.host}{where}?api-version={_VERSION}"
    return Response(202, None, {"Location": link, **_POLL_DELAY})


def _page(call: Call, kind: str, found: list[Json]) -> Response:
    """Answer a page; the next one is asked for by POST, too (x-ms-pageable of the specification)."""
    page = call.the(Paging).answer(call.request, found, _PAGE).body
    base = f"https://{call.request.host}{collapse(call.path['scope'])}/providers/Microsoft.PolicyInsights/{kind}"
    body: Json = {"@odata.context": f"{base}/$metadata#latest", "@odata.count": len(page["value"])}
    if "nextLink" in page:
        body["@odata.nextLink"] = page["nextLink"]
    return Response(200, {**body, "value": page["value"]})


def _expansion(text: str, known: tuple[str, ...]) -> tuple[set[str], str]:
    """Return what is to be expanded, and the $filter of its components. Raises InvalidQuery."""
    name, parenthesis, rest = text.strip().partition("(")
    if not name:
        return set(), ""
    if name.lower() not in known:
        raise InvalidQuery(f"The value '{text}' of '$expand' is not supported.")
    if not parenthesis:
        return {name.lower()}, ""
    option, _, value = rest.rstrip()[:-1].partition("=")
    if name.lower() != "components" or not rest.rstrip().endswith(")") or option.strip().lower() != "$filter":
        raise InvalidQuery(f"The sandbox does not know the expansion '{text}'.")
    return {name.lower()}, value


def _owner(state: State) -> str:
    return str(state.assignment["id"]).lower()


def _reference(state: State) -> str:
    return state.reference.lower()


def _results(states: list[State], base: str) -> Json:
    failing = [state for state in states if state.state == NON_COMPLIANT]
    worst: dict[str, str] = {}
    for state in sorted(states, key=lambda item: records.RANK.index(item.state)):
        worst.setdefault(state.resource.lower(), state.state.lower())
    by_policy: dict[str, str] = {}
    for state in sorted(states, key=lambda item: records.RANK.index(item.state)):
        by_policy.setdefault(state.reference.lower(), state.state.lower())
    return {
        "queryResultsUri": f"{base}/queryResults?api-version={_VERSION}",
        "nonCompliantResources": len({state.resource.lower() for state in failing}),
        "nonCompliantPolicies": len({state.reference.lower() for state in failing}),
        "resourceDetails": _counts(worst),
        "policyDetails": _counts(by_policy),
        "policyGroupDetails": [],
    }


def _counts(states: dict[str, str]) -> list[Json]:
    found = list(states.values())
    return [{"complianceState": state, "count": found.count(state)} for state in dict.fromkeys(sorted(found))]


def _member(states: list[State], base: str) -> Json:
    member = states[0].member
    return {
        "policyDefinitionGroupNames": [""],
        "policyDefinitionReferenceId": states[0].reference.lower(),
        "policyDefinitionId": str(member["policyDefinitionId"]).lower(),
        "effect": states[0].effect.lower(),
        "results": _results(states, base),
    }
