# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""One HTTP request and one answer, as plain values."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote

from sandbox.core.errors import InvalidRequestContent
from sandbox.core.ids import collapse


@dataclass(frozen=True)
class Request:
    """What a client sent. Header names are lower-case; ``path`` is decoded, its slashes are collapsed."""

    method: str
    host: str
    target: str
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def raw_path(self) -> str:
        """The path exactly as sent."""
        return self.target.partition("?")[0]

    @property
    def raw_query(self) -> str:
        """The query exactly as sent."""
        return self.target.partition("?")[2]

    @property
    def path(self) -> str:
        """The path to route on.

        Clients send doubled slashes and percent-encoded ids, and Resource Manager takes both (recorded:
        Azure/azure-powershell AssignmentOverride, Azure/azure-cli-extensions test_aks_deployment_safeguards).
        """
        return collapse(unquote(self.raw_path))

    @property
    def query(self) -> dict[str, str]:
        """Query parameters by lower-case name."""
        return {name.lower(): value for name, value in parse_qsl(self.raw_query, keep_blank_values=True)}

    def json(self) -> Any:
        """Return the body parsed as JSON. Raises InvalidRequestContent when it is none."""
        try:
            return json.loads(self.body)
        except ValueError as error:
            raise InvalidRequestContent(f"{error}") from error

    def json_object(self) -> dict[str, Any]:
        """Return the body, which must be a JSON object. Raises InvalidRequestContent."""
        value = self.json()
        if not isinstance(value, dict):
            raise InvalidRequestContent("the content is not a JSON object")
        return value

    def form(self) -> dict[str, str]:
        """Return the fields of a form body."""
        return dict(parse_qsl(self.body.decode("utf-8", "replace")))


@dataclass
class Response:
    """What is sent back. ``body`` is JSON data, or None for no content."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)

    def payload(self) -> bytes:
        """Return the encoded body."""
        return b"" if self.body is None else json.dumps(self.body, separators=(",", ":")).encode()
