# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Handles Microsoft.ContainerService requests on clusters."""

from __future__ import annotations

import base64
import time
from typing import Any

from sandbox.cluster.servers import ApiServers
from sandbox.containerservice import profile
from sandbox.containerservice.exceptions import LocalAccountsDisabled, OperationNotFound
from sandbox.containerservice.models import Clusters
from sandbox.containerservice.templates import KUBERNETES_VERSION
from sandbox.core.http import Response
from sandbox.core.ids import fold
from sandbox.core.operations import POLL_DELAY, Operation, Operations
from sandbox.core.paging import Paging
from sandbox.core.routing import Call
from sandbox.features.models import Features
from sandbox.resources.exceptions import ResourceNotFound
from sandbox.resources.models import Groups

_CUSTOM_FEATURES = "akshttpcustomfeatures"


def operation_headers(call: Call, location: str, operation: Operation, kind: str = "operations") -> dict[str, str]:
    """Return the headers that lead to an operation: absolute, on the host that the call came to."""
    provider = f"/subscriptions/{call.state.subscription_id}/providers/Microsoft.ContainerService"
    # The signature parts are decoration: a client must follow the address verbatim, query included (recorded).
    signed = f"t={time.time_ns() // 100}&c=sandbox&s=sandbox&h=sandbox"
    url = f"https://{call.request.host}{provider}/locations/{location}/{kind}/{operation.name}"
    header = "azure-asyncoperation" if kind == "operations" else "location"
    return {header: f"{url}?api-version=2016-03-30&{signed}", **POLL_DELAY}


def get_cluster(call: Call) -> Response:
    """Show a cluster; counts towards the end of what runs on it."""
    clusters = call.the(Clusters)
    call.the(Operations).touch(clusters.get(call.path["group"], call.path["name"])["id"])
    return Response(200, clusters.get(call.path["group"], call.path["name"]))


def put_cluster(call: Call) -> Response:
    """Create or update a cluster: 201 or 200, and an operation."""
    body = call.request.json_object()
    headers = call.request.headers
    if "safeguardsProfile" in (body.get("properties") or {}):
        registered = _feature_registered(call) or profile.FEATURE.lower() in headers.get(_CUSTOM_FEATURES, "").lower()
        profile.check(body["properties"], call.api_version.endswith("-preview"), registered)
    cluster, operation, created = call.the(Clusters).begin_put(
        call.path["group"], call.path["name"], body, headers.get("if-match", ""), headers.get("if-none-match", "")
    )
    return Response(201 if created else 200, cluster, operation_headers(call, cluster["location"], operation))


def patch_cluster(call: Call) -> Response:
    """Replace the tags of a cluster."""
    cluster, operation = call.the(Clusters).begin_tags(
        call.path["group"], call.path["name"], call.request.json_object().get("tags") or {}
    )
    return Response(200, cluster, operation_headers(call, cluster["location"], operation))


def delete_cluster(call: Call) -> Response:
    """Start deleting a cluster; 204 when there is none."""
    clusters = call.the(Clusters)
    operation = clusters.begin_delete(call.path["group"], call.path["name"], call.request.headers.get("if-match", ""))
    if operation is None:
        return Response(204)
    location = clusters.get(call.path["group"], call.path["name"])["location"]
    headers = operation_headers(call, location, operation)
    headers.update(operation_headers(call, location, operation, "operationresults"))
    return Response(202, None, headers)


def list_clusters(call: Call) -> Response:
    """List the clusters of a subscription or of a group."""
    group = call.path.get("group")
    place = call.the(Groups).id_of(group) if group else f"/subscriptions/{call.state.subscription_id}"
    prefix = fold(place) + "/"
    items = [cluster for cluster in call.the(Clusters).items.values() if fold(cluster["id"]).startswith(prefix)]
    return call.the(Paging).answer(call.request, items)


def get_operation(call: Call) -> Response:
    """Tell how an operation stands: always 200 (recorded)."""
    operation = call.the(Operations).poll(call.path["operation"])
    if operation is None:
        raise OperationNotFound(call.path["operation"])
    return Response(200, operation.status(), dict(POLL_DELAY))


def get_operation_result(call: Call) -> Response:
    """Answer 202 until the operation has ended, then 204."""
    operation = call.the(Operations).poll(call.path["operation"])
    if operation is None:
        raise OperationNotFound(call.path["operation"])
    if operation.done:
        return Response(409, {"error": operation.error}) if operation.error else Response(204)
    return Response(202, None, operation_headers(call, call.path["location"], operation, "operationresults"))


def list_pools(call: Call) -> Response:
    """List the agent pools of a cluster."""
    cluster = call.the(Clusters).get(call.path["group"], call.path["name"])
    return Response(200, {"value": [_pool(cluster, pool) for pool in cluster["properties"]["agentPoolProfiles"]]})


def get_pool(call: Call) -> Response:
    """Show an agent pool."""
    cluster = call.the(Clusters).get(call.path["group"], call.path["name"])
    for pool in cluster["properties"]["agentPoolProfiles"]:
        if pool["name"].lower() == call.path["pool"].lower():
            return Response(200, _pool(cluster, pool))
    kind = "Microsoft.ContainerService/managedClusters/agentPools"
    raise ResourceNotFound(kind, f"{cluster['name']}/{call.path['pool']}", call.path["group"])


def _pool(cluster: dict[str, Any], pool: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": f"{cluster['id']}/agentPools/{pool['name']}",
        "name": pool["name"],
        "type": "Microsoft.ContainerService/managedClusters/agentPools",
        "properties": {name: value for name, value in pool.items() if name != "name"},
    }


def user_credentials(call: Call) -> Response:
    """Hand out the kubeconfig of a user."""
    return _credentials(call, "clusterUser", admin=False)


def admin_credentials(call: Call) -> Response:
    """Hand out the kubeconfig of the local administrator. Raises LocalAccountsDisabled."""
    return _credentials(call, "clusterAdmin", admin=True)


def _credentials(call: Call, name: str, admin: bool) -> Response:
    cluster = call.the(Clusters).get(call.path["group"], call.path["name"])
    if admin and cluster["properties"].get("disableLocalAccounts"):
        raise LocalAccountsDisabled
    config = call.the(ApiServers).kubeconfig(cluster, admin)
    return Response(200, {"kubeconfigs": [{"name": name, "value": base64.b64encode(config.encode()).decode()}]})


def list_kubernetes_versions(call: Call) -> Response:
    """List the Kubernetes versions of a region: one."""
    minor = KUBERNETES_VERSION.rpartition(".")[0]
    version: dict[str, Any] = {
        "version": minor,
        "isDefault": True,
        "capabilities": {"supportPlan": ["KubernetesOfficial"]},
        "patchVersions": {KUBERNETES_VERSION: {"upgrades": []}},
    }
    return Response(200, {"values": [version]})


def _feature_registered(call: Call) -> bool:
    return any(
        item["name"].lower() == f"microsoft.containerservice/{profile.FEATURE.lower()}"
        and item["properties"]["state"] == "Registered"
        for item in call.the(Features).all("Microsoft.ContainerService")
    )
