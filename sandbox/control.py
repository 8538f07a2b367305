# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The control endpoint: how a script that runs inside the sandbox steers it."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from typing import Any

from sandbox.core.errors import InvalidRequestContent
from sandbox.core.faults import parse_fault
from sandbox.core.http import Request, Response
from sandbox.world import World

Json = dict[str, Any]
ADDRESS_VARIABLE = "SANDBOX_CONTROL"
TOKEN_VARIABLE = "SANDBOX_CONTROL_TOKEN"
TOKEN_HEADER = "x-sandbox-token"


class Control:
    """Answers requests under /control, given the token that only the sandbox's own children know."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.token = secrets.token_urlsafe(16)

    def variables(self, address: str) -> dict[str, str]:
        """Return the environment variables through which a child finds this endpoint at the sandbox's address."""
        return {ADDRESS_VARIABLE: f"{address}/control", TOKEN_VARIABLE: self.token}

    def answer(self, request: Request) -> Response:
        """Answer a control request: 403 without the token, 400 with a sentence when it makes no sense."""
        if not hmac.compare_digest(request.headers.get(TOKEN_HEADER, ""), self.token):
            return _error(403, "the control token is missing or wrong")
        actions: dict[tuple[str, str], Callable[[Request], Json]] = {
            ("POST", "/control/fault"): self._add_fault,
            ("DELETE", "/control/fault"): self._clear_faults,
            ("GET", "/control/state"): self._state,
            ("POST", "/control/state"): self._change,
            ("POST", "/control/manifests"): self._load,
        }
        action = actions.get((request.method, request.path))
        if action is None:
            return _error(404, f"no {request.method} {request.path} here")
        try:
            return Response(200, action(request))
        except InvalidRequestContent as error:
            return _error(400, error.message)
        except (ValueError, KeyError, TypeError) as error:
            return _error(400, str(error))

    def _add_fault(self, request: Request) -> Json:
        self._world.faults.add(**parse_fault(str(request.json_object()["fault"])))
        return {"faults": len(self._world.faults)}

    def _clear_faults(self, request: Request) -> Json:
        self._world.faults.clear()
        return {"faults": 0}

    def _state(self, request: Request) -> Json:
        world = self._world
        return {
            "subscription": world.subscription_id,
            "features": {item["name"]: item["properties"]["state"] for item in world.features.all()},
            "providers": {item["namespace"]: item["registrationState"] for item in world.providers.all()},
            "groups": list(world.groups),
            "clusters": {key: item["properties"]["provisioningState"] for key, item in world.clusters.items()},
            "assignments": list(world.assignments),
            "deploymentSafeguards": list(world.deployment_safeguards),
            "faults": len(world.faults),
            "latency": world.latency,
            "requests": len(world.journal),
            "refusedHosts": list(world.refused_hosts),
        }

    def _change(self, request: Request) -> Json:
        body, world = request.json_object(), self._world
        for name, state in body.get("features", {}).items():
            world.features.set_state(name, None if state == "retired" else state)
        for namespace, state in body.get("providers", {}).items():
            world.providers.set_state(namespace, state)
        if "latency" in body:
            world.latency = float(body["latency"])
        if "advance" in body:
            world.clock.advance(float(body["advance"]))
        if "syncDelay" in body:
            world.sync_delay = float(body["syncDelay"])
        if "scan" in body:
            world.compliance.scan_seconds = float(body["scan"])
        return self._state(request)

    def _load(self, request: Request) -> Json:
        body, world = request.json_object(), self._world
        wanted = str(body["cluster"]).lower()
        found = [identifier for identifier in world.clusters if _is_called(identifier.lower(), wanted)]
        if len(found) != 1:
            raise ValueError(f"there {'are several clusters' if found else 'is no cluster'} {body['cluster']!r}")
        if body.get("clear"):
            world.compliance.clear(found[0])
        files = [(str(item["name"]), str(item["text"])) for item in body.get("files", ())]
        loaded = sum(world.compliance.load(found[0], text, name) for name, text in files)
        return {"cluster": found[0], "loaded": loaded, "objects": len(world.compliance.workloads.of(found[0]))}


def _is_called(identifier: str, wanted: str) -> bool:
    """Tell whether a cluster is meant by its id, by GROUP/NAME or by its name, all lower-case."""
    parts = identifier.split("/")
    return wanted in (identifier, f"{parts[4]}/{parts[-1]}", parts[-1])


def _error(status: int, message: str) -> Response:
    return Response(status, {"error": {"code": "Control", "message": message}})
