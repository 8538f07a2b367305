# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The tables of the commands about namespaces."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any


def namespace_table(result: Sequence[Mapping[str, Any]]) -> list[OrderedDict[str, Any]]:
    """A row for each namespace."""
    return [OrderedDict(Namespace=item["namespace"], Owner=item["owner"]) for item in result]


def change_table(result: Mapping[str, Any]) -> list[OrderedDict[str, Any]]:
    """A row for each namespace of the users' list as it was or is; for a dry run the changes."""
    if "excludedNamespaces" not in result:
        from azext_safeguards.cli.az.plans import changes_table

        return changes_table(result)
    before, after = result["excludedNamespacesBefore"], result["excludedNamespaces"]
    rows = []
    for name in dict.fromkeys((*before, *after)):
        change = "" if name in before and name in after else "added" if name in after else "removed"
        rows.append(OrderedDict(Namespace=name, Change=change))
    return rows
