# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The section by which a person decides whether manifests are ready for a cluster."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from azext_safeguards.pages.element import Child, Element, el

Values = Mapping[str, Any]
_OUTCOMES = ("refused", "denied", "warned", "changed", "passes", "excluded")
# The others stand in the rows below.
_MOST = 200


def readiness_section(readiness: Values | None) -> Sequence[Element]:
    """What would become of the objects, by namespace; how those are changed that are let in; the kinds of fixes.

    :param readiness: as `check` puts it out; None where it was not asked for.
    """
    if not readiness:
        return ()
    return (
        el(
            "section",
            el("h2", "Readiness", id="readiness-title"),
            el("p", str(readiness["verdict"])),
            _table(
                "What would become of the objects, by namespace",
                ("Namespace", *(outcome.capitalize() for outcome in _OUTCOMES)),
                [
                    (str(one["namespace"]) or "(none)", *(f"{int(one[outcome]):,}" for outcome in _OUTCOMES))
                    for one in readiness["namespaces"]
                ],
                numbers=True,
            ),
            _table("The kinds of fixes", ("Fix", "Objects", "What to do"), [_fix(one) for one in readiness["fixes"]]),
            _changed([one for one in readiness["objects"] if one["outcome"] == "changed"]),
            aria_labelledby="readiness-title",
        ),
    )


def _fix(one: Values) -> tuple[Child, ...]:
    return (str(one["policy"] or one["title"]), f"{int(one['objects']):,} {one['outcome']}", str(one["fix"]))


def _changed(objects: Sequence[Values]) -> Child:
    """The objects that the cluster changes and lets in."""
    if not objects:
        return None
    lines = [
        (
            el("bdi", f"{one['kind']}/{one['name']}"),
            str(one["namespace"]),
            [el("div", el("code", f"{item['path']}: {_value(item['value'])}")) for item in one["changes"]],
        )
        for one in objects[:_MOST]
    ]
    table = _table("What the cluster would set in objects that it lets in", ("Object", "Namespace", "Set"), lines)
    cut = f"{_MOST:,} of {len(objects):,} are listed here." if len(objects) > _MOST else None
    return el(
        "details", el("summary", f"What would be changed ({len(objects):,})"), table, el("p", cut) if cut else None
    )


def _value(value: Any) -> str:
    return str(value) if isinstance(value, str | int) else "..."


def _table(
    caption: str, heads: Sequence[str], lines: Sequence[Sequence[Child]], *, numbers: bool = False
) -> Element | None:
    """A table; with numbers in all columns but the first, where that is said."""
    if not lines:
        return None

    def cell(at: int, value: Child) -> Element:
        if not at:
            return el("th", value, scope="row")
        if not numbers:
            return el("td", value)
        return el("td", value, class_="n z" if value == "0" else "n", data_k=heads[at].lower())

    kinds = [None, *("n" if numbers else None for _ in heads[1:])]
    titles = [el("th", head, scope="col", class_=kind) for head, kind in zip(heads, kinds, strict=True)]
    body = [el("tr", [cell(at, value) for at, value in enumerate(line)]) for line in lines]
    return el(
        "table",
        el("caption", caption),
        el("thead", el("tr", titles)),
        el("tbody", body),
        class_="groups ready",
    )
