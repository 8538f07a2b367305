# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""All ways through a pattern at once, a character of the text at a time.

The tree becomes a net of states (Thompson's construction). Where a text has got to is the set of states it may be in;
such a set and what follows it for each kind of character are remembered, so that a long text walks through a table.
"""

from __future__ import annotations

from azext_safeguards.domain.re2.alphabet import NOTHING_BIT, Alphabet
from azext_safeguards.domain.re2.net import Net, holds
from azext_safeguards.domain.re2.tree import Node

# How much is remembered before it is thrown away: steps, and states in their sets.
_MOST_STEPS = 20_000
_MOST_REMEMBERED = 1_000_000


class _Where:
    """Where a text has got to: the states that the last character led to, and what that character was."""

    __slots__ = ("after", "next", "seeds")

    def __init__(self, seeds: frozenset[int], after: int) -> None:
        self.seeds = seeds
        self.after = after
        self.next: dict[int, _Where | bool] = {}
        """Number of a kind of character -> where it leads; True once the pattern has occurred."""


class Automaton:
    """Looks for one pattern."""

    def __init__(self, node: Node) -> None:
        self._net = Net(node)
        self._alphabet = Alphabet(self._net.sets)
        self._forget()

    def _forget(self) -> None:
        self._known: dict[tuple[frozenset[int], int], _Where] = {}
        self._steps = self._remembered = 0

    def occurs(self, text: str) -> bool:
        """Whether the pattern occurs anywhere in the text."""
        kind_of = self._alphabet.kind_of
        where = self._where(frozenset(), NOTHING_BIT)
        for character in text:
            kind = kind_of(character)
            following = where.next.get(kind)
            if following is None:
                following = self._step(where, kind)
            if following is True:
                return True
            where = following  # type: ignore[assignment]
        return self._at_end(where)

    def _where(self, seeds: frozenset[int], after: int) -> _Where:
        known = self._known.get((seeds, after))
        if known is None:
            known = self._known[seeds, after] = _Where(seeds, after)
            self._remembered += len(seeds)
        return known

    def _step(self, where: _Where, kind: int) -> _Where | bool:
        """Takes a character of some kind."""
        if self._steps > _MOST_STEPS or self._remembered > _MOST_REMEMBERED:
            self._forget()
        self._steps += 1
        nature, sets = self._alphabet.about(kind)
        states, found = self._reached(where, nature)
        following: _Where | bool = found
        if not found:
            net = self._net
            seeds = frozenset(net.to[state] for state in states if net.takes[state] in sets)
            following = self._where(seeds, nature)
        where.next[kind] = following
        return following

    def _at_end(self, where: _Where) -> bool:
        return self._reached(where, NOTHING_BIT)[1]

    def _reached(self, where: _Where, before: int) -> tuple[list[int], bool]:
        """The states that take a character, reached without one, and whether the pattern ends among the others.

        :param before: what the next character is.
        """
        net = self._net
        # The pattern may begin at each character.
        todo = [*where.seeds, net.start]
        seen = set(todo)
        taking: list[int] = []
        while todo:
            state = todo.pop()
            if state == net.end:
                return [], True
            if net.takes[state] >= 0:
                taking.append(state)
                continue
            place = net.places[state]
            if place and not holds(place, where.after, before):
                continue
            for target in net.free[state]:
                if target not in seen:
                    seen.add(target)
                    todo.append(target)
        return taking, False
