# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Moving a cluster between AKS's managed deployment safeguards and an assignment of ours: what to do next, and what
is lost on the way.

The new one is put in place before the old one is taken away, so that at every moment at least one of them is there.
What is there says how far a move has come; nothing else is recorded, so that a move that was interrupted is finished
by starting it again, and undone by starting the other one. Whether AKS refuses managed safeguards beside an assignment
of this name is not known (NOT FOUND): it is taken to accept them, and if it does not, nothing was changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from azext_safeguards.domain.assignment.parameters import REQUIRED_VALUES
from azext_safeguards.domain.assignment.profile import Profile
from azext_safeguards.domain.assignment.reading import ASSIGNMENT_NAME, EXCLUDED_NAMESPACES, WARN, Assignment
from azext_safeguards.domain.choices.recorded import dormant
from azext_safeguards.domain.cluster import ClusterRef
from azext_safeguards.domain.diagnosis.exceptions import kept_away
from azext_safeguards.domain.errors import SafeguardsError
from azext_safeguards.domain.fleet import choices_of
from azext_safeguards.domain.initiative.definition import EFFECT, MUTATION_EFFECT
from azext_safeguards.domain.intent import Change
from azext_safeguards.domain.level import Level
from azext_safeguards.domain.namespaces import user_part
from azext_safeguards.domain.preflight import is_automatic
from azext_safeguards.domain.remedies import remedy
from azext_safeguards.domain.suspension import NOT_ENFORCED

# Levels of Microsoft.ContainerService/deploymentSafeguards (Azure/azure-rest-api-specs, 2025-07-01); it has no Off.
TO_MANAGED = {Level.WARNING: "Warn", Level.ENFORCEMENT: "Enforce"}
FROM_MANAGED = {name.lower(): level for level, name in TO_MANAGED.items()}
FINAL_STATES = ("succeeded", "failed", "canceled")
_NO_POD_SECURITY = ("", "privileged")


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
    """`podSecurityStandardsLevel`, for which an assignment has no counterpart."""

    @property
    def body(self) -> dict[str, Any]:
        """The body of a PUT."""
        properties: dict[str, Any] = {"level": self.level, "excludedNamespaces": list(self.excluded_namespaces)}
        if self.pod_security:
            properties["podSecurityStandardsLevel"] = self.pod_security
        return {"properties": properties}


def refuse_automatic(cluster: Mapping[str, Any], ref: ClusterRef) -> None:
    """Refuses a cluster whose safeguards AKS does not let go.

    :raises MigrationError: for AKS Automatic.
    """
    if is_automatic(cluster):
        raise MigrationError(
            f"The cluster '{ref.name}' is AKS Automatic: its deployment safeguards are always AKS's own.",
            [remedy("show-managed", cluster=ref)],
        )


def refuse_kept_away(assignment: Assignment | None, ref: ClusterRef) -> None:
    """Refuses an assignment that is there and would not protect the cluster once AKS does not.

    :param assignment: what is there; a new one has nothing that keeps it away.
    :raises MigrationError: when somebody's selectors or excluded scopes keep it away.
    """
    seen, member = kept_away(assignment, ref) if assignment else ("", "")
    if seen:
        raise MigrationError(
            f"The assignment on the cluster '{ref.name}' would not protect it. {seen}",
            [remedy("show-assignment", name=ASSIGNMENT_NAME, scope=ref.id, member=member)],
        )


def refuse_unenforced(body: Mapping[str, Any], ref: ClusterRef) -> None:
    """Refuses to rely on an assignment that somebody suspended or turned off since it was written.

    :param body: the assignment as it is now.
    :raises MigrationError: when it is not enforced.
    """
    mode = str((body.get("properties") or {}).get("enforcementMode") or "")
    if mode.lower() == NOT_ENFORCED.lower():
        raise MigrationError(
            f"The assignment on the cluster '{ref.name}' is not enforced by now, so AKS's managed safeguards were left "
            "in place.",
            [remedy("migrate", cluster=ref, to="assignment", yes=True)],
        )


def state_of(managed: Mapping[str, Any] | None) -> str:
    """The provisioning state of managed safeguards, lower-case; empty where there are none."""
    return str(((managed or {}).get("properties") or {}).get("provisioningState") or "").lower()


def settings_of(managed: Mapping[str, Any]) -> ManagedSettings:
    """What managed safeguards are set to, from their JSON."""
    properties = managed.get("properties") or {}
    return ManagedSettings(
        str(properties.get("level") or ""),
        user_part(str(name) for name in properties.get("excludedNamespaces") or ()),
        properties.get("podSecurityStandardsLevel"),
    )


def managed_settings(profile: Profile, present: Mapping[str, Any] | None, ref: ClusterRef) -> ManagedSettings:
    """What managed safeguards must be set to so that level and namespaces of an assignment are kept.

    :param present: managed safeguards that are there already, whose Pod Security level stays.
    :raises MigrationError: for a level that managed safeguards do not have.
    """
    if profile.level not in TO_MANAGED:
        what = f"at the level {profile.level.value}" if profile.level else "at no known level"
        raise MigrationError(
            f"The safeguards of the cluster '{ref.name}' are {what}, and AKS's managed ones know Warn and Enforce.",
            [
                remedy("set-level", cluster=ref, level="Warning"),
                remedy("or-remove-assignment", cluster=ref),
            ],
        )
    kept = settings_of(present).pod_security if present else None
    return ManagedSettings(TO_MANAGED[profile.level], profile.excluded_namespaces, kept)


def change_for(managed: Mapping[str, Any], version: str | None, ref: ClusterRef) -> Change:
    """The change that gives an assignment level and namespaces of managed safeguards.

    :param version: the version that was asked for; None leaves the assignment's, or the default one.
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
    return Change(level, version, settings.excluded_namespaces)


def has_settings(managed: Mapping[str, Any] | None, wanted: ManagedSettings) -> bool:
    """Whether managed safeguards are in place and set as wanted."""
    if managed is None or state_of(managed) not in ("succeeded", ""):
        return False
    found = settings_of(managed)
    same_namespaces = set(found.excluded_namespaces) == set(wanted.excluded_namespaces)
    return found.level.lower() == wanted.level.lower() and same_namespaces


def lost_with_assignment(assignment: Assignment, profile: Profile) -> list[str]:
    """What an assignment holds that managed safeguards do not know, in words."""
    lost = [f"the version ({profile.version})"]
    choices = choices_of(assignment, profile)
    if choices:
        lost.append(f"what single policies are set to ({', '.join(choices)})")
    parameters = _own_parameters(assignment)
    if parameters:
        lost.append(f"parameters ({', '.join(parameters)})")
    waiting = _waiting(assignment)
    if waiting:
        lost.append(f"what you chose for another version ({', '.join(waiting)})")
    properties = assignment.properties
    others = {
        "resource selectors": properties.get("resourceSelectors"),
        "excluded scopes": properties.get("notScopes"),
        "non-compliance messages": properties.get("nonComplianceMessages"),
    }
    lost += [name for name, value in others.items() if value]
    if profile.suspension:
        lost.append(f"that it is {profile.suspension}")
    elif profile.enforcement_mode.lower() == "donotenforce":
        lost.append("that it is not enforced (DoNotEnforce)")
    return lost


def _waiting(assignment: Assignment) -> list[str]:
    """What was chosen for single policies and the version has no place for, as policy or parameter and value."""
    definition, choices = assignment.definition, assignment.intent.choices
    if definition is None:
        return []
    policies, parameters = dormant(choices, definition.members, definition.parameters)
    return [*(f"{name}={choices.effects[name].value}" for name in policies), *parameters]


def _own_parameters(assignment: Assignment) -> list[str]:
    """The parameters that somebody set: neither a level's nor what a first assignment gets."""
    levels = {name.lower() for name in (EFFECT, MUTATION_EFFECT, WARN, EXCLUDED_NAMESPACES)}
    return [
        name
        for name, holder in assignment.parameters.items()
        if name.lower() not in levels and (holder or {}).get("value") != REQUIRED_VALUES.get(name)
    ]


def lost_with_managed(managed: Mapping[str, Any]) -> list[str]:
    """What managed safeguards hold that an assignment of ours does not, in words."""
    security = settings_of(managed).pod_security or ""
    if security.lower() in _NO_POD_SECURITY:
        return []
    return [f"the Pod Security level ({security}), which no version of the assignment turns on"]


def question(target: Target, ref: ClusterRef, lost: Sequence[str]) -> str:
    """What to ask before something is lost."""
    whose = "AKS's managed safeguards" if target is Target.MANAGED else "an assignment"
    return f"{_capital(_listed(lost))} of the cluster '{ref.name}' will be lost: {whose} can't hold that. Go on?"


def nothing_to_move(ref: ClusterRef) -> MigrationError:
    """The refusal for a cluster that has neither."""
    return MigrationError(
        f"The cluster '{ref.name}' has neither managed safeguards nor the assignment '{ASSIGNMENT_NAME}'.",
        [remedy("set-level", cluster=ref, level="Warning")],
    )


def _listed(items: Iterable[str]) -> str:
    *first, last = items
    return f"{', '.join(first)} and {last}" if first else last


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
