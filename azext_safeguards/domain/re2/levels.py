# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The open groups of a pattern that is being read, and how large and how deep it grows."""

from __future__ import annotations

from dataclasses import dataclass, field

from azext_safeguards.domain.re2.errors import PatternError
from azext_safeguards.domain.re2.tree import Characters, Choice, Node, Repeat, Sequence

# golang/go, src/regexp/syntax/parse.go: deeper trees are refused.
MOST_LEVELS = 1000
MOST_REPEATS = 1000
"""Also of the product of nested repeats."""
# RE2 in C++ takes about three times as much, Go thirty times. Nobody's pattern comes near; it is there so that one of
# a hundred characters cannot ask for a hundred megabytes.
MOST_STATES = 100_000


@dataclass(frozen=True)
class Measured:
    """A part of the tree with its measures.

    :raises PatternError: for one that is too deep or too large.
    """

    node: Node
    weight: int = 1
    """The largest product of nested repeats."""

    levels: int = 1
    states: int = 1

    def __post_init__(self) -> None:
        if self.levels > MOST_LEVELS:
            raise PatternError("it is nested too deeply")
        if self.states > MOST_STATES:
            raise PatternError("it is too large with all its repeats")

    def repeat(self, low: int, high: int | None) -> Measured:
        """The same, repeated.

        :raises PatternError: when that is too often.
        """
        times = max(low if high is None else high, 1)
        if times > 1 and self.weight * times > MOST_REPEATS:
            raise PatternError(f"it repeats more than {MOST_REPEATS} times")
        node = Repeat(self.node, low, high)
        return Measured(node, self.weight * times, self.levels + 1, self.states * times + times)


@dataclass
class Level:
    """What stands between a `(` and its `)`, or the whole pattern."""

    flags_outside: str
    """What holds again behind the group."""

    captures: bool = True
    items: list[Measured] = field(default_factory=list)
    """The parts of the branch that is being read."""

    repeated: bool = False
    """Whether the last thing read was a repeat."""

    _branches: list[Measured] = field(default_factory=list)

    def add(self, node: Node) -> None:
        """Takes an atom."""
        self.items.append(Measured(node))

    def next_branch(self) -> None:
        """Begins what stands behind a `|`."""
        self._branches.append(_sequence(self.items))
        self.items = []

    def closed(self) -> Measured:
        """All of it."""
        self.next_branch()
        whole = self._branches[0]
        if len(self._branches) > 1:
            whole = _measured(Choice(tuple(one.node for one in self._branches)), self._branches)
        return Measured(whole.node, whole.weight, whole.levels + self.captures, whole.states)


def _sequence(items: list[Measured]) -> Measured:
    if len(items) == 1:
        return items[0]
    whole = _measured(Sequence(tuple(one.node for one in items)), items)
    if all(isinstance(one.node, Characters) for one in items):
        # A text without anything else is one node to Go.
        return Measured(whole.node, whole.weight, 1, whole.states)
    return whole


def _measured(node: Node, parts: list[Measured]) -> Measured:
    return Measured(
        node,
        max((one.weight for one in parts), default=1),
        1 + max((one.levels for one in parts), default=0),
        1 + sum(one.states for one in parts),
    )
