# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What one line of a manifest says, and where: for what `block` has not seen yet, and for those who ask for places."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from azext_safeguards.check.documents.block_scalars import HEADERS
from azext_safeguards.check.documents.flow import WORDS, read_flow
from azext_safeguards.check.documents.scalars import is_endless, plain

Line = tuple[Any, ...]
"""What a line says: a plain tuple, which is made in no time."""

KIND, INDENT, COLUMN, KEY, VALUE, AT, IS_FLOW = range(7)
"""What stands where in a `Line`: one of the kinds below; the indent of the dash of a list's item, else of the key; the
column of the key, or of the value of an item without one; the key; the value, or a `Header` where the lines that follow
are the value; the column of the value; whether it is a flow collection."""

BLANK, PAIR, OPEN, ITEM, ITEM_PAIR, ITEM_OPEN = range(6)
"""Nothing, `key: value`, `key:`, `- value`, `- key: value`, `- key:`."""

HEAD = re.compile(r"( *)(- +)?([A-Za-z][A-Za-z0-9_./-]*)", re.ASCII)
"""What stands before `: ` in a line."""

_KEY = re.compile(r"([A-Za-z][A-Za-z0-9_./-]*):(?= |$)", re.ASCII)
_QUOTED = re.compile(r"(?:'([^']*)'|\"([^\"\\]*)\")(?: +#.*)?\Z")
# What begins something other than a plain scalar, or may.
_INDICATORS = frozenset("-?:,[]{}#&*!|>'\"%@`")
_ALL_WORDS = WORDS | {"~"}
_BLANK: Line = (BLANK, 0, 0, "", None, 0, False)


def first_line(rows: Sequence[str]) -> int:
    """The number of the row that follows the `---` before a document, with comments before it; 0 without."""
    for number, row in enumerate(rows):
        if row[:3] == "---":
            rest = row[3:].lstrip(" ")
            is_separator = row.isprintable() and (not rest or (rest[0] == "#" and row[3] == " "))
            return number + 1 if is_separator else 0
        if not row.isprintable() or row.lstrip(" ")[:1] not in ("", "#"):
            return 0
    return 0


def line_of(raw: str) -> Line | None:
    """What a line says; None for one that is left to the composer."""
    if not raw.isprintable():
        return None
    rest = raw.lstrip(" ")
    indent = column = len(raw) - len(rest)
    if not rest or rest[0] == "#":
        return _BLANK
    is_item = rest[:2] == "- "
    if is_item:
        rest = rest[2:].lstrip(" ")
        column = len(raw) - len(rest)
    found = _KEY.match(rest)
    if not found:
        return _item(indent, column, rest) if is_item and rest else None
    key = found[1]
    if key.lower() in WORDS:
        return None
    text = rest[found.end() :].lstrip(" ")
    at = len(raw) - len(text)
    if not text or text[0] == "#":
        return (ITEM_OPEN if is_item else OPEN, indent, column, key, None, at, False)
    value = value_of(text)
    if value is None:
        return None
    return (ITEM_PAIR if is_item else PAIR, indent, column, key, value[0], at, value[1])


def _item(indent: int, column: int, text: str) -> Line | None:
    """An item of a list that is one value."""
    value = value_of(text)
    return None if value is None else (ITEM, indent, column, "", value[0], column, value[1])


def value_of(text: str) -> tuple[Any, bool] | None:
    """A value that begins on a line, and whether it is a flow collection; None where the composer has to look.

    :param text: the line from where the value begins.
    """
    text = text.rstrip(" ")
    first = text[0]
    if first in "'\"":
        quoted = _QUOTED.match(text)
        return (quoted[1] if quoted[1] is not None else quoted[2], False) if quoted else None
    if first in "{[":
        flow = read_flow(text)
        return None if flow is None else (flow, True)
    if first in "|>":
        header = HEADERS.get(text)
        return None if header is None else (header, False)
    text = text.partition(" #")[0].rstrip(" ")
    if first in _INDICATORS and not (first == "-" and text[1:2] not in ("", " ")):
        return None
    if ": " in text or text[-1] == ":":
        return None
    # Nearly all words are text, and most of them are never seen again.
    if first.isalpha() and text.lower() not in _ALL_WORDS:
        return text, False
    value = plain(text)
    return None if is_endless(value) else (value, False)
