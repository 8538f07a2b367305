# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What managed safeguards are set to, and what they and an assignment have in common."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from azext_safeguards.domain.assignment.intent import Change
from azext_safeguards.domain.assignment.profile import Profile
from azext_safeguards.domain.choices.changing import PodSecuritySet
from azext_safeguards.domain.choices.choice import Choice
from azext_safeguards.domain.choices.pod_security import POD_SECURITY_VERSION, PodSecurity
from azext_safeguards.domain.cluster import ClusterRef
from azext_safeguards.domain.errors import SafeguardsError
from azext_safeguards.domain.initiative.names import reference_of
from azext_safeguards.domain.initiative.pod_security import LEVELS, members_of
from azext_safeguards.domain.level import Level
from azext_safeguards.domain.namespaces import user_part
from azext_safeguards.domain.remedies import remedy
from azext_safeguards.domain.shapes import list_of, record, require, text

# Levels of Microsoft.ContainerService/deploymentSafeguards (Azure/azure-rest-api-specs, 2025-07-01); it has no Off.
TO_MANAGED = {Level.WARNING: "Warn", Level.ENFORCEMENT: "Enforce"}
FROM_MANAGED = {name.lower(): level for level, name in TO_MANAGED.items()}
FINAL_STATES = ("succeeded", "failed", "canceled")


MANAGED = record(
    {
        "properties": record(
            {
                "level": text,
                "provisioningState": text,
                "excludedNamespaces": list_of(text),
                "podSecurityStandardsLevel": text,
            },
            required=("level",),
        )
    },
    required=("properties",),
)
"""The shape of managed safeguards (Azure/azure-rest-api-specs, deploymentSafeguards 2025-07-01)."""


class Target(str, Enum):
    """What a cluster's safeguards are to be."""

    ASSIGNMENT = "assignment"
    MANAGED = "managed"


class MigrationError(SafeguardsError):
    """A cluster that can't be moved."""


@dataclass(frozen=True)
class ManagedSettings:
    """What managed safeguards are set to."""

    level: str
    """`Warn` or `Enforce`."""
    excluded_namespaces: tuple[str, ...]
    pod_security: str | None = None
    """`podSecurityStandardsLevel`; on an assignment the switch for Pod Security, whose Off is `Privileged` here."""

    @property
    def body(self) -> dict[str, Any]:
        """The body of a PUT."""
        properties: dict[str, Any] = {"level": self.level, "excludedNamespaces": list(self.excluded_namespaces)}
        if self.pod_security:
            properties["podSecurityStandardsLevel"] = self.pod_security
        return {"properties": properties}

    @property
    def standard(self) -> str | None:
        """`Baseline` or `Restricted`; None where Pod Security is not checked."""
        return next((level for level in LEVELS if level.lower() == (self.pod_security or "").lower()), None)


def state_of(managed: Mapping[str, Any] | None) -> str:
    """The provisioning state of managed safeguards, lower-case; empty where there are none."""
    return str(((managed or {}).get("properties") or {}).get("provisioningState") or "").lower()


def settings_of(managed: Mapping[str, Any]) -> ManagedSettings:
    """What managed safeguards are set to, from their JSON.

    :raises UnreadableError: when it has not their shape.
    """
    require(managed, MANAGED, "AKS's managed safeguards")
    properties = managed.get("properties") or {}
    return ManagedSettings(
        str(properties.get("level") or ""),
        user_part(str(name) for name in properties.get("excludedNamespaces") or ()),
        properties.get("podSecurityStandardsLevel"),
    )


def managed_settings(profile: Profile, present: Mapping[str, Any] | None, ref: ClusterRef) -> ManagedSettings:
    """What managed safeguards must be set to so that level, namespaces and Pod Security of an assignment are kept.

    :param present: managed safeguards that are there already, whose Pod Security level stays where the assignment's
        can't be carried over.
    :raises MigrationError: for a level that managed safeguards do not have.
    """
    if profile.level not in TO_MANAGED:
        what = f"at the level {profile.level.value}" if profile.level else "at no known level"
        raise MigrationError(
            f"The safeguards of the cluster '{ref.name}' are {what}, and AKS's managed ones know Warn and Enforce.",
            [
                remedy("set-level", cluster=ref, level="Warning"),
                remedy("delete-assignment", cluster=ref),
            ],
        )
    kept = settings_of(present).pod_security if present else None
    carried = carried_pod_security(profile)
    return ManagedSettings(TO_MANAGED[profile.level], profile.excluded_namespaces, carried or kept)


def carried_pod_security(profile: Profile) -> str | None:
    """The Pod Security level that managed safeguards can take over from an assignment; None where there is none.

    AKS's does what AKS's level does. So a switch that only warns while everything else denies is not carried: it would
    deny what was let through.
    """
    switch = profile.choices.pod_security
    if switch is None or not members_of(switch.level) <= set(map(reference_of, profile.effects)):
        return None
    only_warns = switch.effect is Choice.WARN and profile.level is Level.ENFORCEMENT
    return None if only_warns else switch.level


def change_for(managed: Mapping[str, Any], version: str | None, ref: ClusterRef) -> Change:
    """The change that gives an assignment level, namespaces and Pod Security of managed safeguards.

    :param version: the version that was asked for; None leaves the assignment's, or the default one, unless there is
        Pod Security to carry over, which one version only has.
    :raises MigrationError: for a level that is not known.
    """
    settings = settings_of(managed)
    level = FROM_MANAGED.get(settings.level.lower())
    if level is None:
        raise MigrationError(
            f"The managed safeguards of the cluster '{ref.name}' are at '{settings.level}', which this extension does "
            "not know.",
            [remedy("update-extension")],
        )
    version = version or (POD_SECURITY_VERSION if settings.standard else None)
    carried = settings.standard if version == POD_SECURITY_VERSION else None
    # An assignment that is there keeps what was chosen on it where AKS checks no Pod Security.
    policies = PodSecuritySet(PodSecurity(carried)) if carried else None
    return Change(level, version, settings.excluded_namespaces, policies)


def has_settings(managed: Mapping[str, Any] | None, wanted: ManagedSettings) -> bool:
    """Whether managed safeguards are in place and set as wanted."""
    if managed is None or state_of(managed) not in ("succeeded", ""):
        return False
    found = settings_of(managed)
    same_namespaces = set(found.excluded_namespaces) == set(wanted.excluded_namespaces)
    return found.level.lower() == wanted.level.lower() and same_namespaces and found.standard == wanted.standard
