# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The API server of one cluster: requests in, answers out. It knows no sockets."""

from __future__ import annotations

import hmac
import json
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sandbox.cluster import discovery, openapi
from sandbox.cluster.core.failures import (
    Failure,
    no_such_path,
    not_allowed,
    too_large,
    unauthorized,
    unsupported,
)
from sandbox.cluster.core.request import LARGEST_BODY, PATCHES, Place, Request, failure_of
from sandbox.cluster.deleting import Deleting
from sandbox.cluster.objects import custom
from sandbox.cluster.reading import Reading
from sandbox.cluster.state import State
from sandbox.cluster.subresources import Subresources
from sandbox.cluster.writing import Writing

Json = dict[str, Any]
_HEALTH = ("/healthz", "/livez", "/readyz")
_JSON = "application/json"
_SWAGGER = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf"


@dataclass
class Answer:
    """What is sent back: a body, or a stream of lines."""

    status: int
    body: bytes = b""
    headers: list[tuple[str, str]] = field(default_factory=list)
    stream: Iterator[bytes] | None = None


class ApiServer:
    """Answers requests about one cluster."""

    def __init__(self, state: State, token: str, crashes: list[str]) -> None:
        """``crashes`` takes the tracebacks of bugs in this server; the client gets a 500."""
        self.state = state
        self.token = token
        self._crashes = crashes
        self._reading = Reading(state)
        self._writing = Writing(state)
        self._deleting = Deleting(state)
        self._subresources = Subresources(state)

    def answer(self, request: Request) -> Answer:
        """Answer one request. Never raises: what goes wrong is answered as a Status."""
        warnings: list[str] = []
        try:
            self._check(request)
            answer = self._answer(request, warnings)
        except Failure as failure:
            answer = _json(failure.code, failure.status())
        except Exception as error:
            self._crashes.append(traceback.format_exc())
            answer = _json(500, failure_of(error).status())
        answer.headers += [("Warning", f'299 - "{_quoted(text)}"') for text in dict.fromkeys(warnings)]
        return answer

    def _check(self, request: Request) -> None:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not hmac.compare_digest(token.strip().encode(), self.token.encode()):
            raise unauthorized()
        if len(request.body) > LARGEST_BODY:
            raise too_large()

    def _answer(self, request: Request, warnings: list[str]) -> Answer:
        path = request.path.rstrip("/") or "/"
        if path in _HEALTH:
            return Answer(200, b"ok", [("Content-Type", "text/plain; charset=utf-8")])
        parts = path.split("/")
        if parts[1] == "openapi" or len(parts) <= (3 if parts[1] == "api" else 4):
            if request.method not in ("GET", "HEAD"):
                raise not_allowed()
            return self._described(request, path, parts)
        place = request.place
        kind = self.state.kind_at(place)
        if place.subresource:
            return self._below(request, place, warnings)
        if request.method in ("GET", "HEAD"):
            if not {"get", "list"} & set(kind.verbs):
                raise not_allowed()
            if place.name:
                return _json(200, self._reading.get(request, place, kind))
            if request.watches:
                events = self._reading.watch(request, place, kind)
                return Answer(200, b"", [("Content-Type", _JSON)], (_line(event) for event in events))
            return _json(200, self._reading.collect(request, place, kind))
        return self._write(request, place, warnings)

    def _write(self, request: Request, place: Place, warnings: list[str]) -> Answer:
        kind = self.state.kind_at(place)
        verb = {"POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}.get(request.method)
        if verb not in kind.verbs or (request.method in ("PUT", "PATCH")) > bool(place.name):
            raise not_allowed()
        request.check_options()
        if request.method == "POST":
            if place.name or (kind.namespaced and not place.namespace):
                raise not_allowed()
            written = self._writing.create(request, place, kind, warnings)
        elif request.method == "PUT":
            written = self._writing.replace(request, place, kind, warnings)
        elif request.method == "PATCH":
            written = self._writing.patch(request, place, kind, self._patch_of(request, place), warnings)
        elif place.name:
            return _json(200, self._deleting.delete(request, place, kind))
        else:
            items = self._deleting.delete_all(request, place, kind)
            listed = {"kind": f"{kind.kind}List", "apiVersion": kind.api_version, "metadata": {}, "items": items}
            return _json(200, listed)
        return _json(201 if written.created else 200, written.item)

    def _below(self, request: Request, place: Place, warnings: list[str]) -> Answer:
        kind = self.state.kind_at(place)
        if request.method in ("GET", "HEAD"):
            return _json(200, self._subresources.get(place, kind))
        if request.method == "PUT":
            return _json(200, self._subresources.write(request, place, kind, ""))
        if request.method == "PATCH":
            how = self._patch_of(request, place)
            return _json(200, self._subresources.write(request, place, kind, how))
        if request.method == "POST" and place.subresource == "eviction" and kind.identity == ("", "Pod"):
            whole = Place(place.group, place.version, place.plural, place.namespace, place.name)
            return _json(201, self._deleting.delete(Request("DELETE", "/", {}), whole, kind))
        if request.method == "POST":
            self._subresources.get(place, kind)
        raise not_allowed()

    def _patch_of(self, request: Request, place: Place) -> str:
        """Return how to patch. Raises Failure (415) for a format that the kind does not take."""
        how = PATCHES.get(request.content_type, "")
        kind = self.state.kind_at(place)
        # Types of custom resources say nothing about strategic merge (recorded as 415 by kubectl).
        if not how or (how == "strategic" and kind.custom):
            raise unsupported([one for one, name in PATCHES.items() if name != "strategic" or not kind.custom])
        return how

    def _described(self, request: Request, path: str, parts: list[str]) -> Answer:
        """Answer what is asked about the server itself."""
        kinds, minor = self.state.kinds, self.state.minor
        if path == "/version":
            return _json(200, discovery.version(self.state.world.version()))
        if path in ("/api", "/apis"):
            if discovery.wants_aggregated(request):
                return _json(200, discovery.aggregated(kinds, path == "/api"), discovery.AGGREGATED)
            return _json(200, discovery.core_versions() if path == "/api" else discovery.groups(kinds))
        if path == "/openapi/v2":
            # Nothing but client-side validation reads it, of kinds that v3 does not have; it lets pass what it lacks.
            return Answer(200, b"", [("Content-Type", _SWAGGER)])
        if path == "/openapi/v3":
            return _json(200, openapi.index(kinds, minor))
        if parts[1:3] == ["openapi", "v3"]:
            return self._document(parts[3:])
        found = None
        if parts[1] == "apis" and len(parts) == 3:
            found = discovery.group(kinds, parts[2])
        elif parts[1] in ("api", "apis") and len(parts) == (3 if parts[1] == "api" else 4):
            group = parts[2] if parts[1] == "apis" else ""
            found = discovery.resources(kinds, group, parts[-1]) if group or parts[1] == "api" else None
        if found is None:
            raise no_such_path()
        return _json(200, found)

    def _document(self, parts: list[str]) -> Answer:
        group, version = ("", parts[1]) if parts[0] == "api" and len(parts) == 2 else ("", "")
        if parts[0] == "apis" and len(parts) == 3:
            group, version = parts[1], parts[2]
        wanted = [kind for kind in self.state.kinds if (kind.group, kind.version) == (group, version)]
        if not wanted:
            raise no_such_path()
        own = {
            kind.kind: custom.schema_of(custom.version_of(self.state.definition_of(kind), kind.version))
            for kind in wanted
            if kind.custom
        }
        return _json(200, openapi.document(wanted, self.state.minor, own))


def _json(status: int, body: Json, content_type: str = _JSON) -> Answer:
    data = json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass")
    return Answer(status, data, [("Content-Type", content_type)])


def _line(event: Json) -> bytes:
    return json.dumps(event, separators=(",", ":")).encode() + b"\n"


def _quoted(text: str) -> str:
    """A text as a header carries it: on one line, with quotes and backslashes escaped."""
    flat = text.replace("\r", " ").replace("\n", " ")
    return flat.replace("\\", "\\\\").replace('"', '\\"')
