# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The routes of the sign-in hosts and of Graph."""

from __future__ import annotations

from sandbox.core.routing import Route
from sandbox.entra import responses

ROUTES = (
    Route("GET", "/common/discovery/instance", responses.instance_discovery),
    Route("GET", "/{tenant}/v2.0/.well-known/openid-configuration", responses.openid_configuration),
    Route("GET", "/{tenant}/.well-known/openid-configuration", responses.openid_configuration),
    Route("POST", "/{tenant}/oauth2/v2.0/token", responses.token),
    Route("POST", "/{tenant}/oauth2/token", responses.token),
)
GRAPH_ROUTES = (Route("GET", "/v1.0/me", responses.signed_in_user),)
