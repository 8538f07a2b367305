# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What JSON from elsewhere must look like before it is read: shapes to hold a value against.

A reader says in a shape which members it goes by. What is not of that shape is refused in a sentence before anything
is made of it; members that no reader knows stay as they are, whatever they hold.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from azext_safeguards.domain.errors import UnreadableError

Shape = Callable[[Any, str], str]
"""Takes a value and where it is; returns what is wrong with it, a sentence's end, or nothing."""

# Far more than any resource of Azure has, and far less than what Python's own recursion takes.
_DEEPEST = 100
_LONGEST_NAME = 60


def text(value: Any, where: str) -> str:
    """A string."""
    return "" if isinstance(value, str) else _misfit(value, where, "text")


def flag(value: Any, where: str) -> str:
    """true or false."""
    return "" if isinstance(value, bool) else _misfit(value, where, "true or false")


def number(value: Any, where: str) -> str:
    """A whole number that is not negative: all numbers that are read here are counts."""
    is_count = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 63
    return "" if is_count else _misfit(value, where, "a count")


def anything(_value: Any, _where: str) -> str:
    """Whatever JSON there is."""
    return ""


def optional(shape: Shape) -> Shape:
    """A value of a shape, or null."""
    return lambda value, where: "" if value is None else shape(value, where)


def list_of(shape: Shape) -> Shape:
    """A list whose elements all have a shape."""

    def check(value: Any, where: str) -> str:
        if not isinstance(value, (list, tuple)):
            return _misfit(value, where, "a list")
        return next((found for index, item in enumerate(value) if (found := shape(item, f"{where}[{index}]"))), "")

    return check


def map_of(shape: Shape) -> Shape:
    """An object whose members, whatever their names, all have a shape."""

    def check(value: Any, where: str) -> str:
        if not isinstance(value, dict):
            return _misfit(value, where, "an object")
        return next((found for name, item in value.items() if (found := shape(item, _member(where, name)))), "")

    return check


def record(members: Mapping[str, Shape], required: tuple[str, ...] = ()) -> Shape:
    """An object some of whose members have shapes; null stands for a member that is not there.

    :param required: names of members that must be there.
    """

    def check(value: Any, where: str) -> str:
        if not isinstance(value, dict):
            return _misfit(value, where, "an object")
        for name in required:
            if value.get(name) is None:
                return f"{_member(where, name)} is missing"
        for name, shape in members.items():
            item = value.get(name)
            if item is not None and (found := shape(item, _member(where, name))):
                return found
        return ""

    return check


def misfit(value: Any, shape: Shape) -> str:
    """What keeps a value from having a shape, as `properties.overrides[0] is a number, not an object`; else nothing."""
    if is_deep(value):
        return f"it is nested more than {_DEEPEST} levels deep"
    return shape(value, "")


def require(value: Any, shape: Shape, what: str) -> None:
    """Refuses a value that has not the shape that Azure documents.

    :param what: what the value is, the beginning of a sentence.
    :raises UnreadableError: with the first place that does not fit.
    """
    found = misfit(value, shape)
    if found:
        raise UnreadableError(f"{what} is not as Azure documents it: {found}.")


def is_deep(value: Any) -> bool:
    """Whether a value is nested deeper than can be copied, compared and printed."""
    level = [value]
    for _ in range(_DEEPEST):
        level = [
            child
            for node in level
            if isinstance(node, (dict, list))
            for child in (node.values() if isinstance(node, dict) else node)
        ]
        if not level:
            return False
    return True


def _misfit(value: Any, where: str, wanted: str) -> str:
    return f"{where or 'it'} is {_kind(value)}, not {wanted}"


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return "a number" if value != value or abs(value) < 1e300 else "a number out of range"
    names = ((str, "text"), (list, "a list"), (dict, "an object"))
    return next((name for kind, name in names if isinstance(value, kind)), "something else")


def _member(where: str, name: Any) -> str:
    """A place one level below another; names of strangers are cut and kept on one line."""
    plain = "".join(item if item.isprintable() else "?" for item in str(name)[:_LONGEST_NAME])
    return f"{where}.{plain}" if where else plain
