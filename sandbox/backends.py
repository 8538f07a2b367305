# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""All state of one sandbox, and what concerns several providers at once."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import quote, urlencode

from sandbox.authorization.definitions import Definitions
from sandbox.authorization.exemptions import Exemptions
from sandbox.authorization.initiative import Initiative
from sandbox.authorization.models import Assignments
from sandbox.authorization.permissions import Permissions
from sandbox.clock import Clock
from sandbox.containerservice.models import Clusters, is_automatic
from sandbox.containerservice.safeguards import Safeguards
from sandbox.entra.models import Principal
from sandbox.features.models import Features
from sandbox.http import Response
from sandbox.ids import Scope
from sandbox.monitoring.models import Companions
from sandbox.operations import Operations
from sandbox.policyinsights.models import Compliance
from sandbox.resources.exceptions import ResourceNotFound, SubscriptionNotFound
from sandbox.resources.models import Groups, Providers
from sandbox.routing import Call

SUBSCRIPTION_ID = "5a4dbc00-1111-4000-8000-000000000000"


class Backends:
    """The state of every provider, wired together."""

    def __init__(self) -> None:
        self.subscription_id = SUBSCRIPTION_ID
        self.principal = Principal()
        self.page_size: int | None = None
        """Elements in a page of a list; None for no paging."""
        self.clock = Clock()
        self.operations = Operations(self.clock)
        self.permissions = Permissions()
        self.providers = Providers(self.subscription_id)
        self.features = Features(self.subscription_id)
        self.groups = Groups(self.subscription_id)
        self.clusters = Clusters(self.subscription_id, self.principal.tenant_id, self.operations, self.clock)
        self.safeguards = Safeguards(self.operations)
        self.initiative = Initiative()
        self.assignments = Assignments(Definitions(self.initiative), self.principal, self.clock)
        self.exemptions = Exemptions(self.assignments, self.principal, self.clock)
        self.companions = Companions()
        self.compliance = Compliance(self.assignments, self.initiative)
        self.clusters.on_created.append(self._cluster_created)
        self.clusters.on_deleted.append(self._cluster_deleted)

    def check_scope(self, scope: Scope) -> None:
        """Check that a scope exists. Raises SubscriptionNotFound, ResourceGroupNotFound, ResourceNotFound."""
        if scope.subscription and scope.subscription.lower() != self.subscription_id:
            raise SubscriptionNotFound(scope.subscription)
        if scope.group:
            self.groups.get(scope.group)
        known = scope.text in self.clusters.items or scope.text in self.companions.items
        if scope.kind == "resource" and not known:
            raise ResourceNotFound(scope.resource_type, scope.resource_name, scope.group)

    def remove_below(self, group_id: str) -> None:
        """Remove everything in a resource group."""
        for identifier in self.clusters.items.below(group_id):
            self.clusters.remove(identifier)
        self.companions.remove_below(group_id)
        self.assignments.remove_below(group_id)
        self.exemptions.remove_below(group_id)

    def page(self, call: Call, items: list[Any]) -> Response:
        """Answer a list, in pages when a page size is set.

        A nextLink is not recorded for these lists: the usual shape, with $skiptoken, on the host of the call.
        """
        start = _offset(call.request.query.get("$skiptoken", ""))
        end = start + self.page_size if self.page_size else len(items)
        body: dict[str, Any] = {"value": items[start:end]}
        if end < len(items):
            token = base64.urlsafe_b64encode(str(end).encode()).decode()
            query = {k: v for k, v in call.request.query.items() if k != "$skiptoken"} | {"$skiptoken": token}
            path = quote(call.request.path)
            body["nextLink"] = f"https://{call.request.host}{path}?{urlencode(query, safe='$')}"
        return Response(200, body)

    def _cluster_created(self, cluster: dict[str, Any]) -> None:
        # AKS Automatic always has managed safeguards (documented in the AKS changelog); it starts with Warn.
        if is_automatic(cluster):
            self.safeguards.seed(cluster["id"])

    def _cluster_deleted(self, cluster_id: str) -> None:
        self.companions.remove_below(cluster_id)
        self.assignments.remove_below(cluster_id)
        self.exemptions.remove_below(cluster_id)
        for identifier in self.safeguards.items.below(cluster_id):
            del self.safeguards.items[identifier]


def _offset(token: str) -> int:
    try:
        return int(base64.urlsafe_b64decode(token)) if token else 0
    except ValueError:
        return 0
