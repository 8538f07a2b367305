# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The sandbox's world: the state that tests and scripts seed and look at, and the answers to requests."""

from __future__ import annotations

import threading
import time
import traceback
from typing import TYPE_CHECKING, Any

from sandbox import seeding
from sandbox.authorization.initiative import Initiative
from sandbox.authorization.permissions import Permissions
from sandbox.backends import Backends
from sandbox.core.clock import Clock
from sandbox.core.copies import copied
from sandbox.core.faults import Fault, Faults
from sandbox.core.http import Request, Response
from sandbox.core.ids import ById
from sandbox.entra.models import issue_token
from sandbox.features.models import Features
from sandbox.front import gateway
from sandbox.journal import Journal
from sandbox.policyinsights.models import Compliance
from sandbox.resourcegraph.models import ResourceGraph
from sandbox.resources.models import Providers

if TYPE_CHECKING:
    from sandbox.cluster.apiserver import Answer
    from sandbox.cluster.core.request import Request as KubernetesRequest

Json = dict[str, Any]


class World:
    """All that the sandbox knows, and how it answers. It listens nowhere: see Sandbox."""

    def __init__(self) -> None:
        self.faults = Faults()
        self.journal = Journal()
        self.refused_hosts: list[str] = []
        """What somebody tried to reach and the sandbox does not serve: ``host:port`` or a plain HTTP address."""
        self.crashes: list[str] = []
        """Tracebacks of bugs in the sandbox itself; the client got a 500."""
        self.latency = 0.0
        """Seconds added to every answer."""
        self._lock = threading.RLock()
        self.backends = self._fresh()

    def _fresh(self) -> Backends:
        backends = Backends(self._lock)
        backends.api_servers.crashes = self.crashes
        backends.api_servers.note = self._note
        return backends

    def _note(self, cluster: str, request: KubernetesRequest, answer: Answer) -> None:
        """Write a request to a cluster's API server into the journal, without bodies: they hold Secrets."""
        headers = {name: value for name, value in request.headers.items() if name != "authorization"}
        now = time.monotonic()
        record = self.journal.open(Request(request.method, cluster, request.target, headers), now)
        self.journal.close(record, answer.status, now)

    @property
    def subscription_id(self) -> str:
        """The subscription that az defaults to, and the only one in a fresh sandbox."""
        return self.backends.subscription_id

    @property
    def tenant_id(self) -> str:
        """The one tenant."""
        return self.backends.principal.tenant_id

    def token(self) -> str:
        """Return a bearer token, for tests that send requests themselves."""
        return issue_token(self.backends.principal, "https://management.azure.com/")

    # State

    @property
    def features(self) -> Features:
        """Preview features."""
        return self.backends.features

    @property
    def providers(self) -> Providers:
        """Resource provider registrations."""
        return self.backends.providers

    @property
    def permissions(self) -> Permissions:
        """What the signed-in principal may do."""
        return self.backends.permissions

    @property
    def initiative(self) -> Initiative:
        """The built-in initiative and its versions."""
        return self.backends.initiative

    @property
    def compliance(self) -> Compliance:
        """What the policies found, and when they look; see also ``load_manifests``."""
        return self.backends.compliance

    @property
    def resource_graph(self) -> ResourceGraph:
        """Resource Graph; ``enabled = False`` for a cloud without it."""
        return self.backends.resource_graph

    @property
    def clock(self) -> Clock:
        """The clock behind every timestamp."""
        return self.backends.clock

    @property
    def groups(self) -> ById[Json]:
        """Resource groups by id."""
        return self.backends.groups.items

    @property
    def clusters(self) -> ById[Json]:
        """Managed clusters by id."""
        return self.backends.clusters.items

    @property
    def assignments(self) -> ById[Json]:
        """Policy assignments by id."""
        return self.backends.assignments.items

    @property
    def exemptions(self) -> ById[Json]:
        """Policy exemptions by id."""
        return self.backends.exemptions.items

    @property
    def deployment_safeguards(self) -> ById[Json]:
        """Managed deployment safeguards, by their own id or by that of their cluster."""
        return self.backends.safeguards.items

    @property
    def sync_delay(self) -> float:
        """Seconds from a change to the moment when a cluster's add-on acts on it."""
        return self.backends.syncing.delay

    @sync_delay.setter
    def sync_delay(self, value: float) -> None:
        self.backends.syncing.delay = value
        # What the add-on does not know it does not evaluate either.
        self.compliance.first_scan = value

    @property
    def polls(self) -> int:
        """How many status reads an operation takes."""
        return self.backends.operations.polls

    @polls.setter
    def polls(self, value: int) -> None:
        self.backends.operations.polls = value

    @property
    def page_size(self) -> int | None:
        """Elements in a page of a list; None for no paging."""
        return self.backends.paging.size

    @page_size.setter
    def page_size(self, value: int | None) -> None:
        self.backends.paging.size = value

    def add_group(
        self, name: str, location: str = "eastus", tags: dict[str, str] | None = None, subscription: str = ""
    ) -> str:
        """Put a resource group in place and return its id."""
        return str(self._at(subscription).groups.put(name, {"location": location, "tags": tags})[0]["id"])

    def add_cluster(
        self,
        group: str,
        name: str,
        azure_policy: bool = True,
        sku: str = "Base",
        provisioning_state: str = "Succeeded",
        tags: dict[str, str] | None = None,
        subscription: str = "",
    ) -> str:
        """Put a cluster in place, in any provisioning state, and return its id. The group is added if need be."""
        view = self._at(subscription)
        if view.groups.id_of(group) not in self.groups:
            self.add_group(group, subscription=subscription)
        return seeding.cluster(view, group, name, azure_policy, sku, provisioning_state, tags)

    def add_deployment_safeguards(
        self,
        cluster_id: str,
        level: str = "Warn",
        excluded_namespaces: list[str] | None = None,
        pod_security: str = "",
    ) -> str:
        """Put managed deployment safeguards on a cluster and return their id."""
        return str(self.backends.safeguards.seed(cluster_id, level, excluded_namespaces, pod_security)["id"])

    def add_subscription(self, subscription_id: str, name: str) -> str:
        """Add a subscription with SafeguardsPreview registered; logins written before do not know it."""
        return seeding.subscription(self.backends, subscription_id, name)

    def add_clusters(
        self, count: int, subscription: str = "", groups: int = 20, body: Json | None = None, prefix: str = "fleet"
    ) -> list[str]:
        """Put many clusters in place, each with an assignment of ``body``, unchecked, and return their ids."""
        return seeding.clusters(self._at(subscription), count, groups, body, prefix)

    def _at(self, subscription: str) -> Backends:
        return self.backends.subscriptions[subscription.lower() or self.subscription_id]

    def load_manifests(self, cluster_id: str, sources: seeding.Manifests) -> int:
        """Put objects on a cluster, as `kubectl apply` does, and return how many; see seeding.manifests."""
        with self._lock:
            return seeding.manifests(self.backends, cluster_id, sources)

    def reset(self) -> None:
        """Go back to the fresh state; the port and the certificate stay."""
        with self._lock:
            self.backends.api_servers.stop()
            self.backends = self._fresh()
            self.faults.clear()
            self.journal.clear()
            self.refused_hosts.clear()
            self.crashes.clear()
            self.latency = 0.0

    # Requests

    def answer(self, request: Request) -> Response | None:
        """Answer one request, through latency and faults; None means that the connection is dropped."""
        asked = self.backends
        record = self.journal.open(request, time.monotonic())
        fault = self.faults.strike(request)
        delay = self.latency + (fault.latency if fault else 0.0)
        if delay:
            time.sleep(delay)
            if self.backends is not asked:
                # Somebody went back to the fresh state meanwhile: this was sent to what is no more.
                return None
        response: Response | None = None
        if fault is None or fault.drop != "before":
            response = fault.response(request, self.backends.principal.object_id) if fault else None
            if response is not None:
                if fault is not None and fault.taken:
                    self._handle(request, None)
                gateway.add_headers(response, request)
            else:
                response = self._handle(request, fault)
        if fault is not None and fault.drop:
            response = None
        status = response.status if response else None
        self.journal.close(record, status, time.monotonic(), response.body if response else None)
        return response

    def _handle(self, request: Request, fault: Fault | None) -> Response:
        with self._lock:
            self.backends.operations.doom = fault
            try:
                response = gateway.handle(self.backends, request)
                # The body is the stored state itself: a later request must not change an answer being sent.
                response.body = copied(response.body)
            except Exception:
                self.crashes.append(traceback.format_exc())
                response = Response(500, {"error": {"code": "SandboxBug", "message": self.crashes[-1]}})
            finally:
                self.backends.operations.doom = None
            self.backends.syncing.note()
        return response
