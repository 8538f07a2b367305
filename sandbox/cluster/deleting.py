# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Deleting objects: with finalizers, with what hangs on them, and namespaces with all that is in them."""

from __future__ import annotations

from typing import Any, NamedTuple

from sandbox.cluster.core.failures import bad_request, conflict, forbidden, not_found
from sandbox.cluster.core.kinds import Kind
from sandbox.cluster.core.request import Place, Request
from sandbox.cluster.core.selectors import field_test, label_test
from sandbox.cluster.state import State

Json = dict[str, Any]
#: The server keeps these (admission plugin NamespaceLifecycle).
_IMMORTAL = ("default", "kube-public", "kube-system")
_POLICIES = ("", "Background", "Foreground", "Orphan")


class Options(NamedTuple):
    """How to delete."""

    policy: str
    dry_run: bool
    uid: str
    version: str


class Deleting:
    """Deletes from one cluster."""

    def __init__(self, state: State) -> None:
        self._state = state

    def delete(self, request: Request, place: Place, kind: Kind) -> Json:
        """Delete an object; return it while finalizers hold it, else a Status. Raises Failure."""
        options = _options(request)
        self._state.world.before_write()
        with self._state.store.lock:
            item = self._state.get(kind, place.namespace, place.name)
            if item is None:
                raise not_found(kind, place.name)
            _check(kind, item, options)
            if not options.dry_run:
                kept = self._remove(kind, item, options.policy)
                if kept is not None:
                    return kept
        details: Json = {"name": place.name, **({"group": kind.group} if kind.group else {})}
        details.update(kind=kind.plural, uid=item["metadata"]["uid"])
        return {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "details": details}

    def delete_all(self, request: Request, place: Place, kind: Kind) -> list[Json]:
        """Delete what selectors choose of a kind and return it. Raises Failure."""
        options = _options(request)
        has_labels = label_test(request.query.get("labelSelector", ""))
        has_fields = field_test(request.query.get("fieldSelector", ""))
        self._state.world.before_write()
        with self._state.store.lock:
            found = [one for one in self._state.store.of(kind, place.namespace) if has_labels(one) and has_fields(one)]
            for item in [] if options.dry_run else found:
                _check(kind, item, options)
                self._remove(kind, item, options.policy)
        return found

    def _remove(self, kind: Kind, item: Json, policy: str) -> Json | None:
        """Remove an object, or mark it where finalizers hold it and return it then."""
        self._follow(item, policy)
        if kind.identity == ("", "Namespace"):
            self._empty(item["metadata"]["name"])
        if kind.identity == ("apiextensions.k8s.io", "CustomResourceDefinition"):
            self._drop_custom(item)
        if item["metadata"].get("finalizers"):
            if item["metadata"].get("deletionTimestamp"):
                return item
            metadata = {**item["metadata"], "deletionTimestamp": self._state.stamp(), "deletionGracePeriodSeconds": 0}
            return self._state.store.put(kind, {**item, "metadata": metadata})
        if self._state.store.get(kind, str(item["metadata"].get("namespace") or ""), item["metadata"]["name"]):
            self._state.store.remove(kind, item)
        return None

    def _follow(self, owner: Json, policy: str) -> None:
        """Delete what an object owns, or leave it without its owner."""
        uid = owner["metadata"]["uid"]
        by_key = {kind.key: kind for kind in self._state.kinds} if self._state.store.owned_by(uid) else {}
        for key, item in self._state.store.owned_by(uid):
            left = [one for one in item["metadata"]["ownerReferences"] if one.get("uid") != uid]
            if policy == "Orphan" or left:
                metadata = {name: value for name, value in item["metadata"].items() if name != "ownerReferences"}
                metadata |= {"ownerReferences": left} if left else {}
                self._state.store.put(by_key[key], {**item, "metadata": metadata})
            else:
                self._remove(by_key[key], item, policy)

    def _empty(self, namespace: str) -> None:
        by_key = {kind.key: kind for kind in self._state.kinds}
        for key, place, item in list(self._state.store.everything()):
            if place[0] == namespace:
                self._state.store.remove(by_key[key], item)

    def _drop_custom(self, definition: Json) -> None:
        spec = definition.get("spec") or {}
        key = (str(spec.get("group")), str((spec.get("names") or {}).get("plural")))
        for kind in list(self._state.kinds):
            if kind.custom and kind.key == key:
                for item in self._state.store.of(kind):
                    self._state.store.remove(kind, item)


def _options(request: Request) -> Options:
    body = request.json_object() if request.body.strip() else {}
    policy = str(body.get("propagationPolicy") or request.query.get("propagationPolicy") or "")
    if policy not in _POLICIES:
        raise bad_request(f'invalid propagationPolicy "{policy}"')
    if not policy and str(body.get("orphanDependents", "")).lower() == "true":
        policy = "Orphan"
    conditions = body.get("preconditions")
    conditions = conditions if isinstance(conditions, dict) else {}
    return Options(
        policy,
        request.dry_run or body.get("dryRun") == ["All"],
        str(conditions.get("uid") or ""),
        str(conditions.get("resourceVersion") or ""),
    )


def _check(kind: Kind, item: Json, options: Options) -> None:
    metadata = item["metadata"]
    if kind.identity == ("", "Namespace") and metadata["name"] in _IMMORTAL:
        raise forbidden(kind, metadata["name"], "this namespace may not be deleted")
    for wanted, name, shown in ((options.uid, "uid", "UID"), (options.version, "resourceVersion", "ResourceVersion")):
        if wanted and wanted != metadata[name]:
            reason = f"Precondition failed: {shown} in precondition: {wanted}, {shown} in object meta: {metadata[name]}"
            raise conflict(kind, metadata["name"], reason)
