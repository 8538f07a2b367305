# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What stands above the list: the search field, a chip for each state, and the files to save."""

from __future__ import annotations

from azext_safeguards.pages.element import Element, el
from azext_safeguards.pages.listing import Listing, State


def mark(state: State, *, marked: bool = False, text: str | None = None) -> Element:
    """The label of a state with its sign."""
    return el(
        "span", state.label if text is None else text, class_=f"st {state.tone}", data_f="state" if marked else None
    )


def tools(listing: Listing) -> Element:
    """Search, chips and files; hidden until the script can act on them."""
    counts = listing.counts()
    chips = [
        el(
            "button",
            mark(state),
            " ",
            el("span", f"{counts[state.id]:,}", class_="count"),
            type="button",
            class_="chip",
            aria_pressed="false",
            data_s=state.id,
        )
        for state in listing.present()
    ]
    flags = [
        el(
            "button",
            el("span", label),
            " ",
            el("span", "", class_="count"),
            type="button",
            class_="chip",
            aria_pressed="false",
            data_s=f"flag:{name}",
        )
        for name, label in listing.flags
    ]
    return el(
        "div",
        el(
            "div",
            el("label", f"Search the {listing.noun[1]}", for_="search"),
            el("input", type="search", id="search", autocomplete="off", spellcheck="false"),
            class_="field",
        ),
        el("div", chips, flags, class_="chips", role="group", aria_label="States"),
        el("div", id="filters", class_="filters", role="group", aria_label="Filters"),
        el(
            "div",
            el("button", "Save as CSV", type="button", id="save-csv"),
            el("button", "Save as JSON", type="button", id="save-json"),
            class_="save",
        ),
        role="search",
        class_="tools",
        id="tools",
        hidden=True,
    )
