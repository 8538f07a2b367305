# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Objects that clients send as protobuf: kubectl's own typed clients do from 1.34 on, and take JSON for an answer.

The numbers of the fields are in data/protobuf.json, see scripts/protobuf_table.py.
"""

from __future__ import annotations

import base64
import json
import struct
from collections.abc import Iterator
from datetime import datetime, timezone
from functools import cache
from importlib import resources
from typing import Any

from sandbox.cluster.core.failures import Failure, bad_request

Json = dict[str, Any]
CONTENT_TYPE = "application/vnd.kubernetes.protobuf"
_MAGIC = b"k8s\x00"
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_Field = tuple[int, int, Any]
"""Number, wire type, value."""


def decode(body: bytes) -> Json:
    """Return the object of a body. Raises Failure (400) for a body that is none."""
    if not body.startswith(_MAGIC):
        raise bad_request("provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]")
    try:
        envelope = {number: value for number, _, value in _fields(body[len(_MAGIC) :])}
        head = {number: value.decode() for number, _, value in _fields(envelope.get(1, b""))}
        api_version, kind = head.get(1, ""), head.get(2, "")
        found = _message(envelope.get(2, b""), _name_of(api_version, kind))
    except (ValueError, TypeError, AttributeError, IndexError, struct.error) as error:
        raise bad_request(f"unable to decode protobuf: {error}") from error
    return {"apiVersion": api_version, "kind": kind, **found}


def _name_of(api_version: str, kind: str) -> str:
    group, _, version = api_version.rpartition("/")
    name = f"{group.partition('.')[0] or 'core'}/{version}.{kind}"
    if kind in ("DeleteOptions",):
        name = f"meta/v1.{kind}"
    if name not in _table():
        raise _unknown(api_version, kind)
    return name


def _unknown(api_version: str, kind: str) -> Failure:
    return bad_request(f'no kind "{kind}" is registered for version "{api_version}" in protobuf here')


@cache
def _table() -> dict[str, dict[int, tuple[str, str]]]:
    text = resources.files("sandbox").joinpath("data/protobuf.json").read_text("utf-8")
    return {name: {number: (field, kind) for number, field, kind in fields}
            for name, fields in json.loads(text).items()}  # fmt: skip


def _fields(data: bytes) -> Iterator[_Field]:
    """Go through the fields of a message. Raises ValueError."""
    at, end = 0, len(data)
    while at < end:
        tag, at = _varint(data, at)
        number, wire = tag >> 3, tag & 7
        if wire == _VARINT:
            value, at = _varint(data, at)
            yield number, wire, value
            continue
        if wire == _BYTES:
            size, at = _varint(data, at)
        elif wire in (_FIXED64, _FIXED32):
            size = 8 if wire == _FIXED64 else 4
        else:
            raise ValueError(f"wire type {wire}")
        if at + size > end:
            raise ValueError("unexpected end of data")
        yield number, wire, data[at : at + size]
        at += size


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if at >= len(data) or shift > 63:
            raise ValueError("unexpected end of data")
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def _message(data: bytes, name: str) -> Json:
    """A message as JSON has it. What Go leaves out as a zero value is left out: it is sent all the same."""
    types = _table()[name]
    found: Json = {}
    for number, _, value in _fields(data):
        if number not in types:
            continue
        field, kind = types[number]
        if kind.startswith("[]"):
            found.setdefault(field, []).append(_value(value, kind[2:]))
        elif kind.startswith("{}"):
            entry = {part: inner for part, _, inner in _fields(value)}
            found.setdefault(field, {})[entry.get(1, b"").decode()] = _value(entry.get(2, b""), kind[2:])
        elif kind.startswith("*"):
            found[field] = _value(value, kind[1:])
        else:
            plain = _value(value, kind)
            if field == "":
                found.update(plain)
            elif plain not in ("", 0, False, None, {}):
                found[field] = plain
    return found


def _value(value: Any, kind: str) -> Any:
    if kind == "s":
        return value.decode()
    if kind == "b":
        return bool(value)
    if kind == "i":
        return value - (1 << 64) if value >> 63 else value
    if kind == "f":
        return struct.unpack("<d", value)[0]
    if kind == "y":
        return base64.b64encode(value).decode()
    special = _SPECIAL.get(kind)
    if special:
        return special({number: inner for number, _, inner in _fields(value)})
    if kind.startswith("[]"):
        # A named list is a message with its items as field 1 (authentication's ExtraValue).
        return [_value(inner, kind[2:]) for _, _, inner in _fields(value)]
    return _message(value, kind)


def _time(fields: dict[int, Any]) -> str | None:
    if not fields:
        return None
    return datetime.fromtimestamp(fields.get(1, 0), timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def _int_or_string(fields: dict[int, Any]) -> int | str:
    if fields.get(1):
        return str(fields.get(3, b"").decode())
    return int(_value(fields.get(2, 0), "i"))


_SPECIAL: dict[str, Any] = {
    "time": _time,
    "microtime": _time,
    "quantity": lambda fields: fields.get(1, b"").decode() or None,
    "intstr": _int_or_string,
    "raw": lambda fields: json.loads(fields[1]) if fields.get(1) else None,
    "duration": lambda fields: f"{fields.get(1, 0) / 1e9:g}s",
}
