# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Handles requests on managed deployment safeguards."""

from __future__ import annotations

from typing import Any

from sandbox.containerservice.models import Clusters
from sandbox.containerservice.responses import operation_headers
from sandbox.containerservice.safeguards import Safeguards
from sandbox.core.http import Response
from sandbox.core.operations import Operations
from sandbox.core.routing import Call
from sandbox.resources.exceptions import ResourceNotFound


def get_safeguards(call: Call) -> Response:
    """Show the safeguards of a cluster; counts towards the end of what runs on them."""
    cluster = _cluster(call)
    document = call.the(Safeguards).get(cluster["id"])
    call.the(Operations).touch(document["id"])
    return Response(200, call.the(Safeguards).get(cluster["id"]))


def put_safeguards(call: Call) -> Response:
    """Create or update the safeguards: 201 or 200, and an operation."""
    cluster = _cluster(call)
    pod_security = call.api_version[:10] >= "2025-07-01"
    document, operation, created = call.the(Safeguards).begin_put(cluster, call.request.json_object(), pod_security)
    return Response(201 if created else 200, document, operation_headers(call, cluster["location"], operation))


def delete_safeguards(call: Call) -> Response:
    """Start deleting the safeguards: 202 and Location, or 204 (Azure/azure-rest-api-specs)."""
    cluster = _cluster(call)
    operation = call.the(Safeguards).begin_delete(cluster)
    if operation is None:
        return Response(204)
    return Response(202, None, operation_headers(call, cluster["location"], operation, "operationresults"))


def list_safeguards(call: Call) -> Response:
    """List the safeguards of a cluster: one or none."""
    document = call.the(Safeguards).items.get(call.the(Safeguards).id_of(_cluster(call)["id"]))
    return Response(200, {"value": [document] if document else []})


def _cluster(call: Call) -> dict[str, Any]:
    # The gateway has checked that the scope exists; here it must be a cluster.
    cluster = call.the(Clusters).items.get(call.path["scope"])
    if cluster is None:
        raise ResourceNotFound("Microsoft.ContainerService/managedClusters", call.path["scope"], "")
    return cluster
