# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Access tokens: who is signed in, and which tokens are ours."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from typing import Any

# Public on purpose: the tokens open nothing but this sandbox. A fixed key lets a token cache outlive a restart.
_KEY = b"local sandbox, not a secret"
LIFETIME = 86_400


@dataclass(frozen=True)
class Principal:
    """Who every request comes from: a service principal that accepts any secret."""

    client_id: str = "5a4dbc00-0000-4000-8000-000000000001"
    object_id: str = "5a4dbc00-0000-4000-8000-000000000002"
    tenant_id: str = "5a4dbc00-0000-4000-8000-00000000000a"


def issue_token(principal: Principal, audience: str, client_id: str | None = None) -> str:
    """Return a signed token that az can decode like a real one."""
    now = int(time.time())
    claims = {
        "aud": audience,
        "iss": f"https://sts.windows.net/{principal.tenant_id}/",
        "iat": now,
        "nbf": now,
        "exp": now + LIFETIME,
        "appid": client_id or principal.client_id,
        "oid": principal.object_id,
        "sub": principal.object_id,
        "tid": principal.tenant_id,
        "idtyp": "app",
    }
    unsigned = f"{_encode({'alg': 'HS256', 'typ': 'JWT'})}.{_encode(claims)}"
    return f"{unsigned}.{_signature(unsigned)}"


def is_ours(token: str) -> bool:
    """Tell whether a sandbox issued this token. Its age does not matter: clocks move here."""
    unsigned, _, signature = token.rpartition(".")
    return hmac.compare_digest(signature, _signature(unsigned))


def _encode(value: dict[str, Any]) -> str:
    return _text(json.dumps(value).encode())


def _signature(unsigned: str) -> str:
    return _text(hmac.new(_KEY, unsigned.encode(), hashlib.sha256).digest())


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
