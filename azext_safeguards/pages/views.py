# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The views: the same rows by policy, by namespace and so on, as tables of counts that lead to the rows."""

from __future__ import annotations

from azext_safeguards.pages.element import Child, Element, el
from azext_safeguards.pages.listing import (
    GROUPS_IN_HTML,
    Column,
    Group,
    Listing,
    State,
    View,
    address_of,
    groups_of,
)
from azext_safeguards.pages.rows import head_of


def view_links(listing: Listing) -> Element:
    """The links between the views."""
    return el(
        "nav",
        el("ul", [el("li", el("a", view.label, href=f"#{view.id}", data_v=view.id)) for view in listing.views]),
        class_="views",
        aria_label="Views",
    )


def view_section(listing: Listing, view: View) -> Element:
    """One view: a row for each group, with a count for each state."""
    groups = groups_of(listing, view)
    states = listing.present()
    columns = [
        *view.columns,
        *(Column(f"n-{state.id}", state.label.capitalize(), True) for state in states),
        Column("n-", "All", True),
    ]
    noun = listing.noun[1].capitalize()
    cut = None
    if len(groups) > GROUPS_IN_HTML:
        cut = el(
            "p",
            f"{GROUPS_IN_HTML:,} of {len(groups):,} are listed here, those with the most of the worst first.",
            class_="shown",
        )
    return el(
        "section",
        el("h2", view.heading, id=f"{view.id}-title"),
        cut,
        el(
            "table",
            el(
                "caption",
                f"{noun} {view.label.lower()}; each number leads to its rows",
            ),
            head_of(columns),
            el("tbody", [_group_row(view, states, group) for group in groups[:GROUPS_IN_HTML]]),
            class_="groups",
        ),
        el("p", el("button", "Show more", type="button"), class_="after", hidden=True),
        el("template", _group_row(view, states, None)),
        id=view.id,
        aria_labelledby=f"{view.id}-title",
        data_v=view.id,
    )


def _group_row(view: View, states: list[State], group: Group | None) -> Element:
    cells: list[Child] = []
    for number, column in enumerate(view.columns):
        text = (group.values[column.key] or (view.nothing if not number else "")) if group else ""
        tag, scope = ("td", None) if number else ("th", "row")
        cells.append(el(tag, text, scope=scope, data_f=None if group else column.key))
    total = sum(group.counts.values()) if group else 0
    for state in [*states, None]:
        identifier = state.id if state else ""
        count = (group.counts[identifier] if state else total) if group else 0
        link: Child = "0"
        if count or not group:
            href = address_of(view, group.values, identifier) if group else None
            link = el(
                "a", f"{count:,}" if group else "", href=href, class_="count", data_n=None if group else identifier
            )
        label = state.label if state else "all"
        cells.append(el("td", link, class_="n" if count or not group else "n z", data_k=label))
    return el("tr", cells)
