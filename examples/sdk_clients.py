#!/usr/bin/env python3
# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Clusters and their safeguards by Microsoft's own SDKs: what a program that knows nothing of this extension sees.

    ./sdk_clients.py RESOURCE_GROUP CLUSTER

Lists the clusters of a subscription with the level of each, creates the named group and cluster where they are missing,
tags the cluster, and adds a namespace to those that its safeguards leave alone, with the rest of the assignment as it
was. Clusters and assignments that the flags have written stay ordinary ones: no property is lost on the way.

Signs in with DefaultAzureCredential, and works on AZURE_SUBSCRIPTION_ID; see docs/python-api.md for what to install.
"""

from __future__ import annotations

import os
import sys
from typing import Any

from azure.core.exceptions import ResourceNotFoundError
from azure.identity import DefaultAzureCredential
from azure.mgmt.containerservice import ContainerServiceClient
from azure.mgmt.containerservice.models import ManagedCluster
from azure.mgmt.resource.policy import PolicyClient
from azure.mgmt.resource.resources import ResourceManagementClient

# The name that AKS itself gave it, and that the flags keep.
ASSIGNMENT = "aks-deployment-safeguards-policy-assignment"
EXCLUDED = "excludedNamespaces"
LOCATION = "westeurope"


def main(group: str, name: str, namespace: str = "sdk-example") -> None:
    """Works on one cluster.

    :param namespace: left alone by the safeguards from then on.
    """
    credential, subscription = DefaultAzureCredential(), os.environ["AZURE_SUBSCRIPTION_ID"]
    clusters = ContainerServiceClient(credential, subscription).managed_clusters
    assignments = PolicyClient(credential, subscription).policy_assignments
    for cluster in clusters.list():
        print(f"{cluster.name} ({cluster.location}): {_level(assignments, cluster.id)}")

    groups = ResourceManagementClient(credential, subscription).resource_groups
    if not groups.check_existence(group):
        groups.create_or_update(group, {"location": LOCATION})
    cluster = _ensured(clusters, group, name)
    cluster.tags = {**(cluster.tags or {}), "seen-by": "sdk-example"}
    cluster = clusters.begin_create_or_update(group, name, cluster).result()
    print(f"{name}: tagged, {cluster.properties.provisioning_state}")

    try:
        assignment = assignments.get(cluster.id, ASSIGNMENT)
    except ResourceNotFoundError:
        print(f"{name}: no safeguards; az aks update -g {group} -n {name} --safeguards-level Warning")
        return
    excluded = assignment.properties.parameters[EXCLUDED]
    excluded.value = list(dict.fromkeys([*excluded.value, namespace]))
    # The whole assignment goes back as it came, with the one change.
    written = assignments.create(cluster.id, ASSIGNMENT, assignment).properties.parameters[EXCLUDED]
    print(f"{name}: {_level(assignments, cluster.id)}, leaves alone {', '.join(written.value)}")


def _ensured(clusters: Any, group: str, name: str) -> Any:
    """The cluster, made small where there is none."""
    try:
        return clusters.get(group, name)
    except ResourceNotFoundError:
        print(f"{name}: creating it")
    body = {
        "location": LOCATION,
        "identity": {"type": "SystemAssigned"},
        "properties": {
            "dnsPrefix": name,
            "agentPoolProfiles": [{"name": "system", "mode": "System", "count": 1, "vmSize": "Standard_D4s_v5"}],
            "addonProfiles": {"azurepolicy": {"enabled": True}},
        },
    }
    return clusters.begin_create_or_update(group, name, ManagedCluster(body)).result()


def _level(assignments: Any, cluster_id: str) -> Any:
    """The level that the flags recorded on the cluster's assignment."""
    try:
        found = assignments.get(cluster_id, ASSIGNMENT)
    except ResourceNotFoundError:
        return "no safeguards"
    return (found.properties.metadata or {}).get("safeguardsLevel", "safeguards of somebody else")


if __name__ == "__main__":
    main(*sys.argv[1:])
