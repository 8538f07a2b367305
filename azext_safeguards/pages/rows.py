# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The list of rows: its head, the rows that stand in the HTML, and the template that the script fills for the rest.

A template is what the same function makes for a row, with marks (`data-f`) where the values go, so that both are alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from azext_safeguards.pages.data import Row
from azext_safeguards.pages.element import Child, Element, el, is_address, link
from azext_safeguards.pages.listing import IN_HTML, Block, Column, Listing, State, cell, counted, encoded
from azext_safeguards.pages.tools import mark, tools
from azext_safeguards.pages.values import Guide, Way

_IMPLIED = "[Implied by gatekeeper-expand-workloads] "
_NO_WAY = Way("", "")
# What no other row of a policy has.
_OF_ITS_OWN = frozenset({"patch", "note", "timestamp"})


def list_section(listing: Listing) -> Element:
    """The section with the list."""
    rows = listing.in_order(listing.views[0])
    shown, total = min(len(rows), IN_HTML), len(rows)
    said = f"{counted(total, listing.noun)}."
    if shown < total:
        said = f"{shown:,} of {total:,} {listing.noun[1]} are listed here; with JavaScript the page shows all of them."
    states = {state.id: state for state in listing.states}
    noun = listing.noun[1].capitalize()
    return el(
        "section",
        el("h2", noun, id="list-title", tabindex="-1"),
        tools(listing),
        el("p", said, id="shown", class_="shown", role="status"),
        el(
            "table",
            el("caption", f"{noun}, worst first; open one for what it means, its fix and commands"),
            el("colgroup", [el("col", class_=f"c-{column.key}") for column in listing.columns]),
            head_of(listing.columns),
            [row_element(listing, row, states[row["state"]], is_brief=shown < total) for row in rows[:IN_HTML]],
            class_="list",
            id="list",
        ),
        None if rows else el("p", f"There are no {listing.noun[1]}.", class_="nothing"),
        el("p", el("button", "Show more", type="button", id="more"), class_="after", id="more-line", hidden=True),
        el("template", row_element(listing, None, listing.states[0]), id="row-template"),
        el("template", _way(_NO_WAY, marked=True), id="way-template"),
        id="rows",
        aria_labelledby="list-title",
    )


def head_of(columns: Sequence[Column]) -> Element:
    """The head of a table; the script makes buttons of the labels."""
    cells = [
        el("th", column.label, scope="col", data_k=column.key, class_="n" if column.is_numeric else None)
        for column in columns
    ]
    return el("thead", el("tr", cells))


def row_element(listing: Listing, row: Row | None, state: State, *, is_brief: bool = False) -> Element:
    """Two lines of the table: what and where, then what is said, which opens to all else.

    :param row: None for the template.
    :param is_brief: whether what is the same for all rows of a policy is left to the section about that policy: in a
        page of many rows those that stand in the HTML must not take the room of the data.
    """
    marked = row is None
    values: Row = row or {}
    cells = [_cell(column, values, state, marked) for column in listing.columns]
    guide = listing.guides.get(str(values.get("policy") or ""))
    details = detail_of(values, guide)
    ways = [
        *(guide.ways if guide else ()),
        *(listing.namespace_ways.get(str(values.get("namespace") or ""), ()) if guide else ()),
        *own_ways(values),
    ]
    blocks: list[Child] = [_block(block, details, marked) for block in listing.blocks]
    below: list[Child] = [_ways(ways, marked), _links(details, str(values.get("id") or ""), listing.noun[0], marked)]
    if is_brief:
        blocks = [_block(block, details, False) for block in listing.blocks if block.key in _OF_ITS_OWN]
        about = f"#about-{encoded(str(values['policy']))}" if guide else ""
        below = [el("p", el("a", "What it means, and commands", href=about), class_="links")] if guide else []
    return el(
        "tbody",
        el("tr", cells),
        el(
            "tr",
            el(
                "td",
                el(
                    "details",
                    el("summary", _text(values, "message"), data_f="message" if marked else None),
                    el(
                        "div",
                        el("dl", blocks),
                        below,
                        class_="more",
                        data_b="brief" if is_brief else None,
                    ),
                ),
                colspan=len(listing.columns),
            ),
            class_="d",
        ),
        id=str(values["id"]) if row else None,
    )


def detail_of(row: Row, guide: Guide | None) -> dict[str, str]:
    """What an opened row shows, by the keys of the blocks."""
    details = {key: str(value) for key, value in row.items() if isinstance(value, str | int)}
    if guide is None:
        return {**details, "place": place_of(row)}
    said = ""
    if row.get("message") and not row.get("silent"):
        said = guide.prefix + (_IMPLIED if row.get("implied") else "") + str(row["message"])
    return {
        **details,
        "title": guide.title,
        "meaning": guide.why,
        "said": said,
        "fix": guide.fix,
        "patch": details.get("patch") or guide.patch,
        "docs": guide.docs,
        "place": place_of(row),
    }


def place_of(row: Row) -> str:
    """Where something is, in one line."""
    where, name, namespace = cell(row, "where"), cell(row, "object"), str(row.get("namespace") or "")
    if where and row.get("line") and row.get("column"):
        where += f":{row['column']}"
    return ", ".join(part for part in (where, name, f"namespace {namespace}" if namespace else "") if part)


def own_ways(row: Row) -> list[Way]:
    """The commands of a row alone, which are kept as one text: what it does and the command, line by line."""
    lines = str(row.get("commands") or "").split("\n")
    return [Way(what, command) for what, command in zip(lines[::2], lines[1::2], strict=False)]


def code(text: str, *, marked: bool = False, key: str = "") -> Element:
    """Text to copy; the script puts a button to it."""
    return el("div", el("pre", el("code", text, data_f=key if marked else None)), class_="code")


def ways_list(ways: Sequence[Way], *, marked: bool = False) -> Element:
    """Commands to paste, each with what it does."""
    return el("ul", [_way(way) for way in ways], class_="ways", data_f="ways" if marked else None)


def _text(row: Row, key: str) -> str:
    return str(row.get(key) or "")


def _cell(column: Column, row: Row, state: State, marked: bool) -> Element:
    if column.key == "state":
        return el("td", mark(state, marked=marked))
    text = cell(row, column.key)
    is_title = column.key in ("object", "name")
    content: Child = "" if marked else text or "-"
    if is_title and row.get("page"):
        content = link(content, str(row["page"]))
    return el(
        "th" if is_title else "td",
        content,
        scope="row" if is_title else None,
        class_="n" if column.is_numeric else None,
        data_f=column.key if marked else None,
    )


def _block(block: Block, details: Mapping[str, Any], marked: bool) -> Element | None:
    text = str(details.get(block.key) or "")
    if not text and not marked:
        return None
    inner: Child
    if block.kind == "code":
        inner = code(text, marked=marked, key=block.key)
    elif block.kind == "quote":
        inner = el("pre", el("code", text, data_f=block.key if marked else None), class_="said")
    else:
        return el(
            "div",
            el("dt", block.label),
            el("dd", text, data_f=block.key if marked else None),
            data_b=block.key if marked else None,
        )
    return el("div", el("dt", block.label), el("dd", inner), data_b=block.key if marked else None)


def _ways(ways: Sequence[Way], marked: bool) -> Element | None:
    if not ways and not marked:
        return None
    return el(
        "div", el("p", "Commands", class_="label"), ways_list(ways, marked=marked), data_b="ways" if marked else None
    )


def _way(way: Way, *, marked: bool = False) -> Element:
    return el(
        "li", el("span", way.what, data_f="what" if marked else None), code(way.command, marked=marked, key="command")
    )


def _links(details: Mapping[str, Any], identifier: str, noun: str, marked: bool) -> Element:
    docs = str(details.get("docs") or "")
    documented = el("a", "Documentation", rel="noreferrer", data_f="docs") if marked else None
    if docs and is_address(docs):
        documented = el("a", "Documentation", href=docs, rel="noreferrer")
    return el(
        "p",
        el("a", f"Link to this {noun}", href=f"#{identifier}", data_f="link" if marked else None),
        documented,
        class_="links",
    )
