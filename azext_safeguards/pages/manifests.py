# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The page about manifests: what `check` found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from azext_safeguards.pages.element import Child
from azext_safeguards.pages.frame import Page, names, render
from azext_safeguards.pages.identity import Ids
from azext_safeguards.pages.listing import Block, Column, Listing, State, View, counted
from azext_safeguards.pages.ready import readiness_section
from azext_safeguards.pages.values import Context

STATES = (
    State("refused", "refused", "stop", "kubectl or the API server does not take the object; no policy ever sees it."),
    State("denied", "denied", "bad", "The cluster would not let the object in."),
    State(
        "unreadable", "unreadable", "stop", "A file, or a part of one, could not be read, so nothing is known of it."
    ),
    State(
        "unjudged", "not judged", "stop", "The policy could not be judged, so nothing is known of what it would say."
    ),
    State("warned", "warned", "warn", "The object would be let in, with a warning."),
    State("odd", "odd", "warn", "It was read, though hardly as it was meant."),
    State("noted", "noted", "info", "The API server itself warns of it, whatever the policies say."),
    State("changed", "changed", "info", "The object would be let in, with changes that the cluster makes."),
    State("ignored", "ignored", "mute", "Found, and known: an annotation on the object or the baseline says so."),
    State("excluded", "excluded", "mute", "The object is in a namespace that the safeguards leave alone."),
    State("left-out", "left out", "mute", "Was not judged: somebody left it out of this check."),
)
_BY_EFFECT = {"deny": "denied", "warn": "warned"}
_STAGES = {
    "read": "kubectl refuses it when it reads the file.",
    "decode": "The API server refuses it when it reads the object by its type.",
    "validate": "The API server refuses it when it looks at the values.",
}
_COLUMNS = (
    Column("state", "State"),
    Column("policy", "Policy"),
    Column("object", "Object"),
    Column("namespace", "Namespace"),
    Column("where", "Where"),
)
VIEWS = (
    View(
        "by-policy",
        "By policy",
        "By policy",
        ("policy",),
        (Column("policy", "Policy"), Column("title", "What it wants")),
        "(no policy)",
    ),
    View("by-namespace", "By namespace", "By namespace", ("namespace",), (Column("namespace", "Namespace"),), "(none)"),
    View(
        "by-object",
        "By object",
        "By object",
        ("object", "namespace", "file"),
        (Column("object", "Object"), Column("namespace", "Namespace"), Column("file", "File")),
        "(no object)",
    ),
)
BLOCKS = (
    Block("title", "Policy", "text"),
    Block("meaning", "What it means", "text"),
    Block("place", "Where", "text"),
    Block("said", "In the cluster's words", "quote"),
    Block("fix", "Fix", "text"),
    Block("patch", "Patch", "code"),
    Block("note", "Note", "text"),
)
STRINGS = ("state", "policy", "namespace", "kind", "name", "file")
TEXTS = ("message", "said", "patch", "note")
PLAIN = ("id", "line", "column", "implied", "silent")

Values = Mapping[str, Any]


def page(values: Values, context: Context) -> str:
    """The page.

    :param values: the JSON that `check` puts out: `findings`, `unreadable`, `notes`, `summary`, and where there are
        any `refused`, `mutations`, `ignored`, `excluded` and `leftOut`.
    """
    rows = list(_rows(values))
    listing = Listing(
        noun=("finding", "findings"),
        states=STATES,
        columns=_COLUMNS,
        views=VIEWS,
        blocks=BLOCKS,
        rows=rows,
        strings=STRINGS,
        texts=TEXTS,
        plain=PLAIN,
        guides=context.guides,
        namespace_ways=context.namespace_ways,
    )
    counts = listing.counts()
    level = " ".join(part for part in (context.level, context.version) if part)
    facts: list[tuple[str, Child]] = [
        ("Files", names(context.named, "not named")),
        ("Judged by", [level or "no level", ", as it stands on the cluster" if context.cluster_id else None]),
        ("Excluded namespaces", names([*context.excluded_namespaces, *context.system_namespaces], "none")),
    ]
    if context.cluster_id:
        facts.insert(0, ("Cluster", context.cluster_id))
    framed = Page(
        kind="manifests",
        title="Manifests against " + (level or "deployment safeguards"),
        verdict=_verdict(values, counts),
        facts=facts,
        totals=[(state, counts[state.id], f"#by-policy&state={state.id}") for state in STATES],
        totals_of="Findings",
        listing=listing,
        before=readiness_section(values.get("readiness")),
        notes=[str(note) for note in values.get("notes") or ()],
        machine={
            "summary": values.get("summary"),
            "level": context.level,
            "version": context.version,
            **_ready(values.get("readiness")),
        },
    )
    return render(framed, context)


def _ready(readiness: Values | None) -> dict[str, Any]:
    """What the data block has of readiness."""
    if not readiness:
        return {}
    return {"readiness": {name: readiness[name] for name in ("ready", "totals", "namespaces", "fixes")}}


def _verdict(values: Values, counts: Mapping[str, int]) -> str:
    summary = values.get("summary") or {}
    read = f"{counted(int(summary.get('objects') or 0), ('object', 'objects'))} "
    read += f"({counted(int(summary.get('files') or 0), ('file', 'files'))})"
    findings = [*(values.get("findings") or ()), *(values.get("refused") or ())]
    at_fault = {(one.get("file"), one.get("kind"), one.get("namespace"), one.get("name")) for one in findings}
    said = [f"{counts[state]:,} {state}" for state in ("refused", "denied", "warned") if counts.get(state)]
    if said:
        result = f"{', '.join(said)}, in {len(at_fault):,} of {read}."
    else:
        result = f"Nothing would be denied or warned of in {read}."
    if counts.get("unjudged"):
        result += f" {counted(counts['unjudged'], ('policy', 'policies'))} could not be judged."
    if counts.get("unreadable"):
        result += f" {counted(counts['unreadable'], ('part', 'parts'))} could not be read."
    return result[0].upper() + result[1:]


def _rows(values: Values) -> Iterator[dict[str, Any]]:
    ids = Ids()
    for item in values.get("findings") or ():
        yield _row(ids, _BY_EFFECT.get(str(item.get("effect")), "warned"), item)
    for item in values.get("refused") or ():
        stage = str(item.get("stage") or "")
        row = _row(ids, "refused", {**item, "policy": "", "message": item.get("reason")}, stage)
        yield {**row, "said": str(item.get("cluster") or ""), "note": _STAGES.get(stage, stage)}
    for item in values.get("unreadable") or ():
        yield _row(ids, "unreadable", {**item, "policy": "", "message": item.get("reason")}, "unreadable")
    for item in values.get("apiserverWarnings") or ():
        yield {**_row(ids, "noted", {**item, "policy": "", "message": item.get("text")}, "noted"), "silent": 1}
    for item in values.get("odd") or ():
        yield {**_row(ids, "odd", {**item, "policy": "", "message": item.get("reason")}, "odd"), "silent": 1}
    for item in values.get("unjudged") or ():
        yield {**_row(ids, "unjudged", {**item, "message": item.get("reason")}, "unjudged"), "silent": 1}
    for item in values.get("mutations") or ():
        policies = ", ".join(map(str, item.get("policies") or ()))
        changed = {**item, "policy": policies, "message": f"The cluster would change it: {policies}."}
        yield {**_row(ids, "changed", changed, "changed"), "patch": str(item.get("diff") or "")}
    for item in values.get("ignored") or ():
        reason = str(item.get("reason") or "")
        yield {**_row(ids, "ignored", item), "note": f"Ignored: {reason}" if reason else ""}
    yield from _silent(ids, "excluded", values.get("excluded") or ())
    yield from _silent(ids, "left-out", values.get("leftOut") or ())


def _silent(ids: Ids, state: str, items: Iterable[Values]) -> Iterator[dict[str, Any]]:
    """Rows of which no policy said anything."""
    for item in items:
        yield {**_row(ids, state, {**item, "message": item.get("reason")}, state), "silent": 1}


def _row(ids: Ids, state: str, item: Values, *more: str) -> dict[str, Any]:
    identity = tuple(str(item.get(key) or "") for key in ("file", "kind", "namespace", "name", "policy", "message"))
    row = {key: str(item.get(key) or "") for key in (*STRINGS, *TEXTS)}
    return {
        **row,
        "id": ids.of(*identity, *more),
        "state": state,
        "line": int(item.get("line") or 0),
        "column": int(item.get("column") or 0),
        "implied": 1 if item.get("implied") else 0,
        "silent": 0,
    }
