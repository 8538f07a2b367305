# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""One object of JSON, as most of its kind are, by the decoder of Python, and where its fields stand.

What might mean something else to a parser of YAML, by which all else is read, is left to that: what is read here means
the same there, which a test holds against it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from json import JSONDecoder
from typing import Any

from azext_safeguards.check.documents.block_places import Place

# Fields and items that a document may have, and levels, are bounded in `composer`.
_MANY = 300_000
_MOST_BRACKETS = 200
_BLANKS = re.compile(r"[ \t\r\n]*")
# Halves of pairs, numbers of which the last digits may not be kept, and a slash that libyaml did not always know.
_DOUBT = re.compile(r"\\[u/]|[0-9]{16}|\x7f")
_Path = tuple[str | int, ...]


def read_json(text: str) -> dict[str, Any] | None:
    """The object that a text is, blanks around it aside; None for what is left to the composer, such as a key given
    twice, a number with a point, or anything behind the object."""
    if not text.isascii() or _DOUBT.search(text):
        return None
    nodes = 2 * text.count(":") + text.count(",")
    brackets = text.count("{") + text.count("[")
    # Each bracket may be a level; in a text there may be more of them than collections, never fewer.
    if nodes + brackets > _MANY or (brackets > _MOST_BRACKETS and _is_deep(text)):
        return None
    try:
        found = _DECODER.decode(text)
    except (ValueError, RecursionError):
        return None
    return found if found.__class__ is dict else None


def _is_deep(text: str) -> bool:
    """Whether brackets, those in texts among them, nest deeper than a few levels."""
    depth = 0
    for bracket in _BRACKET.findall(text):
        depth += 1 if bracket in "{[" else -1
        if depth > _MOST_BRACKETS:
            return True
    return False


_BRACKET = re.compile(r"[][{}]")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key is given twice")
    return found


def _refused(number: str) -> Any:
    raise ValueError(number)


_DECODER = JSONDecoder(object_pairs_hook=_object, parse_float=_refused, parse_constant=_refused)


class JsonPlaces:
    """Where the fields stand of a text that `read_json` has read."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def find(self, path: _Path) -> Place:
        """Line and column, from 0, of the field at `path`; of the deepest part of it that exists otherwise."""
        return self._place(self._found(path)[0])

    def find_value(self, path: _Path) -> Place:
        """The same for the value of the field; where it is not there, the field of the deepest part that is."""
        field, value, is_whole = self._found(path)
        return self._place(value if is_whole else field)

    def _found(self, path: Iterable[str | int]) -> tuple[int, int, bool]:
        """Where the deepest part of a path and its value begin, and whether that is all of the path."""
        field = value = self._blank(0)
        for step in path:
            inner = self._inner(value, step)
            if inner is None:
                return field, value, False
            field, value = inner
        return field, value, True

    def _inner(self, at: int, step: str | int) -> tuple[int, int] | None:
        """Where a member of the value that begins at a place, and the value of that member, begin."""
        text = self._text
        is_object = text[at] == "{"
        if text[at] not in "{[" or is_object != isinstance(step, str):
            return None
        at, number = self._blank(at + 1), 0
        while text[at] not in "}]":
            field, value, name = at, at, number
            if is_object:
                name, end = _DECODER.raw_decode(text, at)
                value = self._blank(self._blank(end) + 1)
            if name == step:
                return field, value
            at = self._blank(_DECODER.raw_decode(text, value)[1])
            at = self._blank(at + 1) if text[at] == "," else at
            number += 1
        return None

    def _blank(self, at: int) -> int:
        """Where blanks end that begin at a place."""
        found = _BLANKS.match(self._text, at)
        assert found
        return found.end()

    def _place(self, at: int) -> Place:
        before = self._text.rfind("\n", 0, at) + 1
        return self._text.count("\n", 0, at), at - before
