# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""An object into the types of its kind, as Go's JSON decoder does it with strict field validation.

Source of rules and texts: kubernetes-sigs/json (the API server's fork of encoding/json) and what was seen on a cluster:
a value of a wrong type is told with the path without indexes, an unknown field with them; names of fields are
case-sensitive; a null is as if the field were not there, and so is an empty list or mapping.
"""

from __future__ import annotations

import re
from typing import Any

from azext_safeguards.check.apiserver import quantities
from azext_safeguards.check.apiserver.base64_text import wrong_base64
from azext_safeguards.check.apiserver.named_texts import text_type
from azext_safeguards.check.apiserver.numbers import go_number
from azext_safeguards.check.apiserver.refusals import UNKNOWN_FIELD, Path, Refusal, field_path
from azext_safeguards.check.apiserver.times import time_problem
from azext_safeguards.check.apiserver.types import ListOf, MapOf, Shape, Struct
from azext_safeguards.domain.go_quoting import quoted

_RANGES = {"i": ("int32", 1 << 31), "l": ("int64", 1 << 63)}
_NAMES = {"s": "string", "b": "bool", "i": "int32", "l": "int64", "f": "float64", "y": "[]uint8"}
_NAMES |= {"q": "resource.Quantity", "x": "intstr.IntOrString", "t": "v1.Time", "u": "v1.MicroTime"}
_TAKES = {
    **{"s": "text", "b": "true or false", "i": "a whole number", "l": "a whole number", "f": "a number"},
    **{"y": "base64", "q": "a quantity", "x": "a whole number or text", "t": "a time", "u": "a time"},
}
# A hundred thousand unknown fields help nobody.
_MOST_REFUSALS = 100


def decode(document: dict[str, Any], struct: Struct) -> tuple[dict[str, Any], list[Refusal]]:
    """An object as its type holds it, and what of it the API server refuses.

    :param document: the object.
    :param struct: its type, see `types.Table.kind`.
    :returns: the decoded object, and the refusals in the order in which the API server finds them: values that its
        decoder cannot read, values of a wrong type, unknown fields.
    """
    decoder = _Decoder()
    decoded = decoder.struct(document, struct, (), "")
    return decoded, [*decoder.unreadable, *decoder.mistyped, *decoder.unknown][:_MOST_REFUSALS]


def decode_field(value: Any, owner: str, name: str, shape: Shape) -> tuple[Any, list[Refusal]]:
    """The same for one field of an object whose other fields have no known type."""
    decoder = _Decoder()
    decoded = decoder.value(value, shape, (name,), name, owner)
    return decoded, [*decoder.unreadable, *decoder.mistyped, *decoder.unknown][:_MOST_REFUSALS]


class _Decoder:
    """Walks an object with its type. `where` is the path as Go tells it, `owner` the type with the field."""

    def __init__(self) -> None:
        self.unreadable: list[Refusal] = []
        self.mistyped: list[Refusal] = []
        self.unknown: list[Refusal] = []

    def struct(self, value: dict[str, Any], struct: Struct, path: Path, where: str) -> dict[str, Any]:
        """The fields of a type, found in the order in which kubectl sends them: by name."""
        fields = struct.fields
        found: dict[str, Any] = {}
        for key in sorted(value):
            shape = fields.get(key)
            if shape is None:
                self._unknown(key, fields, (*path, key))
            else:
                inner = f"{where}.{key}" if where else key
                found[key] = self.value(value[key], shape, (*path, key), inner, struct.name)
        return {key: found[key] for key in value if key in found and not is_nothing(found[key], fields[key])}

    def value(self, value: Any, shape: Shape, path: Path, where: str, owner: str) -> Any:
        """What stands in a field, an item or a mapping."""
        if value is None:
            return None
        if isinstance(shape, Struct):
            if isinstance(value, dict):
                return self.struct(value, shape, path, where)
            return self._mistyped(value, shape, path, where, owner)
        if isinstance(shape, ListOf):
            if isinstance(value, list):
                return self._list(value, shape.item, path, where, owner)
            return self._mistyped(value, shape, path, where, owner)
        if isinstance(shape, MapOf):
            if isinstance(value, dict):
                return self._map(value, shape.item, path, where, owner)
            return self._mistyped(value, shape, path, where, owner)
        return self._scalar(value, shape, path, where, owner)

    def _list(self, items: list[Any], shape: Shape, path: Path, where: str, owner: str) -> list[Any]:
        return [
            zero(shape) if item is None else self.value(item, shape, (*path, index), where, owner)
            for index, item in enumerate(items)
        ]

    def _map(self, members: dict[str, Any], shape: Shape, path: Path, where: str, owner: str) -> dict[str, Any]:
        found = {}
        for key in sorted(members):
            value = members[key]
            # Seen on a cluster: a null in limits is no limit.
            if value is not None:
                found[key] = self.value(value, shape, (*path, key), where, owner)
            elif shape != "q":
                found[key] = zero(shape)
        return {key: found[key] for key in members if key in found}

    def _scalar(self, value: Any, shape: str, path: Path, where: str, owner: str) -> Any:
        if shape == "s":
            return value if isinstance(value, str) else self._mistyped(value, shape, path, where, owner)
        if shape == "b":
            return value if isinstance(value, bool) else self._mistyped(value, shape, path, where, owner)
        if shape in _RANGES:
            whole = as_whole(value, _RANGES[shape][1])
            return whole if whole is not None else self._mistyped(value, shape, path, where, owner)
        if shape == "q":
            return self._quantity(value, path)
        if shape == "x":
            return self._int_or_string(value, path, where, owner)
        if shape in "tu":
            return self._time(value, shape, path)
        if shape == "y":
            return self._bytes(value, shape, path, where, owner)
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return value if shape == "j" or is_number else self._mistyped(value, shape, path, where, owner)

    def _quantity(self, value: Any, path: Path) -> Any:
        text = value if isinstance(value, str) else quantity_text(value)
        try:
            return str(quantities.parse(text))
        except quantities.WrongQuantity as error:
            reason = f"{_shown(value)} is no quantity{_quantity_hint(text)}"
            self.unreadable.append(Refusal("decode", path, reason, 400, str(error)))
            return None

    def _int_or_string(self, value: Any, path: Path, where: str, owner: str) -> Any:
        whole = value if isinstance(value, str) else as_whole(value, 1 << 31)
        if whole is None:
            what = _what(value, "i")
            text = f"json: cannot unmarshal {what} into Go struct field {owner}.{where} of type int32"
            reason = f"{_shown(value)} stands where a whole number or text belongs"
            self.unreadable.append(Refusal("decode", path, reason, 400, text))
        return whole

    def _time(self, value: Any, shape: str, path: Path) -> Any:
        if isinstance(value, str):
            text = time_problem(value, has_micro=shape == "u")
            if not text:
                return value
        else:
            text = f"json: cannot unmarshal {_what(value, 's')} into Go value of type string"
        reason = f"{_shown(value)} is no time such as 2026-01-31T09:30:00{'.000000' if shape == 'u' else ''}Z"
        self.unreadable.append(Refusal("decode", path, reason, 400, text))
        return None

    def _bytes(self, value: Any, shape: str, path: Path, where: str, owner: str) -> Any:
        if isinstance(value, list):
            # Numbers of bytes are taken, too; nobody writes them.
            for index, item in enumerate(value):
                if item is not None and as_byte(item) is None:
                    text = (
                        f"json: cannot unmarshal {_what(item, 'i')} into Go struct field {owner}.{where} of type uint8"
                    )
                    reason = f"{_shown(item)} stands where base64 belongs"
                    self.mistyped.append(Refusal("decode", (*path, index), reason, 400, text))
            return value
        if not isinstance(value, str):
            return self._mistyped(value, shape, path, where, owner)
        at = wrong_base64(value)
        if at is not None:
            text = f"illegal base64 data at input byte {at}"
            reason = "the value is no base64; plain text belongs in stringData" if where == "data" else "no base64"
            self.mistyped.append(Refusal("decode", path, reason, 400, text))
        return value

    def _mistyped(self, value: Any, shape: Shape, path: Path, where: str, owner: str) -> Any:
        """Tells of a value of a wrong type; decoding goes on without it."""
        what = _what(value, shape)
        of_type = type_name(shape)
        if of_type in ("string", "[]string"):
            of_type = of_type.replace("string", text_type(owner, where.rpartition(".")[2]))
        text = f"json: cannot unmarshal {what} into Go struct field {owner}.{where} of type {of_type}"
        self.mistyped.append(Refusal("decode", path, _mistyped_reason(value, shape, path), 400, text))
        return None

    def _unknown(self, key: str, fields: dict[str, Shape], path: Path) -> None:
        if len(self.unknown) >= _MOST_REFUSALS:
            return
        meant = next((name for name in fields if name.lower() == key.lower()), None)
        from difflib import get_close_matches

        close = [meant] if meant else get_close_matches(key, fields, 1, 0.75)
        hint = f"; did you mean {close[0]}?" if close else ""
        reason = f"the field {key} is unknown here{hint}"
        self.unknown.append(Refusal("decode", path, reason, 400, UNKNOWN_FIELD + quoted(field_path(path))))


def is_nothing(value: Any, shape: Shape) -> bool:
    """Whether a decoded value is as if it were not there: null, an empty list or an empty mapping (not an empty type,
    such as `emptyDir: {}`)."""
    return value is None or (not value and isinstance(shape, ListOf | MapOf))


def zero(shape: Shape) -> Any:
    """What Go makes of a null where something has to be: in a list or as a mapping's value."""
    if isinstance(shape, Struct):
        return {}
    if isinstance(shape, ListOf | MapOf):
        return None
    return {"s": "", "b": False, "i": 0, "l": 0, "f": 0, "q": "0", "x": 0}.get(shape)


def as_whole(value: Any, limit: int) -> int | None:
    """An integer as Go takes it: in range, and `3.0`, which kubectl sends as 3. None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if isinstance(value, float):
        if not value.is_integer() or abs(value) >= 1e21:
            return None
        value = int(value)
    return value if -limit <= value < limit else None


def as_byte(value: Any) -> int | None:
    """A number as Go takes it for a byte."""
    number = as_whole(value, 256)
    return number if number is not None and number >= 0 else None


def quantity_text(value: Any) -> str:
    """What Go's reader of quantities is given for a value that is no text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return go_number(value) if isinstance(value, int | float) else "{}"


def type_name(shape: Shape) -> str:
    """A type as Go names it."""
    if isinstance(shape, Struct):
        return f"{shape.package}.{shape.name}"
    if isinstance(shape, ListOf):
        return f"[]{type_name(shape.item)}"
    if isinstance(shape, MapOf):
        return "v1.ResourceList" if shape.item == "q" else f"map[string]{type_name(shape.item)}"
    return _NAMES[shape]


def _what(value: Any, shape: Shape) -> str:
    """A value as Go's errors name it; a number that does not fit with its digits."""
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int | float):
        return f"number {go_number(value)}" if shape in ("i", "l") else "number"
    return "string" if isinstance(value, str) else "array" if isinstance(value, list) else "object"


def _takes(shape: Shape) -> str:
    """What belongs in a field, in our words."""
    if isinstance(shape, ListOf):
        return "a list"
    return "a mapping" if isinstance(shape, MapOf | Struct) else _TAKES[shape]


def _shown(value: Any) -> str:
    """A value in a sentence."""
    if isinstance(value, str):
        short = value if len(value) <= 40 else value[:37] + "..."
        return f"'{short}'"
    if isinstance(value, dict | list):
        return "a list" if isinstance(value, list) else "a mapping"
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else go_number(value)


_LARGEST = {"i": (1 << 31) - 1, "l": (1 << 63) - 1}


def _fits(digits: str, shape: Shape) -> bool:
    """Whether a text is a whole number that a field could take."""
    # Python refuses to make a number of thousands of digits.
    is_number = digits.removeprefix("-").isdecimal() and digits.isascii() and len(digits) <= 20
    return is_number and abs(int(digits)) <= _LARGEST[str(shape)]


def _mistyped_reason(value: Any, shape: Shape, path: Path) -> str:
    """What is wrong with a value of a wrong type, and how to mend it where that is obvious."""
    field = next((step for step in reversed(path) if isinstance(step, str)), "")
    reason = f"{field} takes {_takes(shape)}, not {_shown(value)}"
    if shape == "s" and isinstance(value, bool | int | float):
        return f'{reason}; quote it: "{_shown(value)}"'
    if shape in ("i", "l", "b") and isinstance(value, str):
        bare = value.strip()
        is_meant = bare in ("true", "false") if shape == "b" else _fits(bare, shape)
        return f"{reason}; write it without quotes: {bare}" if is_meant else reason
    if shape in ("i", "l") and isinstance(value, int) and not isinstance(value, bool):
        return f"{reason}; the largest is {_LARGEST[str(shape)]}"
    if isinstance(shape, ListOf) and isinstance(value, dict):
        return f"{reason}; begin its item with '- '"
    return reason


def _quantity_hint(text: str) -> str:
    """The quantity that somebody probably meant."""
    match = re.fullmatch(r"\s*([0-9]+(?:[.,][0-9]+)?)\s*([A-Za-z]*)\s*", text)
    if not match:
        return ", such as 500m or 256Mi"
    number, unit = match[1].replace(",", "."), match[2].lower()
    units = {"k": "k", "kb": "k", "m": "M", "mb": "M", "g": "G", "gb": "G", "t": "T", "tb": "T"}
    units |= {f"{prefix}i{end}": f"{prefix.upper()}i" for prefix in "kmgt" for end in ("", "b")}
    units |= {"cpu": "", "core": "", "cores": "", "milli": "m", "": ""}
    return f"; did you mean {number}{units[unit]}?" if unit in units else ", such as 500m or 256Mi"
