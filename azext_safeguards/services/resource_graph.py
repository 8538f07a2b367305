# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Azure Resource Graph: one query over many subscriptions, a thousand rows a request."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from azext_safeguards.domain.assignment.reading import ASSIGNMENT_NAME
from azext_safeguards.domain.assignment.shape import ASSIGNMENT
from azext_safeguards.domain.shapes import Shape, flag, map_of, number, optional, record, text
from azext_safeguards.services.answers import shaped
from azext_safeguards.services.arm import ArmClient
from azext_safeguards.services.paging import Pages

GRAPH_API = "2022-10-01"
_PATH = "/providers/Microsoft.ResourceGraph/resources"
# Both are the service's limits (learn.microsoft.com, "Working with large Azure resource data sets" and "Guidance for
# throttled requests").
_ROWS = 1000
_SUBSCRIPTIONS = 1000

_CLUSTERS = (
    "resources"
    " | where type =~ 'microsoft.containerservice/managedclusters'{group}"
    " | project id, location, sku, addonProfiles = properties.addonProfiles,"
    " provisioningState = properties.provisioningState"
    " | order by id asc"
)
_ASSIGNMENTS = (
    "policyresources"
    " | where type =~ 'microsoft.authorization/policyassignments'"
    f" and name =~ '{ASSIGNMENT_NAME}'"
    " and id contains '/providers/microsoft.containerservice/managedclusters/'{group}"
    " | project id, name, properties"
    " | order by id asc"
)
_STATES = (
    "policyresources"
    " | where type =~ 'microsoft.policyinsights/policystates'"
    f" and properties.policyAssignmentName =~ '{ASSIGNMENT_NAME}'{{group}}"
    " | summarize nonCompliant = countif(properties.complianceState =~ 'NonCompliant'),"
    " lastScan = max(todatetime(properties.timestamp))"
    " by id = tolower(tostring(properties.policyAssignmentId))"
    " | order by id asc"
)

_CLUSTER = record(
    {
        "id": text,
        "location": text,
        "sku": record({"name": text}),
        "addonProfiles": map_of(optional(record({"enabled": flag}))),
        "provisioningState": text,
    },
    required=("id",),
)
_STATE = record({"id": text, "nonCompliant": number, "lastScan": text}, required=("id", "nonCompliant"))

Page = tuple[list[dict[str, Any]], int]
"""The rows of a page, and how many rows there are in all."""


def cluster_pages(arm: ArmClient, subscriptions: Sequence[str], group: str | None = None) -> Iterator[Page]:
    """The managed clusters of some subscriptions, with the members that `domain.fleet.rows.cluster_of` reads.

    :param group: a resource group to keep to.
    :raises azure.core.exceptions.AzureError: when Resource Graph does not answer.
    """
    for rows, total in _pages(arm, _CLUSTERS.format(group=_within(group)), subscriptions, _CLUSTER):
        yield [{**row, "properties": row} for row in rows], total


def assignment_pages(arm: ArmClient, subscriptions: Sequence[str], group: str | None = None) -> Iterator[Page]:
    """The assignments of our name on clusters; parameters and errors as `cluster_pages`."""
    return _pages(arm, _ASSIGNMENTS.format(group=_within(group)), subscriptions, ASSIGNMENT)


def state_pages(arm: ArmClient, subscriptions: Sequence[str], group: str | None = None) -> Iterator[Page]:
    """How many policies of each assignment found something, and when Azure Policy last looked.

    `{id, nonCompliant, lastScan}` with the id in lower case.
    """
    return _pages(arm, _STATES.format(group=_within(group, "properties.resourceId")), subscriptions, _STATE)


def _within(group: str | None, column: str = "id") -> str:
    # The names of groups hold no quotes (ClusterRef refuses them), so that none can end the text.
    return f" and {column} contains '/resourcegroups/{group}/'" if group else ""


def _pages(arm: ArmClient, query: str, subscriptions: Sequence[str], shape: Shape) -> Iterator[Page]:
    for start in range(0, len(subscriptions), _SUBSCRIPTIONS):
        chosen = list(subscriptions[start : start + _SUBSCRIPTIONS])
        options: dict[str, Any] = {"$top": _ROWS, "resultFormat": "objectArray"}
        pages = Pages("Resource Graph's rows")
        while True:
            page = arm.post(_PATH, GRAPH_API, {"subscriptions": chosen, "query": query, "options": options})
            yield (
                [shaped(row, shape, "A row of Resource Graph") for row in pages.rows(page)],
                page.get("totalRecords") or 0,
            )
            token = pages.next(page.get("$skipToken"))
            if not token:
                break
            options = {**options, "$skipToken": token}
