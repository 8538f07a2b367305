# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The routes of Microsoft.ContainerService."""

from __future__ import annotations

from sandbox.containerservice import responses as r
from sandbox.containerservice import safeguards_responses as s
from sandbox.core.routing import ApiVersions, Route

VERSIONS = ApiVersions("2017-08-31", "2026-12-31")
SAFEGUARDS_VERSIONS = ApiVersions("2025-04-01", "2026-12-31")
#: Status URLs keep the version that the service wrote into them (2016-03-30, recorded).
OPERATION_VERSIONS = ApiVersions("2016-03-30", "2026-12-31")
PROVIDER = "/providers/Microsoft.ContainerService"
SUBSCRIPTION = "/subscriptions/{subscription}"
GROUP_LIST = SUBSCRIPTION + "/resourceGroups/{group}" + PROVIDER + "/managedClusters"
CLUSTER = GROUP_LIST + "/{name}"
REGION = SUBSCRIPTION + PROVIDER + "/locations/{location}"
SAFEGUARDS = "{scope}" + PROVIDER + "/deploymentSafeguards"
A = "Microsoft.ContainerService/"

ROUTES = (
    Route("GET", SAFEGUARDS, s.list_safeguards, A + "deploymentSafeguards/read", SAFEGUARDS_VERSIONS),
    Route("GET", SAFEGUARDS + "/default", s.get_safeguards, A + "deploymentSafeguards/read", SAFEGUARDS_VERSIONS),
    Route("PUT", SAFEGUARDS + "/default", s.put_safeguards, A + "deploymentSafeguards/write", SAFEGUARDS_VERSIONS),
    Route("DELETE", SAFEGUARDS + "/default", s.delete_safeguards, A + "deploymentSafeguards/delete",
          SAFEGUARDS_VERSIONS),
    Route("GET", SUBSCRIPTION + PROVIDER + "/managedClusters", r.list_clusters, A + "managedClusters/read", VERSIONS),
    Route("GET", GROUP_LIST, r.list_clusters, A + "managedClusters/read", VERSIONS),
    Route("GET", CLUSTER, r.get_cluster, A + "managedClusters/read", VERSIONS),
    Route("PUT", CLUSTER, r.put_cluster, A + "managedClusters/write", VERSIONS),
    Route("PATCH", CLUSTER, r.patch_cluster, A + "managedClusters/write", VERSIONS),
    Route("DELETE", CLUSTER, r.delete_cluster, A + "managedClusters/delete", VERSIONS),
    Route("GET", CLUSTER + "/agentPools", r.list_pools, A + "managedClusters/agentPools/read", VERSIONS),
    Route("GET", CLUSTER + "/agentPools/{pool}", r.get_pool, A + "managedClusters/agentPools/read", VERSIONS),
    Route("POST", CLUSTER + "/listClusterUserCredential", r.user_credentials,
          A + "managedClusters/listClusterUserCredential/action", VERSIONS),
    Route("POST", CLUSTER + "/listClusterAdminCredential", r.admin_credentials,
          A + "managedClusters/listClusterAdminCredential/action", VERSIONS),
    Route("GET", REGION + "/operations/{operation}", r.get_operation, A + "locations/operations/read",
          OPERATION_VERSIONS),
    Route("GET", REGION + "/operationresults/{operation}", r.get_operation_result,
          A + "locations/operationresults/read", OPERATION_VERSIONS),
    Route("GET", REGION + "/kubernetesVersions", r.list_kubernetes_versions,
          A + "locations/kubernetesVersions/read", VERSIONS),
)  # fmt: skip
