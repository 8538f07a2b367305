# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Where the fields of a document stand that was read line by line (see `block`)."""

from __future__ import annotations

from collections.abc import Sequence

from azext_safeguards.check.documents.block import BLANK, ITEM, ITEM_OPEN, OPEN, Line

Place = tuple[int, int]
"""Line and column, from 0."""


def find(lines: Sequence[Line], path: tuple[str | int, ...]) -> tuple[Place, Place, bool] | None:
    """Where the deepest part of a path begins, and its value; whether that is all of the path.

    None where the answer lies in a flow collection, or in a value that is not there, in which nobody has looked.
    """
    begin = next(number for number, line in enumerate(lines) if line.kind != BLANK)
    end = len(lines)
    place = value = (begin, lines[begin].column)
    is_list = False
    level = lines[begin].column
    for number, step in enumerate(path):
        at = _item(lines, step, begin, end, level) if is_list else _member(lines, step, begin, end, level)
        if at is None:
            return place, value, False
        line = lines[at]
        place = value = (at, line.column)
        is_last = number == len(path) - 1
        if is_list and line.kind != ITEM:
            # The item is a mapping, which begins with its first key.
            begin, end, level, is_list = at, _end_of_item(lines, at, end, level), line.column, False
            continue
        if line.kind in (OPEN, ITEM_OPEN):
            inner = _below(lines, at, end, level)
            if inner is None:
                return None if is_last else (place, value, False)
            begin, level, is_list = inner, lines[inner].indent, lines[inner].kind >= ITEM
            value = (begin, level)
            if not is_last:
                end = _end_below(lines, inner, end, level, is_list)
            continue
        value = (at, line.at)
        if not is_last:
            return None if line.is_flow else (place, value, False)
    return place, value, True


def _member(lines: Sequence[Line], step: str | int, begin: int, end: int, level: int) -> int | None:
    """The line of a key of the mapping that begins in a line."""
    for number in range(begin, end):
        line = lines[number]
        if line.key == step and line.column == level and (line.kind < ITEM or number == begin):
            return number
    return None


def _item(lines: Sequence[Line], step: str | int, begin: int, end: int, level: int) -> int | None:
    """The line of an item of the list that begins in a line."""
    count = -1
    for number in range(begin, end):
        line = lines[number]
        if line.kind >= ITEM and line.indent == level:
            count += 1
            if count == step:
                return number
    return None


def _end_of_item(lines: Sequence[Line], at: int, end: int, level: int) -> int:
    """Where the item of a list ends."""
    for number in range(at + 1, end):
        if lines[number].kind >= ITEM and lines[number].indent == level:
            return number
    return end


def _below(lines: Sequence[Line], at: int, end: int, level: int) -> int | None:
    """The first line of what stands below a key; None when nothing does."""
    for number in range(at + 1, end):
        line = lines[number]
        if line.kind != BLANK:
            is_below = line.indent > level or (line.indent == level and line.kind >= ITEM)
            return number if is_below else None
    return None


def _end_below(lines: Sequence[Line], begin: int, end: int, level: int, is_list: bool) -> int:
    """Where the collection ends that begins in a line."""
    for number in range(begin + 1, end):
        line = lines[number]
        if line.kind != BLANK and (line.indent < level or (is_list and line.indent == level and line.kind < ITEM)):
            return number
    return end
