# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Where the fields of a document stand that was read line by line (see `block`)."""

from __future__ import annotations

from collections.abc import Iterator

from azext_safeguards.check.documents.block_lines import (
    BLANK,
    COLUMN,
    INDENT,
    ITEM,
    ITEM_OPEN,
    KEY,
    KIND,
    OPEN,
    Line,
    Lines,
)

Place = tuple[int, int]
"""Line and column, from 0."""


def find(lines: Lines, path: tuple[str | int, ...]) -> tuple[Place, Place, bool] | None:
    """Where the deepest part of a path begins, and its value; whether that is all of the path.

    None where the answer lies in a flow collection, or in a value that is not there, in which nobody has looked.
    """
    begin = 0
    while lines[begin][KIND] == BLANK:
        begin += 1
    level = lines[begin][COLUMN]
    place = value = (begin, level)
    is_list = False
    last = len(path) - 1
    for number, step in enumerate(path):
        at = _item(lines, step, begin, level) if is_list else _member(lines, step, begin, level)
        if at is None:
            return place, value, False
        kind, _, column, _, _, value_column, is_flow = lines[at]
        place = value = (at, column)
        if is_list and kind != ITEM:
            # The item is a mapping, which begins with its first key.
            begin, level, is_list = at, column, False
            continue
        if kind in (OPEN, ITEM_OPEN):
            inner = _below(lines, at, level)
            if inner is None:
                return None if number == last else (place, value, False)
            begin, level, is_list = inner, lines[inner][INDENT], lines[inner][KIND] >= ITEM
            value = (begin, level)
            continue
        value = (at, value_column)
        if number != last:
            return None if is_flow else (place, value, False)
    return place, value, True


def _from(lines: Lines, begin: int, level: int) -> Iterator[tuple[int, Line]]:
    """The lines from one on that say something and are not deeper than a level."""
    deeper = " " * (level + 1)
    for number in range(begin, len(lines.rows)):
        if not lines.rows[number].startswith(deeper):
            line = lines[number]
            if line[KIND] != BLANK:
                yield number, line


def _member(lines: Lines, step: str | int, begin: int, level: int) -> int | None:
    """The line of a key of the mapping that begins in a line."""
    if lines[begin][KEY] == step:
        return begin
    for number, line in _from(lines, begin + 1, level):
        # An item of a list in this column belongs to the key before.
        if line[INDENT] < level:
            return None
        if line[KEY] == step and line[KIND] < ITEM:
            return number
    return None


def _item(lines: Lines, step: str | int, begin: int, level: int) -> int | None:
    """The line of an item of the list that begins in a line."""
    count = -1
    for number, line in _from(lines, begin, level):
        if line[INDENT] < level or line[KIND] < ITEM:
            return None
        count += 1
        if count == step:
            return number
    return None


def _below(lines: Lines, at: int, level: int) -> int | None:
    """The first line of what stands below a key; None when nothing does."""
    for number in range(at + 1, len(lines.rows)):
        kind, indent, *_ = lines[number]
        if kind != BLANK:
            return number if indent > level or (indent == level and kind >= ITEM) else None
    return None
