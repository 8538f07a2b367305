# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Sets of fields, as managedFields keep them (sigs.k8s.io/structured-merge-diff, fieldpath).

A field is a tuple of elements: ``f:NAME`` for a member, ``k:{...}`` for an item of a list with keys, ``v:VALUE`` for an
item of a set.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from sandbox.cluster.core.schema import OPEN, Type

Json = dict[str, Any]
Field = tuple[str, ...]
#: What a list's key holds where an item leaves it out. The schemas' own defaults are not published with them.
_KEY_DEFAULTS = {"protocol": "TCP"}
#: Nobody owns these.
_NOBODYS = frozenset(
    ("f:metadata", f"f:{name}")
    for name in ("name", "namespace", "uid", "resourceVersion", "generation", "creationTimestamp", "managedFields",
                 "selfLink", "deletionTimestamp", "deletionGracePeriodSeconds", "generateName")
)  # fmt: skip


def leaves(item: Json, type_: Type, subresource: str = "", has_status: bool = True) -> dict[Field, Any]:
    """Return the fields of an object that can be owned, each with its value; items of lists have none.

    ``subresource``: "status" for its fields alone; else they are left out, where a kind has the subresource.
    """
    found: dict[Field, Any] = {}
    for name, value in item.items():
        elsewhere = (name == "status" and has_status) != (subresource == "status")
        if elsewhere or name in ("apiVersion", "kind"):
            continue
        _collect(value, type_.field(name) or OPEN, (f"f:{name}",), found)
    for field in [field for field in found if field[:2] in _NOBODYS or field == ("f:metadata",)]:
        del found[field]
    return found


def _collect(value: Any, type_: Type, at: Field, found: dict[Field, Any]) -> None:
    if isinstance(value, dict) and value and not type_.is_atomic:
        for name, inner in value.items():
            _collect(inner, type_.field(name) or OPEN, (*at, f"f:{name}"), found)
    elif isinstance(value, list) and type_.list_keys:
        item_type = type_.item() or OPEN
        for inner in value:
            if isinstance(inner, dict):
                place = (*at, key_of(inner, type_))
                found[place] = None
                for name, below in inner.items():
                    _collect(below, item_type.field(name) or OPEN, (*place, f"f:{name}"), found)
    elif isinstance(value, list) and type_.is_set:
        for inner in value:
            found[(*at, f"v:{json.dumps(inner)}")] = None
    else:
        found[at] = value


def key_of(item: Json, type_: Type) -> str:
    """Return the element of an item of a list with keys."""
    keys = {}
    for name in type_.list_keys:
        value = item.get(name, _KEY_DEFAULTS.get(name))
        if value is not None:
            keys[name] = value
    return "k:" + json.dumps(keys, sort_keys=True, separators=(",", ":"))


def to_v1(fields: Iterable[Field]) -> Json:
    """Return a set as the ``fieldsV1`` of managedFields."""
    root: Json = {}
    for field in sorted(fields):
        node = root
        for element in field:
            node = node.setdefault(element, {})
        node["."] = {}
    return _without_dots(root)


def _without_dots(node: Json) -> Json:
    """A dot says that the field itself is in the set; of one with nothing below that goes without saying."""
    if set(node) == {"."}:
        return {}
    return {name: {} if name == "." else _without_dots(inner) for name, inner in node.items()}


def from_v1(node: Any, at: Field = ()) -> Iterator[Field]:
    """Go through the fields of a ``fieldsV1``."""
    if not isinstance(node, dict):
        return
    if not node:
        if at:
            yield at
        return
    for name, inner in node.items():
        if name == ".":
            yield at
        elif _is_element(name):
            yield from from_v1(inner, (*at, name))


def _is_element(name: str) -> bool:
    """Tell whether a name is an element of a field: clients may send anything."""
    mark, _, rest = name.partition(":")
    if mark not in ("k", "v"):
        return mark in ("f", "i")
    try:
        held = json.loads(rest)
    except ValueError:
        return False
    return mark == "v" or isinstance(held, dict)


def shown(field: Field) -> str:
    """Return a field as a conflict names it."""
    text = ""
    for element in field:
        mark, _, rest = element.partition(":")
        if mark == "f":
            text += f".{rest}"
        elif mark == "k":
            pairs = json.loads(rest).items()
            text += "[" + ",".join(f"{name}={json.dumps(value)}" for name, value in pairs) + "]"
        elif mark == "v":
            text += f"[={rest}]"
        else:
            text += f"[{rest}]"
    return text


def is_key(field: Field) -> bool:
    """Tell whether a field is one of those that its item of a list is known by."""
    if len(field) < 2 or not field[-2].startswith("k:"):
        return False
    return field[-1][2:] in json.loads(field[-2][2:])


def removed(value: Any, type_: Type, field: Field) -> Any:
    """Return a value without one of its fields, and without what became empty by that; the rest is shared."""
    element, below = field[0], field[1:]
    if isinstance(value, dict):
        name = element[2:]
        if name not in value:
            return value
        inner = removed(value[name], type_.field(name) or OPEN, below) if below else None
        copied = {key: held for key, held in value.items() if key != name}
        return copied if inner in (None, {}, []) else {**value, name: inner}
    if isinstance(value, list):
        items = []
        for item in value:
            if not _is(item, type_, element):
                items.append(item)
            elif below:
                items.append(removed(item, type_.item() or OPEN, below))
        return items
    return value


def _is(item: Any, type_: Type, element: str) -> bool:
    if element.startswith("k:"):
        return isinstance(item, dict) and key_of(item, type_) == element
    return element == f"v:{json.dumps(item)}"
