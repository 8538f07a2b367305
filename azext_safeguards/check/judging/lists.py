# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Lists, which kubectl opens: whatever has `items`, of any kind that there is; seen with kubectl 1.34 and a cluster.

`List`, `PodList` and the like, and also a custom resource with such a field. Before it opens a `List` kubectl looks at
all of it: an item without a kind, or one that is no mapping, ends the reading of the whole file. Of other lists what is
whole is sent. A list in a list ends it always.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from azext_safeguards.check.apiserver.refusals import Path, Refusal, field_path
from azext_safeguards.check.apiserver.types import table

Object = dict[str, Any]

_TYPES = {str: "string", bool: "bool", int: "number", float: "number", list: "array", dict: "object"}
INVALID = "invalid object to validate"


def is_list(data: Any) -> bool:
    """Whether kubectl would open some data rather than send it."""
    return isinstance(data, dict) and "items" in data and isinstance(data.get("kind"), str) and bool(data["kind"])


def is_empty_list(data: Any) -> bool:
    """Whether a document is a list of nothing, which is no mistake."""
    return is_list(data) and data["items"] in ([], None) and not _broken(data)


def objects_of(data: Any) -> Iterable[tuple[Object, Path]]:
    """The objects of a document with their paths: itself, or the items of a list."""
    if not isinstance(data, dict):
        return ()
    if "items" in data and is_list(data):
        return () if _broken(data) else _objects(data)
    return ((data, ()),) if has_type(data) else ()


def refusals_of(data: Object) -> Iterator[Refusal]:
    """Why kubectl would not send items of a list, or none of them."""
    broken = _broken(data)
    if broken:
        yield broken
        return
    unsent = invalid(data)
    if unsent:
        yield from unsent
        return
    for index, item in enumerate(data["items"] or ()):
        lacking = _lacking(item, data)
        if lacking:
            told = f'unable to get type info from the object "*unstructured.Unstructured": {_LACKS[lacking]}'
            yield _refusal(("items", index), f"this item of the list has no {lacking}", told)


_LACKS = {
    "kind": "Object 'Kind' is missing in 'object has no kind field '",
    "apiVersion": "Object 'apiVersion' is missing in 'object has no apiVersion field'",
}


def _lacking(item: Object | None, data: Object) -> str:
    """What an item lacks to be an object."""
    whole = _typed(item, data) if item else {}
    return next(
        (name for name in ("kind", "apiVersion") if not isinstance(whole.get(name), str) or not whole[name]), ""
    )


def missing(data: Object) -> str:
    """What kubectl says of an object that lacks its kind or its apiVersion; "" for one that has both."""
    wrong = []
    for name in ("apiVersion", "kind"):
        value = data.get(name)
        if value is None:
            wrong.append(f"{name} not set")
        elif not isinstance(value, str):
            wrong.append(f"{name} isn't string type")
    if len(wrong) > 1:
        return f"[{', '.join(wrong)}]"
    if wrong:
        return wrong[0]
    if not data["kind"]:
        return "Object 'Kind' is missing"
    return "" if data["apiVersion"] else f'no matches for kind "{data["kind"]}" in version ""'


# Of so many mistakes kubectl's message is none that anybody reads.
_MOST = 100


def invalid(data: Object) -> list[Refusal]:
    """What kubectl itself finds wrong with the objects of a list whose kinds it knows; it sends none of them then."""
    is_plain = data["kind"] == "List"
    found = [] if is_plain else _wrong_fields(data)
    for index, item in enumerate(data["items"] or ()):
        if not item or len(found) >= _MOST or _lacking(item, data):
            continue
        # To a list of a kind its items are of that kind, whatever they say.
        of = (item["apiVersion"], item["kind"]) if is_plain else (data["apiVersion"], data["kind"].removesuffix("List"))
        struct = table().kind(*of)
        if not struct or not (is_plain or _is_known_list(data)):
            continue
        from azext_safeguards.check.apiserver.schemas import wrong_in

        head = item["kind"] if is_plain else f"{data['kind']}.items[{index}]"
        for one in wrong_in(item, struct):
            path: Path = ("items", index, *one.path)
            told = f"ValidationError({field_path((head, *one.told))}): {one.text}"
            found.append(_refusal(path, f"{one.reason}, and kubectl sends nothing of the list", told))
    return found[:_MOST]


def _is_known_list(data: Object) -> bool:
    return table().kind(data["apiVersion"], data["kind"].removesuffix("List")) is not None


def _wrong_fields(data: Object) -> list[Refusal]:
    """Fields that a list of a kind of Kubernetes' own has not."""
    struct = table().kind(data["apiVersion"], data["kind"].removesuffix("List"))
    extra = sorted(data.keys() - {"apiVersion", "kind", "metadata", "items"}) if struct else []
    if not extra or not struct:
        return []
    from azext_safeguards.check.apiserver.schemas import full_name

    return [
        _refusal(
            (key,),
            f"the field {key} is unknown here, and kubectl sends nothing of the list",
            f'ValidationError({data["kind"]}): unknown field "{key}" in {full_name(struct)}List',
        )
        for key in extra
    ]


def _objects(data: Object) -> Iterator[tuple[Object, Path]]:
    for index, item in enumerate(data["items"] or ()):
        if item and not _lacking(item, data):
            yield _typed(item, data), ("items", index)


def _typed(item: Object, data: Object) -> Object:
    """An item with the kind of its list where it has none: as `kubectl get --raw` prints them."""
    if item.get("kind") or item.get("apiVersion") or data["kind"] == "List":
        return item
    return {**item, "apiVersion": data.get("apiVersion"), "kind": data["kind"].removesuffix("List")}


def has_type(data: Object) -> bool:
    """Whether a mapping says what kind of object it is."""
    kind, version = data.get("kind"), data.get("apiVersion")
    return isinstance(kind, str) and isinstance(version, str) and bool(kind and version)


def _broken(data: Object) -> Refusal | None:
    """Why nothing of a list would be sent."""
    version, kind, items = data.get("apiVersion"), data["kind"], data["items"]
    if not isinstance(version, str) or not version:
        return _refusal((), "a list has an apiVersion, too: v1", "apiVersion not set")
    known = table()
    if version.rpartition("/")[0] in known.groups and kind != "List" and not known.kind(version, kind):
        if not known.kind(version, kind.removesuffix("List")):
            text = f'no matches for kind "{kind}" in version "{version}"'
            return Refusal("read", ("kind",), f"no cluster has lists of the kind {kind} in {version}", 404, text)
        # Its type asks for items, each of which is an object.
        told = f"ValidationError({kind}"
    else:
        told = INVALID if (version, kind) == ("v1", "List") else ""
    if not isinstance(items, list):
        if items is None and not told:
            return None
        text = f"json: cannot unmarshal {_TYPES.get(type(items))} into Go struct field decodeList.items of type {_RAW}"
        return _refusal(("items",), "kubectl opens what has items, which are a list", told or text)
    return _broken_item(data, told)


_RAW = "[]json.RawMessage"


def _broken_item(data: Object, told: str) -> Refusal | None:
    """The same for an item; `told` is what kubectl says that looks at all of them before it opens the list."""
    items = data["items"]
    for index, item in enumerate(items):
        if item is None and not told:
            continue
        if not isinstance(item, dict):
            text = f"json: cannot unmarshal {_TYPES.get(type(item))} into Go value of type map[string]interface {{}}"
            reason = "this item of the list is no object, and kubectl sends nothing of the list"
            return _refusal(("items", index), reason, told or text)
        if told == INVALID and (text := missing(item)):
            reason = f"this item of the list has no {_lacking(item, data)}, and kubectl sends nothing of the list"
            return _refusal(("items", index), reason, text)
    for index, item in enumerate(items):
        if item and isinstance(item.get("items"), list):
            text = "*unstructured.Unstructured is not a list: no Items field in this object"
            reason = "this item is a list itself, and kubectl then reads none of the list; put its items here"
            return _refusal(("items", index), reason, text)
    return None


def _refusal(path: Path, reason: str, text: str) -> Refusal:
    return Refusal("read", path, reason, 400, text)
