# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""AKS's own safeguards of a cluster: the managed resource `deploymentSafeguards/default`, read in one place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from azext_safeguards.domain.namespaces import SYSTEM_NAMESPACES, user_part
from azext_safeguards.domain.shapes import list_of, record, require, text

MANAGED = record(
    {
        "properties": record(
            {
                "level": text,
                "provisioningState": text,
                "excludedNamespaces": list_of(text),
                "systemExcludedNamespaces": list_of(text),
                "podSecurityStandardsLevel": text,
            },
            required=("level",),
        )
    },
    required=("properties",),
)
"""The shape of the managed resource (Azure/azure-rest-api-specs, deploymentSafeguards 2025-07-01)."""


ENFORCE = "Enforce"
LEVELS = ("Warn", ENFORCE)
"""Levels of the managed resource (Azure/azure-rest-api-specs, deploymentSafeguards 2025-07-01)."""

_STANDARDS = ("Baseline", "Restricted")


@dataclass(frozen=True)
class Managed:
    """AKS's own safeguards of a cluster."""

    level: str
    """`Warn` or `Enforce` (Azure/azure-rest-api-specs, 2025-07-01)."""
    excluded_namespaces: tuple[str, ...] = ()
    """The user's part of the exclusions."""
    pod_security: str = ""
    """`podSecurityStandardsLevel`: `Privileged`, `Baseline`, `Restricted`, or nothing where none is set."""
    system_namespaces: tuple[str, ...] = SYSTEM_NAMESPACES
    """The namespaces that AKS leaves alone whatever the user says."""

    @property
    def standard(self) -> str | None:
        """`Baseline` or `Restricted`; None where Pod Security is not checked."""
        return next((level for level in _STANDARDS if level.lower() == self.pod_security.lower()), None)

    @property
    def body(self) -> dict[str, Any]:
        """The body of a PUT."""
        properties: dict[str, Any] = {"level": self.level, "excludedNamespaces": list(self.excluded_namespaces)}
        if self.pod_security:
            properties["podSecurityStandardsLevel"] = self.pod_security
        return {"properties": properties}


def read_managed(body: Mapping[str, Any]) -> Managed:
    """AKS's safeguards from the JSON of the managed resource; what it does not hold is empty."""
    properties = body.get("properties")
    properties = properties if isinstance(properties, Mapping) else {}
    return Managed(
        str(properties.get("level") or ""),
        user_part(_names(properties.get("excludedNamespaces"))),
        str(properties.get("podSecurityStandardsLevel") or ""),
        tuple(_names(properties.get("systemExcludedNamespaces"))) or SYSTEM_NAMESPACES,
    )


def checked_managed(body: Mapping[str, Any]) -> Managed:
    """The same for what is written or judged by, where a guess would not do.

    :raises UnreadableError: when it has not the shape of the managed resource.
    """
    require(body, MANAGED, "AKS's managed safeguards")
    return read_managed(body)


def level_of(text: str) -> str:
    """The level that a text names, in any case; empty for none."""
    return next((level for level in LEVELS if level.lower() == text.lower()), "")


def state_of(body: Mapping[str, Any] | None) -> str:
    """The provisioning state of the managed resource, lower-case; empty where there is none."""
    return str(((body or {}).get("properties") or {}).get("provisioningState") or "").lower()


def _names(listed: Any) -> Iterable[str]:
    return (str(name) for name in listed) if isinstance(listed, list) else ()
