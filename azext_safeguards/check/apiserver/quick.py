# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Objects into the types of their kind where nothing is wrong with them, which is nearly always.

The same as `decoding` for what it takes, and a doubt for all else, which is then decoded word by word: nothing is told
here, so that nothing has to be known of paths. A test holds the two against each other.

For each type there is one function, made of the table when the first object has the type: it knows for each field
whether its value is taken as it stands or what has to be asked of it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from azext_safeguards.check.apiserver import quantities
from azext_safeguards.check.apiserver.base64_text import wrong_base64
from azext_safeguards.check.apiserver.doubt import Doubt
from azext_safeguards.check.apiserver.shared import FILLED_IN, LISTS_FILLED_IN, Shared, SharedList, once_for_each
from azext_safeguards.check.apiserver.types import ListOf, MapOf, Shape, Struct

Step = Callable[[Any], Any]
"""A value in, what is decoded out; None where that is as if it were not there. Raises `Doubt`."""


def quick(value: dict[str, Any], struct: Struct) -> dict[str, Any]:
    """An object as its type holds it. Raises `Doubt` where something does not fit, or only might not.

    It may share values with the object and with others, which nobody may change.
    """
    found: dict[str, Any] = _check_of(struct)(value)
    return found


_checks: dict[Struct, Step] = {}


def _check_of(struct: Struct) -> Step:
    """What decodes the values of a type."""
    check = _checks.get(struct)
    if check is None:
        check = _checks[struct] = _made(struct)
    return check


def _made(struct: Struct) -> Step:
    # A class where a value of it is taken as it stands, else what decodes it.
    steps: dict[str, Any] = {}
    for field, shape in struct.fields.items():
        steps[field] = _TAKEN.get(shape) if isinstance(shape, str) else _of_field(steps, struct, field, shape)
    get = steps.get

    def check(value: Any) -> Any:
        if value.__class__ is not dict:
            raise Doubt
        found = value.copy()
        for key, inner in value.items():
            step = get(key)
            if step is inner.__class__:
                continue
            if step is None or step is str or step is bool:
                # An unknown field, or one that is never taken here; a null is as if the field were not there.
                if inner is not None or key not in steps:
                    raise Doubt
                del found[key]
            elif inner is None:
                del found[key]
            else:
                decoded = step(inner)
                if decoded is None:
                    del found[key]
                elif decoded is not inner:
                    found[key] = decoded
        return found

    return check


def _of_field(steps: dict[str, Any], struct: Struct, field: str, shape: Shape) -> Step:
    """What decodes a field that is no scalar."""
    if isinstance(shape, ListOf):
        if field in LISTS_FILLED_IN and struct.name in _OF_CONTAINERS:
            return _sharing(_items(shape.item), LISTS_FILLED_IN[field], SharedList)
        return _texts if shape.item == "s" else _items(shape.item)
    if isinstance(shape, MapOf):
        return _MAPS.get(shape.item, _never) if isinstance(shape.item, str) else _never
    assert isinstance(shape, Struct)

    def first(value: Any) -> Any:
        # Types may contain themselves, and most are never needed.
        is_shared = (field in FILLED_IN and struct.name in _OF_CONTAINERS) or (struct.name, field) == _OF_PODS
        step = steps[field] = _sharing(_check_of(shape), FILLED_IN[field], Shared) if is_shared else _check_of(shape)
        return step(value)

    return first


_OF_CONTAINERS = ("Container", "EphemeralContainer")
_OF_PODS = ("PodSpec", "securityContext")


def _sharing(check: Step, fill_in: Callable[[Any], None], shared: type[Any]) -> Step:
    """What decodes a part of containers that many of them have alike: once, with its defaults.

    :param shared: `Shared` or `SharedList`, which the part becomes.
    """

    def make(value: Any) -> Any:
        decoded = check(value)
        if decoded is None:
            return None
        fill_in(decoded)
        return shared(decoded)

    return once_for_each(make)


def _items(shape: Shape) -> Step:
    if not isinstance(shape, Struct):
        return _never

    def step(items: Any) -> Any:
        if items.__class__ is not list:
            raise Doubt
        check = _check_of(shape)
        return [check(item) for item in items] or None

    return step


def _never(value: Any) -> Any:
    raise Doubt


def _texts(items: Any) -> Any:
    if items.__class__ is not list:
        raise Doubt
    for item in items:
        if item.__class__ is not str:
            raise Doubt
    return items or None


def _text_map(members: Any) -> Any:
    if members.__class__ is not dict:
        raise Doubt
    for member in members.values():
        if member.__class__ is not str:
            raise Doubt
    return members or None


def _quantity_map(members: Any) -> Any:
    if members.__class__ is not dict:
        raise Doubt
    # Seen on a cluster: a null in limits is no limit.
    return {key: _quantity(member) for key, member in members.items() if member is not None} or None


def _bytes_map(members: Any) -> Any:
    if members.__class__ is not dict:
        raise Doubt
    for member in members.values():
        _bytes(member)
    return members or None


def _quantity(value: Any) -> str:
    if value.__class__ is int and -(1 << 63) <= value < 1 << 63:
        value = str(value)
    elif value.__class__ is not str:
        raise Doubt
    try:
        return quantities.canonical(value)
    except quantities.WrongQuantity:
        raise Doubt from None


def _bytes(value: Any) -> str:
    if value.__class__ is not str or wrong_base64(value) is not None:
        raise Doubt
    return value  # type: ignore[no-any-return]


def _int32(value: Any) -> int:
    if value.__class__ is not int or not -(1 << 31) <= value < 1 << 31:
        raise Doubt
    return value  # type: ignore[no-any-return]


def _int64(value: Any) -> int:
    if value.__class__ is not int or not -(1 << 63) <= value < 1 << 63:
        raise Doubt
    return value  # type: ignore[no-any-return]


def _int_or_string(value: Any) -> Any:
    return value if value.__class__ is str else _int32(value)


# Times, and numbers with decimals, are left to `decoding`; so is any value in which everything is allowed but text.
_TAKEN: dict[str, Any] = {
    **{"s": str, "j": str, "b": bool, "i": _int32, "l": _int64},
    **{"x": _int_or_string, "q": _quantity, "y": _bytes, "f": _never, "t": _never, "u": _never},
}
_MAPS: dict[str, Step] = {"s": _text_map, "q": _quantity_map, "y": _bytes_map}
