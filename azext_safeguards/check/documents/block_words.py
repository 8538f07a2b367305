# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What is written in manifests, each text looked at once: a value, and the lines between it and the next one.

Of ten lines nine are new, but what stands before the value is not, nor, nearly always, the value.
"""

from __future__ import annotations

import re
from typing import Any, TypeVar

from azext_safeguards.check.documents.block_lines import BLANK, HEAD, ITEM, ITEM_OPEN, OPEN, line_of, value_of
from azext_safeguards.check.documents.block_scalars import Header
from azext_safeguards.check.documents.flow import WORDS

_MOST_HEADS = 8_000
_MOST_VALUES = 16_000
_LONG_LINE = 300
_LONG_WORD = max(map(len, WORDS))
# Where what is too deep may begin.
_FAR = 50
# Most values that are new: a word or a path without blanks that is longer than those that are no text, quotes without
# escapes, digits. All of them are printable.
_AT_ONCE = re.compile(
    r"[A-Za-z/][A-Za-z0-9_./@:-]{5,}(?<!:)|\"([ !#-\[\]-~]*)\"|'([ -&(-~]*)'|([1-9][0-9]{0,17})", re.ASCII
).fullmatch
_DIGITS = 3

END = "\0"
"""A line that follows the last one; no line that is read has such a character."""

BELOW = Header("|")
"""In the place of a value that stands in the lines that follow, further to the right."""

WRAPPED = Header("|")
"""In the place of a flow collection that goes on in the next line."""

# In the place of an indent: none that a line could have.
NONE = 1 << 32

_Meaning = TypeVar("_Meaning")

Line = tuple[int, int, str, Any]
"""The indent of the key, or for an item of a list the complement (`~`) of that of its dash; the column of the key; the
key, "" for an item that is one value; the value, or None where it stands behind the `: `."""

Lines = tuple[int, int, str, "tuple[Any, ...] | None"]
"""A line up to its `: `, and None. Or one that opens a collection, and for each line that follows, of which each is
inside of the one before, the first three of a `Line`. Or, behind what means nothing, any others, of which the last ends
with its `: ` if it is not the `END`; `APART` where they have to be looked at one by one."""

APART: Lines = (0, 0, "", ())

ANEW = "#"
"""A line before others that may be the value of the one before it."""


class Left(Exception):
    """The document is left to the composer."""


class _Values(dict[str, Any]):
    """What stands behind `: ` in a line."""

    def __missing__(self, text: str) -> Any:
        found = _AT_ONCE(text)
        if found:
            group = found.lastindex
            value = text if group is None else found[group] if group < _DIGITS else int(text)
        else:
            value = _value(text)
        if len(text) < _LONG_LINE:
            if len(self) >= _MOST_VALUES:
                self.clear()
            self[text] = value
        return value


def _value(text: str) -> Any:
    """What stands behind `: ` in a line, whatever it is."""
    if not text.isprintable():
        raise Left
    bare = text.lstrip(" ")
    if not bare or bare[0] == "#":
        return BELOW
    found = value_of(bare)
    if found is not None:
        return found[0]
    if _is_wrapped(bare):
        return WRAPPED
    raise Left


def _is_wrapped(text: str) -> bool:
    """Whether a flow collection begins that goes on in the next line."""
    return text[:1] in ("{", "[") and text[-1] == ","


class _Wholes(dict[str, "Line | None"]):
    """Lines with all that is in them; None for one that says nothing."""

    def __missing__(self, raw: str) -> Line | None:
        found = line_of(raw)
        if found is None:
            bare = raw.lstrip(" ")
            text = bare[2:].lstrip(" ")
            if raw.isprintable() and bare[:2] == "- " and _is_wrapped(text):
                return (~(len(raw) - len(bare)), len(raw) - len(text), "", WRAPPED)
            raise Left
        kind, indent, column, key, value, _, _ = found
        if kind == BLANK:
            return _remembered(self, raw, None, _MOST_HEADS)
        if kind in (OPEN, ITEM_OPEN):
            value = BELOW
        return _remembered(self, raw, (~indent if kind >= ITEM else indent, column, key, value), _MOST_HEADS)


class _Between(dict[str, Lines]):
    """What stands between the end of a line with a value and the next `: `."""

    def __missing__(self, text: str) -> Lines:
        lines = _several(text) if "\n" in text or text == END else head(text) or APART
        return _remembered(self, text, lines, _MOST_HEADS)


def _several(text: str) -> Lines:
    """What stands in more than one line."""
    rows = text.split("\n")
    last = rows.pop()
    lines: list[Line] = []
    for row in rows:
        line = WHOLES[row]
        if line:
            if line[3].__class__ is Header and line[3] is not BELOW:
                return APART
            lines.append(line)
    if last != END:
        found = head(last)
        if not found:
            return APART
        lines.append(found)
        if rows[0] != ANEW:
            if len(lines) == 1:
                return found
            if all(map(_is_below, lines, lines[1:])):
                return (*lines[0][:3], tuple(line[:3] for line in lines[1:]))
    return (0, 0, "", tuple(lines))


def _is_below(line: Line, following: Line) -> bool:
    """Whether a line is the value of the one before it, or begins that."""
    _, column, _, value = line
    code, to, key, _ = following
    return value is BELOW and key != "" and to < _FAR and (code > column if code >= 0 else ~code >= column)


def head(before: str) -> Line | None:
    """What a line says that has been read up to its `: `; None for one that has to be looked at as a whole."""
    found = HEAD.fullmatch(before)
    if not found:
        return None
    blanks, dash, key = found.groups()
    if len(key) <= _LONG_WORD and key.lower() in WORDS:
        raise Left
    indent = len(blanks)
    return (~indent if dash else indent, len(before) - len(key), key, None)


def _remembered(known: dict[str, _Meaning], text: str, meaning: _Meaning, most: int) -> _Meaning:
    """What a text means, remembered for the next time."""
    if len(text) < _LONG_LINE:
        if len(known) >= most:
            known.clear()
        known[text] = meaning
    return meaning


VALUES, WHOLES, BETWEEN = _Values(), _Wholes(), _Between()
