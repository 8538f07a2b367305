# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
r"""Patterns that Python's `re` may be given: those where it can never try more than a few ways at each character.

Python's `re` backtracks. Its time is linear in the text when, from one place of the text, the number of ways to go
through the pattern has a bound that does not depend on the text. A repeat without end has no such bound, unless
nothing stands behind it, so that the first way succeeds.
"""

from __future__ import annotations

from azext_safeguards.domain.re2.ranges import NO_NEWLINE, Ranges
from azext_safeguards.domain.re2.tree import At, Characters, Choice, Node, Repeat, Sequence

_MOST_WAYS = 32
_MOST_NODES = 2000
_MOST_RANGES = 200
_PLACES = {
    "text begins": r"\A",
    "text ends": r"\Z",
    "line begins": "(?m:^)",
    "line ends": r"(?=\n|\Z)",
    "word boundary": r"(?a:\b)",
    # The negation of `\b` also holds in an empty text, as RE2's does.
    "no word boundary": r"(?!(?a:\b))",
}


class _Unfit(Exception):
    """Python's `re` could be slow."""


def for_python(node: Node) -> str | None:
    """The pattern in the syntax of Python's `re`; None where that could be slow."""
    try:
        return _Writer().write(node)
    except _Unfit:
        return None


class _Writer:
    """Writes a tree, counting ways and nodes."""

    def __init__(self) -> None:
        self._ways = 1
        self._nodes = 0

    def write(self, node: Node) -> str:
        """The whole pattern."""
        parts = node.parts if isinstance(node, Sequence) else (node,)
        # From the beginning of the text alone there is but one start, so one repeat without end does no harm.
        self._spare = bool(parts) and isinstance(parts[0], At) and parts[0].place == "text begins"
        return self._write(node, last=True)

    def _write(self, node: Node, last: bool) -> str:
        """A node; `last` where nothing stands behind it."""
        self._nodes += 1
        if self._nodes > _MOST_NODES:
            raise _Unfit
        if isinstance(node, Characters):
            return _members(node.ranges)
        if isinstance(node, At):
            return _PLACES[node.place]
        if isinstance(node, Sequence):
            end = len(node.parts) - 1
            return "".join(self._write(part, last and index == end) for index, part in enumerate(node.parts))
        if isinstance(node, Choice):
            self._more_ways(len(node.parts))
            return f"(?:{'|'.join(self._write(part, last) for part in node.parts)})"
        return self._repeat(node, last)

    def _repeat(self, node: Repeat, last: bool) -> str:
        """Only single characters are repeated here: what has several lengths could be taken in many ways."""
        if not isinstance(node.body, Characters):
            raise _Unfit
        body = self._write(node.body, False)
        if node.high is None:
            if not last:
                if not self._spare:
                    raise _Unfit
                self._spare = False
            return f"{body}{{{node.low},}}"
        if node.high > node.low and not last:
            self._more_ways(node.high - node.low + 1)
        return f"{body}{{{node.low},{node.high}}}"

    def _more_ways(self, factor: int) -> None:
        self._ways *= factor
        if self._ways > _MOST_WAYS:
            raise _Unfit


def _members(ranges: Ranges) -> str:
    """A set of characters, as numbers, so that no character has a meaning of its own."""
    if not ranges:
        return r"(?!)"
    if ranges == NO_NEWLINE:
        return "."
    if len(ranges) > _MOST_RANGES:
        raise _Unfit
    if len(ranges) == 1 and ranges[0][0] == ranges[0][1]:
        return f"\\U{ranges[0][0]:08x}"
    return f"[{''.join(_range(low, high) for low, high in ranges)}]"


def _range(low: int, high: int) -> str:
    return f"\\U{low:08x}" if low == high else f"\\U{low:08x}-\\U{high:08x}"
