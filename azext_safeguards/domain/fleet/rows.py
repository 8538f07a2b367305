# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""A cluster as a row of a fleet: what its safeguards amount to, in few words, from what lists return."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from azext_safeguards.domain.assignment.currency import currency_of
from azext_safeguards.domain.assignment.effects import member_effects, mutation_effect, wanted_overrides
from azext_safeguards.domain.assignment.others import NOT_SCOPES, SELECTORS, SetByOthers
from azext_safeguards.domain.assignment.overrides import write
from azext_safeguards.domain.assignment.profile import Profile, profile_of
from azext_safeguards.domain.assignment.reading import Assignment, find, read_assignment
from azext_safeguards.domain.choices.pod_security import PodSecurity
from azext_safeguards.domain.choices.recorded import Choices
from azext_safeguards.domain.cluster import LISTED, ClusterRef
from azext_safeguards.domain.diagnosis.around import as_set_by_others
from azext_safeguards.domain.errors import ForeignDefinitionError
from azext_safeguards.domain.initiative.catalog import Definitions
from azext_safeguards.domain.initiative.definition import EFFECT, MUTATION_EFFECT
from azext_safeguards.domain.initiative.names import short_name
from azext_safeguards.domain.level import SETTINGS, Level
from azext_safeguards.domain.managed import Managed
from azext_safeguards.domain.owners import AksSide, Owner
from azext_safeguards.domain.preflight import has_policy_addon, is_automatic
from azext_safeguards.domain.shapes import require
from azext_safeguards.domain.suspension import Suspension


@dataclass(frozen=True)
class FleetCluster:
    """What the list of clusters tells about one."""

    ref: ClusterRef
    location: str
    addon: bool
    automatic: bool
    provisioning_state: str


@dataclass(frozen=True)
class Safeguards:
    """What an assignment tells, small enough to be kept for thousands of clusters."""

    owner: Owner
    level: Level | None = None
    version: str | None = None
    enforcement_mode: str | None = None
    excluded_namespaces: int = 0
    choices: tuple[str, ...] = ()
    """What Pod Security is switched to, as `pod-security=Baseline`; policies that do something else than that and
    their level have them do, as `probes=Audit`, in alphabetical order; then parameters that were chosen, as
    `memoryLimit=2Gi`."""
    drift: tuple[str, ...] = ()
    """The names of the fields that drifted."""
    suspension: Suspension | None = None
    """Who suspended the safeguards, when and why; None where they are not suspended."""
    others: tuple[SetByOthers, ...] = ()
    """What somebody else set on the assignment so that it does not do what the level says."""


@dataclass(frozen=True)
class Row:
    """One cluster of a fleet."""

    cluster: FleetCluster
    safeguards: Safeguards | None
    found: int | None
    """How many policies found something on the cluster when it was last scanned; None where that is not known."""
    last_scan: str = ""
    """ISO 8601; empty where no list tells it."""
    last_write: str = ""
    """When the assignment was last written, ISO 8601; empty where that is not known."""
    managed: Managed | None = None
    """AKS's own safeguards, where the cluster was asked for them."""

    @property
    def non_compliant(self) -> int | None:
        """How many policies found something; None where that is not known, or where nothing judges the cluster now."""
        settings = self.safeguards
        if settings and (
            settings.level is Level.OFF or any(one.what in (NOT_SCOPES, SELECTORS) for one in settings.others)
        ):
            return None
        return self.found

    @property
    def is_outdated(self) -> bool | None:
        """Whether that was scanned before the last write of the assignment; None where that is not known."""
        known = self.non_compliant is not None
        return currency_of(self.last_scan, [self.last_write]).is_outdated if known else None

    @property
    def owner(self) -> Owner | None:
        """Who sets the safeguards, as `profile show` tells it; None where no list names anybody."""
        if self.safeguards and (self.safeguards.owner is Owner.ASSIGNMENT or not self.cluster.automatic):
            return self.safeguards.owner
        return Owner.MANAGED if self.managed or self.cluster.automatic else None

    @property
    def others(self) -> tuple[SetByOthers, ...]:
        """What keeps an assignment from doing what its level says, or acts beside it, as far as lists tell."""
        settings = self.safeguards
        if settings is None or settings.owner is not Owner.ASSIGNMENT:
            return ()
        return (*settings.others, *as_set_by_others(AksSide(self.cluster.automatic, self.managed), self.cluster.ref))

    @property
    def level(self) -> str | None:
        """The assignment's level, or else AKS's in its own words; None where neither is known."""
        if self.safeguards and self.owner is not Owner.MANAGED:
            return self.safeguards.level.value if self.safeguards.level else None
        # Automatic has Enforce and keeps it (RequestNotAllowedBecauseAssociatedClusterIsAutomaticCluster).
        return (self.managed.level or None) if self.managed else "Enforce" if self.cluster.automatic else None

    @property
    def excluded_namespaces(self) -> int | None:
        """How many namespaces the user has excluded; None where that is not known."""
        if self.safeguards:
            return self.safeguards.excluded_namespaces
        return len(self.managed.excluded_namespaces) if self.managed else None


def cluster_of(item: Mapping[str, Any]) -> FleetCluster:
    """A cluster of a list.

    :param item: the JSON of a managed cluster: `id`, `location`, `sku` and `properties` are read.
    :raises UnreadableError: when it has not the shape of a cluster.
    :raises InvalidValueError: when its id is none of a managed cluster.
    """
    require(item, LISTED, "A cluster of the list")
    return FleetCluster(
        ref=ClusterRef.from_id(str(item.get("id") or "")),
        location=str(item.get("location") or ""),
        addon=has_policy_addon(item),
        automatic=is_automatic(item),
        provisioning_state=str((item.get("properties") or {}).get("provisioningState") or ""),
    )


def safeguards_of(body: Mapping[str, Any], definitions: Definitions, location: str | None) -> Safeguards:
    """What an assignment of our name amounts to.

    :param body: the JSON of the assignment; `properties` is read.
    :param definitions: what is known of the initiative's versions; effects under an unknown one are not known.
    :param location: where the cluster is.
    """
    try:
        assignment = read_assignment(body, definitions, location)
    except ForeignDefinitionError:
        return Safeguards(Owner.OTHER)
    profile = profile_of(assignment, definitions)
    return Safeguards(
        owner=Owner.ASSIGNMENT,
        level=profile.level,
        version=profile.version,
        enforcement_mode=profile.enforcement_mode,
        excluded_namespaces=len(profile.excluded_namespaces),
        choices=(*switched_of(assignment), *choices_of(assignment, profile), *chosen_parameters(assignment)),
        drift=tuple(drift.field for drift in profile.drift),
        suspension=profile.suspension,
        others=profile.others,
    )


def choices_of(assignment: Assignment, profile: Profile) -> tuple[str, ...]:
    """The policies that do something else than the level and the switch for Pod Security have them do.

    By choice, or because somebody overrides them. Read from what is true on the assignment rather than from what was
    recorded. Off disables every policy, so that nothing can be told from it.
    """
    level, definition = profile.level, assignment.definition
    if level is None or level is Level.OFF or definition is None:
        return ()
    version = assignment.intent.profile_version
    parameters = {
        EFFECT: {"value": SETTINGS[level].effect},
        MUTATION_EFFECT: {"value": mutation_effect(level, version, definition)},
    }
    switched = Choices(pod_security=switch_that_acts(assignment))
    plain = member_effects(parameters, write(wanted_overrides(level, version, definition, switched)), definition)
    actual = assignment.effects
    changed = (name for name, effect in plain.items() if actual[name].lower() != effect.lower())
    return tuple(sorted(f"{short_name(name)}={actual[name]}" for name in changed))


def switch_that_acts(assignment: Assignment) -> PodSecurity | None:
    """What Pod Security is switched to; None where it is Off, or where the version has none of its policies."""
    switch, definition = assignment.intent.choices.pod_security, assignment.definition
    return switch if switch and definition and switch.is_in(definition.members) else None


def switched_of(assignment: Assignment) -> tuple[str, ...]:
    """The same as a row of a fleet tells it, such as `pod-security=Baseline`; nothing under Off."""
    switch = switch_that_acts(assignment)
    return (f"pod-security={switch}",) if switch and assignment.intent.level is not Level.OFF else ()


def chosen_parameters(assignment: Assignment) -> tuple[str, ...]:
    """The parameters that were chosen for single policies, with the values that the assignment has for them.

    What the version has no place for is not on the assignment and so not among them.
    """
    found = {name: find(assignment.parameters, name) for name in assignment.intent.choices.parameters}
    return tuple(sorted(f"{name}={_text(value)}" for name, value in found.items() if value is not None))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def in_order(rows: list[Row]) -> list[Row]:
    """Rows by subscription, group and name, whatever the order in which lists returned them."""
    return sorted(
        rows,
        key=lambda row: (
            row.cluster.ref.subscription.lower(),
            row.cluster.ref.resource_group.lower(),
            row.cluster.ref.name.lower(),
        ),
    )
