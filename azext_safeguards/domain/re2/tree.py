# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""A pattern as a tree. Groups are gone: what they capture is nobody's business here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from azext_safeguards.domain.re2.ranges import Ranges

Place = Literal["text begins", "text ends", "line begins", "line ends", "word boundary", "no word boundary"]


@dataclass(frozen=True, eq=False)
class Characters:
    """One character out of some; no ranges: none at all, so that it never matches."""

    ranges: Ranges


@dataclass(frozen=True, eq=False)
class At:
    """A place between characters."""

    place: Place


@dataclass(frozen=True, eq=False)
class Sequence:
    """One after the other; without parts: the empty text."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, eq=False)
class Choice:
    """One of several."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, eq=False)
class Repeat:
    """As often as `low` to `high` times, None being without end."""

    body: Node
    low: int
    high: int | None


Node: TypeAlias = Characters | At | Sequence | Choice | Repeat
