# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The tables of `check` and `explain`."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from azext_safeguards.cli.manifests.readiness_table import readiness_rows

# What is worst comes first: what a cluster refuses, then what nobody knows about, then what it warns of.
_WORST = ("deny", "refused", "unreadable", "unjudged", "warn", "odd", "note")


def check_table(result: dict[str, Any]) -> list[OrderedDict[str, Any]]:
    """A line for each finding, and one for each thing that could not be read or judged, or was odd."""
    rows = [_row(one, one["effect"], one["policy"], one["message"]) for one in result["findings"]]
    rows += [_row(one, "refused", "", one["reason"]) for one in result["refused"]]
    rows += [_row(one, "unreadable", "", one["reason"]) for one in result["unreadable"]]
    rows += [_row(one, "unjudged", one["policy"], one["reason"]) for one in result["unjudged"]]
    rows += [_row(one, "odd", "", one["reason"]) for one in result["odd"]]
    rows += [_row(one, "note", "", f"the API server warns: {one['text']}") for one in result["apiserverWarnings"]]
    rows.sort(key=lambda row: _WORST.index(row["Effect"]) if row["Effect"] in _WORST else len(_WORST))
    return [*rows, *readiness_rows(result.get("readiness"))]


def _row(entry: Mapping[str, Any], effect: str, policy: str, message: str) -> OrderedDict[str, Any]:
    """A row about an entry that has a file, a line, a kind, a namespace and a name, as far as these are known."""
    place = f"{entry.get('file') or ''}:{entry['line']}" if entry.get("line") else entry.get("file") or ""
    return OrderedDict(
        File=place,
        Namespace=entry.get("namespace") or "",
        Object=f"{entry['kind']}/{entry['name']}" if entry.get("kind") else "",
        Effect=effect,
        Policy=policy,
        Message=message,
    )


def explanation_table(result: list[Mapping[str, Any]]) -> list[OrderedDict[str, Any]]:
    """A row for each object and container that a policy stopped; one row for a policy asked for by name.

    Of patches that were written, a row for each file.
    """
    if result and "file" in result[0]:
        return [
            OrderedDict(
                File=item["file"],
                Object=f"{item['kind'] or '?'}/{item['name'] or '?'}",
                Guess="yes" if item["isGuess"] else "",
                Policies=", ".join(item["policies"]),
            )
            for item in result
        ]
    rows = [
        OrderedDict(
            Policy=item["policy"],
            Effect=message.get("effect") or "-",
            Object=message.get("workload") or message.get("object") or "-",
            Container=message.get("container") or "-",
            Fix=item["fix"],
        )
        for item in result
        for message in (item["messages"] or [{}])
    ]
    return [row for number, row in enumerate(rows) if row not in rows[:number]]
