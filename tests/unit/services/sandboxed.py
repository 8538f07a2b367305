# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""A client whose requests the sandbox answers in this process, without a network and without waiting."""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import urlsplit

from azure.core.pipeline.transport import RequestsTransport
from requests import ConnectionError as NoConnection
from requests import Session
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse

from azext_safeguards.services.arm import ArmClient
from sandbox import Sandbox
from sandbox.core.http import Request
from sandbox.entra.models import issue_token
from tests.unit.services.resource_manager import Credential


class _ToSandbox(HTTPAdapter):
    def __init__(self, box: Sandbox) -> None:
        super().__init__()
        self._box = box

    def send(self, request: Any, **_: Any) -> Any:
        parts = urlsplit(request.url)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        body = request.body.encode() if isinstance(request.body, str) else request.body or b""
        headers = {name.lower(): value for name, value in request.headers.items()}
        headers["authorization"] = (
            f"Bearer {issue_token(self._box.backends.principal, 'https://management.azure.com/')}"
        )
        answer = self._box.answer(Request(request.method, parts.netloc, target, headers, body))
        if answer is None:
            raise NoConnection("the sandbox dropped it")
        content = answer.payload()
        given = {"Content-Type": "application/json", **answer.headers, "Content-Length": str(len(content))}
        raw = HTTPResponse(
            io.BytesIO(content), headers=given, status=answer.status, reason="because", preload_content=False
        )
        return self.build_response(request, raw)


class _Transport(RequestsTransport):
    def __init__(self, box: Sandbox) -> None:
        session = Session()
        session.trust_env = False
        session.mount("https://", _ToSandbox(box))
        super().__init__(session=session, session_owner=False, use_env_settings=False)

    def sleep(self, duration: float) -> None:
        """Waits for nothing."""


def sandboxed(box: Sandbox, subscription: str = "") -> ArmClient:
    """A client for a subscription of a sandbox that need not be running."""
    return ArmClient(Credential(), subscription or box.subscription_id, transport=_Transport(box))
