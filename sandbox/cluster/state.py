# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The state of one cluster: its kinds, its objects, and what is always there."""

from __future__ import annotations

from typing import Any

from sandbox.cluster.add_on import constraints
from sandbox.cluster.add_on.neighbours import Neighbours
from sandbox.cluster.core import schema
from sandbox.cluster.core.failures import no_such_path
from sandbox.cluster.core.kinds import Kind, Kinds
from sandbox.cluster.core.request import Place
from sandbox.cluster.core.schema import Type
from sandbox.cluster.core.store import Change, Store
from sandbox.cluster.objects import custom
from sandbox.cluster.objects.filling import Filling
from sandbox.cluster.world import World

Json = dict[str, Any]
NAMESPACES = ("default", "kube-node-lease", "kube-public", "kube-system")
_ADD_ON_NAMESPACE = "gatekeeper-system"


class State:
    """One cluster."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.store = Store()
        self.kinds = Kinds()
        self.neighbours = Neighbours()
        self.filling = Filling()
        self.started = self.stamp()
        self._own: set[str] = set()
        self.store.on_change += [self.neighbours.note, self._kinds_changed]
        self.kinds.replace(constraints.kinds())
        for name in NAMESPACES:
            self._add(("", "v1", "namespaces"), {"metadata": {"name": name}, "status": {"phase": "Active"}})
        self._add(("", "v1", "services"), _KUBERNETES)
        self.follow_add_on()

    @property
    def minor(self) -> int:
        """The minor version of Kubernetes."""
        return int(self.world.version().split(".")[1])

    def stamp(self) -> str:
        """Return the present time as objects carry it."""
        return self.world.now().strftime("%Y-%m-%dT%H:%M:%SZ")

    def kind_at(self, place: Place) -> Kind:
        """Return the kind that a path names. Raises Failure (404)."""
        kind = self.kinds.find(place.group, place.version, place.plural)
        if kind is None or (place.namespace and not kind.namespaced):
            raise no_such_path()
        if place.name and kind.namespaced and not place.namespace:
            raise no_such_path()
        return kind

    def definition_of(self, kind: Kind) -> Json:
        """Return the definition of a custom kind, {} of others."""
        found = self.kinds.find("apiextensions.k8s.io", "v1", "customresourcedefinitions")
        assert found is not None
        name = f"{kind.plural}.{kind.group}"
        return (self.store.get(found, "", name) or {}) if kind.custom else {}

    def type_of(self, kind: Kind) -> Type:
        """Return the type of a kind."""
        if kind.custom:
            return custom.type_of(custom.version_of(self.definition_of(kind), kind.version), self.minor)
        return schema.type_of(self.minor, kind.group, kind.version, kind.kind) or schema.object_type(self.minor)

    def get(self, kind: Kind, namespace: str, name: str) -> Json | None:
        """Return an object in the version of a kind, or None."""
        found = self.store.get(kind, namespace, name)
        return None if found is None else in_version(kind, found)

    def is_own(self, item: Json) -> bool:
        """Tell whether an object is one that the cluster brought along."""
        return item["metadata"].get("uid") in self._own

    def own(self, item: Json) -> None:
        """Let an object count as one that the cluster brought along."""
        self._own.add(item["metadata"]["uid"])

    def applied(self) -> dict[tuple[str, str, str, str], Json]:
        """Return what was applied, without what the cluster brought along, by (group, kind, namespace, name)."""
        found = {}
        for _, (namespace, name), item in self.store.everything():
            if not self.is_own(item):
                found[(item["apiVersion"].rpartition("/")[0], item["kind"], namespace, name)] = item
        return found

    def has_namespace(self, name: str) -> bool:
        """Tell whether a namespace exists."""
        kind = self.kinds.find("", "v1", "namespaces")
        assert kind is not None
        return self.store.get(kind, "", name) is not None

    def is_ending(self, namespace: str) -> bool:
        """Tell whether a namespace is being deleted."""
        kind = self.kinds.find("", "v1", "namespaces")
        assert kind is not None
        found = self.store.get(kind, "", namespace)
        return bool(found and found["metadata"].get("deletionTimestamp"))

    def keep(self, kind: Kind, item: Json) -> Json:
        """Store a changed object; one that waits for its last finalizer goes when that is taken off."""
        if item["metadata"].get("deletionTimestamp") and not item["metadata"].get("finalizers"):
            self.store.remove(kind, item)
            return item
        return self.store.put(kind, item)

    def follow_add_on(self) -> None:
        """Let the add-on's own namespace be there while the add-on is enabled."""
        if self.world.has_add_on() and not self.has_namespace(_ADD_ON_NAMESPACE):
            item = {"metadata": {"name": _ADD_ON_NAMESPACE}, "status": {"phase": "Active"}}
            self._add(("", "v1", "namespaces"), item)

    def _add(self, path: tuple[str, str, str], item: Json) -> None:
        kind = self.kinds.find(*path)
        assert kind is not None
        filled = {"apiVersion": kind.api_version, "kind": kind.kind, **item}
        filled = self.filling.new(kind, filled, self.started)
        self._own.add(filled["metadata"]["uid"])
        self.store.put(kind, filled)

    def _kinds_changed(self, change: Change) -> None:
        if change.kind != ("apiextensions.k8s.io", "customresourcedefinitions"):
            return
        kind = self.kinds.find("apiextensions.k8s.io", "v1", "customresourcedefinitions")
        assert kind is not None
        added = [one for definition in self.store.of(kind) for one in custom.kinds_of(definition)]
        self.kinds.replace([*constraints.kinds(), *added])


def in_version(kind: Kind, item: Json) -> Json:
    """Return a custom resource in another version of its kind: nothing but the name of the version differs."""
    return {**item, "apiVersion": kind.api_version} if kind.custom else item


_KUBERNETES: Json = {
    "metadata": {
        "name": "kubernetes",
        "namespace": "default",
        "labels": {"component": "apiserver", "provider": "kubernetes"},
    },
    "spec": {
        "clusterIP": "10.0.0.1",
        "clusterIPs": ["10.0.0.1"],
        "internalTrafficPolicy": "Cluster",
        "ipFamilies": ["IPv4"],
        "ipFamilyPolicy": "SingleStack",
        "ports": [{"name": "https", "port": 443, "protocol": "TCP", "targetPort": 443}],
        "sessionAffinity": "None",
        "type": "ClusterIP",
    },
    "status": {"loadBalancer": {}},
}
