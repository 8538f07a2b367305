# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What the other owner of safeguards cannot hold, and the question about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from azext_safeguards.domain.assignment.parameters import REQUIRED_VALUES
from azext_safeguards.domain.assignment.profile import Profile
from azext_safeguards.domain.assignment.reading import EXCLUDED_NAMESPACES, WARN, Assignment
from azext_safeguards.domain.choices.choice import Choice
from azext_safeguards.domain.choices.pod_security import POD_SECURITY_VERSION
from azext_safeguards.domain.choices.recorded import dormant
from azext_safeguards.domain.cluster import ClusterRef
from azext_safeguards.domain.fleet.rows import choices_of, switch_that_acts
from azext_safeguards.domain.initiative.definition import EFFECT, MUTATION_EFFECT
from azext_safeguards.domain.level import Level
from azext_safeguards.domain.managed import checked_managed
from azext_safeguards.domain.migration.settings import Target, carried_pod_security


def lost_with_assignment(assignment: Assignment, profile: Profile) -> list[str]:
    """What an assignment holds that managed safeguards do not know, in words."""
    lost = [f"the version ({profile.version})"]
    choices = choices_of(assignment, profile)
    if choices:
        lost.append(f"what single policies are set to ({', '.join(choices)})")
    switch = switch_that_acts(assignment)
    if switch and carried_pod_security(profile) is None:
        lost.append(f"the Pod Security level ({switch}), which AKS's would deny by")
    elif switch and switch.effect is Choice.DENY and profile.level is not Level.ENFORCEMENT:
        lost.append(f"that Pod Security denies ({switch}), where AKS's warns")
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
    switch = choices.pod_security if switch_that_acts(assignment) is None else None
    switched = [f"pod-security={switch}"] if switch else []
    return [*switched, *(f"{name}={choices.effects[name].value}" for name in policies), *parameters]


def _own_parameters(assignment: Assignment) -> list[str]:
    """The parameters that somebody set: neither a level's nor Pod Security's, nor what a first assignment gets."""
    switch = switch_that_acts(assignment)
    given = {**REQUIRED_VALUES, **(switch.parameters if switch else {})}
    levels = {name.lower() for name in (EFFECT, MUTATION_EFFECT, WARN, EXCLUDED_NAMESPACES)}
    return [
        name
        for name, holder in assignment.parameters.items()
        if name.lower() not in levels and (holder or {}).get("value") != given.get(name)
    ]


def lost_with_managed(managed: Mapping[str, Any], version: str | None) -> list[str]:
    """What managed safeguards are set to and an assignment can't hold, in words.

    :param version: the version that the assignment gets.
    """
    standard = checked_managed(managed).standard
    if standard is None or version == POD_SECURITY_VERSION:
        return []
    return [f"the Pod Security level ({standard}), which only {POD_SECURITY_VERSION} of the assignment has"]


def question(target: Target, ref: ClusterRef, lost: Sequence[str]) -> str:
    """What to ask before something is lost."""
    whose = "AKS's managed safeguards" if target is Target.MANAGED else "an assignment"
    return f"{_capital(_listed(lost))} of the cluster '{ref.name}' will be lost: {whose} can't hold that. Go on?"


def _listed(items: Iterable[str]) -> str:
    *first, last = items
    return f"{', '.join(first)} and {last}" if first else last


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
