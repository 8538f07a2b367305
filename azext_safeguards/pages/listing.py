# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Rows, and what a page says about their kind: states, columns, views and what an opened row shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import quote

from azext_safeguards.pages.data import SCHEMA, Row, packed
from azext_safeguards.pages.values import Guide, Way

IN_HTML = 500
"""Rows that stand in the HTML itself."""
GROUPS_IN_HTML = 200
"""Rows of a view that stand in the HTML itself."""
AT_ONCE = 200
"""Rows that the script draws at a time."""


class State(NamedTuple):
    """A state that rows can be in."""

    id: str
    label: str
    tone: str
    """bad, stop, warn, info, good or mute: the colour and the sign beside the label."""
    meaning: str


class Column(NamedTuple):
    """A column of the list."""

    key: str
    label: str
    is_numeric: bool = False


class View(NamedTuple):
    """A way to group the rows."""

    id: str
    label: str
    heading: str
    keys: tuple[str, ...]
    """The members of a row that make its group; what is shown is the first."""
    columns: tuple[Column, ...]
    """What is shown of a group: its keys, or facts about it."""
    nothing: str
    """What is shown for an empty first key."""


class Block(NamedTuple):
    """A part of an opened row."""

    key: str
    label: str
    kind: str
    """text, quote (words of a cluster) or code (YAML with a copy button)."""


@dataclass(frozen=True)
class Listing:
    """All rows of a page, and how to show them."""

    noun: tuple[str, str]
    """One and several."""
    states: Sequence[State]
    """Worst first."""
    columns: Sequence[Column]
    views: Sequence[View]
    blocks: Sequence[Block]
    rows: Sequence[Row]
    strings: tuple[str, ...]
    texts: tuple[str, ...]
    plain: tuple[str, ...]
    guides: Mapping[str, Guide] = field(default_factory=dict)
    namespace_ways: Mapping[str, Sequence[Way]] = field(default_factory=dict)
    flags: Sequence[tuple[str, str]] = ()
    """Further things that rows can have in common, with a chip each."""

    def data(self, head: Mapping[str, Any]) -> dict[str, Any]:
        """The data block.

        :param head: what the head of the page says, for machines.
        """
        return {
            "schema": SCHEMA,
            **head,
            "noun": list(self.noun),
            "states": [state._asdict() for state in self.states],
            "flags": [{"id": name, "label": label} for name, label in self.flags],
            "show": {
                "columns": [column._asdict() for column in self.columns],
                "views": [{"id": view.id, "keys": view.keys, "nothing": view.nothing} for view in self.views],
                "atOnce": AT_ONCE,
            },
            "policies": {name: _guide(guide) for name, guide in self.guides.items()},
            "namespaces": {name: [list(way) for way in ways] for name, ways in self.namespace_ways.items()},
            **packed(self.rows, self.strings, self.texts, self.plain),
        }

    def counts(self) -> Counter[str]:
        """How many rows are in each state."""
        return Counter(str(row["state"]) for row in self.rows)

    def present(self) -> list[State]:
        """The states that rows are in, worst first."""
        counts = self.counts()
        return [state for state in self.states if counts[state.id]]

    def in_order(self, view: View) -> list[Row]:
        """The rows, worst first, then by the view's keys, then as they came."""
        ranks = {state.id: number for number, state in enumerate(self.states)}
        return sorted(self.rows, key=lambda row: (ranks[row["state"]], *(cell(row, key) for key in view.keys)))


class Group(NamedTuple):
    """Rows that a view puts together."""

    values: dict[str, str]
    """The keys of the view, and facts about the group."""
    counts: Counter[str]
    """Rows by state."""


def groups_of(listing: Listing, view: View) -> list[Group]:
    """The groups of a view: those with the most rows of the worst state first."""
    found: dict[tuple[str, ...], Counter[str]] = {}
    for row in listing.rows:
        key = tuple(cell(row, name) for name in view.keys)
        found.setdefault(key, Counter())[str(row["state"])] += 1
    order = [state.id for state in listing.states]
    ranked = sorted(found.items(), key=lambda item: ([-item[1][state] for state in order], item[0]))
    return [Group(_values(listing, view, key), counts) for key, counts in ranked]


def address_of(view: View, values: Mapping[str, str], state: str = "") -> str:
    """The address that leads to exactly the rows of a group, or to those of one state among them."""
    pairs = [(key, values[key]) for key in view.keys if key in values] + ([("state", state)] if state else [])
    return f"#{view.id}" + "".join(f"&{key}={encoded(value)}" for key, value in pairs)


def encoded(text: str) -> str:
    """Text for the address, as the script's encodeURIComponent writes it."""
    return quote(text.encode("utf-8", "replace"), safe="!'()*")


def cell(row: Row, key: str) -> str:
    """A member of a row as it is shown."""
    if key == "object":
        kind, name = str(row.get("kind") or ""), str(row.get("name") or "")
        return f"{kind}/{name}" if kind and name else kind or name
    if key == "where":
        file, line = str(row.get("file") or ""), row.get("line")
        return f"{file}:{line}" if file and line else file
    value = row.get(key)
    return "" if value is None else str(value)


def counted(number: int, noun: tuple[str, str]) -> str:
    """`1 finding`, `12,340 findings`."""
    return f"{number:,} {noun[0] if number == 1 else noun[1]}"


def _values(listing: Listing, view: View, key: tuple[str, ...]) -> dict[str, str]:
    values = dict(zip(view.keys, key, strict=True))
    guide = listing.guides.get(values.get("policy", ""))
    return {**values, "title": guide.title if guide else ""}


def _guide(guide: Guide) -> dict[str, Any]:
    return {
        "title": guide.title,
        "why": guide.why,
        "fix": guide.fix,
        "patch": guide.patch,
        "docs": guide.docs,
        "prefix": guide.prefix,
        "ways": [list(way) for way in guide.ways],
    }
