# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""All state of one sandbox, and what concerns several providers at once."""

from __future__ import annotations

import copy
import re
import threading
from typing import Any

from sandbox.authorization.definitions import Definitions
from sandbox.authorization.exemptions import Exemptions
from sandbox.authorization.initiative import Initiative
from sandbox.authorization.models import Assignments
from sandbox.authorization.permissions import Permissions
from sandbox.cluster.servers import ApiServers
from sandbox.containerservice.models import Clusters, is_automatic
from sandbox.containerservice.safeguards import Safeguards
from sandbox.core.clock import Clock
from sandbox.core.ids import Scope, fold
from sandbox.core.operations import Operations
from sandbox.core.paging import Paging
from sandbox.core.state import Kind
from sandbox.entra.models import Principal
from sandbox.features.models import Features
from sandbox.monitoring.models import Companions
from sandbox.policyinsights.models import Compliance
from sandbox.resourcegraph.models import ResourceGraph
from sandbox.resources.exceptions import ResourceNotFound, SubscriptionNotFound
from sandbox.resources.models import Groups, Providers
from sandbox.surroundings import Parts, Surroundings
from sandbox.syncing import Syncing

SUBSCRIPTION_ID = "5a4dbc00-1111-4000-8000-000000000000"
SUBSCRIPTION_NAME = "Sandbox"
_SUBSCRIPTION = re.compile(r"^/subscriptions/([^/]+)", re.I)


class Backends:
    """The state of every provider, wired together, as one subscription sees it.

    What is kept by resource id is shared by all subscriptions: an id says where it belongs. Groups, clusters, features
    and provider registrations have rules that know the one subscription they are about.
    """

    def __init__(self, lock: threading.RLock | None = None) -> None:
        self.lock = lock or threading.RLock()
        """Held while a request of Resource Manager is answered."""
        self.subscription_id = SUBSCRIPTION_ID
        self.principal = Principal()
        self.paging = Paging()
        self.clock = Clock()
        self.operations = Operations(self.clock)
        self.permissions = Permissions()
        self.subscriptions: dict[str, Backends] = {self.subscription_id: self}
        """What each subscription sees, by its id; the first is the one that az defaults to."""
        self.subscription_names = {self.subscription_id: SUBSCRIPTION_NAME}
        self.providers = Providers(self.subscription_id)
        self.features = Features(self.subscription_id)
        self.groups = Groups(self.subscription_id)
        self.clusters = Clusters(self.subscription_id, self.principal.tenant_id, self.operations, self.clock)
        self.safeguards = Safeguards(self.operations)
        self.initiative = Initiative()
        self.assignments = Assignments(Definitions(self.initiative), self.principal, self.clock)
        self.exemptions = Exemptions(self.assignments, self.principal, self.clock)
        self.companions = Companions()
        self.compliance = Compliance(self.assignments, self.exemptions, self.initiative, self.clusters, self.clock)
        self.resource_graph = ResourceGraph()
        self.syncing = Syncing(self.assignments, self.exemptions, self.safeguards, self.clusters, self.clock)
        outside = Parts(
            self.lock, self.syncing, self.initiative, self.exemptions, self.clusters, self.compliance, self.clock
        )
        self.api_servers = ApiServers(lambda cluster_id: Surroundings(outside, cluster_id), self.lock)
        self.compliance.workloads.held = self.api_servers
        self.clusters.on_created.append(self._cluster_created)
        self.clusters.on_deleted.append(self._cluster_deleted)

    def add_subscription(self, subscription_id: str, name: str) -> Backends:
        """Add a subscription of the same tenant and return what it sees."""
        view = copy.copy(self)
        view.subscription_id = subscription_id.lower()
        view.providers = Providers(view.subscription_id)
        view.features = Features(view.subscription_id)
        view.groups = Groups(view.subscription_id)
        view.groups.items = self.groups.items
        view.clusters = Clusters(view.subscription_id, self.principal.tenant_id, self.operations, self.clock)
        view.clusters.items = self.clusters.items
        view.clusters.on_created, view.clusters.on_deleted = self.clusters.on_created, self.clusters.on_deleted
        self.subscriptions[view.subscription_id] = view
        self.subscription_names[view.subscription_id] = name
        return view

    def the(self, kind: type[Kind]) -> Kind:
        """Return the part of the state that is a ``kind``: each class stands once. Raises LookupError."""
        for value in vars(self).values():
            if isinstance(value, kind):
                return value
        raise LookupError(f"the sandbox keeps no {kind.__name__}")

    def at(self, path: str) -> Backends:
        """Return what the subscription of a path sees; the first one's view for paths of no subscription."""
        match = _SUBSCRIPTION.match(path)
        return self.subscriptions.get(match[1].lower(), self) if match else self

    def check_scope(self, scope: Scope) -> None:
        """Check that a scope exists. Raises SubscriptionNotFound, ResourceGroupNotFound, ResourceNotFound."""
        if scope.subscription and scope.subscription.lower() not in self.subscriptions:
            raise SubscriptionNotFound(scope.subscription)
        if scope.group:
            self.groups.get(scope.group)
        known = scope.text in self.clusters.items or scope.text in self.companions.items
        if scope.kind == "resource" and not known:
            raise ResourceNotFound(scope.resource_type, scope.resource_name, scope.group)

    def resources_below(self, scope: str) -> list[dict[str, Any]]:
        """Return the resources in a group or a subscription that its lists show: the clusters."""
        prefix = fold(scope) + "/"
        return [cluster for key, cluster in self.clusters.items.items() if fold(key).startswith(prefix)]

    def remove_below(self, group_id: str) -> None:
        """Remove everything in a resource group."""
        for identifier in self.clusters.items.below(group_id):
            self.clusters.remove(identifier)
        self.companions.remove_below(group_id)
        self.assignments.remove_below(group_id)
        self.exemptions.remove_below(group_id)

    def _cluster_created(self, cluster: dict[str, Any]) -> None:
        # AKS Automatic always has managed safeguards, at Enforce with Baseline, and keeps them (AKS changelog).
        if is_automatic(cluster):
            self.safeguards.seed(cluster["id"], "Enforce", pod_security="Baseline")

    def _cluster_deleted(self, cluster_id: str) -> None:
        self.companions.remove_below(cluster_id)
        self.assignments.remove_below(cluster_id)
        self.exemptions.remove_below(cluster_id)
        self.compliance.remove(cluster_id)
        self.api_servers.remove(cluster_id)
        for identifier in self.safeguards.items.below(cluster_id):
            del self.safeguards.items[identifier]
