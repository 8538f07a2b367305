# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Getting, listing and watching objects of one cluster."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Iterator
from typing import Any

from sandbox.cluster.add_on.constraints import constraints
from sandbox.cluster.core.failures import Failure, bad_request, not_found
from sandbox.cluster.core.kinds import Kind
from sandbox.cluster.core.request import Place, Request
from sandbox.cluster.core.selectors import field_test, label_test
from sandbox.cluster.core.store import Expired
from sandbox.cluster.objects import custom
from sandbox.cluster.showing.tables import partial, table
from sandbox.cluster.state import State, in_version

Json = dict[str, Any]
#: A watch that names no end ends after this, as one of a real server does after half an hour to an hour.
_LONGEST_WATCH = 1800.0
_BOOKMARKED = {"k8s.io/initial-events-end": "true"}


class Reading:
    """Reads from one cluster."""

    def __init__(self, state: State) -> None:
        self._state = state

    def get(self, request: Request, place: Place, kind: Kind) -> Json:
        """Return an object in the form that the client wants. Raises Failure."""
        if kind.read_only:
            found = next((one for one in self._made(kind) if one["metadata"]["name"] == place.name), None)
        else:
            found = self._state.get(kind, place.namespace, place.name)
        if found is None:
            raise not_found(kind, place.name)
        return self._shown(request, kind, [found], {"resourceVersion": _version_of(found)}, found)

    def collect(self, request: Request, place: Place, kind: Kind) -> Json:
        """Return the objects that selectors choose, a page of them where the client wants pages. Raises Failure."""
        matches = _selected(request)
        made = self._made(kind) if kind.read_only else []
        if kind.identity == ("", "Namespace"):
            self._state.follow_add_on()
        with self._state.store.lock:
            items = made or self._state.store.of(kind, place.namespace)
            revision = self._state.store.revision
        items = [in_version(kind, one) for one in items if matches(one)]
        page, metadata = _page(request, items, revision)
        whole = {"kind": f"{kind.kind}List", "apiVersion": kind.api_version, "metadata": metadata, "items": page}
        return self._shown(request, kind, page, metadata, whole)

    def watch(self, request: Request, place: Place, kind: Kind) -> Iterator[Json]:
        """Go through what happens to objects, until the client's time is over. Raises Failure before it begins."""
        matches = _selected(request)
        store = self._state.store
        start = request.query.get("resourceVersion", "")
        if start and not start.isdigit():
            raise bad_request(f"Invalid value: {start!r}: resourceVersion must be a number")
        limit = request.query.get("timeoutSeconds", "")
        ends = time.monotonic() + min(float(limit) if limit.isdigit() else _LONGEST_WATCH, _LONGEST_WATCH)
        made = self._made(kind) if kind.read_only else []
        with store.lock:
            initial = start in ("", "0") or request.query.get("sendInitialEvents") == "true"
            items = (made or store.of(kind, place.namespace)) if initial else []
            revision = store.revision if initial else int(start)
        return self._watched(request, place, kind, matches, items, revision, ends)

    def _watched(
        self, request: Request, place: Place, kind: Kind, matches: Callable[[Json], bool], items: list[Json],
        revision: int, ends: float,
    ) -> Iterator[Json]:  # fmt: skip
        store = self._state.store
        for item in items:
            if matches(item):
                yield self._event(request, kind, "ADDED", item)
        if request.query.get("sendInitialEvents") == "true":
            metadata = {"resourceVersion": str(revision), "creationTimestamp": None, "annotations": _BOOKMARKED}
            bookmark = {"kind": kind.kind, "apiVersion": kind.api_version, "metadata": metadata}
            yield {"type": "BOOKMARK", "object": bookmark}
        while True:
            with store.lock:
                try:
                    changes = store.changes_after(revision, kind)
                except Expired:
                    text = f"too old resource version: {revision} ({store.revision})"
                    yield {"type": "ERROR", "object": Failure(410, "Expired", text).status()}
                    return
                revision = store.revision
                left = ends - time.monotonic()
                if not changes:
                    if left <= 0 or store.closed:
                        return
                    store.lock.wait(left)
                    continue
            for change in changes:
                if place.namespace and change.object["metadata"].get("namespace") != place.namespace:
                    continue
                event = _turned(change.type, matches(change.object), change.before and matches(change.before))
                if event:
                    yield self._event(request, kind, event, change.object)

    def _event(self, request: Request, kind: Kind, event: str, item: Json) -> Json:
        item = in_version(kind, item)
        shown = self._shown(request, kind, [item], {"resourceVersion": _version_of(item)}, item)
        return {"type": event, "object": shown}

    def _shown(self, request: Request, kind: Kind, items: list[Json], metadata: Json, whole: Json) -> Json:
        form = request.answer_form()
        if form == "Table":
            printer = custom.version_of(self._state.definition_of(kind), kind.version) if kind.custom else None
            include = request.query.get("includeObject", "Metadata")
            return table(kind, items, self._state.world.now(), include, metadata, printer)
        if form == "PartialObjectMetadata":
            return partial(whole)
        if form == "PartialObjectMetadataList":
            listed = [partial(one) for one in items]
            return {"kind": form, "apiVersion": "meta.k8s.io/v1", "metadata": metadata, "items": listed}
        return whole

    def _made(self, kind: Kind) -> list[Json]:
        """The objects of a kind that the add-on makes of what is assigned."""
        return constraints(self._state.world.acting(), kind, self._state.started)


def _turned(event: str, matches: bool, matched: Any) -> str:
    """What a change is to a watch with selectors: an object may come into its sight, or leave it."""
    if event == "DELETED":
        return "DELETED" if matches or matched else ""
    if matches:
        return "MODIFIED" if matched else "ADDED"
    return "DELETED" if matched else ""


def _selected(request: Request) -> Callable[[Json], bool]:
    has_labels = label_test(request.query.get("labelSelector", ""))
    has_fields = field_test(request.query.get("fieldSelector", ""))
    return lambda item: has_labels(item) and has_fields(item)


def _version_of(item: Json) -> str:
    return str(item["metadata"].get("resourceVersion") or "")


def _page(request: Request, items: list[Json], revision: int) -> tuple[list[Json], Json]:
    """The part of a list that was asked for, and the list's metadata."""
    metadata: Json = {"resourceVersion": str(revision)}
    limit = request.query.get("limit", "")
    start = _decoded(request.query.get("continue", ""))
    if start is not None:
        items = [one for one in items if _place(one) > start]
    if limit.isdigit() and 0 < int(limit) < len(items):
        metadata["continue"] = _encoded(_place(items[int(limit) - 1]))
        metadata["remainingItemCount"] = len(items) - int(limit)
        items = items[: int(limit)]
    return items, metadata


def _place(item: Json) -> tuple[str, str]:
    return str(item["metadata"].get("namespace") or ""), str(item["metadata"]["name"])


def _encoded(place: tuple[str, str]) -> str:
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode()


def _decoded(text: str) -> tuple[str, str] | None:
    if not text:
        return None
    try:
        namespace, name = json.loads(base64.urlsafe_b64decode(text.encode()))
        return str(namespace), str(name)
    except (ValueError, TypeError):
        raise bad_request("continue key is not valid") from None
