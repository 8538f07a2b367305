# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""One object before the policies at work: what they change in it, and what they say. The rules are the checker's."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

from azext_safeguards.check.judging.excluded import matcher
from azext_safeguards.check.judging.mutated import Mutator
from azext_safeguards.check.policies.registry import policy as policy_named
from sandbox.cluster.add_on.acting import ALWAYS_EXCLUDED, Acting
from sandbox.cluster.add_on.neighbours import Neighbours
from sandbox.cluster.add_on.rules import texts
from sandbox.cluster.core.kinds import Kind

Json = dict[str, Any]
#: As the add-on names its expansion template (seen on clusters, for example tailscale/tailscale#17552).
_IMPLIED = "[Implied by gatekeeper-expand-workloads] "


class Verdict(NamedTuple):
    """What the policies say about one object: lines as they are printed."""

    denials: list[str]
    warnings: list[str]


def mutated(acting: tuple[Acting, ...], kind: Kind, item: Json) -> Json:
    """Return an object as the mutating members leave it."""
    for one in acting:
        mutator = _mutator(one)
        if mutator.acts_on(kind.identity) and not _is_excluded(one, _namespace_of(kind, item)):
            item = mutator.mutate(item, kind.identity).content
    return item


def judge(acting: tuple[Acting, ...], kind: Kind, item: Json, neighbours: Neighbours) -> Verdict:
    """Return what the validating members say.

    Lines are in the order of their texts, those about the object itself before those about its Pod (recorded).
    """
    said: list[tuple[bool, str, str, str]] = []
    for one in acting:
        if not _is_excluded(one, _namespace_of(kind, item)):
            said += _said(one, item, neighbours)
    said.sort()
    denials = [f"[{name}] {_IMPLIED if implied else ''}{text}" for implied, text, name, act in said if act == "deny"]
    warnings = [f"[{name}] {_IMPLIED if implied else ''}{text}" for implied, text, name, act in said if act == "warn"]
    return Verdict(denials, warnings)


def _said(one: Acting, item: Json, neighbours: Neighbours) -> list[tuple[bool, str, str, str]]:
    """What one assignment says, as (about the Pod, text, constraint, action)."""
    members = {member.short: member for member in one.with_action("deny", "warn")}
    if not members:
        return []
    policies = [policy_named(short) for short in members]
    wanted = {"Original": (False,), "Generated": (True,)}.get(one.source, (False, True))
    return [
        (implied, text, members[short].constraint, members[short].action)
        for short, implied, text in texts(policies, _mutator(one), one.parameters, item, neighbours)
        if implied in wanted
    ]


def _namespace_of(kind: Kind, item: Json) -> str:
    """The namespace by which an object is left alone: a Namespace counts by its own name."""
    metadata = item["metadata"]
    return str(metadata["name"] if kind.identity == ("", "Namespace") else metadata.get("namespace") or "")


def _is_excluded(one: Acting, namespace: str) -> bool:
    """Tell whether a namespace is left alone; objects without one never are."""
    return bool(namespace) and matcher((*ALWAYS_EXCLUDED, *one.excluded))(namespace)


@lru_cache(maxsize=256)
def _mutator(one: Acting) -> Mutator:
    return Mutator(tuple(member.short for member in one.with_action("mutate")))
