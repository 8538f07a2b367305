# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Puts objects on a cluster that nobody is asked about, and takes all away that was applied."""

from __future__ import annotations

from typing import Any

from azext_safeguards.check.apiserver.receiving import receive
from sandbox.cluster.core.kinds import Kind
from sandbox.cluster.objects.statuses import status_of
from sandbox.cluster.state import State

Json = dict[str, Any]


class Seeding:
    """Seeds one cluster."""

    def __init__(self, state: State) -> None:
        self._state = state

    def put(self, item: Json) -> bool:
        """Put an object on the cluster, with its namespace; False when the server would refuse it as it is."""
        group, _, version = str(item.get("apiVersion")).rpartition("/")
        kind = self._state.kinds.named(group, version, str(item.get("kind")))
        if kind is None or kind.read_only:
            return False
        received = receive(item).object
        if received is None:
            return False
        with self._state.store.lock:
            if kind.namespaced:
                self._add_namespace(str(received["metadata"].get("namespace") or "default"))
            self._put(kind, received)
        return True

    def clear(self) -> None:
        """Remove all that was applied."""
        by_key = {kind.key: kind for kind in self._state.kinds}
        with self._state.store.lock:
            for key, _, item in list(self._state.store.everything()):
                if not self._state.is_own(item):
                    self._state.store.remove(by_key[key], item)

    def _add_namespace(self, name: str) -> None:
        if not self._state.has_namespace(name):
            kind = self._state.kinds.find("", "v1", "namespaces")
            assert kind is not None
            self._state.own(self._put(kind, {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}))

    def _put(self, kind: Kind, item: Json) -> Json:
        metadata = item["metadata"]
        before = self._state.store.get(kind, str(metadata.get("namespace") or ""), metadata["name"])
        now = self._state.stamp()
        filling = self._state.filling
        filled = filling.new(kind, item, now) if before is None else filling.changed(kind, item, before)
        status = status_of(kind.group, kind.kind, filled, now)
        return self._state.store.put(kind, filled if status is None else {**filled, "status": status})
