# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Line YAML, as nearly all manifests are written, line by line: no nodes, and no marks until somebody asks for them.

A parser of all of YAML makes several objects for each word. What is read here is only the part that needs none of that:
mappings and lists in block style, one scalar or one flow collection a line, texts of several lines, comments between
them. Anything else (an anchor, a quoted text of several lines, a key given twice) is left to the composer; what is read
here means the same there, which a test holds against it.

Of ten lines nine are new, but what stands before the value is not, nor, nearly always, the value: each is looked at
once. Where a field stands `block_lines` tells those who ask.
"""

from __future__ import annotations

from itertools import islice, repeat
from operator import length_hint
from typing import Any, TypeVar

from azext_safeguards.check.documents.block_lines import (
    BLANK,
    HEAD,
    ITEM,
    ITEM_OPEN,
    OPEN,
    first_line,
    line_of,
    value_of,
)
from azext_safeguards.check.documents.block_scalars import Header, scalar
from azext_safeguards.check.documents.flow import WORDS

_MOST_CHARACTERS = 256 * 1024
_MOST_DEPTH = 60
_MOST_HEADS = 8_000
_MOST_VALUES = 16_000
_LONG_LINE = 300
_LONG_WORD = max(map(len, WORDS))

_BELOW = Header("|")
"""In the place of a value that stands in the lines that follow, further to the right."""

# In the place of an indent: a comment; a line that has to be looked at as a whole; none that a line could have.
_COMMENT, _WHOLE, _NONE = 1 << 30, 1 << 31, 1 << 32

_Meaning = TypeVar("_Meaning")

_Head = tuple[int, int, str]
"""The indent of the key, or for an item of a list the complement (`~`) of that of its dash; the column of the key; the
key, "" for an item that is one value."""


class _Left(Exception):
    """The document is left to the composer."""


class _Heads(dict[str, _Head]):
    """What stands before `: ` in a line."""

    def __missing__(self, before: str) -> _Head:
        found = HEAD.fullmatch(before)
        if found:
            if found[3].lower() in WORDS:
                raise _Left
            indent = len(found[1])
            head = (~indent if found[2] else indent, found.start(3), found[3])
        elif before.lstrip(" ")[:1] == "#" and before.isprintable():
            head = (_COMMENT, 0, "")
        else:
            head = (_WHOLE, 0, "")
        return _remembered(self, before, head, _MOST_HEADS)


class _Values(dict[str, Any]):
    """What stands behind `: ` in a line."""

    def __missing__(self, text: str) -> Any:
        # Most that are new are words.
        if len(text) > _LONG_WORD and text[0].isalpha() and text[-1] not in " :" and _is_plain(text):
            return _remembered(self, text, text, _MOST_VALUES)
        bare = text.lstrip(" ")
        if not text.isprintable():
            raise _Left
        if not bare or bare[0] == "#":
            value: Any = _BELOW
        else:
            found = value_of(bare)
            if found is None:
                raise _Left
            value = found[0]
        return _remembered(self, text, value, _MOST_VALUES)


class _Wholes(dict[str, "tuple[int, int, str, Any] | None"]):
    """Lines without `: ` in them: a `_Head`, and the value; None for one that says nothing."""

    def __missing__(self, raw: str) -> tuple[int, int, str, Any] | None:
        found = line_of(raw)
        if found is None:
            raise _Left
        kind, indent, column, key, value, _, _ = found
        if kind == BLANK:
            return _remembered(self, raw, None, _MOST_HEADS)
        if kind in (OPEN, ITEM_OPEN):
            value = _BELOW
        return _remembered(self, raw, (~indent if kind >= ITEM else indent, column, key, value), _MOST_HEADS)


def _is_plain(text: str) -> bool:
    """Whether there is nothing in a text that ends a plain scalar."""
    return text.isprintable() and " #" not in text and ": " not in text


def _remembered(known: dict[str, _Meaning], text: str, meaning: _Meaning, most: int) -> _Meaning:
    """What a text means, remembered for the next time."""
    if len(text) < _LONG_LINE:
        if len(known) >= most:
            known.clear()
        known[text] = meaning
    return meaning


_heads, _values, _wholes = _Heads(), _Values(), _Wholes()


def read_block(text: str) -> tuple[dict[str, Any], list[str]] | None:
    """The data of one document, and its rows for `Lines`; None for one that is left to the composer.

    Values that are written alike are the same objects, also in the data of other documents: nothing may be changed.

    :param text: the document, with the `---` before it or without.
    """
    if len(text) > _MOST_CHARACTERS:
        return None
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    rows = text.split("\n")
    try:
        root = _read(rows)
    except _Left:
        return None
    return (root, rows) if root.__class__ is dict else None


# One loop over all lines of all files, in which a call for each line would be felt.
# pylint: disable-next=too-many-branches,too-many-statements
def _read(rows: list[str]) -> Any:
    """The mapping that is the document. Raises `_Left`."""
    heads, values, wholes = _heads, _values, _wholes
    rest = iter(rows)
    if rows[0][:1] in ("-", "#", "") and (begin := first_line(rows)):
        next(islice(rest, begin, begin), None)
    # The document is the value of a key that stands to the left of all lines.
    outermost: dict[str, Any] = {}
    current: Any = outermost
    waiting: str | None = ""
    level = -_NONE
    # What the indent of one more member is, or the complement of that of one more item.
    expected = _NONE
    # The collections that are open, from the outside: each with what is expected of it.
    above: list[tuple[Any, int]] = []
    for before, separator, text in map(str.partition, rest, repeat(": ")):
        if separator:
            code, column, key = heads[before]
            # Most lines are one more member of the mapping that is open.
            if code == expected >= 0:
                value = values[text]
                if value.__class__ is not Header:
                    if key in current:
                        raise _Left
                    current[key] = value
                    continue
            elif code == _COMMENT:
                if not text.isprintable():
                    raise _Left
                continue
            elif code == _WHOLE:
                whole = wholes[f"{before}: {text}"]
                if whole is None:
                    continue
                code, column, key, value = whole
            else:
                value = values[text]
        else:
            whole = wholes[before]
            if whole is None:
                continue
            code, column, key, value = whole
        if waiting is not None:
            if code > level if code >= 0 else ~code >= level:
                inner: Any = {} if code >= 0 else []
                current[waiting] = inner
                above.append((current, level))
                if len(above) > _MOST_DEPTH:
                    raise _Left
                current, expected = inner, code
            else:
                current[waiting] = None
                expected = level
            waiting = None
        while code != expected:
            if not above:
                raise _Left
            current, expected = above.pop()
        if code < 0:
            if not key:
                if value.__class__ is Header:
                    value = _text(rows, rest, ~code, value)
                current.append(value)
                continue
            item: dict[str, Any] = {}
            current.append(item)
            above.append((current, code))
            current, expected = item, column
        elif key in current:
            raise _Left
        if value is _BELOW:
            waiting, level, expected = key, column, _NONE
            continue
        if value.__class__ is Header:
            value = _text(rows, rest, column, value)
        current[key] = value
    if waiting is not None:
        current[waiting] = None
    return outermost[""]


def _text(rows: list[str], rest: Any, indent: int, header: Header) -> str:
    """The text of several lines that begins here."""
    found = scalar(rows, len(rows) - length_hint(rest), indent + 1, header)
    if found is None:
        raise _Left
    text, count = found
    next(islice(rest, count, count), None)
    return text
