# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Managed clusters: their state and the rules for changing it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from sandbox.containerservice import templates
from sandbox.containerservice.exceptions import InvalidParameter, OperationNotAllowed, PreconditionFailed
from sandbox.core.clock import Clock
from sandbox.core.copies import copied
from sandbox.core.ids import ById
from sandbox.core.operations import Operation, Operations
from sandbox.resources.exceptions import LocationRequired, ResourceNotFound

Json = dict[str, Any]
TYPE = "Microsoft.ContainerService/managedClusters"
FINAL_STATES = ("Succeeded", "Failed", "Canceled")


def is_automatic(cluster: Json) -> bool:
    """Tell whether a cluster is AKS Automatic."""
    return str((cluster.get("sku") or {}).get("name", "")).lower() == "automatic"


def has_add_on(cluster: Json) -> bool:
    """Tell whether the policy add-on of a cluster is enabled."""
    addons = (cluster.get("properties") or {}).get("addonProfiles") or {}
    return any(name.lower() == "azurepolicy" and (item or {}).get("enabled") for name, item in addons.items())


class Clusters:
    """The managed clusters of one subscription."""

    def __init__(self, subscription_id: str, tenant_id: str, operations: Operations, clock: Clock) -> None:
        self._subscription = subscription_id
        self._tenant = tenant_id
        self._operations = operations
        self._clock = clock
        self.items: ById[Json] = ById()
        self.on_created: list[Callable[[Json], None]] = []
        """Called with a cluster whose first operation has succeeded."""
        self.on_deleted: list[Callable[[str], None]] = []
        """Called with the id of a cluster that is gone."""

    def id_of(self, group: str, name: str) -> str:
        """Return a cluster's id. AKS writes ``resourcegroups`` in lower case (recorded)."""
        return f"/subscriptions/{self._subscription}/resourcegroups/{group}/providers/{TYPE}/{name}"

    def get(self, group: str, name: str) -> Json:
        """Return a cluster. Raises ResourceNotFound."""
        try:
            return self.items[self.id_of(group, name)]
        except KeyError:
            raise ResourceNotFound(TYPE, name, group) from None

    def seed(self, group: str, name: str, body: Json, state: str = "Succeeded") -> Json:
        """Put a cluster in place without an operation, in any provisioning state."""
        cluster = self._build(group, name, body, None)
        self._settle(cluster, state)
        self.items[self.id_of(group, name)] = cluster
        if state not in ("Creating",):
            for react in self.on_created:
                react(cluster)
        return cluster

    def begin_put(
        self, group: str, name: str, body: Json, if_match: str = "", if_none_match: str = ""
    ) -> tuple[Json, Operation, bool]:
        """Start creating or updating; return the cluster, its operation and whether it is new.

        Raises LocationRequired, InvalidParameter, OperationNotAllowed (another operation is under way),
        PreconditionFailed.
        """
        existing = self.items.get(self.id_of(group, name))
        self._check_idle(existing)
        _check_preconditions(existing, if_match, if_none_match)
        cluster = self._build(group, name, body, existing)
        cluster["properties"]["provisioningState"] = "Updating" if existing else "Creating"
        self.items[self.id_of(group, name)] = cluster

        def finish(succeeded: bool) -> None:
            self._settle(cluster, "Succeeded" if succeeded else "Failed")
            if succeeded and existing is None:
                for react in self.on_created:
                    react(cluster)

        return cluster, self._operations.begin(cluster["id"], finish), existing is None

    def begin_tags(self, group: str, name: str, tags: Json) -> tuple[Json, Operation]:
        """Start replacing the tags. Raises ResourceNotFound, OperationNotAllowed."""
        cluster = self.get(group, name)
        self._check_idle(cluster)
        cluster["tags"] = tags
        cluster["properties"]["provisioningState"] = "Updating"

        def finish(succeeded: bool) -> None:
            self._settle(cluster, "Succeeded" if succeeded else "Failed")

        return cluster, self._operations.begin(cluster["id"], finish)

    def begin_delete(self, group: str, name: str, if_match: str = "") -> Operation | None:
        """Start deleting; None when there is nothing to delete. Raises OperationNotAllowed, PreconditionFailed."""
        cluster = self.items.get(self.id_of(group, name))
        if cluster is None:
            return None
        if cluster["properties"]["provisioningState"] == "Deleting":
            raise OperationNotAllowed("Deleting")
        _check_preconditions(cluster, if_match, "")
        cluster["properties"]["provisioningState"] = "Deleting"
        identifier = cluster["id"]

        def finish(succeeded: bool) -> None:
            if succeeded:
                self.remove(identifier)
            else:
                self._settle(cluster, "Failed")

        return self._operations.begin(identifier, finish)

    def remove(self, identifier: str) -> None:
        """Take a cluster away, with what hangs on it."""
        del self.items[identifier]
        for react in self.on_deleted:
            react(identifier)

    def _check_idle(self, cluster: Json | None) -> None:
        if cluster is not None:
            state = cluster["properties"].get("provisioningState", "Succeeded")
            if state not in FINAL_STATES:
                raise OperationNotAllowed(state)

    def _settle(self, cluster: Json, state: str) -> None:
        cluster["properties"]["provisioningState"] = state
        cluster["eTag"] = str(uuid.uuid4())
        if state == "Succeeded":
            profiles = templates.with_identities(cluster, self._subscription)
            if profiles:
                cluster["properties"]["addonProfiles"] = profiles

    def _build(self, group: str, name: str, body: Json, existing: Json | None) -> Json:
        location = str(body.get("location") or "").replace(" ", "").lower()
        if not location:
            raise LocationRequired
        if existing is not None and existing["location"] != location:
            # Not recorded, plain wording.
            raise InvalidParameter(f"Changing property 'location' is not allowed: it is '{existing['location']}'.")
        sent = body.get("properties")
        if not isinstance(sent, dict):
            raise InvalidParameter("Required parameter 'properties' is missing.")
        before: Json = existing["properties"] if existing else {}
        base = before or templates.defaults(self._subscription, group, name, location, self._tenant)
        # What an update leaves out stays: not recorded for every member, but az always sends the whole object back.
        given = {key: copied(value) for key, value in sent.items() if value not in (None, "")}
        owned: Json = {key: before[key] for key in ("nodeResourceGroup", "fqdn", "resourceUID") if key in before}
        properties: Json = {**copied(base), **given, **owned}
        properties["agentPoolProfiles"] = self._pools(properties, is_automatic(body))
        if given.get("networkProfile"):
            properties["networkProfile"] = {**base.get("networkProfile", {}), **_present(given["networkProfile"])}
        if "addonProfiles" in given or is_automatic(body):
            properties["addonProfiles"] = templates.addons(_with_policy(given.get("addonProfiles") or {}, body))
        kept = existing or {}
        return {
            "id": kept.get("id", self.id_of(group, name)),
            "location": location,
            "name": kept.get("name", name),
            **({"tags": dict(body["tags"])} if body.get("tags") else {}),
            "type": "Microsoft.ContainerService/ManagedClusters",
            "properties": properties,
            "identity": kept.get("identity") or templates.identity(body.get("identity"), self._tenant),
            "sku": {"name": "Base", "tier": "Free", **(body.get("sku") or kept.get("sku") or {})},
            "eTag": str(uuid.uuid4()),
        }

    def _pools(self, properties: Json, automatic: bool) -> list[Json]:
        pools = properties.get("agentPoolProfiles") or []
        if not pools and automatic:
            pools = [{"name": "systempool"}]
        if not pools:
            raise InvalidParameter("The value of parameter agentPoolProfile is invalid: at least one is required.")
        if any(not isinstance(pool, dict) or not pool.get("name") for pool in pools):
            raise InvalidParameter("Required parameter agentPoolProfile.name is missing (null).")
        return [templates.pool(pool, properties["kubernetesVersion"]) for pool in pools]


def _with_policy(sent: Json, body: Json) -> Json:
    # AKS Automatic comes with the policy add-on: documented, how the body shows it is not recorded.
    return {**sent, "azurepolicy": {"enabled": True}} if is_automatic(body) else sent


def _present(sent: Json) -> Json:
    return {name: value for name, value in sent.items() if value is not None}


def _check_preconditions(cluster: Json | None, if_match: str, if_none_match: str) -> None:
    tag = cluster.get("eTag") if cluster else None
    if if_match and (tag is None or if_match.strip('"') not in ("*", tag)):
        raise PreconditionFailed
    if if_none_match == "*" and cluster is not None:
        raise PreconditionFailed
