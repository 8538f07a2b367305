# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The page about a fleet: the safeguards of every cluster of some subscriptions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from azext_safeguards.pages.element import Child, Element, el, link
from azext_safeguards.pages.frame import Page, commands_section, render
from azext_safeguards.pages.identity import Ids
from azext_safeguards.pages.listing import Block, Column, Listing, State, View, counted, encoded
from azext_safeguards.pages.values import Context

STATES = (
    State("unread", "not read", "stop", "The subscription could not be read, so its clusters are not known."),
    State("none", "no safeguards", "bad", "Nobody has put safeguards on the cluster, as far as lists tell."),
    State("off", "off", "bad", "The level is Off: nothing is denied, warned of or reported."),
    State("suspended", "suspended", "warn", "Somebody suspended the safeguards: policies report and nothing more."),
    State("idle", "not enforced", "warn", "The assignment's enforcement mode is DoNotEnforce: policies only report."),
    State("other", "other policy", "warn", "An assignment of the safeguards' name assigns something else."),
    State("unknown", "unknown level", "warn", "What the assignment does is none of the levels."),
    State("warning", "Warning", "info", "What breaks a policy is let in, with a warning."),
    State("enforcement", "Enforcement", "good", "What breaks a policy is denied."),
    State("managed", "managed by AKS", "good", "AKS sets the safeguards of the cluster itself."),
)
FLAGS = (
    ("not-newest", "not on the newest version"),
    ("drift", "drifted"),
    ("breaks", "breaks policies"),
    ("outdated", "scanned before the last change"),
    ("no-add-on", "no Azure Policy add-on"),
)
_COLUMNS = (
    Column("state", "State"),
    Column("name", "Cluster"),
    Column("subscription", "Subscription"),
    Column("version", "Version"),
    Column("owner", "Owner"),
    Column("drift", "Drift", True),
    Column("policies", "Policies broken", True),
    Column("objects", "Would be denied", True),
)
_VIEWS = (
    View(
        "by-subscription",
        "By subscription",
        "By subscription",
        ("subscription", "subscriptionId"),
        (Column("subscription", "Subscription"), Column("subscriptionId", "Id")),
        "(no subscription)",
    ),
    View("by-level", "By level", "By level", ("level",), (Column("level", "Level"),), "(no level)"),
    View("by-version", "By version", "By version", ("version",), (Column("version", "Version"),), "(no version)"),
)
_BLOCKS = (
    Block("clusterId", "Resource id", "text"),
    Block("place", "Where", "text"),
    Block("suspended", "Suspended", "text"),
    Block("drifted", "Drift", "text"),
    Block("choices", "Choices", "text"),
    Block("excluded", "Excluded namespaces", "text"),
    Block("ready", "Would be denied, by namespace", "text"),
    Block("note", "Note", "text"),
)
_STRINGS = (
    "state", "name", "group", "subscription", "subscriptionId", "level", "version", "owner", "flags", "location",
    "suspendedSince", "page",
)  # fmt: skip
_TEXTS = ("message", "clusterId", "suspended", "drifted", "choices", "excluded", "ready", "note", "commands")
_PLAIN = ("id", "drift", "policies", "objects")
_MOST_READY = 200

Values = Mapping[str, Any]


def page(values: Values, context: Context) -> str:
    """The page.

    :param values: `clusters` is the JSON that `profile list` puts out. `unread` has `subscription` and `reason` of
        what could not be read; `newest` is the newest version; `readiness` has, by resource id in lower case, how
        many objects of each namespace would be denied, as `cluster.would_be_denied` gives it; `pages` has, likewise,
        the page of a cluster, relative to this one; `commands` has, likewise, the commands to paste. All but
        `clusters` may be missing.
    """
    rows = list(_rows(values))
    listing = Listing(
        noun=("cluster", "clusters"),
        states=STATES,
        columns=_COLUMNS,
        views=_VIEWS,
        blocks=_BLOCKS,
        rows=rows,
        strings=_STRINGS,
        texts=_TEXTS,
        plain=_PLAIN,
        flags=[flag for flag in FLAGS if any(flag[0] in row["flags"].split() for row in rows)],
    )
    counts = listing.counts()
    subscriptions = {row["subscriptionId"] for row in rows}
    owners = Counter(str(row["owner"] or "nobody") for row in rows if row["state"] != "unread")
    facts: list[tuple[str, Child]] = [
        ("Subscriptions", f"{len(subscriptions):,}"),
        ("Clusters", f"{len(rows) - counts['unread']:,}"),
        ("Newest version", str(values.get("newest") or "not known")),
        ("Owners", ", ".join(f"{owner}: {number:,}" for owner, number in sorted(owners.items())) or "none"),
    ]
    framed = Page(
        kind="fleet",
        title="Deployment safeguards of a fleet",
        verdict=_verdict(counts, len(rows) - counts["unread"]),
        facts=facts,
        totals=[(state, counts[state.id], f"#by-subscription&state={state.id}") for state in STATES],
        totals_of="Clusters by what their safeguards do",
        listing=listing,
        notes=[str(note) for note in values.get("notes") or ()],
        before=[_questions(rows, counts, values), _readiness(rows, values)],
        after=[_unread(context)] if context.ways else [],
        machine={"newest": values.get("newest"), "notes": list(values.get("notes") or ())},
    )
    return render(framed, context)


def _verdict(counts: Mapping[str, int], clusters: int) -> str:
    acting = counts.get("enforcement", 0) + counts.get("managed", 0)
    bare = counts.get("none", 0) + counts.get("off", 0)
    text = f"{acting:,} of {counted(clusters, ('cluster', 'clusters'))} enforce safeguards"
    text += f", {counts['warning']:,} only warn" if counts.get("warning") else ""
    text += f", {bare:,} have none or have them off" if bare else ""
    text += f"; {counted(counts['unread'], ('subscription', 'subscriptions'))} not read" if counts.get("unread") else ""
    return f"{text}."


def _questions(rows: Sequence[Values], counts: Mapping[str, int], values: Values) -> Element:
    """What people ask of a fleet, each with the number of clusters and the way to them."""
    flags = Counter(flag for row in rows for flag in row["flags"].split())
    newest = str(values.get("newest") or "the newest version")
    asked = [
        ("Clusters without safeguards", counts.get("none", 0), "state=none"),
        ("Level Off", counts.get("off", 0), "state=off"),
        ("Suspended, or not enforced", counts.get("suspended", 0) + counts.get("idle", 0), "state=suspended,idle"),
        (f"Not on {newest}", flags["not-newest"], "flag=not-newest"),
        ("Drifted from what was asked for", flags["drift"], "flag=drift"),
        ("Break policies", flags["breaks"], "flag=breaks"),
        ("Scanned before the last change", flags["outdated"], "flag=outdated"),
        ("Without the Azure Policy add-on", flags["no-add-on"], "flag=no-add-on"),
        ("Subscriptions that could not be read", counts.get("unread", 0), "state=unread"),
    ]
    return el(
        "section",
        el("h2", "Who needs a look", id="questions-title"),
        el(
            "ul",
            [
                el(
                    "li",
                    el("a", f"{number:,}", href=f"#by-subscription&{where}", class_="count")
                    if number
                    else el("span", "0"),
                    " ",
                    question,
                    class_=None if number else "zero",
                )
                for question, number, where in asked
            ],
            class_="questions",
        ),
        aria_labelledby="questions-title",
    )


def _readiness(rows: Sequence[Values], values: Values) -> Element:
    """Which objects Enforcement would deny, by namespace."""
    known: Mapping[str, Mapping[str, int]] = values.get("readiness") or {}
    by_id = {str(row["clusterId"]).lower(): row for row in rows}
    listed = [(by_id[key], spaces) for key, spaces in known.items() if key in by_id]
    listed.sort(key=lambda item: (-sum(item[1].values()), str(item[0]["name"])))
    lines = [(row, space, number) for row, spaces in listed for space, number in spaces.items()]
    ready = sum(not spaces for _, spaces in listed)
    denied = sum(number for _, _, number in lines)
    unknown = sum(row["state"] not in ("unread",) and str(row["clusterId"]).lower() not in known for row in rows)
    if listed:
        text = (
            f"Under Enforcement {counted(denied, ('object', 'objects'))} in "
            f"{counted(len(listed) - ready, ('cluster', 'clusters'))} would be denied. "
        )
        if ready:
            text += f"{counted(ready, ('cluster is', 'clusters are'))} ready: nothing there would be denied. "
    else:
        text = "The objects of no cluster are known here, so this page cannot say what would be denied."
    if unknown and listed:
        text += f"Of {counted(unknown, ('cluster', 'clusters'))} no objects are known."
    table = el(
        "table",
        el("caption", "Objects that Enforcement would deny, by cluster and namespace, most first"),
        el(
            "thead",
            el(
                "tr",
                el("th", "Cluster", scope="col"),
                el("th", "Namespace", scope="col"),
                el("th", "Level", scope="col"),
                el("th", "Would be denied", scope="col", class_="n"),
            ),
        ),
        el("tbody", [_ready_row(*line) for line in lines[:_MOST_READY]]),
        class_="groups ready",
    )
    cut = f"{_MOST_READY:,} of {len(lines):,} are listed here, those with the most objects."
    return el(
        "section",
        el("h2", "Readiness for Enforcement", id="readiness-title"),
        el("p", text),
        el("p", cut, class_="shown") if len(lines) > _MOST_READY else None,
        table if lines else None,
        id="readiness",
        aria_labelledby="readiness-title",
    )


def _ready_row(row: Values, namespace: str, number: int) -> Element:
    name = el("bdi", str(row["name"]))
    page_of = str(row.get("page") or "")
    beside = f"{page_of}#by-object&namespace={encoded(namespace)}&state=NonCompliant" if page_of else f"#{row['id']}"
    return el(
        "tr",
        el("th", link(name, page_of or f"#{row['id']}"), scope="row"),
        el("td", el("bdi", namespace or "(cluster-wide)")),
        el("td", str(row["level"]) or "-"),
        el("td", link(f"{number:,}", beside, class_="count"), class_="n"),
    )


def _unread(context: Context) -> Element:
    return commands_section("unread", "What could not be read", "Read it once you may, or sign in anew:", context.ways)


def _rows(values: Values) -> Iterator[dict[str, Any]]:
    ids = Ids()
    for item in values.get("unread") or ():
        subscription = str(item.get("subscription") or "")
        yield {
            **_blank(),
            "id": ids.of("subscription", subscription.lower()),
            "state": "unread",
            "name": "(its clusters)",
            "subscription": str(item.get("name") or subscription),
            "subscriptionId": subscription,
            "message": f"Could not be read: {item.get('reason') or 'no reason is given'}",
        }
    for item in values.get("clusters") or ():
        yield _row(item, values, ids)


def _row(item: Values, values: Values, ids: Ids) -> dict[str, Any]:
    identifier = str(item.get("id") or "")
    key = identifier.lower()
    suspended = item.get("suspended") or {}
    drift = [str(field) for field in item.get("drift") or ()]
    excluded = item.get("excludedNamespaces")
    ready = (values.get("readiness") or {}).get(key)
    state = state_of(item)
    row = {
        **_blank(),
        "id": ids.of("cluster", key),
        "state": state,
        "name": str(item.get("cluster") or ""),
        "group": str(item.get("resourceGroup") or ""),
        "subscription": str(item.get("subscriptionName") or item.get("subscription") or ""),
        "subscriptionId": str(item.get("subscription") or ""),
        "level": str(item.get("level") or ""),
        "version": str(item.get("version") or ""),
        "owner": str(item.get("owner") or ""),
        "location": str(item.get("location") or ""),
        "clusterId": identifier,
        "drift": len(drift),
        "drifted": ", ".join(drift),
        "policies": item.get("nonCompliantPolicies"),
        "objects": None if ready is None else sum(ready.values()),
        "choices": ", ".join(map(str, item.get("choices") or ())),
        "excluded": ", ".join(map(str, excluded)) if isinstance(excluded, list) else str(excluded or ""),
        "ready": ", ".join(f"{space or '(cluster-wide)'}: {number:,}" for space, number in (ready or {}).items()),
        "page": str((values.get("pages") or {}).get(key) or ""),
        "commands": "\n".join(part for way in (values.get("commands") or {}).get(key) or () for part in way),
        "suspendedSince": str(suspended.get("at") or ""),
        "note": "" if item.get("azurePolicyAddon", True) else "The Azure Policy add-on is off, so nothing acts here.",
    }
    if suspended:
        why = f": {suspended['reason']}" if suspended.get("reason") else ""
        row["suspended"] = f"since {suspended.get('at') or '?'} by {suspended.get('by') or 'somebody'}{why}"
    row["flags"] = " ".join(_flags(item, row, str(values.get("newest") or "")))
    suspension = f"suspended {row['suspended']}" if row["suspended"] else ""
    parts = [row["group"], row["location"], f"level {row['level']}" if row["level"] else "", suspension]
    row["message"] = " · ".join(part for part in parts if part)
    return row


def state_of(item: Values) -> str:
    """The state of a cluster of the list."""
    level = str(item.get("level") or "").lower()
    owner = str(item.get("owner") or "").lower()
    if owner == "managed":
        return "managed"
    if owner == "other":
        return "other"
    if not owner:
        return "none"
    if level == "off":
        return "off"
    if item.get("suspended"):
        return "suspended"
    if str(item.get("enforcementMode") or "").lower() == "donotenforce":
        return "idle"
    return level if level in ("warning", "enforcement") else "unknown"


def _flags(item: Values, row: Values, newest: str) -> Iterator[str]:
    if newest and row["version"] and row["version"] != newest:
        yield "not-newest"
    if row["drift"]:
        yield "drift"
    if item.get("nonCompliantPolicies") or row["objects"]:
        yield "breaks"
    if item.get("outdated"):
        yield "outdated"
    if not item.get("azurePolicyAddon", True):
        yield "no-add-on"


def _blank() -> dict[str, Any]:
    return {**dict.fromkeys((*_STRINGS, *_TEXTS), ""), "drift": None, "policies": None, "objects": None}
