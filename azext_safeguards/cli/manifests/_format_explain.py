# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The table of `az aks safeguards explain`."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any


def explanation_table(result: list[Mapping[str, Any]]) -> list[OrderedDict[str, Any]]:
    """A row for each object and container that a policy stopped; one row for a policy asked for by name."""
    rows = [
        OrderedDict(
            Policy=item["policy"],
            Effect=message.get("effect") or "-",
            Object=message.get("object") or "-",
            Container=message.get("container") or "-",
            Fix=item["fix"],
        )
        for item in result
        for message in (item["messages"] or [{}])
    ]
    return [row for number, row in enumerate(rows) if row not in rows[:number]]
