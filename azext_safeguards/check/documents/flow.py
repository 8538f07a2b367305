# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Flow collections on one line: the plain ones at once, others by the composer."""

from __future__ import annotations

import re
from typing import Any

from azext_safeguards.check.documents.scalars import plain

WORDS = frozenset(("y", "yes", "n", "no", "on", "off", "true", "false", "null"))
"""Keys that are no text in YAML, in lower case."""

# Of plain words only those in which nothing can be an indicator.
_WORD = r"(?:[A-Za-z0-9_./]|-(?=[A-Za-z0-9-]))[A-Za-z0-9_./-]*"
_ITEM = rf'"[^"\\]*"|\'[^\']*\'|{_WORD}'
_KEY = "[A-Za-z][A-Za-z0-9_./-]*"
_LIST = re.compile(rf"\[ ?(?:(?:{_ITEM})(?:, ?(?:{_ITEM}))* ?)?\]", re.ASCII)
_MAPPING = re.compile(rf"\{{ ?{_KEY}: (?:{_ITEM})(?:, ?{_KEY}: (?:{_ITEM}))* ?\}}", re.ASCII)
# Numbers that JSON cannot hold.
_ENDLESS = re.compile(r"\.(?:inf|nan)(?![A-Za-z0-9_./-])", re.ASCII | re.IGNORECASE)
_KEY_AT = re.compile(rf"({_KEY}): ", re.ASCII)
# A word, or a quoted text, that ends there.
_ITEM_AT = re.compile(rf"(?:{_ITEM})(?= ?[,\]}}])", re.ASCII)
_MOST_DEPTH = 20
_Collection = list[Any] | dict[str, Any]
_ITEMS = re.compile(_ITEM, re.ASCII)
_MEMBERS = re.compile(rf"({_KEY}): ({_ITEM})", re.ASCII)


def read_flow(text: str) -> list[Any] | dict[str, Any] | None:
    """The value of a flow collection that ends where the text does, but for a comment; None where the composer has to
    see the whole document, or does not read it.

    :param text: begins with a bracket, ends without blanks, and has printable characters only.
    """
    if "." in text and _ENDLESS.search(text):
        return None
    if _LIST.fullmatch(text):
        return [_value(item) for item in _ITEMS.findall(text)]
    if text == "{}":
        return {}
    if _MAPPING.fullmatch(text):
        members = _MEMBERS.findall(text)
        found = {key: _value(item) for key, item in members}
        if len(found) == len(members) and WORDS.isdisjoint(map(str.lower, found)):
            return found
    nested = _collection(text, 0, 0) if text.isascii() else None
    if nested and nested[1] == len(text):
        return nested[0]
    return _composed(text)


def _collection(text: str, at: int, depth: int) -> tuple[_Collection, int] | None:
    """A collection that begins at a place, with plain ones inside of it, and where it ends; None where there is any
    doubt."""
    if depth > _MOST_DEPTH:
        return None
    close = "}" if text[at] == "{" else "]"
    members: dict[str, Any] = {}
    items: list[Any] = []
    at = _skipped(text, at + 1)
    while True:
        key = None
        if close == "}":
            key = _KEY_AT.match(text, at)
            if not key or key[1] in members or key[1].lower() in WORDS:
                return None
            at = key.end()
        found = _member(text, at, depth)
        if found is None:
            return None
        value, at = found
        if key:
            members[key[1]] = value
        else:
            items.append(value)
        at = _skipped(text, at)
        if text[at : at + 1] == close:
            return members if close == "}" else items, at + 1
        if text[at : at + 1] != ",":
            return None
        at = _skipped(text, at + 1)


def _member(text: str, at: int, depth: int) -> tuple[Any, int] | None:
    """An item of a collection, or the value of a key, and where it ends."""
    if text[at : at + 2] in ("{}", "[]"):
        return ({} if text[at] == "{" else []), at + 2
    if text[at : at + 1] in ("{", "["):
        return _collection(text, at, depth + 1)
    item = _ITEM_AT.match(text, at)
    return (_value(item[0]), item.end()) if item else None


def _skipped(text: str, at: int) -> int:
    """The place behind a blank."""
    return at + 1 if text[at : at + 1] == " " else at


def _value(item: str) -> Any:
    return item[1:-1] if item[0] in "'\"" else plain(item)


def _composed(text: str) -> list[Any] | dict[str, Any] | None:
    """What the composer reads, without anchors and without anything odd."""
    if "&" in text or "*" in text or "!" in text:
        return None
    # Most manifests need nothing of it.
    from yaml import YAMLError

    from azext_safeguards.check.documents.composer import TooMuch, compose
    from azext_safeguards.check.documents.construction import Construction, Unreadable

    try:
        (node,) = compose(text.encode())
        construction = Construction(0, False)
        data = construction.build(node)
    except (YAMLError, TooMuch, Unreadable, ValueError):
        return None
    return None if construction.problems or not isinstance(data, dict | list) else data
