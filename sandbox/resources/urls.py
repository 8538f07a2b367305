# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The routes of Microsoft.Resources."""

from __future__ import annotations

from sandbox.core.routing import ApiVersions, Route
from sandbox.resources import responses as r

VERSIONS = ApiVersions("2014-04-01", "2026-12-31")
SUBSCRIPTION = "/subscriptions/{subscription}"
GROUP = SUBSCRIPTION + "/resourceGroups/{group}"
PROVIDER = SUBSCRIPTION + "/providers/{namespace}"

READ_GROUP = "Microsoft.Resources/subscriptions/resourceGroups/read"
WRITE_GROUP = "Microsoft.Resources/subscriptions/resourceGroups/write"
DELETE_GROUP = "Microsoft.Resources/subscriptions/resourceGroups/delete"

#: Only where the sandbox is a cloud of its own: az knows the endpoints of the public clouds.
CLOUD_ROUTES = (Route("GET", "/metadata/endpoints", r.metadata_endpoints),)
ROUTES = (
    Route("GET", "/tenants", r.list_tenants, "", VERSIONS),
    Route("GET", "/subscriptions", r.list_subscriptions, "", VERSIONS),
    Route("GET", SUBSCRIPTION, r.get_subscription, "", VERSIONS),
    Route("GET", SUBSCRIPTION + "/locations", r.list_locations, "", VERSIONS),
    Route("GET", SUBSCRIPTION + "/providers", r.list_providers, "Microsoft.Resources/providers/read", VERSIONS),
    Route("GET", PROVIDER, r.get_provider, "Microsoft.Resources/providers/read", VERSIONS),
    Route("POST", PROVIDER + "/register", r.register_provider, "{namespace}/register/action", VERSIONS),
    Route("POST", PROVIDER + "/unregister", r.unregister_provider, "{namespace}/unregister/action", VERSIONS),
    Route("GET", SUBSCRIPTION + "/resources", r.list_resources, "Microsoft.Resources/resources/read", VERSIONS),
    Route("GET", SUBSCRIPTION + "/resourceGroups", r.list_groups, READ_GROUP, VERSIONS),
    Route("GET", GROUP, r.get_group, READ_GROUP, VERSIONS),
    Route("HEAD", GROUP, r.head_group, READ_GROUP, VERSIONS),
    Route("PUT", GROUP, r.put_group, WRITE_GROUP, VERSIONS),
    Route("PATCH", GROUP, r.patch_group, WRITE_GROUP, VERSIONS),
    Route("DELETE", GROUP, r.delete_group, DELETE_GROUP, VERSIONS),
    Route("GET", GROUP + "/resources", r.list_group_resources, READ_GROUP, VERSIONS),
    Route("GET", SUBSCRIPTION + "/operationresults/{operation}", r.operation_result, "", VERSIONS),
)
