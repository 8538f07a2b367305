# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What Resource Manager does before a provider is asked: token, version, permission, existence."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime, timezone

from sandbox.authorization.exceptions import PolicyError
from sandbox.authorization.permissions import Permissions
from sandbox.authorization.urls import ROUTES as AUTHORIZATION
from sandbox.containerservice.urls import ROUTES as CONTAINER_SERVICE
from sandbox.core.errors import (
    ArmError,
    AuthenticationFailed,
    AuthorizationFailed,
    InvalidApiVersion,
    InvalidResourceType,
    MethodNotAllowed,
    MissingApiVersion,
    MissingSubscription,
)
from sandbox.core.http import Request, Response
from sandbox.core.ids import Scope
from sandbox.core.routing import Call, Route, find
from sandbox.core.state import State
from sandbox.entra.models import Principal, is_ours
from sandbox.entra.urls import GRAPH_ROUTES
from sandbox.entra.urls import ROUTES as ENTRA
from sandbox.features.urls import ROUTES as FEATURES
from sandbox.monitoring.urls import ROUTES as MONITORING
from sandbox.policyinsights.urls import ROUTES as POLICY_INSIGHTS
from sandbox.resourcegraph.urls import ROUTES as RESOURCE_GRAPH
from sandbox.resources.exceptions import MissingSubscriptionRegistration
from sandbox.resources.models import NAMESPACES, Providers
from sandbox.resources.urls import CLOUD_ROUTES
from sandbox.resources.urls import ROUTES as RESOURCES

MANAGEMENT_HOSTS = ("management.azure.com", "management.usgovcloudapi.net", "management.chinacloudapi.cn")
SIGN_IN_HOSTS = (
    "login.microsoftonline.com",
    "login.windows.net",
    "login.microsoftonline.us",
    "login.chinacloudapi.cn",
    "login.partner.microsoftonline.cn",
)
GRAPH_HOSTS = ("graph.microsoft.com", "graph.microsoft.us", "microsoftgraph.chinacloudapi.cn")
#: The names under which a custom cloud reaches the sandbox: one host plays all roles.
LOCAL_HOSTS = ("localhost", "127.0.0.1")

ARM_ROUTES = (*POLICY_INSIGHTS, *AUTHORIZATION, *CONTAINER_SERVICE, *FEATURES, *MONITORING, *RESOURCE_GRAPH, *RESOURCES)
_SHARED_HOST_ROUTES = (*CLOUD_ROUTES, *GRAPH_ROUTES, *ARM_ROUTES, *ENTRA)
ALL_HOSTS = (*MANAGEMENT_HOSTS, *SIGN_IN_HOSTS, *GRAPH_HOSTS, *LOCAL_HOSTS)
_REMAINING = {"GET": ("reads", 249), "HEAD": ("reads", 249), "DELETE": ("deletes", 199)}


def serves(host: str) -> bool:
    """Tell whether the sandbox plays this host."""
    return host.lower() in ALL_HOSTS


def handle(state: State, request: Request) -> Response:
    """Answer a request. Never raises: errors become their answers."""
    host = request.host.partition(":")[0].lower()
    try:
        if host in SIGN_IN_HOSTS:
            response = _dispatch(state, request, ENTRA)
        elif host in GRAPH_HOSTS:
            response = _dispatch(state, request, GRAPH_ROUTES)
        elif host in MANAGEMENT_HOSTS:
            response = _dispatch(state, request, ARM_ROUTES)
        else:
            response = _dispatch(state, request, _SHARED_HOST_ROUTES)
    except ArmError as error:
        response = error_response(error)
    if host not in SIGN_IN_HOSTS:
        add_headers(response, request)
    return response


def error_response(error: ArmError) -> Response:
    """Return the answer for an error, with the headers of who raised it (recorded: gateway, policy service)."""
    headers = dict(error.headers)
    if error.gateway:
        headers["x-ms-failure-cause"] = "gateway"
    if isinstance(error, PolicyError):
        headers["Cache-Control"] = "no-store, no-cache"
        headers["Content-Type"] = "application/json"
    return Response(error.status, error.body(), headers)


def _dispatch(state: State, request: Request, routes: Iterable[Route]) -> Response:
    found = find(routes, request.method, request.path)
    if isinstance(found, bool):
        if request.host in MANAGEMENT_HOSTS and "api-version" not in request.query:
            raise MissingApiVersion
        raise MethodNotAllowed(request.method) if found else InvalidResourceType(request.method, request.path)
    route, path = found
    state = state.at(request.path)
    if route.versions is not None:
        _admit(state, request, route, path)
    return route.handler(Call(request, path, state))


def _admit(state: State, request: Request, route: Route, path: dict[str, str]) -> None:
    """Let a request through to its provider or raise what Resource Manager would answer."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not is_ours(token):
        raise AuthenticationFailed
    given = request.query.get("api-version")
    if not given:
        raise MissingApiVersion
    assert route.versions is not None
    if not route.versions.accepts(given.lower()):
        raise InvalidApiVersion(given, str(route.versions))
    scope = _scope(path)
    if scope.subscription:
        state.check_scope(Scope(f"/subscriptions/{scope.subscription}", scope.subscription))
    action = route.action.format(**path)
    if action and not state.the(Permissions).allow(action):
        principal = state.the(Principal)
        raise AuthorizationFailed(principal.client_id, principal.object_id, action, scope.text)
    namespace = action.partition("/")[0]
    free = NAMESPACES.get(namespace, True)
    if (
        not free
        and "/providers/{namespace}" not in route.template
        and not state.the(Providers).is_registered(namespace)
    ):
        raise MissingSubscriptionRegistration(namespace)
    if "scope" in path or ("group" in path and "/resourceGroups/{group}/" in route.template):
        state.check_scope(scope)


def _scope(path: dict[str, str]) -> Scope:
    """Return the scope that a request is about. Raises MissingSubscription for a scope that is none."""
    if "scope" in path:
        scope = Scope.parse(path["scope"])
        if scope is None or scope.kind == "tenant":
            raise MissingSubscription
        return scope
    subscription, group = path.get("subscription", ""), path.get("group", "")
    if not subscription:
        return Scope("/")
    text = f"/subscriptions/{subscription}" + (f"/resourceGroups/{group}" if group else "")
    return Scope(text, subscription, group)


def add_headers(response: Response, request: Request) -> None:
    """Add what every answer of Resource Manager carries (recorded: Azure/azure-powershell Policy.Autorest, v2)."""
    identifier = str(uuid.uuid4())
    subscription = "/subscriptions/" in request.path.lower()
    kind, left = _REMAINING.get(request.method, ("writes", 199))
    counter = f"x-ms-ratelimit-remaining-{'subscription' if subscription else 'tenant'}-{kind}"
    standard = {
        "Cache-Control": "no-cache",
        "Pragma": "no-cache",
        "Expires": "-1",
        "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
        "X-Content-Type-Options": "nosniff",
        "x-ms-request-id": identifier,
        "x-ms-correlation-request-id": identifier,
        "x-ms-routing-request-id": f"SANDBOX:{datetime.now(timezone.utc):%Y%m%dT%H%M%SZ}:{identifier}",
        "x-ms-throttling-version": "v2",
        counter: str(left),
    }
    for name, value in standard.items():
        response.headers.setdefault(name, value)
