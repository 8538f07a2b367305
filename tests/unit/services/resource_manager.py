# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Azure Resource Manager as a transport of azure-core: answers by method and path, no network, no waiting."""

from __future__ import annotations

import io
import json
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from azure.core.credentials import AccessToken
from azure.core.pipeline.transport import RequestsTransport
from requests import Session
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse

from azext_safeguards.services.arm import ArmClient
from tests.unit.bodies import SUBSCRIPTION

TOKEN = "token-that-must-stay-secret"


@dataclass(frozen=True)
class Answer:
    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Call:
    method: str
    path: str
    query: dict[str, str]
    body: bytes | None
    headers: dict[str, str]
    url: str

    @property
    def json(self) -> Any:
        return json.loads(self.body or b"null")


def error(
    status: int, code: str, message: str = "said by the service", headers: dict[str, str] | None = None
) -> Answer:
    return Answer(status, {"error": {"code": code, "message": message}}, headers or {})


class ResourceManager(HTTPAdapter):
    """Answers in the order given for a path, the last one for good; 404 for every other path."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[Call] = []
        self.sleeps: list[float] = []
        self._answers: dict[tuple[str, str], list[Answer | Exception]] = defaultdict(list)
        self._lock = threading.Lock()

    def on(self, method: str, path: str, *answers: Answer | Exception) -> ResourceManager:
        self._answers[method, path.lower()] = list(answers)
        return self

    def send(self, request: Any, **_: Any) -> Any:
        parts = urlsplit(request.url)
        body = request.body.encode() if isinstance(request.body, str) else request.body
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        path = unquote(parts.path)
        with self._lock:
            self.calls.append(Call(request.method, path, query, body, dict(request.headers), request.url))
            queue = self._answers.get((request.method, path.lower()), [])
            answer = (queue.pop(0) if len(queue) > 1 else queue[0]) if queue else error(404, "ResourceNotFound")
        if isinstance(answer, Exception):
            raise answer
        content = answer.body if isinstance(answer.body, bytes) else b""
        headers = {"Content-Type": "application/json; charset=utf-8", **answer.headers}
        if answer.body is not None and not isinstance(answer.body, bytes):
            content = json.dumps(answer.body).encode()
        raw = HTTPResponse(
            io.BytesIO(content),
            headers={**headers, "Content-Length": str(len(content))},
            status=answer.status,
            reason="because",
            preload_content=False,
        )
        return self.build_response(request, raw)

    def requested(self) -> list[tuple[str, str]]:
        """Method and the last two segments of the path of each request, in alphabetical order."""
        return sorted((call.method, "/".join(call.path.split("/")[-2:])) for call in self.calls)


class _Transport(RequestsTransport):
    def __init__(self, manager: ResourceManager) -> None:
        session = Session()
        session.trust_env = False
        session.mount("https://", manager)
        super().__init__(session=session, session_owner=False, use_env_settings=False)
        self._manager = manager

    def sleep(self, duration: float) -> None:
        self._manager.sleeps.append(duration)


class Credential:
    """Hands out one token and counts how often it was asked."""

    def __init__(self, lifetime: float = 3600, patience: float = 0.0) -> None:
        self.asked: list[tuple[tuple[str, ...], dict[str, Any]]] = []
        self._lifetime = lifetime
        self._patience = patience

    def get_token(self, *scopes: str, **kwargs: Any) -> AccessToken:
        self.asked.append((scopes, kwargs))
        time.sleep(self._patience)
        return AccessToken(TOKEN, int(time.time() + self._lifetime))


def client(manager: ResourceManager, credential: Credential | None = None, **kwargs: Any) -> ArmClient:
    return ArmClient(credential or Credential(), SUBSCRIPTION, transport=_Transport(manager), **kwargs)
