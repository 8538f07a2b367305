# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The states of a pattern and how one gets from one to the next."""

from __future__ import annotations

from azext_safeguards.domain.re2.alphabet import NEWLINE_BIT, NOTHING_BIT, WORD_BIT
from azext_safeguards.domain.re2.ranges import Ranges
from azext_safeguards.domain.re2.tree import At, Characters, Choice, Node, Place, Repeat, Sequence


def holds(place: Place, after: int, before: int) -> bool:
    """Whether a place lies between two characters, told by what they are."""
    if place == "text begins":
        return after == NOTHING_BIT
    if place == "text ends":
        return before == NOTHING_BIT
    if place == "line begins":
        return after in (NOTHING_BIT, NEWLINE_BIT)
    if place == "line ends":
        return before in (NOTHING_BIT, NEWLINE_BIT)
    boundary = (after == WORD_BIT) != (before == WORD_BIT)
    return boundary if place == "word boundary" else not boundary


class Net:
    """States by number. Each takes a character and leads to one other, or leads to some without taking any."""

    def __init__(self, node: Node) -> None:
        self.sets: list[Ranges] = []
        """The different sets of characters in the pattern."""
        self.takes: list[int] = []
        """The number of the set that a state takes a character of; -1 for none."""
        self.to: list[int] = []
        """Where that character leads."""
        self.free: list[list[int]] = []
        """Where a state leads without taking any."""
        self.places: list[Place | None] = []
        """Where in a text it does."""
        self._numbers: dict[Ranges, int] = {}
        self.start = self._state()
        self.end = self._state()
        self._build(node)

    def _state(self) -> int:
        self.takes.append(-1)
        self.to.append(-1)
        self.free.append([])
        self.places.append(None)
        return len(self.takes) - 1

    def _build(self, root: Node) -> None:
        """Lays a way from the start to the end; the nodes yet to be laid are a list, so that depth is no matter."""
        todo: list[tuple[Node, int, int]] = [(root, self.start, self.end)]
        while todo:
            node, begin, end = todo.pop()
            if isinstance(node, Characters):
                number = self._numbers.setdefault(node.ranges, len(self.sets))
                if number == len(self.sets):
                    self.sets.append(node.ranges)
                state = self._state()
                self.free[begin].append(state)
                self.takes[state], self.to[state] = number, end
            elif isinstance(node, At):
                state = self._state()
                self.free[begin].append(state)
                self.places[state] = node.place
                self.free[state].append(end)
            elif isinstance(node, Choice):
                todo += [(part, begin, end) for part in node.parts]
            elif isinstance(node, Sequence):
                todo += self._chain(list(node.parts), begin, end)
            else:
                todo += self._repeat(node, begin, end)

    def _chain(self, nodes: list[Node], begin: int, end: int) -> list[tuple[Node, int, int]]:
        """Nodes one after the other."""
        if not nodes:
            self.free[begin].append(end)
            return []
        stops = [begin, *(self._state() for _ in nodes[1:]), end]
        return list(zip(nodes, stops, stops[1:], strict=False))

    def _repeat(self, node: Repeat, begin: int, end: int) -> list[tuple[Node, int, int]]:
        """What has to be there, then what may be there: each of it can be left out from there on."""
        if node.high is None:
            loop = self._state()
            self.free[loop].append(end)
            inner = self._state()
            self.free[loop].append(inner)
            return [*self._chain([node.body] * node.low, begin, loop), (node.body, inner, loop)]
        optional = node.high - node.low
        if not optional:
            return self._chain([node.body] * node.low, begin, end)
        middle = self._state()
        laid = self._chain([node.body] * node.low, begin, middle)
        for _ in range(optional):
            self.free[middle].append(end)
            inner, following = self._state(), self._state()
            self.free[middle].append(inner)
            laid.append((node.body, inner, following))
            middle = following
        self.free[middle].append(end)
        return laid
