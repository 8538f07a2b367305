# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Line YAML, as nearly all manifests are written, line by line: no nodes, and no marks until somebody asks for them.

A parser of all of YAML makes several objects for each word. What is read here is only the part that needs none of that:
mappings and lists in block style, one scalar a line, flow collections, which may be wrapped behind commas, texts of
several lines, comments between them. Anything else (an anchor, a quoted text of several lines, a key given twice) is
left to the composer; what is read here means the same there, which a test holds against it.

What the parts of a text mean `block_words` knows. Where a field stands `block_places` tells those who ask.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import repeat
from operator import length_hint
from typing import Any

from azext_safeguards.check.documents.block_lines import beginning
from azext_safeguards.check.documents.block_scalars import Header, scalar
from azext_safeguards.check.documents.block_words import (
    ANEW,
    BELOW,
    BETWEEN,
    END,
    NONE,
    VALUES,
    WHOLES,
    WRAPPED,
    Left,
    Line,
    head,
)
from azext_safeguards.check.documents.flow import read_flow

_MOST_CHARACTERS = 256 * 1024
_MOST_DEPTH = 60
# Of a flow collection; all that follows is copied for each.
_MOST_ROWS = 100


def read_block(text: str) -> tuple[dict[str, Any], str] | None:
    """The data of one document, and the text for `Places`; None for one that is left to the composer.

    Values that are written alike are the same objects, also in the data of other documents: nothing may be changed.

    :param text: the document, with the `---` before it or without.
    """
    if len(text) > _MOST_CHARACTERS:
        return None
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    try:
        root = _read(text[beginning(text) :] if text[:1] in ("-", "#", "\n") else text)
    except Left:
        return None
    return (root, text) if root.__class__ is dict else None


# One loop over all lines of all files, in which a call for each line would be felt.
# pylint: disable-next=too-many-branches,too-many-statements
def _read(text: str) -> Any:
    """The mapping that is the document. Raises `Left`."""
    # pylint: disable=too-many-nested-blocks,unpacking-non-sequence
    values, between = VALUES, BETWEEN
    # Each piece is a value, and the lines up to the next one. The document is the value of a key that stands to the
    # left of all lines.
    rest = iter(f"\n{text}\n{END}: ".split(": "))
    key, column = "", -NONE
    outermost: dict[str, Any] = {}
    current: Any = outermost
    # The key of which it is not known yet whether there is something below, and its column.
    waiting: str | None = None
    level = 0
    # What the indent of one more member is, or the complement of that of one more item.
    expected = -NONE
    # The collections that are open, from the inside: each with what is expected of it.
    above: Any = None
    for written, newline, follows in map(str.partition, rest, repeat("\n")):
        if not newline:
            written, follows = _row(written, rest)
        value = values[written]
        if not value and value.__class__ is Header:
            if value is BELOW:
                waiting, level, value = key, column, None
                follows = f"{ANEW}\n{follows}"
            elif value is WRAPPED:
                value, follows = _flow(written, follows, rest, column)
            else:
                value, follows, at = _text(f"\n{follows}", 1, rest, column, value)
                follows = follows[at:]
        if key in current:
            raise Left
        current[key] = value
        code, column, key, lines = between[follows]
        # Most lines are one more member of the mapping that is open.
        if lines is None:
            if code != expected:
                while code != expected:
                    if above is None:
                        raise Left
                    above, current, expected = above
                if code < 0:
                    item: Any = {}
                    current.append(item)
                    above = (above, current, code)
                    current, expected = item, column
        elif key:
            while code != expected:
                if above is None:
                    raise Left
                above, current, expected = above
            if code < 0:
                item = {}
                current.append(item)
                above = (above, current, code)
                current = item
            elif key in current:
                raise Left
            for code, to, name in lines:
                above = (above, current, column)
                if code >= 0:
                    current[key] = current = {}
                else:
                    item = {}
                    current[key] = items = [item]
                    above = (above, items, code)
                    current = item
                column, key = to, name
            expected = column
        else:
            for code, column, key, value in lines or _apart(follows, rest):
                if waiting is not None:
                    if code > level if code >= 0 else ~code >= level:
                        above = (above, current, level)
                        if column >= _MOST_DEPTH and _is_deep(above):
                            raise Left
                        current[waiting] = current = {} if code >= 0 else []
                        expected = code
                    else:
                        current[waiting] = None
                    waiting = None
                while code != expected:
                    if above is None:
                        raise Left
                    above, current, expected = above
                if code < 0:
                    item = {} if key else value
                    current.append(item)
                    above = (above, current, code)
                    current, expected = item, column if key else NONE
                    if not key:
                        continue
                elif key in current:
                    raise Left
                if value is not BELOW:
                    break
                waiting, level = key, column
            else:
                break
    if length_hint(rest) != 1:
        raise Left
    if waiting is not None:
        current[waiting] = None
    return outermost[""]


def _row(begin: str, rest: Iterator[str]) -> tuple[str, str]:
    """The rest of a line in which there is one more `: `, and the lines that follow."""
    pieces = [begin]
    for piece in rest:
        pieces.append(piece)
        if "\n" in piece:
            row, _, follows = ": ".join(pieces).partition("\n")
            return row, follows
    raise Left


def _apart(follows: str, rest: Iterator[str]) -> Iterator[Line]:
    """What each of the lines that follow says, up to one that ends with its `: `, or to the end."""
    at = 0
    while True:
        end = follows.find("\n", at)
        if end < 0:
            row = follows[at:]
            if row == END:
                return
            last = head(row)
            if last:
                yield last
                return
            row, follows = _row(row, rest)
            at = 0
        else:
            row = follows[at:end]
            at = end + 1
        line = WHOLES[row]
        if line:
            code, column, key, value = line
            if value is WRAPPED:
                value, follows = _flow(row.lstrip(" -"), follows[at:], rest, ~code)
                at = 0
            elif value.__class__ is Header and value is not BELOW:
                value, follows, at = _text(follows, at, rest, ~code, value)
            yield code, column, key, value


def _flow(text: str, follows: str, rest: Iterator[str], indent: int) -> tuple[Any, str]:
    """The flow collection of which there is the first line, and the lines that follow.

    :param indent: the column of that to which it belongs.
    """
    rows = [text.strip(" ")]
    while rows[-1][-1] == ",":
        row, newline, after = follows.partition("\n")
        row, follows = (row, after) if newline else _row(row, rest)
        bare = row.strip(" ")
        if not bare or not row.isprintable() or len(row) - len(row.lstrip(" ")) <= indent or len(rows) > _MOST_ROWS:
            raise Left
        rows.append(bare)
    # A line break is a blank, in quotes, too.
    text = " ".join(rows)
    found = None if "#" in text else read_flow(text)
    if found is None:
        raise Left
    return found, follows


def _text(follows: str, at: int, rest: Iterator[str], indent: int, header: Header) -> tuple[str, str, int]:
    """A text of several lines that begins at a place behind a line break; the lines that follow, and where they begin
    there.

    :param indent: the column of that to which the text belongs.
    """
    outside = _outside(indent)
    found = outside.search(follows, at - 1)
    if found:
        end = found.start()
    else:
        pieces = [follows]
        while not found:
            piece = next(rest)
            pieces.append(piece)
            found = outside.search(piece)
        follows = ": ".join(pieces)
        end = len(follows) - len(piece) + found.start()
    rows = follows[at:end].split("\n")
    read = scalar(rows, 0, indent + 1, header)
    if read is None:
        raise Left
    text, count = read
    # To the left of the text, and to the right of that to which it belongs, only comments can stand.
    for row in rows[count:]:
        if not row.isprintable() or row.lstrip(" ")[:1] not in ("", "#"):
            raise Left
    return text, follows, end + 1


@lru_cache(maxsize=100)
def _outside(indent: int) -> re.Pattern[str]:
    """What begins a line that does not belong to something in a column."""
    return re.compile(rf"\n {{0,{indent}}}[^ \n]")


def _is_deep(above: Any) -> bool:
    """Whether too many collections are open."""
    depth = 0
    while above is not None:
        above = above[0]
        depth += 1
    return depth > _MOST_DEPTH
