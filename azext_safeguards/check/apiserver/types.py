# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The types of Kubernetes' own kinds: which fields they have, and what each of them takes.

From types.json, which scripts/kubernetes_types.py writes; see there where it is from. It is read when it is first
needed, and a type of it when the first object has it.
"""

from __future__ import annotations

import json
import os
from functools import lru_cache
from typing import Any

# What a field takes, where it is no list, map or type with fields of its own.
STRING, BOOL, INT32, INT64, FLOAT, BYTES, TIME, MICRO_TIME, QUANTITY, INT_OR_STRING, ANY = "sbilfytuqxj"


class ListOf:
    """A list of one kind of thing."""

    __slots__ = ("item",)

    def __init__(self, item: Shape) -> None:
        self.item = item


class MapOf:
    """A mapping with any keys to one kind of thing."""

    __slots__ = ("item",)

    def __init__(self, item: Shape) -> None:
        self.item = item


class Struct:
    """A type with fields."""

    __slots__ = ("_table", "_text", "fields", "name", "package")

    fields: dict[str, Shape]
    """What each field takes, by its name."""

    def __init__(self, name: str, text: str, table: Table) -> None:
        self.package, self.name = name.split(".")
        self._text = text
        self._table = table

    def __getattr__(self, name: str) -> dict[str, Shape]:
        """The fields, when they are first asked for; from then on they are an attribute like any other."""
        if name != "fields":
            raise AttributeError(name)
        pairs = (pair.split(":") for pair in self._text.split())
        self.fields = {field: self._table.shape(code) for field, code in pairs}
        return self.fields


Shape = str | ListOf | MapOf | Struct


class Table:
    """All types and kinds."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.source: str = data["source"]
        self._kinds: dict[str, int] = data["kinds"]
        self._types = data["types"]
        self._structs: dict[int, Struct] = {}
        self.groups = frozenset(name.rpartition("/")[0].rpartition("/")[0] for name in self._kinds)
        """The API groups that are Kubernetes' own; "" for the first of them."""

    def kind(self, api_version: str, kind: str) -> Struct | None:
        """The type of a kind; None for one that is not in the table."""
        number = self._kinds.get(f"{api_version}/{kind}")
        return None if number is None else self.struct(number)

    def kinds_named_like(self, kind: str) -> list[tuple[str, str]]:
        """API version and kind of all kinds that differ at most in upper and lower case."""
        lower = kind.lower()
        parts = (name.rpartition("/") for name in self._kinds)
        return [(version, known) for version, _, known in parts if known.lower() == lower]

    def kinds_of(self, api_version: str) -> list[str]:
        """The kinds of an API version."""
        return [name.rpartition("/")[2] for name in self._kinds if name.rpartition("/")[0] == api_version]

    def struct(self, number: int) -> Struct:
        """A type by its number."""
        found = self._structs.get(number)
        if found is None:
            found = self._structs[number] = Struct(self._types[number][0], self._types[number][1], self)
        return found

    def number(self, struct: Struct) -> int:
        """The number of a type that has been asked for."""
        return next(number for number, one in self._structs.items() if one is struct)

    def shape(self, code: str) -> Shape:
        """What a code of the table means."""
        if code[0] == "[":
            return ListOf(self.shape(code[1:]))
        if code[0] == "{":
            return MapOf(self.shape(code[1:]))
        return self.struct(int(code)) if code.isdigit() else code


@lru_cache(maxsize=1)
def table() -> Table:
    """The table that comes with the package."""
    with open(os.path.join(os.path.dirname(__file__), "types.json"), "rb") as file:
        return Table(json.loads(file.read()))


@lru_cache(maxsize=1)
def object_meta() -> Struct:
    """The type of `metadata`, which objects of all kinds have."""
    pod = table().kind("v1", "Pod")
    assert pod
    metadata = pod.fields["metadata"]
    assert isinstance(metadata, Struct)
    return metadata
