# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Managed deployment safeguards: one object named default on a cluster.

Recorded: Azure/azure-cli-extensions test_aks_deployment_safeguards; shape: Azure/azure-rest-api-specs
deploymentsafeguards 2025-07-01.
"""

from __future__ import annotations

import uuid
from typing import Any

from sandbox.containerservice.exceptions import (
    AutomaticClusterKeeps,
    InvalidParameter,
    OperationNotAllowed,
    SafeguardsNotFound,
    SafeguardsRequired,
)
from sandbox.containerservice.models import FINAL_STATES, is_automatic
from sandbox.core.errors import InvalidRequestContent
from sandbox.core.ids import ById, fold
from sandbox.core.operations import Operation, Operations

Json = dict[str, Any]
TYPE = "Microsoft.ContainerService/deploymentSafeguards"
SYSTEM_NAMESPACES = ("kube-system", "calico-system", "tigera-system", "gatekeeper-system")
LEVELS = ("Warn", "Enforce")
POD_SECURITY_LEVELS = ("Privileged", "Baseline", "Restricted")


class SafeguardsById(ById[Json]):
    """Safeguards by their own id or, which is shorter, by the id of their cluster."""

    def __getitem__(self, key: str) -> Json:
        return super().__getitem__(_own_id(key))

    def __setitem__(self, key: str, value: Json) -> None:
        super().__setitem__(_own_id(key), value)

    def __delitem__(self, key: str) -> None:
        super().__delitem__(_own_id(key))

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and super().__contains__(_own_id(key))


class Safeguards:
    """The managed safeguards of all clusters, by the id of the safeguards object."""

    def __init__(self, operations: Operations) -> None:
        self._operations = operations
        self.items = SafeguardsById()

    @staticmethod
    def id_of(cluster_id: str) -> str:
        """Return the id of a cluster's safeguards."""
        return f"{cluster_id}/providers/{TYPE}/default"

    def get(self, cluster_id: str) -> Json:
        """Return a cluster's safeguards. Raises SafeguardsNotFound."""
        try:
            return self.items[self.id_of(cluster_id)]
        except KeyError:
            raise SafeguardsNotFound(cluster_id) from None

    def seed(
        self, cluster_id: str, level: str = "Warn", excluded: list[str] | None = None, pod_security: str = ""
    ) -> Json:
        """Put safeguards in place without an operation."""
        properties: Json = {"level": level, **({"excludedNamespaces": excluded} if excluded else {})}
        if pod_security:
            properties["podSecurityStandardsLevel"] = pod_security
        document = self._document(cluster_id, properties, "Succeeded")
        self.items[self.id_of(cluster_id)] = document
        return document

    def begin_put(self, cluster: Json, body: Json, pod_security: bool) -> tuple[Json, Operation, bool]:
        """Start creating or updating; return the object, its operation and whether it is new.

        ``pod_security``: whether the api-version knows podSecurityStandardsLevel. Raises
        InvalidRequestContent, InvalidParameter, AutomaticClusterKeeps, OperationNotAllowed.
        """
        cluster_id = cluster["id"]
        properties = _checked(body, pod_security)
        if is_automatic(cluster):
            properties = _of_automatic(properties)
        existing = self.items.get(self.id_of(cluster_id))
        if existing is not None:
            _check_idle(existing)
        document = self._document(cluster_id, properties, "Updating" if existing else "Creating")
        self.items[self.id_of(cluster_id)] = document

        def finish(succeeded: bool) -> None:
            document["properties"]["provisioningState"] = "Succeeded" if succeeded else "Failed"

        return document, self._operations.begin(document["id"], finish), existing is None

    def begin_delete(self, cluster: Json) -> Operation | None:
        """Start deleting; None when there is nothing. Raises SafeguardsRequired, OperationNotAllowed."""
        if is_automatic(cluster):
            raise SafeguardsRequired
        document = self.items.get(self.id_of(cluster["id"]))
        if document is None:
            return None
        _check_idle(document)
        document["properties"]["provisioningState"] = "Deleting"

        def finish(succeeded: bool) -> None:
            if succeeded:
                del self.items[document["id"]]
            else:
                document["properties"]["provisioningState"] = "Failed"

        return self._operations.begin(document["id"], finish)

    def _document(self, cluster_id: str, properties: Json, state: str) -> Json:
        return {
            "eTag": str(uuid.uuid4()),
            "id": self.id_of(cluster_id),
            "name": "default",
            "properties": {
                **properties,
                "provisioningState": state,
                "systemExcludedNamespaces": list(SYSTEM_NAMESPACES),
            },
            "type": TYPE,
        }


def _of_automatic(properties: Json) -> Json:
    """What an AKS Automatic cluster takes: Enforce and stays it, Baseline at least, any excluded namespaces.

    Azure/AKS#5798 (namespaces, since 2026-05-29) and the code of its refusal. Raises AutomaticClusterKeeps.
    """
    security = properties.get("podSecurityStandardsLevel", "Baseline")
    if properties["level"] != "Enforce" or security == "Privileged":
        raise AutomaticClusterKeeps
    return {**properties, "podSecurityStandardsLevel": security}


def _own_id(key: str) -> str:
    suffix = f"/providers/{TYPE}/default"
    return key if fold(key).endswith(suffix.lower()) else key + suffix


def _check_idle(document: Json) -> None:
    state = document["properties"]["provisioningState"]
    if state not in FINAL_STATES:
        raise OperationNotAllowed(state)


def _checked(body: Json, pod_security: bool) -> Json:
    sent = body.get("properties")
    if not isinstance(sent, dict):
        raise InvalidRequestContent("Required property 'properties' not found in JSON")
    # How AKS words these refusals is not recorded.
    if sent.get("level") not in LEVELS:
        raise InvalidParameter(f"properties.level must be one of {', '.join(LEVELS)}, not {sent.get('level')!r}.")
    properties: Json = {"level": sent["level"]}
    excluded = sent.get("excludedNamespaces")
    if excluded is not None:
        if not isinstance(excluded, list) or not all(isinstance(name, str) for name in excluded):
            raise InvalidParameter("properties.excludedNamespaces must be a list of strings.")
        properties["excludedNamespaces"] = excluded
    security = sent.get("podSecurityStandardsLevel")
    if pod_security and security is not None:
        if security not in POD_SECURITY_LEVELS:
            raise InvalidParameter(
                f"properties.podSecurityStandardsLevel must be one of {', '.join(POD_SECURITY_LEVELS)}."
            )
        properties["podSecurityStandardsLevel"] = security
    return properties
