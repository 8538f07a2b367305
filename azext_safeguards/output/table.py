# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Fits the rows of a table into the width of a terminal: says less of what is long, and marks where it does."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Sequence
from typing import Any

WIDTH = 120
# Between two columns.
_GAP = 2
# How much broader than its header tabulate makes a column at least, in the style that az prints.
_PADDING = 2
# What stands for what was cut; a terminal of any encoding shows it.
_MARK = "..."
# How far prose and names give way to each other before either is cut to less than can be read.
_READABLE_PROSE, _READABLE_NAME = 32, 24
_LEAST_PROSE, _LEAST_NAME = 12, 14

Row = dict[str, Any]


def fit(
    rows: Sequence[Row],
    prose: Collection[str] = (),
    whole: Collection[str] = (),
    yielding: Sequence[str] = (),
    width: int = WIDTH,
) -> list[Row]:
    """The rows with cells cut so that a table of them is no wider than it may be.

    Prose is cut before names are, at its end; names in their middle, since paths and generated names differ at their
    ends. Headers stay whole.

    :param rows: all with the same columns; values of any kind, shown as `str` has them.
    :param prose: the columns that hold sentences or lists.
    :param whole: the columns that hold one of a few words, which are cut only if there is no other way.
    :param yielding: the columns that are left out before that, in this order.
    :param width: in columns of a terminal, where some characters take two.
    """
    if not rows:
        return []
    columns = {name: [_text(row.get(name)) for row in rows] for name in rows[0]}
    natural = {name: _breadth(name, cells) for name, cells in columns.items()}
    room = width - _GAP * (len(columns) - 1)
    limits = _limits(natural, prose, whole, room)
    if limits is None:
        gone = next((name for name in yielding if name in columns), None)
        if gone is not None:
            rest = [{name: value for name, value in row.items() if name != gone} for row in rows]
            return fit(rest, prose, whole, yielding, width)
        limits = _shared(natural, [*natural], room)
    for name, cells in columns.items():
        if limits[name] < natural[name]:
            columns[name] = _cut_column(cells, limits[name], is_prose=name in prose)
    return [{name: cells[number] for name, cells in columns.items()} for number in range(len(rows))]


def _limits(
    natural: dict[str, int], prose: Collection[str], whole: Collection[str], room: int
) -> dict[str, int] | None:
    """How broad each column may be; None where that is less than can be read."""
    texts = [name for name in natural if name in prose]
    names = [name for name in natural if name not in prose and name not in whole]

    def least(columns: list[str], breadth: int) -> dict[str, int]:
        return {name: max(len(name) + _PADDING, min(natural[name], breadth)) for name in columns}

    # Each step: what is fixed, and who has the rest of the room, as long as it leaves these that much.
    steps: tuple[tuple[dict[str, int], list[str], dict[str, int]], ...] = (
        ({}, [*natural], natural),
        ({}, texts, least(texts, _READABLE_PROSE)),
        (least(texts, _READABLE_PROSE), names, least(names, _READABLE_NAME)),
        (least(names, _READABLE_NAME), texts, least(texts, _LEAST_PROSE)),
        (least(texts, _LEAST_PROSE), names, least(names, _LEAST_NAME)),
    )
    for fixed, sharing, floors in steps:
        limits = {**natural, **fixed}
        left = room - sum(limits[name] for name in natural if name not in sharing)
        if sum(floors[name] for name in sharing) <= left:
            return {**limits, **_shared(natural, sharing, left)}
    return None


def _shared(natural: dict[str, int], names: list[str], room: int) -> dict[str, int]:
    """The breadth of some columns that have a room together: the broadest give way, none below its header."""
    found = {name: natural[name] for name in names}
    for cap in range(min(room, max(found.values(), default=0)), 0, -1):
        found = {name: max(len(name) + _PADDING, min(natural[name], cap)) for name in names}
        if sum(found.values()) <= room:
            break
    return found


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _breadth(header: str, cells: Sequence[str]) -> int:
    """How broad a column of these cells can become.

    Whether tabulate counts a character of two columns as two depends on what else is installed; this is enough for
    both.
    """
    return max(len(header) + _PADDING, *map(len, cells)) + max(map(_doubled, cells))


def _doubled(text: str) -> int:
    """How many of the characters take two columns."""
    return 0 if text.isascii() else sum(unicodedata.east_asian_width(one) in "WF" for one in text)


def _cut_column(cells: list[str], limit: int, *, is_prose: bool) -> list[str]:
    doubled = min(max(map(_doubled, cells)), limit // 3)
    return [_cut(cell, limit - doubled, doubled, is_prose=is_prose) for cell in cells]


def _cut(text: str, limit: int, doubled: int, *, is_prose: bool) -> str:
    """A text of at most some characters, of which at most some take two columns."""
    while len(text) > limit or _doubled(text) > doubled:
        limit = min(limit, len(text) - 1)
        kept = max(limit - len(_MARK), 0)
        tail = 0 if is_prose else kept // 2
        short = text[: kept - tail].rstrip() + _MARK[:limit] + (text[len(text) - tail :] if tail else "")
        if _doubled(short) <= doubled:
            return short
        limit -= 1
    return text
