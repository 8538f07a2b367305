# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The page about a cluster: which of its objects do not comply."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from azext_safeguards.pages.element import Child, el
from azext_safeguards.pages.frame import Page, commands_section, names, render
from azext_safeguards.pages.identity import Ids
from azext_safeguards.pages.listing import Block, Column, Listing, State, View, counted
from azext_safeguards.pages.manifests import BLOCKS as FINDING_BLOCKS
from azext_safeguards.pages.values import Context

STATES = (
    State(
        "NonCompliant", "not compliant", "bad", "The object breaks the policy, and would be denied under Enforcement."
    ),
    State("Unknown", "unknown", "stop", "Azure Policy does not know, for example because a policy failed to run."),
    State("NotEvaluated", "not evaluated", "warn", "Azure Policy has said nothing about this policy yet."),
    State("Exempt", "exempt", "mute", "An exemption of Azure Policy lets the object be."),
    State("NothingToJudge", "nothing to judge", "mute", "The policy looked at no object, so nothing is said of it."),
    State("excluded", "excluded", "mute", "The safeguards leave this namespace alone; nothing in it is judged."),
    State("left-out", "left out", "mute", "The policy is off here, or reports nothing about objects."),
)
_COMPLIANT = State("Compliant", "compliant", "good", "The object keeps to all policies that judge it.")
_COLUMNS = (
    Column("state", "State"),
    Column("policy", "Policy"),
    Column("object", "Object"),
    Column("namespace", "Namespace"),
)
_VIEWS = (
    View(
        "by-policy",
        "By policy",
        "By policy",
        ("policy",),
        (Column("policy", "Policy"), Column("title", "What it wants")),
        "(no policy)",
    ),
    View(
        "by-namespace",
        "By namespace",
        "By namespace",
        ("namespace",),
        (Column("namespace", "Namespace"),),
        "(cluster-wide)",
    ),
    View(
        "by-object",
        "By object",
        "By object",
        ("object", "namespace"),
        (Column("object", "Object"), Column("namespace", "Namespace")),
        "(no object)",
    ),
)
_BLOCKS = (*FINDING_BLOCKS, Block("timestamp", "Seen by Azure Policy", "text"))
_STRINGS = ("state", "policy", "namespace", "kind", "name", "timestamp")
_TEXTS = ("message", "patch", "note")

Values = Mapping[str, Any]


def page(values: Values, context: Context) -> str:
    """The page.

    :param values: the JSON that `compliance show --details` puts out.
    """
    listing = Listing(
        noun=("finding", "findings"),
        states=STATES,
        columns=_COLUMNS,
        views=_VIEWS,
        blocks=_BLOCKS,
        rows=list(_rows(values, context)),
        strings=_STRINGS,
        texts=_TEXTS,
        plain=("id", "silent"),
        guides=context.guides,
        namespace_ways=context.namespace_ways,
    )
    facts: list[tuple[str, Child]] = [
        ("Cluster", el("bdi", context.cluster_id or str(values.get("cluster") or ""))),
        ("Level", [context.level or "none of the known ones", _mode(values)]),
        ("Version", context.version or "none of the known ones"),
        *([("Last change", str(values.get("lastChange")))] if values.get("lastChange") else []),
        ("Excluded namespaces", names(context.excluded_namespaces, "none of the users'")),
        ("The system's, always excluded", names(context.system_namespaces, "none")),
    ]
    denials: Child = [
        "Objects that were denied never reach compliance data: what is listed here got in. ",
        el("a", "How to see what is denied", href="#denied"),
        ".",
    ]
    framed = Page(
        kind="cluster",
        title=f"Compliance of {values.get('cluster') or 'a cluster'}",
        verdict=_verdict(values),
        facts=facts,
        totals=_totals(values),
        totals_of="Objects that policies judge",
        listing=listing,
        notes=[denials, *_truncated(values)],
        after=[
            commands_section(
                "denied",
                "How to see what is denied",
                "A denied object is not in the cluster, so Azure Policy has no state of it. Check manifests before "
                "they are applied, and explain what kubectl printed:",
                context.ways,
            )
        ],
        machine={
            "cluster": values.get("cluster"),
            "clusterId": context.cluster_id,
            "level": context.level,
            "version": context.version,
            "complianceState": values.get("complianceState"),
            "nothingToJudge": values.get("nothingToJudge"),
            "lastScan": values.get("lastScan"),
            "lastChange": values.get("lastChange"),
            "outdated": values.get("outdated"),
            "objects": values.get("objects"),
        },
    )
    return render(framed, context)


def would_be_denied(values: Values) -> dict[str, int]:
    """How many objects of each namespace break a policy, so that Enforcement would deny them."""
    found: dict[str, set[tuple[str, str]]] = {}
    for item in values.get("details") or ():
        if item.get("complianceState") == "NonCompliant":
            objects = found.setdefault(str(item.get("namespace") or ""), set())
            objects.add((str(item.get("kind")), str(item.get("name"))))
    counts = {namespace: len(objects) for namespace, objects in found.items()}
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


_NOTHING = {
    "Off": "no policy that judges objects is on.",
    "KeptAway": "the assignment does not reach the cluster.",
    "NoObjects": "Azure Policy names no object that a policy looked at.",
}


def _verdict(values: Values) -> str:
    denied = would_be_denied(values)
    policies = [one for one in values.get("policies") or () if one.get("kind") == "validator"]
    waiting = sum(one.get("complianceState") == "NotEvaluated" for one in policies)
    if values.get("complianceState") == "NotEvaluated" and waiting in (0, len(policies)):
        return "Azure Policy has not evaluated this cluster yet."
    partly = f" {counted(waiting, ('policy is', 'policies are'))} not evaluated yet." if waiting else ""
    late = " That was scanned before the last change of the safeguards." if values.get("outdated") else ""
    if values.get("complianceState") == "NothingToJudge":
        nothing = str(values.get("nothingToJudge"))
        late = late if nothing == "NoObjects" else ""
        return f"There is nothing to judge: {_NOTHING.get(nothing, 'nothing was looked at.')}{late}"
    if not denied:
        found = "Nothing that Azure Policy knows of breaks a policy: under Enforcement nothing would be denied."
        return f"{found}{partly}{late}"
    where = counted(len(denied), ("namespace", "namespaces"))
    objects = counted(sum(denied.values()), ("object", "objects"))
    return f"Under Enforcement {objects} in {where} would be denied.{partly}{late}"


def _totals(values: Values) -> list[tuple[State, int, str]]:
    objects = values.get("objects") or {}
    keys = (("NonCompliant", "nonCompliant"), ("Unknown", "unknown"), ("Exempt", "exempt"))
    by_id = {state.id: state for state in STATES}
    totals = [(by_id[name], int(objects.get(key) or 0), "") for name, key in keys]
    return [*totals[:2], (_COMPLIANT, int(objects.get("compliant") or 0), ""), *totals[2:]]


def _truncated(values: Values) -> Iterator[str]:
    for policy in values.get("policies") or ():
        if policy.get("truncated"):
            yield f"Azure Policy is told of a limited number of objects for {policy.get('name')}; there may be more."
    if values.get("objects") is None:
        yield "The states of objects could not be read, so that only policies are known."


def _mode(values: Values) -> str | None:
    return ", not enforced" if str(values.get("enforcementMode") or "").lower() == "donotenforce" else None


def _rows(values: Values, context: Context) -> Iterator[dict[str, Any]]:
    ids = Ids()
    # An id must be the same after the next scan, whatever the message says then.
    for item in values.get("details") or ():
        guide = context.guides.get(str(item.get("policy")))
        message = str(item.get("message") or "") or (guide.title if guide else "") or "No reason is given."
        state = str(item.get("complianceState") or "Unknown")
        row = _row(ids, state if any(state == one.id for one in STATES) else "Unknown", item)
        yield {**row, "message": message, "silent": 0 if item.get("message") else 1}
    for policy in values.get("policies") or ():
        about = {"policy": policy.get("name")}
        if policy.get("kind") != "validator":
            yield {**_row(ids, "left-out", about), "message": f"It {policy.get('action')}, and judges no objects."}
        elif policy.get("complianceState") == "NothingToJudge":
            yield {**_row(ids, "NothingToJudge", about), "message": "It looked at no object."}
        elif policy.get("complianceState") == "NotEvaluated":
            yield {**_row(ids, "NotEvaluated", about), "message": "Azure Policy has said nothing about it yet."}
        elif policy.get("complianceState") != "Compliant" and policy.get("objects") is None:
            message = f"Azure Policy says {policy.get('complianceState')}, and names no objects."
            message = "It is off by exemption." if policy.get("origin") == "exemption" else message
            yield {**_row(ids, str(policy.get("complianceState")), about), "message": message}
    for item in values.get("leftOut") or ():
        yield {**_row(ids, "left-out", item), "message": str(item.get("reason") or "It is off here.")}
    for namespace in (*context.excluded_namespaces, *context.system_namespaces):
        row = _row(ids, "excluded", {"namespace": namespace, "kind": "Namespace", "name": namespace})
        yield {**row, "message": "Excluded by the safeguards, so that nothing in it is judged."}


def _row(ids: Ids, state: str, item: Values) -> dict[str, Any]:
    identity = tuple(str(item.get(key) or "") for key in ("kind", "namespace", "name", "policy"))
    row = {key: str(item.get(key) or "") for key in (*_STRINGS, *_TEXTS)}
    return {**row, "id": ids.of("cluster", *identity), "state": state, "silent": 1}
