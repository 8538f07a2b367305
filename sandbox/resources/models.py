# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Resource groups and provider registration."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sandbox.core.ids import ById
from sandbox.resources.exceptions import (
    InvalidResourceGroupLocation,
    InvalidResourceNamespace,
    LocationRequired,
    ResourceGroupNotFound,
)

Json = dict[str, Any]

#: Namespaces that az asks about in the commands that the sandbox serves. Those with True need no registration.
NAMESPACES = {
    "Microsoft.Authorization": True,
    "Microsoft.Features": True,
    "Microsoft.Resources": True,
    "Microsoft.AlertsManagement": False,
    "Microsoft.Compute": False,
    "Microsoft.ContainerService": False,
    "Microsoft.Insights": False,
    "Microsoft.ManagedIdentity": False,
    "Microsoft.Monitor": False,
    "Microsoft.Network": False,
    "Microsoft.OperationalInsights": False,
    "Microsoft.OperationsManagement": False,
    "Microsoft.PolicyInsights": False,
    "Microsoft.ResourceGraph": False,
    "Microsoft.Storage": False,
}
#: Resource types that az looks up to find an api-version or a location.
RESOURCE_TYPES = {
    "Microsoft.ContainerService": ("managedClusters", "deploymentSafeguards", "locations/operations"),
    "Microsoft.Authorization": ("policyAssignments", "policyDefinitions", "policySetDefinitions", "permissions"),
    "Microsoft.Resources": ("resourceGroups", "subscriptions"),
    "Microsoft.PolicyInsights": ("policyStates",),
}
LOCATIONS = (
    "eastus", "eastus2", "westus", "westus2", "westus3", "centralus", "northcentralus", "southcentralus",
    "westcentralus", "canadacentral", "northeurope", "westeurope", "uksouth", "francecentral",
    "germanywestcentral", "swedencentral", "southeastasia", "japaneast", "australiaeast", "usgovvirginia",
    "chinanorth3",
)  # fmt: skip


class Countdown:
    """States that change after a number of reads: Registering for a while, then Registered."""

    def __init__(self, reads: int) -> None:
        self.reads = reads
        self._left: dict[str, tuple[int, str]] = {}

    def start(self, key: str, final: str) -> None:
        """Let ``key`` reach ``final`` after the usual number of reads."""
        self._left[key] = (self.reads, final)

    def stop(self, key: str) -> None:
        """Leave ``key`` as it is."""
        self._left.pop(key, None)

    def read(self, key: str) -> str | None:
        """Count one read; return the final state when it has come."""
        if key not in self._left:
            return None
        left, final = self._left[key]
        if left <= 0:
            del self._left[key]
            return final
        self._left[key] = (left - 1, final)
        return None


class Providers:
    """Which namespaces the subscription is registered for."""

    def __init__(self, subscription_id: str) -> None:
        self._subscription_id = subscription_id
        self._names = {name.lower(): name for name in NAMESPACES}
        self._states = {name.lower(): "Registered" for name in NAMESPACES}
        self.countdown = Countdown(reads=2)

    def set_state(self, namespace: str, state: str) -> None:
        """Set a registration state, for example ``NotRegistered``; it stays until somebody registers."""
        key = namespace.lower()
        self._names.setdefault(key, namespace)
        self._states[key] = state
        self.countdown.stop(key)

    def state(self, namespace: str) -> str:
        """Return the present state without counting a read. Raises InvalidResourceNamespace."""
        try:
            return self._states[namespace.lower()]
        except KeyError:
            raise InvalidResourceNamespace(namespace) from None

    def is_registered(self, namespace: str) -> bool:
        """Tell whether requests to the namespace are let through: Registering already is enough."""
        return self.state(namespace) in ("Registered", "Registering")

    def read(self, namespace: str) -> Json:
        """Return a provider as its GET does. Raises InvalidResourceNamespace."""
        key = namespace.lower()
        self.state(namespace)
        final = self.countdown.read(key)
        if final:
            self._states[key] = final
        return self._document(key)

    def register(self, namespace: str, final: str = "Registered") -> Json:
        """Start (un)registering: the answer and the next reads say so (recorded: Azure/azure-cli)."""
        key = namespace.lower()
        if self.state(namespace) != final:
            self._states[key] = "Registering" if final == "Registered" else "Unregistering"
            self.countdown.start(key, final)
        return self._document(key)

    def all(self) -> list[Json]:
        """Return all providers, counting no read."""
        return [self._document(key) for key in sorted(self._names)]

    def _document(self, key: str) -> Json:
        name = self._names[key]
        types = [
            {
                "resourceType": kind,
                "locations": list(LOCATIONS),
                "apiVersions": ["2025-03-01"],
                "capabilities": "None",
            }
            for kind in RESOURCE_TYPES.get(name, ())
        ]
        return {
            "id": f"/subscriptions/{self._subscription_id}/providers/{name}",
            "namespace": name,
            "resourceTypes": types,
            "registrationState": self._states[key],
            "registrationPolicy": "RegistrationFree" if NAMESPACES.get(name) else "RegistrationRequired",
        }


class Groups:
    """Resource groups."""

    def __init__(self, subscription_id: str) -> None:
        self._subscription_id = subscription_id
        self.items: ById[Json] = ById()

    def id_of(self, name: str) -> str:
        """Return the resource id of a group."""
        return f"/subscriptions/{self._subscription_id}/resourceGroups/{name}"

    def get(self, name: str) -> Json:
        """Return a group. Raises ResourceGroupNotFound."""
        try:
            return self.items[self.id_of(name)]
        except KeyError:
            raise ResourceGroupNotFound(name) from None

    def put(self, name: str, body: Mapping[str, Any]) -> tuple[Json, bool]:
        """Create or update a group and return it and whether it is new. Raises LocationRequired and
        InvalidResourceGroupLocation."""
        location = str(body.get("location") or "").replace(" ", "").lower()
        if not location:
            raise LocationRequired
        existing = self.items.get(self.id_of(name))
        if existing is not None and existing["location"] != location:
            raise InvalidResourceGroupLocation(name, str(existing["location"]))
        group: Json = {
            "id": self.id_of(existing["name"] if existing else name),
            "name": existing["name"] if existing else name,
            "type": "Microsoft.Resources/resourceGroups",
            "location": location,
            **({"tags": dict(body["tags"])} if body.get("tags") else {}),
            "properties": {"provisioningState": "Succeeded"},
        }
        self.items[self.id_of(name)] = group
        return group, existing is None

    def begin_delete(self, name: str) -> tuple[Json, Callable[[], None]]:
        """Mark a group as Deleting; return it and what removes it. Raises ResourceGroupNotFound."""
        group = self.get(name)
        group["properties"]["provisioningState"] = "Deleting"

        def remove() -> None:
            self.items.pop(self.id_of(name), None)

        return group, remove
