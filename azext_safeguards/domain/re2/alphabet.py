# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The kinds of characters that a pattern tells apart."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from azext_safeguards.domain.re2.ranges import LAST, NEWLINE, WORD, Ranges

OTHER, NEWLINE_BIT, WORD_BIT, NOTHING_BIT = range(4)
"""What a character is to the places before and after it; there is none at the ends of a text."""

_MOST_CHARACTERS = 5_000


class Alphabet:
    """Characters that are in the same sets are of one kind, known by a number."""

    def __init__(self, sets: Sequence[Ranges]) -> None:
        """Cuts all characters at the bounds of the sets."""
        watched = [NEWLINE, WORD, *sets]
        self._starts = sorted({0, *(edge for ranges in watched for low, high in ranges for edge in (low, high + 1))})
        # For each piece, the sets that hold it.
        holders: list[list[int]] = [[] for _ in self._starts]
        places = {start: index for index, start in enumerate(self._starts)}
        for number, ranges in enumerate(watched):
            for low, high in ranges:
                end = places[high + 1] if high < LAST else len(self._starts)
                for index in range(places[low], end):
                    holders[index].append(number)
        kinds: dict[tuple[int, ...], int] = {}
        self._kinds = [kinds.setdefault(tuple(one), len(kinds)) for one in holders]
        self._about = [
            (
                NEWLINE_BIT if 0 in one else WORD_BIT if 1 in one else OTHER,
                frozenset(number - 2 for number in one if number > 1),
            )
            for one in kinds
        ]
        self._seen: dict[str, int] = {}

    def kind_of(self, character: str) -> int:
        """The number of a character's kind."""
        kind = self._seen.get(character)
        if kind is None:
            if len(self._seen) > _MOST_CHARACTERS:
                self._seen.clear()
            kind = self._kinds[bisect_right(self._starts, ord(character)) - 1]
            self._seen[character] = kind
        return kind

    def about(self, kind: int) -> tuple[int, frozenset[int]]:
        """What a kind is to the places around it, and the numbers of the sets that it is in."""
        return self._about[kind]
