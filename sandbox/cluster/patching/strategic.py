# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Strategic merge patches, with the merge keys of the types (apimachinery, pkg/util/strategicpatch)."""

from __future__ import annotations

from typing import Any

from sandbox.cluster.core.failures import bad_request
from sandbox.cluster.core.schema import OPEN, Type

Json = dict[str, Any]
_DIRECTIVE, _RETAIN = "$patch", "$retainKeys"
_DELETE, _ORDER = "$deleteFromPrimitiveList/", "$setElementOrder/"


def strategic(item: Json, patch: Json, type_: Type) -> Json:
    """Return an object with a patch applied; what does not change is shared. Raises Failure."""
    directive = patch.get(_DIRECTIVE)
    if directive == "replace":
        return dict(_plain(patch))
    if directive == "delete":
        return {}
    result = dict(item)
    retained = patch.get(_RETAIN)
    if isinstance(retained, list):
        result = {name: value for name, value in result.items() if name in retained}
    for name, value in patch.items():
        if name in (_DIRECTIVE, _RETAIN) or name.startswith((_DELETE, _ORDER)):
            continue
        _set(result, name, value, type_.field(name) or OPEN)
    for name, value in patch.items():
        if name.startswith(_DELETE):
            _drop(result, name.removeprefix(_DELETE), value)
        elif name.startswith(_ORDER):
            target = name.removeprefix(_ORDER)
            _arrange(result, item, target, value, (type_.field(target) or OPEN).merge_key)
    return result


def _set(result: Json, name: str, value: Any, type_: Type) -> None:
    held = result.get(name)
    if value is None:
        result.pop(name, None)
    elif isinstance(value, dict):
        result[name] = strategic(held if isinstance(held, dict) else {}, value, type_)
    elif isinstance(value, list) and "merge" in type_.strategy and isinstance(held, list):
        result[name] = _merged(held, value, type_, name)
    elif isinstance(value, list):
        result[name] = [_plain(one) for one in value if not _deletes(one)]
    else:
        result[name] = value


def _merged(held: list[Any], given: list[Any], type_: Type, name: str) -> list[Any]:
    key = type_.merge_key
    if not key:
        return held + [value for value in given if value not in held]
    if any(isinstance(one, dict) and one.get(_DIRECTIVE) == "replace" for one in given):
        return [_plain(one) for one in given if not (isinstance(one, dict) and set(one) == {_DIRECTIVE})]
    result = list(held)
    item_type = type_.item() or OPEN
    for one in given:
        if not isinstance(one, dict) or key not in one:
            raise bad_request(f"map: {one} does not contain declared merge key: {key} (list {name})")
        places = [at for at, item in enumerate(result) if isinstance(item, dict) and item.get(key) == one[key]]
        if _deletes(one):
            result = [item for at, item in enumerate(result) if at not in places]
        elif places:
            result[places[0]] = strategic(result[places[0]], one, item_type)
        else:
            result.append(_plain(one))
    return result


def _deletes(one: Any) -> bool:
    return isinstance(one, dict) and one.get(_DIRECTIVE) == "delete"


def _plain(value: Any) -> Any:
    """A value of a patch where nothing was: without directives and nulls."""
    if isinstance(value, dict):
        return {
            name: _plain(inner)
            for name, inner in value.items()
            if inner is not None and name not in (_DIRECTIVE, _RETAIN) and not name.startswith((_DELETE, _ORDER))
        }
    if isinstance(value, list):
        return [_plain(one) for one in value if not _deletes(one)]
    return value


def _drop(result: Json, name: str, values: Any) -> None:
    if isinstance(result.get(name), list) and isinstance(values, list):
        left = [value for value in result[name] if value not in values]
        result[name] = left


def _arrange(result: Json, before: Json, name: str, order: Any, key: str) -> None:
    """Put a list in the order that the patch wants; items that it does not name keep their place behind the item that
    was before them."""
    items, old = result.get(name), before.get(name)
    if not isinstance(items, list) or not isinstance(order, list):
        return

    def identity(one: Any) -> Any:
        return one.get(key) if key and isinstance(one, dict) else one

    wanted = [identity(one) for one in order]
    named = [one for one in items if identity(one) in wanted]
    named.sort(key=lambda one: wanted.index(identity(one)))
    places = [identity(one) for one in old] if isinstance(old, list) else []
    arranged = list(named)
    for one in items:
        if identity(one) in wanted:
            continue
        earlier = places[: places.index(identity(one))] if identity(one) in places else []
        behind = [at for at, kept in enumerate(arranged) if identity(kept) in earlier]
        arranged.insert(behind[-1] + 1 if behind else 0, one)
    result[name] = arranged
