# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Rows for -o table where a command was about several clusters."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from azext_safeguards.cli.az.tables import Rows, Table

# How many changes of a cluster a row tells.
_SHOWN = 3
_WORST = ("Failed", "Unknown", "NotBegun")


def one_or_many(table: Table) -> Table:
    """The table of a command whose result is about one cluster, or a list of what came of several.

    :param table: the one for one.
    """
    one = table.rows

    def rows(result: Any) -> Rows:
        return many_table(result) if _is_about_many(result) else one(result)

    return replace(
        table,
        rows=rows,
        prose=(*table.prose, *MANY.prose),
        whole=(*table.whole, *MANY.whole),
        may_go=(*table.may_go, *MANY.may_go),
    )


def each_cluster(table: Table, member: str = "") -> Table:
    """The table of a command that shows something of one cluster, or of several, then with the cluster in front.

    :param table: the one for one.
    :param member: the member of an element that holds what is a list for one cluster; empty where it is an object.
    """
    one = table.rows

    def rows(result: Any) -> Rows:
        if not isinstance(result, list) or not result or not {"cluster", "error", "todo"} <= set(result[0]):
            return one(result)
        return _of_each(result, lambda element: one(element[member] if member else element))

    return replace(table, rows=rows, prose=(*table.prose, "Error"))


def _of_each(result: list[Mapping[str, Any]], one: Callable[[Any], Rows]) -> Rows:
    """The rows of several clusters, first those that could not be read; an error has a column of its own."""
    found = [(element["cluster"], [] if element["error"] else one(element)) for element in result]
    columns = next((list(rows[0]) for _, rows in found if rows), [])
    unread = [(element["cluster"], element["error"]) for element in result if element["error"]]
    empty = {"Cluster": "-", **dict.fromkeys(columns, "-"), **({"Error": "-"} if unread else {})}
    failed = [OrderedDict({**empty, "Cluster": name, "Error": error}) for name, error in unread]
    return [*failed, *(OrderedDict({**empty, "Cluster": name, **row}) for name, rows in found for row in rows)]


def many_table(result: Any) -> Rows:
    """A row per cluster: what came of it, failures first; the subscription only where there is more than one."""
    several = len({item["subscription"] for item in result}) > 1
    ranked = sorted(result, key=lambda item: _WORST.index(item["result"]) if item["result"] in _WORST else len(_WORST))
    return [
        OrderedDict(
            Cluster=item["cluster"],
            ResourceGroup=item["resourceGroup"],
            **({"Subscription": item["subscription"]} if several else {}),
            Result=item["result"],
            Changes=_first([_text(change) for change in item.get("changes") or []]),
            Note=item["error"] or "; ".join(item.get("warnings") or []) or "-",
        )
        for item in ranked
    ]


MANY = Table(many_table, prose=("Changes", "Note"), whole=("Result",), may_go=("ResourceGroup",))


def _is_about_many(result: Any) -> bool:
    """Whether a result is that of several clusters, rather than the rows or the object of one."""
    return isinstance(result, list) and bool(result) and {"result", "todo", "subscription"} <= set(result[0])


def _text(change: Any) -> str:
    """`level: Warning -> Enforcement`."""
    if not isinstance(change, Mapping):
        return str(change)
    from azext_safeguards.domain.assignment.differences import Difference

    words = (change["doesBefore"], change["doesAfter"]) if "doesBefore" in change else None
    return str(Difference(change["field"], change["before"], change["after"], words))


def _first(items: list[str]) -> str:
    """The first few of some sentences, and how many more there are."""
    shown = "; ".join(items[:_SHOWN])
    return f"{shown}; {len(items) - _SHOWN} more" if len(items) > _SHOWN else shown or "-"
