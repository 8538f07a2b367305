# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Lists, which kubectl opens: whatever has `items`, of any kind; seen with kubectl 1.34.

`List`, `PodList` and the like, and also a custom resource with such a field. What one of the items lacks is told of it,
and the others are sent; an item that is no mapping, or a list again, ends the reading of the whole list.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from azext_safeguards.check.apiserver.refusals import Path, Refusal

Object = dict[str, Any]

_TYPES = {str: "string", bool: "bool", int: "number", float: "number", list: "array", dict: "object"}
_NO_KIND = "Object 'Kind' is missing in 'object has no kind field '"
_NO_VERSION = "Object 'apiVersion' is missing in 'object has no apiVersion field'"


def is_list(data: Any) -> bool:
    """Whether kubectl would open some data rather than send it."""
    return isinstance(data, dict) and "items" in data and isinstance(data.get("kind"), str) and bool(data["kind"])


def is_empty_list(data: Any) -> bool:
    """Whether a document is a list of nothing, which is no mistake."""
    return is_list(data) and data["items"] in ([], None)


def objects_of(data: Any) -> Iterable[tuple[Object, Path]]:
    """The objects of a document with their paths: itself, or the items of a list."""
    if not isinstance(data, dict):
        return ()
    if "items" in data and is_list(data):
        return () if _broken(data["items"]) else _objects(data)
    return ((data, ()),) if _has_type(data) else ()


def refusals_of(data: Object) -> Iterator[Refusal]:
    """Why kubectl would not send items of a list, or none of them."""
    broken = _broken(data["items"])
    if broken:
        yield broken
        return
    for index, item in enumerate(data["items"] or ()):
        whole = _typed(item, data) if isinstance(item, dict) else {}
        path: Path = ("items", index)
        if not isinstance(whole.get("kind"), str) or not whole["kind"]:
            yield _refusal(path, "this item of the list has no kind", _NO_KIND)
        elif not isinstance(whole.get("apiVersion"), str) or not whole["apiVersion"]:
            yield _refusal(path, "this item of the list has no apiVersion", _NO_VERSION)


def _objects(data: Object) -> Iterator[tuple[Object, Path]]:
    for index, item in enumerate(data["items"] or ()):
        if isinstance(item, dict):
            whole = _typed(item, data)
            if _has_type(whole):
                yield whole, ("items", index)


def _typed(item: Object, data: Object) -> Object:
    """An item with the kind of its list where it has none: as `kubectl get --raw` prints them."""
    if item.get("kind") or item.get("apiVersion") or data["kind"] == "List":
        return item
    return {**item, "apiVersion": data.get("apiVersion"), "kind": data["kind"].removesuffix("List")}


def _has_type(data: Object) -> bool:
    kind, version = data.get("kind"), data.get("apiVersion")
    return isinstance(kind, str) and isinstance(version, str) and bool(kind and version)


def _broken(items: Any) -> Refusal | None:
    """Why none of the items would be sent."""
    if items is None:
        return None
    if not isinstance(items, list):
        field = "Go struct field decodeList.items of type []json.RawMessage"
        text = f"json: cannot unmarshal {_TYPES[type(items)]} into {field}"
        return Refusal("read", ("items",), "kubectl opens what has items, which are a list", 400, text)
    for index, item in enumerate(items):
        if item is not None and not isinstance(item, dict):
            text = f"json: cannot unmarshal {_TYPES[type(item)]} into Go value of type map[string]interface {{}}"
            return Refusal("read", ("items", index), "this item of the list is no object", 400, text)
    for index, item in enumerate(items):
        if item is not None and isinstance(item.get("items"), list):
            text = "*unstructured.Unstructured is not a list: no Items field in this object"
            reason = "this item is a list itself, and kubectl then reads none of the list; put its items here"
            return Refusal("read", ("items", index), reason, 400, text)
    return None


def _refusal(path: Path, reason: str, text: str) -> Refusal:
    told = f'unable to get type info from the object "*unstructured.Unstructured": {text}'
    return Refusal("read", path, reason, 400, told)
