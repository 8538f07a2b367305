# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Whether a pattern occurs in a text, in time that grows as the text does, whatever the pattern."""

from __future__ import annotations

import re

from azext_safeguards.domain.re2.automaton import Automaton
from azext_safeguards.domain.re2.backtracking import for_python
from azext_safeguards.domain.re2.tree import Node

_SURROGATE = re.compile("[\ud800-\udfff]")


class Pattern:
    """A pattern ready to look for.

    Python's `re` is quick, but tries one way after the other: it gets the patterns whose ways are few, and all others
    go through an automaton that takes each character once.
    """

    def __init__(self, node: Node) -> None:
        quick = for_python(node)
        self._quick = re.compile(quick).search if quick is not None else None
        self._automaton = None if self._quick else Automaton(node)

    @property
    def is_quick(self) -> bool:
        """Whether Python's `re` does it."""
        return self._quick is not None

    def search(self, text: str) -> bool:
        """Whether the pattern occurs anywhere in the text."""
        if not text.isascii():
            # Go's strings hold no halves of characters; its JSON reads each as the replacement character.
            text = _SURROGATE.sub("\ufffd", text)
        if self._quick:
            return self._quick(text) is not None
        assert self._automaton
        return self._automaton.occurs(text)
