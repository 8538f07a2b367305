# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Reading fields of a Pod as the templates do."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


def holds(value: Any) -> bool:
    """Whether a field counts as set: anything but false and null, 0 and empty text included."""
    return value is not None and value is not False


def under(value: Any, *names: str) -> Any:
    """The value some fields down, None where there is no such field."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def texts(value: Any) -> list[str]:
    """The texts of a list; what is no text in it, or no list, is left out."""
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def matches(text: str, entries: Iterable[str]) -> bool:
    """Whether a text is among some entries, of which one that ends in * is a prefix."""
    return any(text.startswith(entry[:-1]) if entry.endswith("*") else text == entry for entry in entries)
