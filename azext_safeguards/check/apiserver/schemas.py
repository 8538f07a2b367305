# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""How kubectl itself validates what a list holds, before it sends any of it (kube-openapi/pkg/util/proto/validation).

Single objects it leaves to the API server.
"""

from __future__ import annotations

import json
import os
from bisect import bisect
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from azext_safeguards.check.apiserver.refusals import Path, field_path
from azext_safeguards.check.apiserver.types import ListOf, MapOf, Shape, Struct, table

_EXPECTED = {"b": "boolean", "i": "integer", "l": "integer", "f": "number"}
_GOT = {str: "string", bool: "boolean", int: "integer", float: "number", list: "array", dict: "map"}
_NAMED = {
    "q": "io.k8s.apimachinery.pkg.api.resource.Quantity",
    "x": "io.k8s.apimachinery.pkg.util.intstr.IntOrString",
    "t": "io.k8s.apimachinery.pkg.apis.meta.v1.Time",
    "u": "io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime",
}


class Wrong(NamedTuple):
    """Something that kubectl finds wrong."""

    path: Path
    """Keys and indexes to the value, or to the mapping that lacks a field."""

    reason: str
    """In our own words."""

    text: str
    """In kubectl's, without the path."""

    told: Path
    """The path that kubectl tells: of an unknown field that of the mapping which has it."""


def wrong_in(document: dict[str, Any], struct: Struct) -> Iterator[Wrong]:
    """What kubectl finds wrong with an object of a kind that it knows, in its order."""
    return _checked(document, struct, (), "")


def full_name(struct: Struct) -> str:
    """The name of a type in the schema of a cluster: `io.k8s.api.core.v1.Container`."""
    names = _schemas()["names"]
    before = bisect([number for number, _ in names], table().number(struct)) - 1
    return f"{names[before][1]}.{struct.package}.{struct.name}"


@lru_cache(maxsize=1)
def _schemas() -> dict[str, Any]:
    with open(os.path.join(os.path.dirname(__file__), "schemas.json"), "rb") as file:
        found: dict[str, Any] = json.loads(file.read())
    return found


def _checked(value: Any, shape: Shape, path: Path, name: str) -> Iterator[Wrong]:
    """What is wrong with a value; `name` is what kubectl calls the field."""
    if isinstance(shape, Struct):
        if isinstance(value, dict):
            yield from _fields(value, shape, path)
        else:
            yield _type(value, "map", path, full_name(shape))
    elif isinstance(shape, MapOf):
        if isinstance(value, dict):
            for key in sorted(value):
                yield from _checked(value[key], shape.item, (*path, key), name)
        else:
            yield _type(value, "map", path, name)
    elif isinstance(shape, ListOf):
        if isinstance(value, list):
            for index, item in enumerate(value):
                yield from _checked(item, shape.item, (*path, index), name)
        else:
            yield _type(value, "array", path, name)
    elif shape != "j":
        yield from _plain(value, shape, path, name)


def _fields(value: dict[str, Any], struct: Struct, path: Path) -> Iterator[Wrong]:
    name = full_name(struct)
    for key in sorted(value):
        if value[key] is None:
            continue
        if key not in struct.fields:
            from difflib import get_close_matches

            close = get_close_matches(key, struct.fields, 1, 0.6)
            hint = f" (did you mean {close[0]}?)" if close else ""
            reason = f"the field {key} is unknown here{hint}"
            yield Wrong((*path, key), reason, f'unknown field "{key}" in {name}', path)
        else:
            yield from _checked(value[key], struct.fields[key], (*path, key), f"{name}.{key}")
    for key in _schemas()["required"].get(str(table().number(struct)), "").split():
        if value.get(key) is None:
            yield Wrong(path, f"{key} is missing", f'missing required field "{key}" in {name}', path)


def _plain(value: Any, shape: str, path: Path, name: str) -> Iterator[Wrong]:
    """Checks a value that is no list and no mapping; a text may be written as anything."""
    expected = _EXPECTED.get(shape, "string")
    if value is None or isinstance(value, list | dict):
        yield _type(value, expected, path, _NAMED.get(shape, name))
    elif expected == "boolean":
        if not isinstance(value, bool):
            yield _type(value, expected, path, name)
    elif expected != "string" and (isinstance(value, bool) or not isinstance(value, int | float)):
        yield _type(value, expected, path, name)


def _type(value: Any, expected: str, path: Path, name: str) -> Wrong:
    if value is None:
        text = f'unknown object type "nil" in {field_path(path)}'
        return Wrong(path, "null stands where something belongs", text, path)
    got = _GOT.get(type(value), "string")
    words = {"map": "a mapping", "array": "a list", "string": "text", "boolean": "true or false"}
    reason = f"{words.get(got, 'a number')} stands where {words.get(expected, 'a number')} belongs"
    return Wrong(path, reason, f'invalid type for {name}: got "{got}", expected "{expected}"', path)
