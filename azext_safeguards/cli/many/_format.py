# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Rows for -o table where a command was about several clusters."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

Rows = list[OrderedDict[str, Any]]
# How many changes of a cluster a row tells.
_SHOWN = 3


def one_or_many(table: Callable[[Any], Rows]) -> Callable[[Any], Rows]:
    """The table of a command whose result is about one cluster, or a list of what came of several.

    :param table: makes the rows for one.
    """

    def rows(result: Any) -> Rows:
        return many_table(result) if _is_about_many(result) else table(result)

    return rows


def many_table(result: Any) -> Rows:
    """A row per cluster: what came of it; the subscription only where there is more than one."""
    several = len({item["subscription"] for item in result}) > 1
    return [
        OrderedDict(
            Cluster=item["cluster"],
            ResourceGroup=item["resourceGroup"],
            **({"Subscription": item["subscription"]} if several else {}),
            Result=item["result"],
            Changes=_first([_text(change) for change in item.get("changes") or []]),
            Note=item["error"] or "; ".join(item.get("warnings") or []) or "-",
        )
        for item in result
    ]


def _is_about_many(result: Any) -> bool:
    """Whether a result is that of several clusters, rather than the rows or the object of one."""
    return isinstance(result, list) and bool(result) and {"result", "todo", "subscription"} <= set(result[0])


def _text(change: Any) -> str:
    """`level: Warning -> Enforcement`."""
    if not isinstance(change, Mapping):
        return str(change)
    from azext_safeguards.domain.assignment.differences import Difference

    return str(Difference(change["field"], change["before"], change["after"]))


def _first(items: list[str]) -> str:
    """The first few of some sentences, and how many more there are."""
    shown = "; ".join(items[:_SHOWN])
    return f"{shown}; {len(items) - _SHOWN} more" if len(items) > _SHOWN else shown or "-"
