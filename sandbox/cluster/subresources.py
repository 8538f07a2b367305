# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What hangs on objects: their status and their scale. No policy is asked about either (recorded for scale)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.cluster.core.failures import bad_request, conflict, invalid, no_such_path, not_found
from sandbox.cluster.core.kinds import Kind
from sandbox.cluster.core.request import Place, Request
from sandbox.cluster.core.schema import OPEN
from sandbox.cluster.objects.statuses import NOTHING_RUNS, status_of
from sandbox.cluster.ownership.managers import Manager, updated
from sandbox.cluster.patching.plain import json_patch, merge
from sandbox.cluster.patching.strategic import strategic
from sandbox.cluster.showing.values import at
from sandbox.cluster.state import State

Json = dict[str, Any]
_RUNNING = ("log", "exec", "attach", "portforward", "proxy", "ephemeralcontainers", "resize", "token", "binding")


class Subresources:
    """The subresources of one cluster's objects."""

    def __init__(self, state: State) -> None:
        self._state = state

    def get(self, place: Place, kind: Kind) -> Json:
        """Return a status or a scale. Raises Failure."""
        self._check(place, kind)
        item = self._found(place, kind)
        return scale_of(kind, item) if place.subresource == "scale" else item

    def write(self, request: Request, place: Place, kind: Kind, how: str) -> Json:
        """Replace (``how`` is "") or patch a status or a scale, and return it. Raises Failure."""
        self._check(place, kind)
        body = request.json_object() if how in ("", "apply") else request.parsed()
        self._state.world.before_write()
        with self._state.store.lock:
            before = self._found(place, kind)
            write = self._scaled if place.subresource == "scale" else self._stated
            made = write(kind, before, _changing(how, body, self._state, kind, place.subresource))
            manager = Manager(request.manager, "Update", kind.api_version, place.subresource)
            made = self._owned(kind, before, made, manager)
            kept = made if request.dry_run or made == before else self._state.store.put(kind, made)
        return scale_of(kind, kept) if place.subresource == "scale" else kept

    def _check(self, place: Place, kind: Kind) -> None:
        if place.subresource in kind.subresources:
            return
        if place.subresource in _RUNNING and kind.identity == ("", "Pod"):
            self._found(place, kind)
            raise bad_request(f'pod "{place.name}" is not running: {NOTHING_RUNS.partition(":")[0]}')
        raise no_such_path()

    def _found(self, place: Place, kind: Kind) -> Json:
        item = self._state.get(kind, place.namespace, place.name)
        if item is None:
            raise not_found(kind, place.name)
        return item

    def _scaled(self, kind: Kind, before: Json, change: Callable[[Json], Json]) -> Json:
        scale = change(scale_of(kind, before))
        _check_version(kind, scale, before)
        replicas = at(scale, "spec", "replicas")
        replicas = 0 if replicas is None else replicas
        if not isinstance(replicas, int) or isinstance(replicas, bool):
            raise bad_request('Scale in version "v1" cannot be handled as a Scale: json: cannot unmarshal into Go '
                              "struct field ScaleSpec.spec.replicas of type int32")  # fmt: skip
        if replicas < 0:
            text = f"spec.replicas: Invalid value: {replicas}: must be greater than or equal to 0"
            scale_kind = Kind("autoscaling", "v1", "scales", "Scale", True)
            raise invalid(scale_kind, before["metadata"]["name"], [text])
        if replicas == at(before, "spec", "replicas"):
            return before
        generation = int(before["metadata"].get("generation") or 1) + 1
        made = {**before, "spec": {**(before.get("spec") or {}), "replicas": replicas},
                "metadata": {**before["metadata"], "generation": generation}}  # fmt: skip
        status = status_of(kind.group, kind.kind, made, self._state.stamp())
        return made if status is None else {**made, "status": status}

    def _stated(self, kind: Kind, before: Json, change: Callable[[Json], Json]) -> Json:
        made = change(before)
        if not isinstance(made.get("metadata"), dict):
            raise bad_request("the object has no metadata")
        _check_version(kind, made, before)
        rest = {name: value for name, value in before.items() if name != "status"}
        return {**rest, "status": made["status"]} if isinstance(made.get("status"), dict) else rest

    def _owned(self, kind: Kind, before: Json, made: Json, manager: Manager) -> Json:
        if made == before:
            return made
        type_ = self._state.type_of(kind)
        if manager.subresource == "status":
            managed = updated(before, made, type_, manager, self._state.stamp())
        else:
            # A scale writes a field of the spec.
            plain_before, plain = ({name: value for name, value in one.items() if name != "status"}
                                   for one in (before, made))  # fmt: skip
            managed = updated(plain_before, plain, type_, manager, self._state.stamp())
        return {**made, "metadata": {**made["metadata"], "managedFields": managed}}


def scale_of(kind: Kind, item: Json) -> Json:
    """Return the scale of an object."""
    metadata = item["metadata"]
    own = {name: metadata[name] for name in ("name", "namespace", "uid", "resourceVersion", "creationTimestamp")
           if name in metadata}  # fmt: skip
    labels = at(item, "spec", "selector", "matchLabels") or at(item, "spec", "selector") or {}
    pairs = ",".join(f"{name}={value}" for name, value in sorted(labels.items()) if isinstance(value, str))
    return {
        "kind": "Scale",
        "apiVersion": "autoscaling/v1",
        "metadata": own,
        "spec": {"replicas": at(item, "spec", "replicas") or 0},
        "status": {"replicas": at(item, "status", "replicas") or 0, "selector": pairs},
    }


def _changing(how: str, body: Any, state: State, kind: Kind, subresource: str) -> Callable[[Json], Json]:
    if how == "json":
        return lambda before: json_patch(before, body)
    if not isinstance(body, dict):
        raise bad_request("the patch is no object")
    if how == "":
        return lambda before: body
    if how == "strategic":
        type_ = OPEN if subresource == "scale" else state.type_of(kind)
        return lambda before: strategic(before, body, type_)
    return lambda before: dict(merge(before, body))


def _check_version(kind: Kind, made: Json, before: Json) -> None:
    version = (made.get("metadata") or {}).get("resourceVersion")
    if version and version != before["metadata"]["resourceVersion"]:
        raise conflict(kind, before["metadata"]["name"])
