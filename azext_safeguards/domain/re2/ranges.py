# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Sets of characters as sorted ranges of their numbers, and the named ones of Perl, POSIX and Unicode."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

Ranges = tuple[tuple[int, int], ...]

LAST = 0x10FFFF
EVERYTHING: Ranges = ((0, LAST),)
NEWLINE: Ranges = ((0x0A, 0x0A),)
NO_NEWLINE: Ranges = ((0, 0x09), (0x0B, LAST))

# golang/go, src/regexp/syntax/doc.go; unlike Python's, \s has no vertical tab and all of them are ASCII.
DIGIT: Ranges = ((0x30, 0x39),)
WORD: Ranges = ((0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A))
SPACE: Ranges = ((0x09, 0x0A), (0x0C, 0x0D), (0x20, 0x20))
PERL = {"d": DIGIT, "w": WORD, "s": SPACE}
POSIX: dict[str, Ranges] = {
    "alnum": ((0x30, 0x39), (0x41, 0x5A), (0x61, 0x7A)),
    "alpha": ((0x41, 0x5A), (0x61, 0x7A)),
    "ascii": ((0x00, 0x7F),),
    "blank": ((0x09, 0x09), (0x20, 0x20)),
    "cntrl": ((0x00, 0x1F), (0x7F, 0x7F)),
    "digit": DIGIT,
    "graph": ((0x21, 0x7E),),
    "lower": ((0x61, 0x7A),),
    "print": ((0x20, 0x7E),),
    "punct": ((0x21, 0x2F), (0x3A, 0x40), (0x5B, 0x60), (0x7B, 0x7E)),
    "space": ((0x09, 0x0D), (0x20, 0x20)),
    "upper": ((0x41, 0x5A),),
    "word": WORD,
    "xdigit": ((0x30, 0x39), (0x41, 0x46), (0x61, 0x66)),
}
# Go 1.25 also looks names up without case, spaces, hyphens and underscores, and knows these and the long names of
# categories. RE2 and older Gatekeepers do not.
_NEWER = """
any ascii assigned cn lc casedletter closepunctuation combiningmark connectorpunctuation control currencysymbol
dashpunctuation decimalnumber enclosingmark finalpunctuation format initialpunctuation letter letternumber
lineseparator lowercaseletter mark mathsymbol modifierletter modifiersymbol nonspacingmark number openpunctuation
other otherletter othernumber otherpunctuation othersymbol paragraphseparator privateuse punctuation separator
spaceseparator spacingmark surrogate symbol titlecaseletter unassigned uppercaseletter cntrl digit punct
"""


def joined(ranges: Iterable[tuple[int, int]]) -> Ranges:
    """Ranges in any order, sorted and without overlaps."""
    result: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if result and low <= result[-1][1] + 1:
            if high > result[-1][1]:
                result[-1] = (result[-1][0], high)
        else:
            result.append((low, high))
    return tuple(result)


def complement(ranges: Ranges) -> Ranges:
    """All other characters; the ranges have to be sorted and without overlaps."""
    result, start = [], 0
    for low, high in ranges:
        if start < low:
            result.append((start, low - 1))
        start = high + 1
    return (*result, (start, LAST)) if start <= LAST else tuple(result)


def folded(ranges: Ranges) -> Ranges:
    """The characters and all those that differ from one of them by case alone."""
    added = [
        (code, code)
        for orbit in _orbits(not ranges or ranges[-1][1] < 0x80)
        if any(low <= code <= high for code in orbit for low, high in ranges)
        for code in orbit
    ]
    return joined((*ranges, *added)) if added else ranges


@lru_cache(maxsize=32)
def unicode_class(name: str) -> Ranges | None:
    """The characters of a general category such as `Lu` or `L`, of a script such as `Greek`, or of `Any`.

    :returns: None for a name that is none.
    """
    if name == "Any":
        return EVERYTHING
    table: dict[str, list[int]] = _table()["classes"]
    if name in table:
        return _decoded(table[name])
    if len(name) == 1 and name in "CLMNPSZ":
        members = (numbers for known, numbers in table.items() if len(known) == 2 and known[0] == name)
        return joined(one for numbers in members for one in _decoded(numbers))
    return None


def is_newer_class(name: str) -> bool:
    """Whether some Gatekeepers know the name of a class that RE2 does not."""
    plain = name.lower().translate({ord(mark): None for mark in " _-"})
    known = {"l", "m", "n", "p", "s", "z", "c", *(key.lower().replace("_", "") for key in _table()["classes"])}
    return plain in _NEWER.split() or plain in known


@lru_cache(maxsize=2)
def _orbits(ascii_only: bool) -> tuple[tuple[int, ...], ...]:
    """Characters that differ by case alone, each group once; most patterns need only those with an ASCII letter."""
    if ascii_only:
        more = {0x4B: (0x212A,), 0x53: (0x17F,)}  # the sign of Kelvin, the long s
        return tuple((upper, upper + 32, *more.get(upper, ())) for upper in range(0x41, 0x5B))
    return tuple(tuple(orbit) for orbit in _table()["orbits"])


def _decoded(numbers: list[int]) -> Ranges:
    """Ranges out of pairs: how far behind the last range one begins, and how many more characters it has."""
    result, at = [], 0
    for gap, more in zip(numbers[::2], numbers[1::2], strict=True):
        low = at + gap
        at = low + more
        result.append((low, at))
    return tuple(result)


@lru_cache(maxsize=1)
def _table() -> Any:
    """What scripts/unicode_table.py asked RE2 itself."""
    with open(os.path.join(os.path.dirname(__file__), "unicode.json"), encoding="ascii") as file:
        return json.load(file)
