# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The API server of one cluster, asked without kubectl and without a socket."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import pytest

from sandbox import Sandbox
from sandbox.cluster.core.request import Request

Json = dict[str, Any]


class Said(NamedTuple):
    """An answer."""

    status: int
    body: Any
    headers: list[tuple[str, str]]

    @property
    def warnings(self) -> list[str]:
        return [value for name, value in self.headers if name == "Warning"]


class Client:
    """Asks the API server of one cluster."""

    def __init__(self, box: Sandbox, cluster: str) -> None:
        self.box = box
        self.server = box.backends.api_servers.of(cluster)

    def __call__(
        self, method: str, target: str, body: Any = None, kind: str = "application/json", **headers: str
    ) -> Said:
        """Send a request and return what is answered."""
        data = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        sent = {"authorization": f"Bearer {self.server.token}", "content-type": kind, "user-agent": "test/1"}
        answer = self.server.answer(Request(method, target, {**sent, **headers}, data))
        text = answer.body.decode()
        found = json.loads(text) if text.startswith("{") else text
        return Said(answer.status, found, answer.headers)

    def ok(self, method: str, target: str, body: Any = None, kind: str = "application/json") -> Any:
        """Send a request that must succeed and return the body."""
        said = self(method, target, body, kind)
        assert said.status in (200, 201), said.body
        return said.body

    def watch(self, target: str) -> list[Json]:
        """Return the events of a watch that ends by itself."""
        request = Request("GET", target, {"authorization": f"Bearer {self.server.token}"})
        answer = self.server.answer(request)
        assert answer.stream is not None, answer.body
        return [json.loads(line) for line in answer.stream]


@pytest.fixture
def client(box: Sandbox) -> Client:
    return Client(box, box.add_cluster("rg", "aks"))
