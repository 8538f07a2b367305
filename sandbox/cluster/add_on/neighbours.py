# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The objects that policies compare with each other, found by what makes them alike and not by going through all."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from functools import cache
from typing import Any

from azext_safeguards.check.policies.policy import Policy
from azext_safeguards.check.policies.registry import REGISTRY
from sandbox.cluster.core.store import Change

Json = dict[str, Any]
Identity = tuple[str, str, str]
"""Group, kind and name, within a namespace."""
_Key = tuple[str, str, Hashable]
"""Short name of the policy, namespace, likeness."""


class Neighbours:
    """An index over the objects of one cluster, kept up to date by the changes of its store."""

    def __init__(self) -> None:
        self._found: dict[_Key, dict[Identity, Json]] = {}

    def note(self, change: Change) -> None:
        """Take note of a write."""
        if change.before:
            for key in _keys(change.before):
                self._found.get(key, {}).pop(_identity(change.before), None)
        if change.type != "DELETED":
            self.add(change.object)

    def add(self, item: Json) -> None:
        """Take note of an object."""
        for key in _keys(item):
            self._found.setdefault(key, {})[_identity(item)] = item

    def of(self, policy: Policy, item: Json) -> list[Json]:
        """Return the other objects that a policy compares with one, by name."""
        alike: dict[Identity, Json] = {}
        for key in _keys(item, policy):
            alike.update(self._found.get(key, {}))
        alike.pop(_identity(item), None)
        return [alike[identity] for identity in sorted(alike)]


def _keys(item: Json, policy: Policy | None = None) -> Iterable[_Key]:
    group, kind, _ = _identity(item)
    namespace = str(item["metadata"].get("namespace") or "")
    for one in [policy] if policy else _comparing().get((group, kind), ()):
        for likeness in one.likenesses(item):
            yield one.short, namespace, likeness


def _identity(item: Json) -> Identity:
    return item["apiVersion"].rpartition("/")[0], item["kind"], item["metadata"]["name"]


@cache
def _comparing() -> dict[tuple[str, str], list[Policy]]:
    """The policies that look at several objects, by the kinds that they must see."""
    found: dict[tuple[str, str], list[Policy]] = {}
    for policy in REGISTRY.values():
        if policy.rule_among is not None:
            for kind in policy.among:
                found.setdefault(kind, []).append(policy)
    return found
