# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Whether a caller's permissions allow an action, as Azure RBAC decides it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from azext_safeguards.domain.shapes import list_of, record, require, text

ROLE = record({"actions": list_of(text), "notActions": list_of(text)})
"""The shape of an element of the permissions API (Azure/azure-rest-api-specs, authorization 2022-05-01-preview)."""

READ_ASSIGNMENT = "Microsoft.Authorization/policyAssignments/read"
WRITE_ASSIGNMENT = "Microsoft.Authorization/policyAssignments/write"


def allows(permissions: Iterable[Mapping[str, Any]], action: str) -> bool:
    """Whether any of the caller's roles allows an action.

    A role allows what one of its `actions` matches and none of its `notActions`; what one role leaves out, another may
    give (learn.microsoft.com, "Understand Azure role definitions"). Conditions are not evaluated: they narrow writes
    to role assignments, not to policy assignments.

    :param permissions: elements of the permissions API, `{"actions": [...], "notActions": [...]}`.
    :raises UnreadableError: when one is none.
    """
    permissions = list(permissions)
    require(permissions, list_of(ROLE), "The list of your permissions")
    return any(
        _matches(role.get("actions"), action) and not _matches(role.get("notActions"), action) for role in permissions
    )


def _matches(patterns: Iterable[str] | None, action: str) -> bool:
    return any(_pattern(str(pattern)).fullmatch(action) for pattern in patterns or ())


@lru_cache(maxsize=256)
def _pattern(text: str) -> re.Pattern[str]:
    """`*` stands for any number of any characters; case does not matter."""
    return re.compile(".*".join(re.escape(part) for part in text.split("*")), re.IGNORECASE)
