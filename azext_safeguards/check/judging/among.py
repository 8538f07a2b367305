# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The policies that compare an object with others of its namespace, over all files given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from azext_safeguards.check.findings import Effect
from azext_safeguards.check.judging.judged import GATEKEEPER, Apart, Kept, Raw
from azext_safeguards.check.policies.policy import Policy
from azext_safeguards.check.policies.registry import NAMES
from azext_safeguards.check.policies.registry import policy as policy_named
from azext_safeguards.check.settings import Settings

# Twenty thousand objects that are all alike would give four hundred million messages.
MOST_MESSAGES = 100
# Takes a few seconds; among the objects of any real repository far fewer are alike.
MOST_COMPARISONS = 5_000_000


def judge_among(
    kept: Iterable[tuple[int, Kept]], settings: Settings, notes: list[str]
) -> Iterator[tuple[int, Raw | Apart]]:
    """The findings that need several objects, each with the number of its file; an `Apart` for one that is ignored.

    :param kept: what was kept of all objects, each with the number of its file.
    :param notes: is told what was left out because there is too much of it.
    """
    everything = list(kept)
    for short, effect in settings.effects.items():
        policy = policy_named(short) if short in NAMES else None
        if policy is None or policy.rule_among is None:
            continue
        yield from _judged(policy, effect, everything, settings, notes)


def _judged(
    policy: Policy, effect: Effect, everything: list[tuple[int, Kept]], settings: Settings, notes: list[str]
) -> Iterator[tuple[int, Raw | Apart]]:
    """The findings of one policy."""
    assert policy.rule_among
    short = policy.short
    stored = _Comparable(policy)
    kinds = policy.kinds
    known = kinds | policy.among
    concerned = [entry for entry in everything if (entry[1].group, entry[1].kind) in known]
    if not policy.looks_back:
        for _, one in concerned:
            stored.add(one)
        concerned = [entry for entry in concerned if (entry[1].group, entry[1].kind) in kinds]
    steps = MOST_COMPARISONS
    for file_number, one in concerned:
        others = stored.others(one) if (one.group, one.kind) in kinds else ()
        if not others:
            if policy.looks_back:
                stored.add(one)
            continue
        steps -= len(others)
        if steps < 0:
            notes.append(f"{short}: there are too many alike to compare all with all; not all were.")
            return
        count = 0
        for message, path in policy.rule_among(one.content, settings.parameters, others):
            if count == MOST_MESSAGES:
                notes.append(f"{short}: only the first {count} messages about {one.kind}/{one.name} are shown.")
                break
            count += 1
            line, column = _place(one, path)
            who = (one.kind, one.name, one.namespace)
            if short in one.ignored:
                reason = one.ignored[short]
                yield file_number, Apart("ignored", line, column, *who, short, message, effect, False, reason)
                continue
            yield file_number, Raw(one.object_number, False, GATEKEEPER, message, line, column, *who, short, effect)
        # What is denied is not stored, so that nothing later is compared with it.
        if policy.looks_back and not (count and effect == "deny"):
            stored.add(one)


class _Comparable:
    """What a policy compares, by namespace and by what makes two objects comparable; one of a name each.

    A cluster has one object of a name, so that a second one given (an overlay, say) is the same object: to what is
    judged in order the later one takes the place of the earlier.
    """

    def __init__(self, policy: Policy) -> None:
        self._short, self._among = policy.short, policy.among
        self._groups: dict[Any, dict[Any, dict[str, Any]]] = {}
        self._replaces = policy.looks_back
        self._likenesses: dict[Any, tuple[Any, ...]] = {}

    def add(self, one: Kept) -> None:
        """Takes an object that others are compared with."""
        group, kind = one.group, one.kind
        if (group, kind) in self._among:
            key, content = (group, kind, one.name), one.content
            if self._replaces:
                self._forget(one, key)
            for likeness in one.likenesses[self._short]:
                alike = self._groups.get((one.namespace, likeness))
                if alike is None:
                    self._groups[one.namespace, likeness] = {key: content}
                else:
                    alike.setdefault(key, content)

    def _forget(self, one: Kept, key: Any) -> None:
        """Takes away what was stored under the name, which the object changes as `kubectl apply` does."""
        for likeness in self._likenesses.get((one.namespace, key), ()):
            self._groups.get((one.namespace, likeness), {}).pop(key, None)
        self._likenesses[one.namespace, key] = one.likenesses[self._short]

    def others(self, one: Kept) -> list[dict[str, Any]]:
        """What is comparable with an object, without itself, in the order given."""
        itself = (one.group, one.kind, one.name)
        together: dict[Any, dict[str, Any]] = {}
        for likeness in one.likenesses[self._short]:
            alike = self._groups.get((one.namespace, likeness))
            # Most are like nothing but themselves.
            if alike and (len(alike) > 1 or itself not in alike):
                together.update(alike)
        if not together:
            return []
        together.pop(itself, None)
        return list(together.values())


def _place(one: Kept, path: tuple[str | int, ...]) -> tuple[int, int]:
    """Where a field of a kept object is; policies say beforehand which fields they find fault with."""
    return one.places[path]
