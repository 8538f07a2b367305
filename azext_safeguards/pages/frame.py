# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The frame of all pages: one file that asks for nothing, with a head that says what it is, and data for machines."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from azext_safeguards.pages.data import BLOCK_ID, as_block
from azext_safeguards.pages.element import Child, Element, el, link
from azext_safeguards.pages.listing import Listing, State, encoded
from azext_safeguards.pages.rows import code, list_section, ways_list
from azext_safeguards.pages.tools import mark
from azext_safeguards.pages.values import Context, Guide, Way
from azext_safeguards.pages.views import view_links, view_section

# One script, in files that a person can read; none is whole without the others.
_SCRIPT = ("page-rows.js", "page-drawing.js", "page-acting.js")
_WIDTH = 1000
# A count that is there is seen, however small.
_NARROWEST = 8


@dataclass(frozen=True)
class Page:
    """What is to be framed."""

    kind: str
    """manifests, cluster or fleet."""
    title: str
    verdict: str
    """What it comes to, in a sentence."""
    facts: Sequence[tuple[str, Child]]
    totals: Sequence[tuple[State, int, str]]
    """State, number, and the address of the rows that it counts ("" for none), for the bar."""
    totals_of: str
    """What the bar counts, for its caption."""
    listing: Listing
    notes: Sequence[Child] = ()
    before: Sequence[Element] = ()
    """Sections before the views."""
    after: Sequence[Element] = ()
    """Sections behind the list."""
    machine: Mapping[str, Any] | None = None
    """What the data block has beside the rows."""


def render(page: Page, context: Context) -> str:
    """The HTML of a page, ending with a newline."""
    style, script = asset("page.css"), "\n".join(asset(name) for name in _SCRIPT)
    data = page.listing.data(
        {
            "page": page.kind,
            "title": page.title,
            "tool": context.tool,
            "command": context.command,
            "evaluated": context.evaluated or None,
            **(page.machine or {}),
        }
    )
    policy = (
        f"default-src 'none'; script-src 'sha256-{_hash(script)}'; style-src 'sha256-{_hash(style)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    head = el(
        "head",
        el("meta", charset="utf-8"),
        el("meta", http_equiv="Content-Security-Policy", content=policy),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("meta", name="color-scheme", content="light dark"),
        el("meta", name="referrer", content="no-referrer"),
        el("meta", name="generator", content=context.tool),
        el("title", page.title),
    )
    # Style and script are files of this package; nothing else is ever written without being escaped.
    return (
        f'<!doctype html>\n<html lang="en">\n{str(head).removesuffix("</head>")}<style>{style}</style></head>\n'
        f"<body>\n{_body(page, context)}\n"
        f'<script type="application/json" id="{BLOCK_ID}">{as_block(data)}</script>\n'
        f"<script>{script}</script>\n</body>\n</html>\n"
    )


@cache
def asset(name: str) -> str:
    """A file of this package as text."""
    return files("azext_safeguards.pages").joinpath(name).read_text(encoding="utf-8")


def time(stamp: str) -> Child:
    """A time as people read it, in UTC as the data has it."""
    if len(stamp) < 16 or stamp[10:11] != "T":
        return stamp or "not known"
    zone = "UTC" if stamp.endswith(("Z", "+00:00")) else stamp[19:].lstrip(".0123456789")
    return el("time", f"{stamp[:10]} {stamp[11:16]} {zone}".strip(), datetime=stamp)


def names(listed: Sequence[str], nothing: str) -> Child:
    """Names one after the other, each of its own direction."""
    if not listed:
        return nothing
    return [[", " if number else None, el("bdi", name)] for number, name in enumerate(listed)]


def commands_section(identifier: str, title: str, text: Child, ways: Sequence[Way]) -> Element:
    """A section that says how to go on."""
    return el(
        "section",
        el("h2", title, id=f"{identifier}-title"),
        el("p", text),
        ways_list(ways) if ways else None,
        id=identifier,
        class_="next",
        aria_labelledby=f"{identifier}-title",
    )


def _body(page: Page, context: Context) -> str:
    facts: list[tuple[str, Child]] = [
        *page.facts,
        ("Evaluated", [time(context.evaluated), f" ({context.evaluated_by})" if context.evaluated_by else None]),
        ("Made by", context.tool),
        ("Command", el("code", context.command)),
    ]
    if context.suspended:
        facts.insert(3, ("Suspended", _suspension(context.suspended)))
    header = el(
        "header",
        el("p", "Deployment safeguards", class_="brand"),
        el("h1", page.title),
        el("p", page.verdict, class_="verdict"),
        bar(page.totals, page.totals_of),
        el("dl", [_fact(label, value) for label, value in facts], class_="facts"),
        [el("p", note, class_="note", role="note") for note in page.notes],
    )
    main = el(
        "main",
        list(page.before),
        view_links(page.listing),
        [view_section(page.listing, view) for view in page.listing.views],
        list_section(page.listing),
        list(page.after),
        _policies(page.listing),
        _legend(page.listing),
        id="main",
    )
    footer = el(
        "footer",
        el("p", "This page asks for nothing: all of it is in this file, and so is its data, as JSON."),
    )
    skip = el("a", f"Skip to the {page.listing.noun[1]}", href="#rows", class_="skip")
    return "\n".join(str(part) for part in (skip, header, main, footer))


def bar(totals: Sequence[tuple[State, int, str]], caption: str) -> Element | None:
    """The totals as a bar, with the numbers beside it."""
    present = [item for item in totals if item[1]]
    if not present:
        return None
    total = sum(number for _, number, _ in present)
    room = _WIDTH - _NARROWEST * len(present)
    rects, at = [], 0
    for state, number, _ in present:
        width = _NARROWEST + room * number // total
        rects.append(
            el("rect", x=at, y=0, width=max(width - 3, 1), height=22, class_=f"t-{state.tone}", fill=_FILLS[state.tone])
        )
        at += width
    said = ", ".join(f"{number:,} {state.label}" for state, number, _ in present)
    return el(
        "div",
        el("p", f"{caption}: {total:,}", class_="label"),
        el(
            "svg",
            rects,
            viewBox=f"0 0 {_WIDTH} 22",
            preserveAspectRatio="none",
            role="img",
            aria_label=f"{caption}: {said}",
            class_="bar",
        ),
        el(
            "ul",
            [
                el("li", el("a", inner, href=address) if address else inner)
                for state, number, address in present
                for inner in [mark(state, text=f"{number:,} {state.label}")]
            ],
            class_="legend",
        ),
        class_="totals",
    )


# For readers that apply no style; page.css has those for light and dark.
_FILLS = {
    "bad": "#b42318",
    "stop": "#6b3fb8",
    "warn": "#b87503",
    "info": "#2563a8",
    "good": "#1a7f4b",
    "mute": "#7b8794",
}


def _fact(label: str, value: Child) -> Element:
    return el("div", el("dt", label), el("dd", value), class_="wide" if label in _WIDE else None)


# Facts that are too long for a column.
_WIDE = frozenset({"Cluster", "Command"})


def _legend(listing: Listing) -> Element:
    """What the states mean."""
    return (
        el(
            "section",
            el("h2", "What the states mean", id="states-title"),
            el(
                "dl",
                [el("div", el("dt", mark(state)), el("dd", state.meaning)) for state in listing.present()],
                class_="meanings",
            ),
            aria_labelledby="states-title",
        )
        if listing.rows
        else el("section", hidden=True)
    )


def _policies(listing: Listing) -> Element | None:
    """What is to be said about each policy, for readers without the script and as a place to link to."""
    if not listing.guides:
        return None
    return el(
        "section",
        el("h2", "The policies on this page", id="policies-title"),
        [_policy(name, guide) for name, guide in listing.guides.items()],
        class_="policies",
        aria_labelledby="policies-title",
    )


def _policy(name: str, guide: Guide) -> Element:
    about: list[tuple[str, Child]] = [
        ("What it means", guide.why),
        ("Fix", guide.fix),
        ("Patch", code(guide.patch) if guide.patch else ""),
        ("Commands", ways_list(guide.ways) if guide.ways else ""),
        ("More", link("Documentation", guide.docs) if guide.docs else ""),
    ]
    return el(
        "details",
        el("summary", el("strong", name), " ", guide.title),
        el("dl", [el("div", el("dt", label), el("dd", value)) for label, value in about if value], class_="more"),
        id=f"about-{encoded(name)}",
    )


def _suspension(suspended: Mapping[str, Any]) -> Child:
    by, at, reason = (str(suspended.get(key) or "") for key in ("by", "at", "reason"))
    return [
        "since ",
        time(at) if at else "a time that is not recorded",
        " by ",
        el("bdi", by or "somebody"),
        [": ", el("bdi", reason)] if reason else ", without a reason",
    ]


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
