# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Checks of the assignment itself: is it there, does it act, and is it as it was written?"""

from __future__ import annotations

from azext_safeguards.domain.assignment.others import MODE
from azext_safeguards.domain.diagnosis.evidence import Check, Evidence, Status, first_line
from azext_safeguards.domain.initiative.catalog import DEFAULT_VERSION, PROFILE_VERSIONS, Definitions
from azext_safeguards.domain.initiative.definition import INITIATIVE_NAME
from azext_safeguards.domain.level import Level
from azext_safeguards.domain.preflight import is_automatic
from azext_safeguards.domain.remedies import about, remedy


def check_assignment(given: Evidence) -> Check:
    """Whether the assignment is there, on the right definition."""
    if given.assignment is not None:
        return Check("assignment", Status.OK, "The safeguards assignment is on the cluster.")
    if given.foreign_definition:
        command = remedy("show-assignment", name=given.assignment_name, scope=given.ref.id)
        return Check("assignment", Status.PROBLEM, given.foreign_definition, (command,))
    if given.unreadable:
        return Check("assignment", Status.UNKNOWN, f"Could not read the assignment: {first_line(given.unreadable)}")
    if given.managed.value is not None or is_automatic(given.cluster):
        return Check("assignment", Status.OK, "There is none, because AKS manages the safeguards.")
    command = remedy("set-level", cluster=given.ref, level="Warning")
    return Check("assignment", Status.PROBLEM, "There is no safeguards assignment on the cluster.", (command,))


def check_level(given: Evidence) -> Check | None:
    """Whether safeguards are on."""
    if given.profile is None:
        return None
    turn_on = remedy("set-level", cluster=given.ref, level="Warning")
    intended = given.assignment.intent.level if given.assignment else None
    if given.profile.level is None:
        return Check("level", Status.WARNING, "What the assignment does is no level of safeguards.", (turn_on,))
    if intended is Level.OFF or (given.profile.level is Level.OFF and intended is None):
        return Check("level", Status.PROBLEM, "Safeguards are Off.", (turn_on,))
    wanted = intended or given.profile.level
    return Check("level", Status.OK, f"Safeguards were set to {wanted.value}, version {given.profile.version}.")


def check_mode(given: Evidence) -> Check | None:
    """Whether the assignment is enforced."""
    if given.profile is None:
        return None
    if given.profile.suspension:
        command = remedy("resume", cluster=given.ref)
        seen = f"Safeguards are {given.profile.suspension}. Nothing is enforced."
        return Check("enforcement mode", Status.PROBLEM, seen, (command,))
    level = given.profile.level or Level.WARNING
    set_again = remedy("set-level", cluster=given.ref, level=level.value)
    if found := next((found for found in given.profile.others if found.what == MODE), None):
        return Check("enforcement mode", Status.PROBLEM, found.seen, (about(found.way, given.ref), set_again))
    return Check("enforcement mode", Status.OK, f"The enforcement mode is {given.profile.enforcement_mode}.")


def check_namespaces(given: Evidence) -> Check | None:
    """Which namespaces are left alone, where somebody asked for any."""
    if given.assignment is None or not given.assignment.user_namespaces:
        return None
    names = given.assignment.user_namespaces
    command = remedy("remove-namespace", cluster=given.ref, name=names[0])
    return Check("namespaces", Status.OK, f"Left alone beside the system's: {', '.join(names)}.", (command,))


def check_pin(given: Evidence) -> Check | None:
    """Whether the definition version that it is pinned to exists."""
    if given.assignment is None:
        return None
    pin = given.assignment.pin
    if given.definitions.offered is None:
        return Check("definition version", Status.UNKNOWN, f"It is '{pin}'; could not read what this cloud offers.")
    if not given.definitions.offered or given.definitions.matching(pin) is None:
        there = ", ".join(given.definitions.offered) or "none"
        version = _offered_version(given.definitions)
        command = (
            remedy("set-version", cluster=given.ref, version=version)
            if version
            else remedy("list-definition-versions", name=INITIATIVE_NAME)
        )
        return Check(
            "definition version",
            Status.PROBLEM,
            f"'{pin}' matches no version that this cloud has: {there}.",
            (command,),
        )
    return Check("definition version", Status.OK, f"'{pin}' is version {given.definitions.matching(pin)}.")


def _offered_version(definitions: Definitions) -> str:
    """A version of safeguards that the cloud has, the default one where it is among them; "" for none."""
    there = [name for name, version in PROFILE_VERSIONS.items() if definitions.matching(version.pin)]
    return DEFAULT_VERSION if DEFAULT_VERSION in there else there[-1] if there else ""


def check_parameters(given: Evidence) -> Check | None:
    """Whether its parameters are those that the definition declares."""
    assignment = given.assignment
    if assignment is None:
        return None
    definition = assignment.definition
    if definition is None:
        return Check("parameters", Status.UNKNOWN, "The definition of the assignment's version is not known.")
    undeclared = [name for name in assignment.parameters if not definition.declares(name)]
    given_names = {name.lower() for name in assignment.parameters}
    missing = [
        name for name, spec in definition.parameters.items() if spec.required and name.lower() not in given_names
    ]
    if not undeclared and not missing:
        return Check("parameters", Status.OK, "All parameters are what the definition declares.")
    parts = []
    if missing:
        parts.append(f"lacks {', '.join(missing)}, which the definition requires")
    if undeclared:
        parts.append(f"holds {', '.join(undeclared)}, which the definition does not declare")
    seen = f"The assignment {' and '.join(parts)}"
    level = given.profile.level if given.profile and given.profile.level else Level.WARNING
    command = remedy("set-level", cluster=given.ref, level=level.value)
    return Check("parameters", Status.PROBLEM, f"{seen}.", (command,))


def check_drift(given: Evidence) -> Check | None:
    """Whether it is still as we wrote it."""
    if given.profile is None or given.assignment is None:
        return None
    if not given.assignment.is_recorded:
        return Check("drift", Status.OK, "The assignment was not made by these flags; nothing to compare with.")
    told = {found.what for found in given.profile.others}
    # The check of the mode says that already, with a way that leaves the rest alone.
    drift = [item for item in given.profile.drift if item.field not in told]
    if not drift:
        return Check("drift", Status.OK, "The assignment is as it was written.")
    parts = [f"{item.field} is {item.actual}, not {item.expected}" for item in drift]
    level = given.assignment.intent.level or Level.WARNING
    command = remedy("set-level", cluster=given.ref, level=level.value)
    return Check("drift", Status.PROBLEM, f"Changed since it was written: {'; '.join(parts)}.", (command,))
