# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The decoding of objects with which nothing is wrong, which nearly all are.

Does what `decoding` does, without paths and words, and gives up at the first value that does not fit: `decoding` then
tells what is wrong. A test holds the two against each other.
"""

from __future__ import annotations

from typing import Any

from azext_safeguards.check.apiserver import quantities
from azext_safeguards.check.apiserver.decoding import wrong_base64
from azext_safeguards.check.apiserver.types import ListOf, MapOf, Struct

_LIMITS = {"i": 1 << 31, "l": 1 << 63}


class Doubt(Exception):
    """Something does not fit."""


def quick(value: dict[str, Any], struct: Struct) -> dict[str, Any]:
    """An object as its type holds it. Raises `Doubt` where something does not fit, or only might not."""
    fields = struct.fields
    found = {}
    for key, inner in value.items():
        try:
            shape = fields[key]
        except KeyError:
            raise Doubt from None
        kind = inner.__class__
        if kind is str:
            if shape == "s" or shape in ("x", "j"):
                found[key] = inner
            elif shape == "q":
                found[key] = _quantity(inner)
            elif shape == "y" and wrong_base64(inner) is None:
                found[key] = inner
            else:
                raise Doubt
        elif kind is dict:
            if shape.__class__ is Struct:
                found[key] = quick(inner, shape)  # type: ignore[arg-type]
            elif inner:
                members = _map(inner, shape)
                if members:
                    found[key] = members
            elif shape.__class__ is not MapOf:
                raise Doubt
        elif kind is list:
            if shape.__class__ is not ListOf:
                raise Doubt
            if inner:
                found[key] = _list(inner, shape.item)  # type: ignore[union-attr]
        elif inner is not None:
            found[key] = _scalar(inner, shape)
    return found


def _list(items: list[Any], shape: Any) -> list[Any]:
    if shape.__class__ is Struct:
        found = []
        for item in items:
            if item.__class__ is not dict:
                raise Doubt
            found.append(quick(item, shape))
        return found
    if shape == "s":
        for item in items:
            if item.__class__ is not str:
                raise Doubt
        return list(items)
    raise Doubt


def _map(members: dict[str, Any], shape: Any) -> dict[str, Any]:
    if shape.__class__ is not MapOf:
        raise Doubt
    inner = shape.item
    if inner == "s":
        for member in members.values():
            if member.__class__ is not str:
                raise Doubt
        return dict(members)
    if inner == "q":
        return {
            key: _quantity(member) if member.__class__ is str else _scalar(member, "q")
            for key, member in members.items()
            if member is not None
        }
    if inner == "y":
        for member in members.values():
            if member.__class__ is not str or wrong_base64(member) is not None:
                raise Doubt
        return dict(members)
    raise Doubt


def _quantity(text: str) -> str:
    try:
        return quantities.canonical(text)
    except quantities.WrongQuantity:
        raise Doubt from None


def _scalar(value: Any, shape: Any) -> Any:
    """A number or a truth value."""
    kind = value.__class__
    if kind is bool:
        if shape == "b":
            return value
    elif kind is int:
        limit = _LIMITS.get(shape, 1 << 31 if shape == "x" else 0)
        if -limit <= value < limit:
            return value
        if shape == "q" and -(1 << 63) <= value < 1 << 63:
            return _quantity(str(value))
    raise Doubt
