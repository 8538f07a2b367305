# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""How the table of `check --automatic` ends."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any


def readiness_rows(readiness: Mapping[str, Any] | None) -> list[OrderedDict[str, Any]]:
    """A row for each namespace with what would become of its objects, one for each kind of fix, and what it comes to.

    :param readiness: as the command puts it out; None where it was not asked for.
    """
    if not readiness:
        return []
    rows = [_row(_counts(one), namespace=one["namespace"] or "(none)") for one in readiness["namespaces"]]
    rows += [
        _row(f"fix for {one['objects']} {one['outcome']}: {one['fix']}", policy=one["policy"])
        for one in readiness["fixes"]
    ]
    return [*rows, _row(readiness["verdict"])]


def _row(message: str, *, namespace: str = "", policy: str = "") -> OrderedDict[str, Any]:
    return OrderedDict(File="", Namespace=namespace, Object="", Effect="readiness", Policy=policy, Message=message)


def _counts(space: Mapping[str, Any]) -> str:
    """`1 denied, 3 passes`, less what there is none of."""
    return ", ".join(f"{number} {name}" for name, number in space.items() if name != "namespace" and number)
