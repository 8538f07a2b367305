# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What a server-side apply makes of an object before anybody's ownership is looked at."""

from __future__ import annotations

from typing import Any

from sandbox.cluster.core.schema import OPEN, Type
from sandbox.cluster.ownership.fields import key_of


def merged(live: Any, given: Any, type_: Type) -> Any:
    """Return a value with what is applied put into it: maps and lists with keys join, all else is replaced."""
    if isinstance(live, dict) and isinstance(given, dict) and not type_.is_atomic:
        result = dict(live)
        for name, value in given.items():
            child = type_.field(name) or OPEN
            result[name] = merged(live[name], value, child) if name in live else value
        return result
    if isinstance(live, list) and isinstance(given, list) and type_.list_keys:
        return _joined(live, given, type_)
    if isinstance(live, list) and isinstance(given, list) and type_.is_set:
        return live + [value for value in given if value not in live]
    return given


def _joined(live: list[Any], given: list[Any], type_: Type) -> list[Any]:
    """The items of two lists, those of the live one first: what is in both is merged."""
    mine = {key_of(item, type_): item for item in given if isinstance(item, dict)}
    item_type = type_.item() or OPEN
    result = []
    for item in live:
        applied = mine.pop(key_of(item, type_), None) if isinstance(item, dict) else None
        result.append(item if applied is None else merged(item, applied, item_type))
    return result + list(mine.values())
