# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Resource Graph: two tables, and the few operators of its query language that listing safeguards takes.

Tables and types: learn.microsoft.com, "Azure Resource Graph table and resource type reference". Managed
deploymentSafeguards are in no table there, so they are in none here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from sandbox.authorization.models import Assignments
from sandbox.containerservice.models import Clusters
from sandbox.core.state import State
from sandbox.policyinsights.models import Compliance
from sandbox.resourcegraph.exceptions import InvalidQuery

Json = dict[str, Any]
_PATH = r"[A-Za-z]\w*(?:\.\w+)*"
_COMPARISON = re.compile(rf"({_PATH}) (=~|contains) '([^'\\]*)'")
_COLUMN = re.compile(rf"(?:(\w+) = )?({_PATH})")
_SUMMARIZE = re.compile(
    rf"summarize (\w+) = countif\(({_PATH}) =~ '([^']*)'\)(?:, (\w+) = max\(todatetime\(({_PATH})\)\))?"
    rf" by (\w+) = tolower\(tostring\(({_PATH})\)\)"
)
_TYPE = re.compile(r"\btype =~ '([^']*)'")
_ORDER = re.compile(r"order by (\w+) asc")


class ResourceGraph:
    """Answers queries; what it does not know it refuses, as the service does."""

    def __init__(self) -> None:
        self.enabled = True
        """Whether there is a Resource Graph: a cloud may have none."""

    def rows(self, state: State, query: str, subscriptions: list[str]) -> list[Json]:
        """Return the rows that a query selects in some subscriptions. Raises InvalidQuery."""
        table, *steps = (part.strip() for part in " ".join(query.split()).split("|"))
        if table.lower() not in _TABLES:
            raise InvalidQuery(table)
        # Only what the query's type can match is made: the states of many clusters take long.
        kind = _TYPE.search(query)
        rows: Iterable[Json] = (
            row
            for name, source in _TABLES[table.lower()].items()
            if kind is None or kind[1].lower() == name
            for row in source(state)
            if row["subscriptionId"].lower() in subscriptions
        )
        for step in steps:
            rows = _apply(step, rows)
        return list(rows)


def _apply(step: str, rows: Iterable[Json]) -> Iterable[Json]:
    operator = step.partition(" ")[0]
    if operator == "where":
        conditions = [_COMPARISON.fullmatch(text) for text in step.removeprefix("where ").split(" and ")]
        known = [match.groups() for match in conditions if match is not None]
        if len(known) == len(conditions):
            return [row for row in rows if all(_holds(row, *parts) for parts in known)]
    if operator == "project":
        columns = [_COLUMN.fullmatch(text.strip()) for text in step.removeprefix("project ").split(",")]
        if all(columns):
            pairs = [(match[1] or match[2].rpartition(".")[2], match[2]) for match in columns if match]
            return ({name: _value(row, path) for name, path in pairs} for row in rows)
    match = _SUMMARIZE.fullmatch(step)
    if match:
        return _summarized(rows, *match.groups())
    match = _ORDER.fullmatch(step)
    if match:
        column = match[1]
        return sorted(rows, key=lambda row: str(row.get(column) or ""))
    raise InvalidQuery(operator)


def _holds(row: Json, path: str, operator: str, wanted: str) -> bool:
    value = str(_value(row, path) or "").lower()
    return value == wanted.lower() if operator == "=~" else wanted.lower() in value


def _value(row: Any, path: str) -> Any:
    for name in path.split("."):
        row = row.get(name) if isinstance(row, dict) else None
    return row


def _summarized(
    rows: Iterable[Json],
    count: str,
    path: str,
    wanted: str,
    newest: str | None,
    time_path: str | None,
    key: str,
    key_path: str,
) -> list[Json]:
    counts: dict[str, int] = {}
    times: dict[str, str] = {}
    for row in rows:
        name = str(_value(row, key_path) or "").lower()
        counts[name] = counts.get(name, 0) + (str(_value(row, path)).lower() == wanted.lower())
        # Times of one form, which are in order as texts.
        times[name] = max(times.get(name, ""), str(_value(row, time_path or "") or ""))
    more = {name: {newest: times[name] or None} if newest else {} for name in counts}
    return [{key: name, count: number, **more[name]} for name, number in counts.items()]


def _row(identifier: str, kind: str, body: Json) -> Json:
    parts = identifier.split("/")
    return {
        **body,
        "id": identifier,
        "type": kind.lower(),
        "subscriptionId": parts[2] if len(parts) > 2 else "",
        "resourceGroup": parts[4].lower() if len(parts) > 4 else "",
    }


def _resources(state: State) -> Iterator[Json]:
    for cluster in state.the(Clusters).items.values():
        yield _row(cluster["id"], "microsoft.containerservice/managedclusters", cluster)


def _assignments(state: State) -> Iterator[Json]:
    for identifier, document in state.the(Assignments).items.items():
        # An assignment above a subscription belongs to none.
        if identifier.lower().startswith("/subscriptions/"):
            yield _row(identifier, "microsoft.authorization/policyassignments", document)


def _states(state: State) -> Iterator[Json]:
    for identifier in state.the(Assignments).items:
        yield from _states_of(state, identifier)


def _states_of(state: State, assignment_id: str) -> Iterator[Json]:
    scope = assignment_id.rpartition("/providers/")[0]
    if scope not in state.the(Clusters).items:
        return
    for found in state.the(Compliance).states_of(assignment_id, scope):
        reference = found.reference.lower()
        name = f"{assignment_id.rpartition('/')[2]}-{reference}"
        properties = {
            "resourceId": found.resource.lower(),
            "policyAssignmentId": assignment_id.lower(),
            "policyAssignmentName": assignment_id.rpartition("/")[2],
            "policyDefinitionReferenceId": reference,
            "complianceState": found.state,
            "timestamp": found.stamp,
        }
        identifier = f"{scope}/providers/microsoft.policyinsights/policystates/{name}"
        yield _row(identifier, "microsoft.policyinsights/policystates", {"name": name, "properties": properties})


_TABLES: dict[str, dict[str, Callable[[State], Iterator[Json]]]] = {
    "resources": {"microsoft.containerservice/managedclusters": _resources},
    "policyresources": {
        "microsoft.authorization/policyassignments": _assignments,
        "microsoft.policyinsights/policystates": _states,
    },
}
