# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The objects of one cluster and what happened to them, with resource versions that rise by one with each write.

Objects that are in the store are never changed: a write puts another one in their place.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from sandbox.cluster.core.kinds import Kind

Json = dict[str, Any]
Place = tuple[str, str]
"""Namespace ("" of kinds that have none) and name."""
#: How many writes a watch may lag behind before it is told to begin anew, as etcd's compaction does.
_REMEMBERED = 10_000


class Change(NamedTuple):
    """One write."""

    revision: int
    kind: tuple[str, str]
    """Group and plural."""
    type: str
    """ADDED, MODIFIED or DELETED."""
    object: Json
    before: Json | None


class Expired(Exception):
    """A watch asks for changes that are not remembered any more."""


class Store:
    """All objects of one cluster. ``lock`` is held by who reads and then writes; it may be taken again."""

    def __init__(self) -> None:
        self.lock = threading.Condition(threading.RLock())
        self.revision = 1
        self._objects: dict[tuple[str, str], dict[Place, Json]] = {}
        self._changes: deque[Change] = deque(maxlen=_REMEMBERED)
        self._owned: dict[str, set[tuple[tuple[str, str], Place]]] = {}
        """What each owner, by its uid, owns."""
        self.on_change: list[Callable[[Change], None]] = []
        self.closed = False

    def get(self, kind: Kind, namespace: str, name: str) -> Json | None:
        """Return an object, or None."""
        return self._objects.get(kind.key, {}).get((namespace, name))

    def of(self, kind: Kind, namespace: str = "") -> list[Json]:
        """Return the objects of a kind, of one namespace or of all (""), by namespace and name."""
        with self.lock:
            found = self._objects.get(kind.key, {})
            places = [place for place in found if not namespace or place[0] == namespace]
            return [found[place] for place in sorted(places)]

    def everything(self) -> Iterator[tuple[tuple[str, str], Place, Json]]:
        """Go through all objects as (group and plural, place, object)."""
        with self.lock:
            copied = [(kind, dict(objects)) for kind, objects in self._objects.items()]
        for kind, objects in copied:
            for place, item in objects.items():
                yield kind, place, item

    def count(self) -> int:
        """Return how many objects there are."""
        return sum(map(len, self._objects.values()))

    def put(self, kind: Kind, item: Json) -> Json:
        """Keep an object, give it the next resource version, and return it as it is kept."""
        with self.lock:
            place = _place(kind, item)
            objects = self._objects.setdefault(kind.key, {})
            before = objects.get(place)
            self.revision += 1
            kept = {**item, "metadata": {**item["metadata"], "resourceVersion": str(self.revision)}}
            objects[place] = kept
            self._note(Change(self.revision, kind.key, "MODIFIED" if before else "ADDED", kept, before))
            return kept

    def remove(self, kind: Kind, item: Json) -> None:
        """Remove an object that is there."""
        with self.lock:
            before = self._objects[kind.key].pop(_place(kind, item))
            self.revision += 1
            last = {**before, "metadata": {**before["metadata"], "resourceVersion": str(self.revision)}}
            self._note(Change(self.revision, kind.key, "DELETED", last, before))

    def owned_by(self, uid: str) -> list[tuple[tuple[str, str], Json]]:
        """Return what names an object as its owner, as (group and plural, object)."""
        with self.lock:
            return [(kind, self._objects[kind][place]) for kind, place in sorted(self._owned.get(uid, ()))]

    def changes_after(self, revision: int, kind: Kind) -> list[Change]:
        """Return what happened to a kind after a revision. Raises Expired when that is not remembered any more."""
        with self.lock:
            oldest = self._changes[0].revision if self._changes else self.revision + 1
            if revision + 1 < oldest and len(self._changes) == _REMEMBERED:
                raise Expired
            newer: list[Change] = []
            # From the end: a watch is mostly few changes behind.
            for change in reversed(self._changes):
                if change.revision <= revision:
                    break
                if change.kind == kind.key:
                    newer.append(change)
            return newer[::-1]

    def close(self) -> None:
        """End all watches."""
        with self.lock:
            self.closed = True
            self.lock.notify_all()

    def _note(self, change: Change) -> None:
        for uid, key in _owners(change.kind, change.before):
            self._owned.get(uid, set()).discard(key)
        if change.type != "DELETED":
            for uid, key in _owners(change.kind, change.object):
                self._owned.setdefault(uid, set()).add(key)
        self._changes.append(change)
        for react in self.on_change:
            react(change)
        self.lock.notify_all()


def _owners(kind: tuple[str, str], item: Json | None) -> Iterator[tuple[str, tuple[tuple[str, str], Place]]]:
    """The uids of an object's owners, each with the object's own place."""
    metadata = (item or {}).get("metadata") or {}
    place = (str(metadata.get("namespace") or ""), str(metadata.get("name")))
    for one in metadata.get("ownerReferences") or ():
        if isinstance(one, dict) and isinstance(one.get("uid"), str):
            yield one["uid"], (kind, place)


def _place(kind: Kind, item: Json) -> Place:
    metadata = item["metadata"]
    return (str(metadata.get("namespace") or "") if kind.namespaced else "", str(metadata["name"]))
