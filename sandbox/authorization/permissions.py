# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What the signed-in principal may do."""

from __future__ import annotations

import re
from typing import Any

Json = dict[str, Any]
OWNER: Json = {"actions": ["*"], "notActions": []}


class Permissions:
    """Role permissions, the same at every scope. Fresh: Owner."""

    def __init__(self) -> None:
        self._rules: list[Json] = [dict(OWNER)]

    def set(self, rules: list[Json]) -> None:
        """Replace the permissions. Each has ``actions`` and ``notActions``, with ``*`` as wildcard."""
        self._rules = [dict(rule) for rule in rules]

    def allow(self, action: str) -> bool:
        """Tell whether some permission grants the action and does not take it back itself."""
        return any(
            _matches(rule.get("actions", []), action) and not _matches(rule.get("notActions", []), action)
            for rule in self._rules
        )

    def documents(self) -> list[Json]:
        """Return the permissions as their list does (element shape: azure-mgmt-authorization)."""
        empty: Json = {"actions": [], "notActions": [], "dataActions": [], "notDataActions": []}
        return [{**empty, **rule} for rule in self._rules]


def _matches(patterns: list[str], action: str) -> bool:
    return any(
        re.fullmatch(".*".join(re.escape(part) for part in pattern.split("*")), action, re.I) for pattern in patterns
    )
