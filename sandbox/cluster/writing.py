# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Creating, replacing, patching and deleting objects of one cluster."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any, NamedTuple

from sandbox.cluster import reviews
from sandbox.cluster.add_on.acting import Acting
from sandbox.cluster.admission import Admission
from sandbox.cluster.core.failures import already_exists, bad_request, conflict, not_found
from sandbox.cluster.core.kinds import REVIEWS, Kind
from sandbox.cluster.core.request import Place, Request
from sandbox.cluster.ownership.managers import Manager, applied, updated, with_last_applied
from sandbox.cluster.patching.plain import json_patch, merge
from sandbox.cluster.patching.strategic import strategic
from sandbox.cluster.receiving import check_kind, namespaced
from sandbox.cluster.state import State

Json = dict[str, Any]
_Change = Callable[[Json], Json]
_ALPHABET = "bcdfghjklmnpqrstvwxz2456789"


class Written(NamedTuple):
    """What came of a write."""

    item: Json
    created: bool


class Writing:
    """Writes to one cluster. ``warnings`` are what the client is told beside the answer."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._admission = Admission(state)

    def create(self, request: Request, place: Place, kind: Kind, warnings: list[str]) -> Written:
        """Create the object of the body. Raises Failure."""
        item = request.json_object()
        check_kind(kind, item)
        if kind.kind in REVIEWS:
            return Written(reviews.review(kind, item), True)
        item = _named(namespaced(kind, item, place.namespace))
        manager = Manager(request.manager, "Update", kind.api_version)
        acting = self._acting()
        with self._state.store.lock:
            return self._created(request, kind, item, acting, warnings, manager)

    def replace(self, request: Request, place: Place, kind: Kind, warnings: list[str]) -> Written:
        """Put the object of the body in the place of the one that is there. Raises Failure."""
        item = request.json_object()
        check_kind(kind, item)
        item = namespaced(kind, item, place.namespace)
        if item["metadata"].setdefault("name", place.name) != place.name:
            raise bad_request("the name of the object does not match the name on the URL")
        return self._change(request, place, kind, warnings, lambda before: item)

    def patch(self, request: Request, place: Place, kind: Kind, how: str, warnings: list[str]) -> Written:
        """Apply a patch: strategic, merge, json or apply. Raises Failure."""
        if how == "apply":
            return self._apply(request, place, kind, warnings)
        body = request.parsed()
        type_ = self._state.type_of(kind)

        def change(before: Json) -> Json:
            if how == "json":
                return json_patch(before, body)
            if not isinstance(body, dict):
                raise bad_request("the patch is no object")
            return strategic(before, body, type_) if how == "strategic" else dict(merge(before, body))

        return self._change(request, place, kind, warnings, change)

    def _change(self, request: Request, place: Place, kind: Kind, warnings: list[str], change: _Change) -> Written:
        acting = self._acting()
        with self._state.store.lock:
            before = self._state.get(kind, place.namespace, place.name)
            if before is None:
                raise not_found(kind, place.name)
            item = change(before)
            _check_same(kind, place, item, before)
            manager = Manager(request.manager, "Update", kind.api_version)
            return self._changed(request, kind, item, before, acting, warnings, manager)

    def _apply(self, request: Request, place: Place, kind: Kind, warnings: list[str]) -> Written:
        """Server-side apply: creates what is not there."""
        if not request.query.get("fieldManager"):
            raise bad_request("PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: "
                              "is required for apply patch")  # fmt: skip
        given = request.json_object()
        check_kind(kind, given)
        given = namespaced(kind, given, place.namespace)
        if given["metadata"].setdefault("name", place.name) != place.name:
            raise bad_request("the name of the object does not match the name on the URL")
        if given["metadata"].get("managedFields"):
            raise bad_request("metadata.managedFields must be nil")
        force = request.query.get("force") == "true"
        manager = Manager(request.manager, "Apply", kind.api_version)
        has_status = "status" in kind.subresources
        acting = self._acting()
        with self._state.store.lock:
            live = self._state.get(kind, place.namespace, place.name)
            type_ = self._state.type_of(kind)
            item, managed = applied(live, given, type_, manager, force, self._state.stamp(), has_status)
            item = {**item, "metadata": {**item["metadata"], "managedFields": managed}}
            item = with_last_applied(item, live, given, manager.name)
            if live is None:
                return self._created(request, kind, item, acting, warnings, None)
            _check_same(kind, place, item, live)
            return self._changed(request, kind, item, live, acting, warnings, None)

    def _created(
        self, request: Request, kind: Kind, item: Json, acting: tuple[Acting, ...], warnings: list[str],
        manager: Manager | None,
    ) -> Written:  # fmt: skip
        state = self._state
        managed = item["metadata"].get("managedFields")
        made = self._admission.admit_new(kind, item, acting, request.validation, warnings)
        metadata = made["metadata"]
        if state.get(kind, str(metadata.get("namespace") or ""), metadata["name"]) is not None:
            raise already_exists(kind, metadata["name"])
        if manager is not None:
            has_status = "status" in kind.subresources
            managed = updated(None, made, state.type_of(kind), manager, state.stamp(), has_status)
        made = {**made, "metadata": {**metadata, **({"managedFields": managed} if managed else {})}}
        return Written(made if request.dry_run else state.store.put(kind, made), True)

    def _changed(
        self, request: Request, kind: Kind, item: Json, before: Json, acting: tuple[Acting, ...], warnings: list[str],
        manager: Manager | None,
    ) -> Written:  # fmt: skip
        state = self._state
        made = self._admission.admit_changed(kind, item, before, acting, request.validation, warnings)
        managed = item["metadata"].get("managedFields")
        if manager is not None:
            has_status = "status" in kind.subresources
            managed = updated(before, made, state.type_of(kind), manager, state.stamp(), has_status)
        made["metadata"] = {**made["metadata"], "resourceVersion": before["metadata"]["resourceVersion"]}
        if managed:
            made["metadata"]["managedFields"] = managed
        if _same(made, before):
            return Written(before, False)
        if request.dry_run:
            return Written(made, False)
        return Written(state.keep(kind, made), False)

    def _acting(self) -> tuple[Acting, ...]:
        """What is at work; asked before the store is locked."""
        self._state.world.before_write()
        return self._state.world.acting()


def _named(item: Json) -> Json:
    """The object with a name of its own, where it only gives the beginning of one."""
    metadata = item["metadata"]
    start = metadata.get("generateName")
    if metadata.get("name") or not isinstance(start, str) or not start:
        return item
    name = start[:58] + "".join(secrets.choice(_ALPHABET) for _ in range(5))
    return {**item, "metadata": {**metadata, "name": name}}


def _check_same(kind: Kind, place: Place, item: Json, before: Json) -> None:
    """Check that a change is about the object that is there, as it is now. Raises Failure."""
    metadata = item.get("metadata")
    if not isinstance(metadata, dict) or metadata.get("name") != place.name:
        raise bad_request("the name of the object does not match the name on the URL")
    if (item.get("apiVersion"), item.get("kind")) != (kind.api_version, kind.kind):
        raise bad_request("the kind of an object cannot be changed")
    if kind.namespaced and metadata.get("namespace", place.namespace) != place.namespace:
        raise bad_request("the namespace of the provided object does not match the namespace sent on the request")
    uid = metadata.get("uid")
    if uid and uid != before["metadata"]["uid"]:
        reason = f"Precondition failed: UID in precondition: {uid}, UID in object meta: {before['metadata']['uid']}"
        raise conflict(kind, place.name, reason)
    version = metadata.get("resourceVersion")
    if version and version != before["metadata"]["resourceVersion"]:
        raise conflict(kind, place.name)


def _same(made: Json, before: Json) -> bool:
    """Whether a write changes nothing but when it was."""
    return _timeless(made) == _timeless(before)


def _timeless(item: Json) -> Json:
    managed = item["metadata"].get("managedFields") or ()
    entries = [{name: value for name, value in one.items() if name != "time"} for one in managed]
    return {**item, "metadata": {**item["metadata"], "managedFields": entries}}
