# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Handles Microsoft.Resources requests."""

from __future__ import annotations

from typing import Any

from sandbox.core.http import Response
from sandbox.core.ids import fold
from sandbox.core.operations import POLL_DELAY, Operations
from sandbox.core.routing import Call
from sandbox.entra.models import Principal
from sandbox.resources.exceptions import ResourceNotFound
from sandbox.resources.models import LOCATIONS, Groups, Providers


def metadata_endpoints(call: Call) -> Response:
    """Describe this host as a cloud, for ``az cloud register --endpoint-resource-manager``."""
    base = f"https://{call.request.host}"
    cloud = {
        "name": "Sandbox",
        "authentication": {
            "loginEndpoint": base,
            "audiences": [f"{base}/", base],
            "tenant": "common",
            "identityProvider": "AAD",
        },
        "resourceManager": base,
        "portal": base,
        "graph": base,
        "graphAudience": f"{base}/",
        "microsoftGraphResourceId": f"{base}/",
        "gallery": base,
        "batch": base,
        "media": base,
        "sqlManagement": base,
        "activeDirectoryDataLake": base,
        "suffixes": dict.fromkeys(("storage", "keyVaultDns", "acrLoginServer", "sqlServerHostname"), "sandbox.invalid"),
    }
    # The version that az asks for (2022-09-01) answers one cloud, not a list (read in azure-cli 2.91).
    return Response(200, cloud)


def list_tenants(call: Call) -> Response:
    """List the one tenant."""
    tenant = call.the(Principal).tenant_id
    item = {"id": f"/tenants/{tenant}", "tenantId": tenant, "displayName": "Sandbox", "tenantCategory": "Home"}
    return Response(200, {"value": [item]})


def _subscription(call: Call, subscription_id: str) -> dict[str, Any]:
    return {
        "id": f"/subscriptions/{subscription_id}",
        "authorizationSource": "RoleBased",
        "managedByTenants": [],
        "subscriptionId": subscription_id,
        "tenantId": call.the(Principal).tenant_id,
        "displayName": call.state.subscription_names[subscription_id],
        "state": "Enabled",
        "subscriptionPolicies": {"locationPlacementId": "Public_2014-09-01", "spendingLimit": "Off"},
    }


def list_subscriptions(call: Call) -> Response:
    """List all subscriptions."""
    value = [_subscription(call, identifier) for identifier in call.state.subscriptions]
    return Response(200, {"value": value, "count": {"type": "Total", "value": len(value)}})


def get_subscription(call: Call) -> Response:
    """Show a subscription."""
    return Response(200, _subscription(call, call.state.subscription_id))


def list_locations(call: Call) -> Response:
    """List the regions."""
    base = f"/subscriptions/{call.state.subscription_id}/locations"
    value = [{"id": f"{base}/{name}", "name": name, "displayName": name, "type": "Region"} for name in LOCATIONS]
    return Response(200, {"value": value})


def list_providers(call: Call) -> Response:
    """List all providers."""
    return Response(200, {"value": call.the(Providers).all()})


def get_provider(call: Call) -> Response:
    """Show a provider; counts towards the end of a registration."""
    return Response(200, call.the(Providers).read(call.path["namespace"]))


def register_provider(call: Call) -> Response:
    """Start a registration."""
    return Response(200, call.the(Providers).register(call.path["namespace"]))


def unregister_provider(call: Call) -> Response:
    """Start taking a registration back. The last state is Unregistered (recorded: Azure/azure-cli)."""
    return Response(200, call.the(Providers).register(call.path["namespace"], "Unregistered"))


def list_groups(call: Call) -> Response:
    """List resource groups."""
    prefix = fold(f"/subscriptions/{call.state.subscription_id}") + "/"
    value = [group for key, group in call.the(Groups).items.items() if fold(key).startswith(prefix)]
    return Response(200, {"value": value})


def get_group(call: Call) -> Response:
    """Show a resource group."""
    return Response(200, call.the(Groups).get(call.path["group"]))


def head_group(call: Call) -> Response:
    """Tell by the status whether a group exists: ``az group exists`` asks this way."""
    exists = call.the(Groups).id_of(call.path["group"]) in call.the(Groups).items
    return Response(204 if exists else 404)


def put_group(call: Call) -> Response:
    """Create or update a resource group."""
    group, created = call.the(Groups).put(call.path["group"], call.request.json_object())
    return Response(201 if created else 200, group)


def patch_group(call: Call) -> Response:
    """Change the tags of a resource group."""
    group = call.the(Groups).get(call.path["group"])
    body = call.request.json_object()
    if "tags" in body:
        group["tags"] = body["tags"]
    return Response(200, group)


def delete_group(call: Call) -> Response:
    """Start deleting a group and all in it: 202 and Location (recorded: Azure/azure-sdk-for-net LivePolicyTests)."""
    group, remove = call.the(Groups).begin_delete(call.path["group"])

    def finish(succeeded: bool) -> None:
        if succeeded:
            call.state.remove_below(group["id"])
            remove()
        else:
            group["properties"]["provisioningState"] = "Failed"

    operation = call.the(Operations).begin(group["id"], finish)
    return Response(202, None, _location(call, operation.name))


def operation_result(call: Call) -> Response:
    """Answer 202 until the operation has ended, then 200."""
    operation = call.the(Operations).poll(call.path["operation"])
    if operation is None:
        raise ResourceNotFound("Microsoft.Resources/operationresults", call.path["operation"], "")
    if not operation.done:
        return Response(202, None, _location(call, operation.name))
    if operation.error:
        return Response(409, {"error": operation.error})
    return Response(200)


def list_group_resources(call: Call) -> Response:
    """List what is in a group; az asks before it deletes or picks a location."""
    group = call.the(Groups).get(call.path["group"])["id"]
    return Response(200, {"value": [_brief(resource) for resource in call.state.resources_below(group)]})


def list_resources(call: Call) -> Response:
    """List all resources of a subscription."""
    found = call.state.resources_below(f"/subscriptions/{call.state.subscription_id}")
    return Response(200, {"value": [_brief(resource) for resource in found]})


def _brief(resource: dict[str, Any]) -> dict[str, Any]:
    return {name: resource[name] for name in ("id", "name", "type", "location", "tags") if name in resource}


def _location(call: Call, operation: str) -> dict[str, str]:
    url = (
        f"https://{call.request.host}/subscriptions/{call.state.subscription_id}"
        f"/operationresults/{operation}?api-version={call.api_version}"
    )
    return {"Location": url, **POLL_DELAY}
