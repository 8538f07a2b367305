# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The table of `az aks safeguards check`."""

from __future__ import annotations

from collections import OrderedDict
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
    for entry in result["unreadable"]:
        place = f"{entry['file']}:{entry['line']}" if entry["line"] else entry["file"]
        rows.append(OrderedDict(File=place, Object="", Effect="unreadable", Policy="", Message=entry["reason"]))
    for entry in result["unjudged"]:
        row = OrderedDict(File="", Object="", Effect="unjudged", Policy=entry["policy"], Message=entry["reason"])
        rows.append(row)
    return rows
