# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Handles sign-in requests: endpoint discovery and tokens."""

from __future__ import annotations

from sandbox.core.http import Response
from sandbox.core.routing import Call
from sandbox.entra.exceptions import DelegatedOnly, InvalidTokenRequest
from sandbox.entra.models import LIFETIME, Principal, issue_token


def openid_configuration(call: Call) -> Response:
    """Answer where the endpoints of a tenant are, as MSAL asks before its first token."""
    base = f"https://{call.request.host}/{call.path['tenant']}"
    return Response(
        200,
        {
            "issuer": f"https://{call.request.host}/{call.path['tenant']}/v2.0",
            "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
            "token_endpoint": f"{base}/oauth2/v2.0/token",
            "device_authorization_endpoint": f"{base}/oauth2/v2.0/devicecode",
            "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
            "subject_types_supported": ["pairwise"],
        },
    )


def instance_discovery(call: Call) -> Response:
    """Answer that the host is a sign-in host; MSAL asks this for hosts that it does not know."""
    host = call.request.host
    return Response(
        200,
        {
            "tenant_discovery_endpoint": f"https://{host}/common/v2.0/.well-known/openid-configuration",
            "api-version": "1.1",
            "metadata": [{"preferred_network": host, "preferred_cache": host, "aliases": [host]}],
        },
    )


def token(call: Call) -> Response:
    """Issue a token for any client and any secret; only the shape of the request is checked."""
    form = call.request.form()
    missing = [name for name in ("grant_type", "client_id") if not form.get(name)]
    if missing:
        raise InvalidTokenRequest(f"AADSTS900144: The request body must contain the parameter: '{missing[0]}'.")
    audience = form.get("scope", "").split(" ")[0].replace("/.default", "") or form.get("resource", "")
    return Response(
        200,
        {
            "token_type": "Bearer",
            "expires_in": LIFETIME,
            "ext_expires_in": LIFETIME,
            "access_token": issue_token(call.the(Principal), audience, form["client_id"]),
        },
    )


def signed_in_user(call: Call) -> Response:
    """Refuse to name a user: the principal is a service principal. az asks on `aks create --sku automatic`."""
    raise DelegatedOnly
