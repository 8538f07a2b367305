# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Fields of plain objects: numbers, words of which there are few, and types made of such."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import FunctionType
from typing import Any

from azext_safeguards.check.apiserver.doubt import Doubt
from azext_safeguards.check.apiserver.validation.amounts import is_percent

Step = Callable[[Any], Any]
"""A value in, what becomes of it out. Raises `Doubt`, or `LookupError`, `TypeError`
or `ValueError`, which mean the same."""

_MOST_INT32 = (1 << 31) - 1


def _own(check: Step) -> Step:
    """The same with code of its own: Python makes code faster for the values that it meets."""
    assert isinstance(check, FunctionType)
    code = check.__code__.replace()
    return FunctionType(code, check.__globals__, check.__name__, check.__defaults__, check.__closure__)


def between(least: int, most: int) -> Step:
    """A number from `least` to `most`."""

    def check(value: Any) -> Any:
        if value.__class__ is not int or not least <= value <= most:
            raise Doubt
        return value

    return _own(check)


count = between(0, _MOST_INT32)
"""A number that is not negative."""
positive = between(1, _MOST_INT32)
"""A number above zero."""
port_number = between(1, 65535)
"""A port."""
file_mode = between(0, 0o777)
"""The permissions of a file."""


def text(value: Any) -> Any:
    """A text that is not empty."""
    if value.__class__ is not str or not value:
        raise Doubt
    return value


def number_or_percent(value: Any) -> Any:
    """A number that is not negative, or a percentage of at most a hundred."""
    if value.__class__ is str:
        if not is_percent(value) or len(value) > 4 or int(value[:-1]) > 100:
            raise Doubt
        return value
    return count(value)


def one_of(*words: str) -> Step:
    """One of a few words."""
    known = frozenset(words)

    def check(value: Any) -> Any:
        if value not in known:
            raise Doubt
        return value

    return _own(check)


def of(fields: Mapping[str, Any], *needed: str) -> Step:
    """A type whose values stay as they are.

    :param fields: a class where any value of it is taken, else what checks a value and returns it.
    :param needed: the fields that have to be there.
    """
    steps = dict(fields)
    count = len(needed)
    pairs = [(field, fields[field]) for field in needed]

    def check(value: Any) -> Any:
        if value.__class__ is not dict:
            raise Doubt
        if len(value) == count:
            # Those that are needed, or one of them is missing.
            for field, step in pairs:
                inner = value[field]
                if step is not inner.__class__:
                    if step.__class__ is type:
                        raise Doubt
                    step(inner)
            return value
        for field, inner in value.items():
            step = steps[field]
            if step is not inner.__class__:
                if step.__class__ is type:
                    raise Doubt
                step(inner)
        for field in needed:
            if field not in value:
                raise Doubt
        return value

    return _own(check)


LATER = object()
"""What is looked at with what is around it."""


def copied(found: Any, steps: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of a mapping, to be filled in, whose fields are looked at.

    :param steps: as those of `of`, or `LATER`.
    """
    if found.__class__ is not dict:
        raise Doubt
    for field, value in found.items():
        step = steps[field]
        if step is not value.__class__ and step is not LATER:
            if step.__class__ is type:
                raise Doubt
            step(value)
    return found.copy()  # type: ignore[no-any-return]


def items(step: Step) -> Step:
    """A list of values that stay as they are, of which there are some."""

    def check(value: Any) -> Any:
        if value.__class__ is not list or not value:
            raise Doubt
        for one in value:
            step(one)
        return value

    return _own(check)
