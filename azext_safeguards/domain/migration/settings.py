# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What managed safeguards are set to, and what they and an assignment have in common."""

from __future__ import annotations

from collections.abc import Mapping
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
from azext_safeguards.domain.initiative.pod_security import members_of
from azext_safeguards.domain.level import Level
from azext_safeguards.domain.managed import Managed, checked_managed, state_of
from azext_safeguards.domain.remedies import remedy

# Levels of Microsoft.ContainerService/deploymentSafeguards (Azure/azure-rest-api-specs, 2025-07-01); it has no Off.
TO_MANAGED = {Level.WARNING: "Warn", Level.ENFORCEMENT: "Enforce"}
FROM_MANAGED = {name.lower(): level for level, name in TO_MANAGED.items()}
FINAL_STATES = ("succeeded", "failed", "canceled")


class Target(str, Enum):
    """What a cluster's safeguards are to be."""

    ASSIGNMENT = "assignment"
    MANAGED = "managed"


class MigrationError(SafeguardsError):
    """A cluster that can't be moved."""


def managed_settings(profile: Profile, present: Mapping[str, Any] | None, ref: ClusterRef) -> Managed:
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
    kept = checked_managed(present).pod_security if present else ""
    carried = carried_pod_security(profile)
    return Managed(TO_MANAGED[profile.level], profile.excluded_namespaces, carried or kept)


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
    settings = checked_managed(managed)
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


def has_settings(managed: Mapping[str, Any] | None, wanted: Managed) -> bool:
    """Whether managed safeguards are in place and set as wanted."""
    if managed is None or state_of(managed) not in ("succeeded", ""):
        return False
    found = checked_managed(managed)
    same_namespaces = set(found.excluded_namespaces) == set(wanted.excluded_namespaces)
    return found.level.lower() == wanted.level.lower() and same_namespaces and found.standard == wanted.standard
