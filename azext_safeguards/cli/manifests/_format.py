# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The tables of `check` and `explain`."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any


def check_table(result: dict[str, Any]) -> list[OrderedDict[str, Any]]:
    """A line for each finding, then one for each thing that could not be read or judged."""
    rows = [
        OrderedDict(
            File=f"{finding['file']}:{finding['line']}",
            Object=f"{finding['kind']}/{finding['name']}",
            Effect=finding["effect"],
            Policy=finding["policy"],
            Message=finding["message"],
        )
        for finding in result["findings"]
    ]
    for entry in result["refused"]:
        row = OrderedDict(
            File=f"{entry['file']}:{entry['line']}",
            Object=f"{entry['kind']}/{entry['name']}" if entry["kind"] else "",
            Effect="refused",
            Policy="",
            Message=entry["reason"],
        )
        rows.append(row)
    for entry in result["unreadable"]:
        place = f"{entry['file']}:{entry['line']}" if entry["line"] else entry["file"]
        rows.append(OrderedDict(File=place, Object="", Effect="unreadable", Policy="", Message=entry["reason"]))
    for entry in result["unjudged"]:
        row = OrderedDict(File="", Object="", Effect="unjudged", Policy=entry["policy"], Message=entry["reason"])
        rows.append(row)
    return rows


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
