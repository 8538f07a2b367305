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


def count(value: Any) -> Any:
    """A number that is not negative."""
    if value.__class__ is not int or not 0 <= value <= _MOST_INT32:
        raise Doubt
    return value


def positive(value: Any) -> Any:
    """A number above zero."""
    if value.__class__ is not int or not 0 < value <= _MOST_INT32:
        raise Doubt
    return value


def port_number(value: Any) -> Any:
    """A port."""
    if value.__class__ is not int or not 0 < value <= 65535:
        raise Doubt
    return value


def file_mode(value: Any) -> Any:
    """The permissions of a file."""
    if value.__class__ is not int or not 0 <= value <= 0o777:
        raise Doubt
    return value


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


def items(step: Step) -> Step:
    """A list of values that stay as they are, of which there are some."""

    def check(value: Any) -> Any:
        if value.__class__ is not list or not value:
            raise Doubt
        for one in value:
            step(one)
        return value

    return _own(check)


def _own(check: Step) -> Step:
    """The same with code of its own: Python makes code faster for the values that it meets."""
    assert isinstance(check, FunctionType)
    code = check.__code__.replace()
    return FunctionType(code, check.__globals__, check.__name__, check.__defaults__, check.__closure__)
