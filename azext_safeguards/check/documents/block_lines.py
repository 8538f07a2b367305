# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What one line of a manifest says, and where: for what `block` has not seen yet, and for those who ask for places."""

from __future__ import annotations

import re
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

# What a document begins with that a chart has rendered.
_USUAL = re.compile(r"---\n(?:#[ -~]*\n)?")
# What a line begins with that is no member of a mapping.
_BEFORE = frozenset("-#\n ")
_KEY = re.compile(r"([A-Za-z][A-Za-z0-9_./-]*):(?= |$)", re.ASCII)
_QUOTED = re.compile(r"(?:'([^']*)'|\"([^\"\\]*)\")(?: +#.*)?\Z")
# What begins something other than a plain scalar, or may.
_INDICATORS = frozenset("-?:,[]{}#&*!|>'\"%@`")
_ALL_WORDS = WORDS | {"~"}
_BLANK: Line = (BLANK, 0, 0, "", None, 0, False)


def beginning(text: str) -> int:
    """Where in a text the first line of its document begins that says something, behind its `---` and comments."""
    found = _USUAL.match(text)
    at, is_separated = (found.end(), True) if found else (0, False)
    while text[at : at + 1] in _BEFORE:
        end = text.find("\n", at)
        row = text[at:end] if end >= 0 else text[at:]
        if row[:3] == "---" and not is_separated:
            rest = row[3:].lstrip(" ")
            if rest and not (rest[0] == "#" and row[3] == " "):
                break
            is_separated = True
        elif row.lstrip(" ")[:1] not in ("", "#"):
            break
        if not row.isprintable():
            break
        if end < 0:
            return len(text)
        at = end + 1
    return at


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
