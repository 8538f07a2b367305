# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""One object before the policies at work: what they change in it, and what they say. The rules are the checker's."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

from azext_safeguards.check.judging.engine import Engine, Raw
from azext_safeguards.check.judging.excluded import matcher
from azext_safeguards.check.judging.mutated import Mutator
from azext_safeguards.check.policies.registry import policy as policy_named
from azext_safeguards.check.settings import Settings
from sandbox.cluster.add_on.acting import ALWAYS_EXCLUDED, Acting
from sandbox.cluster.add_on.neighbours import Neighbours
from sandbox.cluster.core.kinds import Kind

Json = dict[str, Any]
#: As the add-on names its expansion template (seen on clusters, for example tailscale/tailscale#17552).
_IMPLIED = "[Implied by gatekeeper-expand-workloads] "
#: Of the checker alone: nothing on a cluster reads these annotations, so that they must silence nothing here.
_IGNORE = "ignore-safeguards.aks/"


class Verdict(NamedTuple):
    """What the policies say about one object: lines as they are printed."""

    denials: list[str]
    warnings: list[str]


def mutated(acting: tuple[Acting, ...], kind: Kind, item: Json) -> Json:
    """Return an object as the mutating members leave it."""
    for one in acting:
        names = tuple(member.short for member in one.with_action("mutate"))
        if names and not _is_excluded(one, _namespace_of(kind, item)):
            item = Mutator(names).mutate(item, kind.identity).content
    return item


def judge(acting: tuple[Acting, ...], kind: Kind, item: Json, neighbours: Neighbours) -> Verdict:
    """Return what the validating members say.

    Lines are in the order of their texts, those about the object itself before those about its Pod (recorded).
    """
    said: list[tuple[bool, str, str, str]] = []
    plain = _without_ignoring(item)
    for one in acting:
        if not _is_excluded(one, _namespace_of(kind, item)):
            said += _said(one, plain, neighbours)
    said.sort()
    denials = [f"[{name}] {_IMPLIED if implied else ''}{text}" for implied, text, name, act in said if act == "deny"]
    warnings = [f"[{name}] {_IMPLIED if implied else ''}{text}" for implied, text, name, act in said if act == "warn"]
    return Verdict(denials, warnings)


def _said(one: Acting, item: Json, neighbours: Neighbours) -> list[tuple[bool, str, str, str]]:
    """What one assignment says, as (about the Pod, text, constraint, action)."""
    members = {member.short: member for member in one.with_action("deny", "warn")}
    if not members:
        return []
    judged = _engine(one).judge(_PLACELESS, item, (), 0, "")
    found = [Raw(*raw) for raw in judged.raws] if judged else []
    said: list[tuple[bool, str, str, str]] = [
        (raw.implied, raw.message, members[raw.policy].constraint, raw.effect) for raw in found
    ]
    identity = (item["apiVersion"].rpartition("/")[0], item["kind"])
    for short, member in members.items():
        policy = policy_named(short)
        if policy.rule_among is None or identity not in policy.kinds:
            continue
        others = neighbours.of(policy, item)
        for message, _ in policy.rule_among(item, one.parameters, others) if others else ():
            said.append((False, message, member.constraint, member.action))
    wanted = {"Original": (False,), "Generated": (True,)}.get(one.source, (False, True))
    return [line for line in said if line[0] in wanted]


def _namespace_of(kind: Kind, item: Json) -> str:
    """The namespace by which an object is left alone: a Namespace counts by its own name."""
    metadata = item["metadata"]
    return str(metadata["name"] if kind.identity == ("", "Namespace") else metadata.get("namespace") or "")


def _is_excluded(one: Acting, namespace: str) -> bool:
    """Tell whether a namespace is left alone; objects without one never are."""
    return bool(namespace) and matcher((*ALWAYS_EXCLUDED, *one.excluded))(namespace)


@lru_cache(maxsize=256)
def _engine(one: Acting) -> Engine:
    """The checker's engine for one assignment."""
    effects: Any = {member.short: member.action for member in one.with_action("deny", "warn")}
    mutations = tuple(member.short for member in one.with_action("mutate"))
    return Engine(Settings(effects, mutations, one.parameters))


class _Placeless:
    """Stands for the document of an object that has no file."""

    def locate(self, path: tuple[str | int, ...]) -> tuple[int, int]:
        """Return where a field is: nowhere."""
        return (0, 0)


_PLACELESS: Any = _Placeless()


def _without_ignoring(item: Json) -> Json:
    annotations = item["metadata"].get("annotations")
    if not isinstance(annotations, dict) or not any(str(name).startswith(_IGNORE) for name in annotations):
        return item
    kept = {name: value for name, value in annotations.items() if not str(name).startswith(_IGNORE)}
    return {**item, "metadata": {**item["metadata"], "annotations": kept}}
