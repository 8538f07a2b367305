# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The types of the built-in kinds: what fields they have, how their lists are merged and who owns them.

Source: the JSON schemas of Kubernetes in the package kubernetes-validate, which keep the x-kubernetes markers.
"""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

Json = dict[str, Any]
_PREFIX = "#/$defs/"
_META = "io.k8s.apimachinery.pkg.apis.meta.v1."
OBJECT_META = _META + "ObjectMeta"
OLDEST, NEWEST = 25, 37


@cache
def definitions(minor: int) -> Mapping[str, Json]:
    """Return all types of Kubernetes 1.``minor``, or of the nearest version that there are schemas of, by name."""
    version = f"v1.{min(max(minor, OLDEST), NEWEST)}.0-local"
    # The package itself is not imported: it would load a validator that nothing here needs.
    package = importlib.util.find_spec("kubernetes_validate")
    if package is None or not package.origin:
        raise RuntimeError("the sandbox's clusters need the package kubernetes-validate")
    file = Path(package.origin).with_name("kubernetes-json-schema") / version / "_definitions.json"
    found: dict[str, Json] = json.loads(file.read_text("utf-8"))["$defs"]
    return found


@cache
def by_kind(minor: int) -> Mapping[tuple[str, str, str], str]:
    """Return the name of the type of each (group, version, kind)."""
    found = {}
    for name, definition in definitions(minor).items():
        for one in definition.get("x-kubernetes-group-version-kind") or ():
            # DeleteOptions and the like belong to all groups and are no kinds of their own.
            if not name.startswith(_META):
                found[(one["group"], one["version"], one["kind"])] = name
    return found


class Type:
    """One type of the API, or one field's: what stands below it and how it is merged."""

    __slots__ = ("_definitions", "_fields", "markers", "name", "node")

    def __init__(self, node: Json, known: Mapping[str, Json], markers: Json | None = None) -> None:
        reference = node.get("$ref")
        self.name = reference.removeprefix(_PREFIX) if reference else ""
        self.markers = node if markers is None else markers
        """The node in which the field is declared: merge keys stand there, not at the type."""
        self.node = known[self.name] if reference else node
        self._definitions = known
        self._fields: dict[str, Type] = {}

    @property
    def properties(self) -> Json | None:
        """The declared fields; None of what is no object with fields."""
        found: Json | None = self.node.get("properties")
        return found

    @property
    def is_open(self) -> bool:
        """Whether anything may stand below: a type without fields of its own, or one that says so."""
        if self.node.get("x-kubernetes-preserve-unknown-fields"):
            return True
        return not any(key in self.node for key in ("properties", "additionalProperties", "items"))

    def field(self, name: str) -> Type | None:
        """Return the type of a field, or of a value of a map."""
        known = self._fields.get(name)
        if known is None:
            properties = self.node.get("properties") or {}
            child = properties.get(name)
            if child is None:
                child = self.node.get("additionalProperties")
                if not isinstance(child, dict):
                    return None
            known = self._fields[name] = Type(child, self._definitions)
        return known

    def item(self) -> Type | None:
        """Return the type of a list's items."""
        known = self._fields.get("[]")
        if known is None:
            child = self.node.get("items")
            if not isinstance(child, dict):
                return None
            known = self._fields["[]"] = Type(child, self._definitions)
        return known

    def marker(self, name: str) -> Any:
        """Return what an ``x-kubernetes-`` marker says about the field, or about its type."""
        found = self.markers.get(f"x-kubernetes-{name}")
        return self.node.get(f"x-kubernetes-{name}") if found is None else found

    @property
    def list_keys(self) -> tuple[str, ...]:
        """The fields by which items of a list are told apart in server-side apply; () for other lists."""
        return tuple(self.marker("list-map-keys") or ()) if self.marker("list-type") == "map" else ()

    @property
    def is_set(self) -> bool:
        """Whether a list is a set of plain values."""
        return bool(self.marker("list-type") == "set")

    @property
    def is_atomic(self) -> bool:
        """Whether server-side apply takes a map as one value."""
        return bool(self.marker("map-type") == "atomic")

    @property
    def merge_key(self) -> str:
        """The field by which strategic merge tells items apart; "" for lists that it does not merge by a field."""
        return str(self.marker("patch-merge-key") or "")

    @property
    def strategy(self) -> tuple[str, ...]:
        """How strategic merge patches the field: merge, retainKeys."""
        return tuple(str(self.marker("patch-strategy") or "").split(","))


OPEN = Type({}, {})
"""The type of what is not described: everything may stand in it, and lists are taken as one value."""


def type_of(minor: int, group: str, version: str, kind: str) -> Type | None:
    """Return the type of a built-in kind, None of others."""
    name = by_kind(minor).get((group, version, kind))
    return _type(minor, name) if name else None


@cache
def _type(minor: int, name: str) -> Type:
    return Type({"$ref": _PREFIX + name}, definitions(minor))


@cache
def object_type(minor: int) -> Type:
    """Return the type of an object whose kind is not described: apiVersion, kind, metadata, and anything else."""
    meta = {"$ref": _PREFIX + OBJECT_META}
    text = {"type": "string"}
    node = {"properties": {"apiVersion": text, "kind": text, "metadata": meta},
            "x-kubernetes-preserve-unknown-fields": True}  # fmt: skip
    return Type(node, definitions(minor))


def unknown_fields(value: Any, type_: Type, path: str = "") -> Iterator[tuple[str, tuple[str | int, ...]]]:
    """Go through the fields that a value's type does not have, as (path as it is shown, path as steps)."""
    yield from _unknown(value, type_, path, ())


def _unknown(value: Any, type_: Type, path: str, steps: tuple[str | int, ...]) -> Iterator[tuple[str, Any]]:
    if type_.is_open and type_.properties is None:
        return
    if isinstance(value, dict):
        for name, inner in value.items():
            child = type_.field(name) if isinstance(name, str) else None
            shown = f"{path}.{name}" if path else str(name)
            if child is None:
                if not type_.node.get("x-kubernetes-preserve-unknown-fields"):
                    yield shown, (*steps, name)
            else:
                yield from _unknown(inner, child, shown, (*steps, name))
    elif isinstance(value, list):
        item = type_.item()
        if item is not None:
            for number, inner in enumerate(value):
                yield from _unknown(inner, item, f"{path}[{number}]", (*steps, number))


def without(value: Any, steps: tuple[str | int, ...]) -> Any:
    """Return a value without one of its fields; what does not change is shared."""
    step = steps[0]
    copied: Any = list(value) if isinstance(value, list) else dict(value)
    if len(steps) == 1:
        del copied[step]
    else:
        copied[step] = without(value[step], steps[1:])
    return copied
