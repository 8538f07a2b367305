# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Copies of JSON values, several times as fast as copy.deepcopy."""

from __future__ import annotations

from typing import TypeVar

Value = TypeVar("Value")


def copied(value: Value) -> Value:
    """Return a JSON value whose objects and arrays are its own. What stands in it otherwise is shared."""
    if isinstance(value, dict):
        return {key: copied(item) for key, item in value.items()}  # type: ignore[return-value]
    if isinstance(value, list):
        return [copied(item) for item in value]  # type: ignore[return-value]
    return value
