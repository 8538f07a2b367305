# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What nobody set and the other owner of safeguards does otherwise, in sentences: it has no counterpart there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from azext_safeguards.domain.acting.acting import DENY, MUTATE, OFF, WARN, Acting
from azext_safeguards.domain.acting.assigned import acting_by
from azext_safeguards.domain.acting.managed import acting_by_aks
from azext_safeguards.domain.assignment.profile import Profile
from azext_safeguards.domain.assignment.reading import Assignment
from azext_safeguards.domain.choices.pod_security import POD_SECURITY_VERSION
from azext_safeguards.domain.fleet.rows import switch_that_acts
from azext_safeguards.domain.initiative.catalog import PROFILE_VERSIONS
from azext_safeguards.domain.initiative.names import POD_SECURITY
from azext_safeguards.domain.managed import Managed, checked_managed
from azext_safeguards.domain.migration.settings import carried_pod_security

_MUTATORS = "AKS's own mutators fill in requests and limits of containers and spread replicas over nodes."


def other_with_managed(assignment: Assignment, profile: Profile, wanted: Managed) -> list[str]:
    """What AKS's safeguards do otherwise than an assignment.

    :param wanted: what AKS's are to be set to.
    """
    aks, ours = acting_by_aks(wanted), acting_by(assignment)
    said = []
    if ours is not None:
        missing = [name for name in _judging(ours) if aks.does(name) == OFF]
        if missing:
            said.append(f"AKS has no policy for {', '.join(missing)}.")
        mutations = [one.short for one in ours.members if one.does == MUTATE]
        if mutations:
            said.append(f"AKS has none of the assignment's mutations: {', '.join(mutations)}.")
    if aks.mutators:
        said.append(_MUTATORS)
    if switch_that_acts(assignment) and carried_pod_security(profile):
        said.append("AKS may check Pod Security by admission policies of its own, before Gatekeeper, in other words.")
    return said


def other_with_assignment(managed: Mapping[str, Any], asked: str | None, version: str | None) -> list[str]:
    """What an assignment does otherwise than AKS's safeguards.

    :param asked: the version that was asked for, if any.
    :param version: the one that the assignment gets.
    """
    settings = checked_managed(managed)
    aks = acting_by_aks(settings)
    said = []
    if settings.standard and asked is None:
        said.append(f"The assignment gets {POD_SECURITY_VERSION}, the only version that has Pod Security.")
    if version in PROFILE_VERSIONS:
        active = PROFILE_VERSIONS[version].active
        references = {one.short: one.reference_id for one in aks.members}
        missing = [name for name in _judging(aks) if references[name] not in active]
        if missing:
            said.append(f"{version} has no policy for {', '.join(missing)}.")
    if aks.mutators:
        said.append(
            "No assignment has AKS's mutators: what they fill in today (requests and limits of containers, the spread "
            "of replicas) is denied, warned of or let through as it is written in the manifest."
        )
    if aks.admission and version == POD_SECURITY_VERSION:
        said.append(
            "No assignment has AKS's admission policies: Pod Security is checked by Gatekeeper then, after everything "
            "else and in other words."
        )
    return said


def _judging(acting: Acting) -> Iterable[str]:
    """The policies that deny or warn, those of Pod Security left out: they go by their level."""
    return [one.short for one in acting.members if one.does in (DENY, WARN) and one.reference_id not in POD_SECURITY]
