# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Handles requests on resources that only have to exist."""

from __future__ import annotations

from sandbox.core.http import Response
from sandbox.core.routing import Call
from sandbox.monitoring.models import Companions


def get_companion(call: Call) -> Response:
    """Show a resource."""
    group = call.path.get("group", "")
    return Response(200, call.the(Companions).get(call.request.path, _kind(call), group))


def put_companion(call: Call) -> Response:
    """Store a resource, at once: the clients take 200 and 201 without an operation."""
    document, created = call.the(Companions).put(call.request.path, _kind(call), call.request.json_object())
    return Response(201 if created else 200, document)


def delete_companion(call: Call) -> Response:
    """Remove a resource: 204 when there is none."""
    found = call.the(Companions).items.pop(call.request.path, None)
    return Response(204 if found is None else 200)


def list_recommendations(call: Call) -> Response:
    """List the alert rules that a metrics workspace recommends: none."""
    return Response(200, {"value": []})


def _kind(call: Call) -> str:
    parts = call.request.path.rpartition("/providers/")[2].split("/")
    return "/".join(parts[:2])
