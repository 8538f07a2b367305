# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Objects as the mutating members leave them, without touching the originals."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from azext_safeguards.check.mutations import mutation_named
from azext_safeguards.check.mutations.mutation import Change, Mutation
from azext_safeguards.check.policies.policy import Path


class Mutated(NamedTuple):
    """What mutations did to an object."""

    content: dict[str, Any]
    names: tuple[str, ...]
    """Short names of those that changed it."""

    changes: list[Change]


class Mutator:
    """Applies the mutations at work."""

    def __init__(self, names: Iterable[str], acting: frozenset[str] | None = None) -> None:
        """Takes the short names of mutations.

        :param acting: the policies that judge what comes out; mutations that none of them can see are left out. None
            keeps all.
        """
        self._by_kind: dict[tuple[str, str], list[Mutation]] = {}
        for one in map(mutation_named, names):
            if acting is not None and acting.isdisjoint(one.seen_by):
                continue
            for kind in one.kinds:
                self._by_kind.setdefault(kind, []).append(one)

    @property
    def kinds(self) -> frozenset[tuple[str, str]]:
        """What is mutated."""
        return frozenset(self._by_kind)

    def acts_on(self, kind: tuple[str, str]) -> bool:
        """Whether anything would change objects of a kind."""
        return kind in self._by_kind

    def mutate(self, content: dict[str, Any], kind: tuple[str, str]) -> Mutated:
        """The object after all mutations."""
        names: list[str] = []
        everything: list[Change] = []
        for one in self._by_kind.get(kind, ()):
            changes = list(one.changes(content))
            if changes:
                content = apply(content, changes)
                names.append(one.short)
                everything += changes
        return Mutated(content, tuple(names), everything)


def by_webhooks(names: Iterable[str], content: dict[str, Any], kind: tuple[str, str]) -> Mutated:
    """An object as AKS's own mutators leave it.

    :param names: of the mutators at work, see `check.webhooks`.
    """
    from azext_safeguards.check.webhooks import REGISTRY

    acting: list[str] = []
    everything: list[Change] = []
    for name in names:
        webhook = REGISTRY[name]
        changes = list(webhook.changes(content, kind)) if kind in webhook.kinds else []
        if changes:
            content = apply(content, changes)
            acting.append(name)
            everything += changes
    return Mutated(content, tuple(acting), everything)


def apply(content: dict[str, Any], changes: Iterable[Change]) -> dict[str, Any]:
    """A copy of an object with fields set (mappings on the way are made) or removed; shares what did not change."""
    result: Any = content
    fresh: set[int] = set()
    for change in changes:
        result = _set(result, change.path, change.value, fresh)
    return dict(result)


def _set(holder: Any, path: Path, value: Any, fresh: set[int]) -> Any:
    """The holder with one field changed; `fresh` knows the copies made so far, which need not be copied again."""
    if id(holder) not in fresh:
        holder = list(holder) if isinstance(holder, list) else dict(holder) if isinstance(holder, dict) else {}
        fresh.add(id(holder))
    step = path[0]
    if len(path) > 1:
        inner = holder[step] if isinstance(step, int) else holder.get(step)
        holder[step] = _set(inner, path[1:], value, fresh)
    elif value is not None:
        holder[step] = value
    elif isinstance(step, int):
        del holder[step]
    else:
        holder.pop(step, None)
    return holder
