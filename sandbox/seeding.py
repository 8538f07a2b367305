# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Puts things in place without a request: groups, clusters by the thousand, subscriptions, manifests."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sandbox.authorization.models import TYPE
from sandbox.backends import Backends
from sandbox.core.copies import copied
from sandbox.policyinsights.workloads import texts

Json = dict[str, Any]
#: The name under which AKS, and this extension, assign the initiative on a cluster.
ASSIGNMENT_NAME = "aks-deployment-safeguards-policy-assignment"
#: A YAML or JSON text, a file or folder, or several of these.
Manifests = str | Path | Iterable[str | Path]
_POLICY_ADDON = {"azurepolicy": {"enabled": True}}


def subscription(backends: Backends, identifier: str, name: str) -> str:
    """Add a subscription with SafeguardsPreview registered and return its id."""
    view = backends.add_subscription(identifier, name)
    view.features.set_state("SafeguardsPreview", "Registered")
    return view.subscription_id


def cluster(view: Backends, group: str, name: str, azure_policy: bool, sku: str, state: str, tags: Json | None) -> str:
    """Put a cluster in place, in any provisioning state, and return its id."""
    body: Json = {
        "location": view.groups.get(group)["location"],
        "sku": {"name": sku, "tier": "Standard" if sku == "Automatic" else "Free"},
        "tags": tags,
        "properties": {"agentPoolProfiles": [{"name": "nodepool1"}]},
    }
    if azure_policy:
        body["properties"]["addonProfiles"] = _POLICY_ADDON
    return str(view.clusters.seed(group, name, body, state)["id"])


def clusters(view: Backends, count: int, groups: int, body: Json | None, prefix: str) -> list[str]:
    """Put many clusters in place and return their ids, each with an assignment of ``body`` if there is one."""
    made: list[str] = []
    for number in range(count):
        group = f"{prefix}-{number % groups}"
        if number < groups:
            view.groups.put(group, {"location": "eastus"})
        properties = {"agentPoolProfiles": [{"name": "nodepool1"}], "addonProfiles": _POLICY_ADDON}
        sent = {"location": "eastus", "properties": properties}
        identifier = str(view.clusters.seed(group, f"{prefix}-{number:05}", sent)["id"])
        made.append(identifier)
        if body is not None:
            _assignment(view, identifier, body)
    return made


def _assignment(view: Backends, cluster_id: str, body: Json) -> None:
    identifier = view.assignments.id_of(cluster_id, ASSIGNMENT_NAME)
    properties = {**copied(body["properties"]), "scope": cluster_id}
    document = {"properties": properties, "id": identifier, "type": TYPE, "name": ASSIGNMENT_NAME}
    view.assignments.items[identifier] = document


def manifests(view: Backends, cluster_id: str, sources: Manifests) -> int:
    """Put the objects of manifests on a cluster and return how many; the next evaluation finds what is wrong there.

    Raises KeyError for a cluster that does not exist, ValueError and OSError for what cannot be read.
    """
    if cluster_id not in view.clusters.items:
        raise KeyError(f"there is no cluster {cluster_id}")
    return sum(view.compliance.load(cluster_id, content, name) for name, content in texts(sources))
