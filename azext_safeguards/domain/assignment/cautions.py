# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What a user has to be told beside a rendering: what is lost, and what becomes of what was chosen."""

from __future__ import annotations

from collections.abc import Sequence

from azext_safeguards.domain.assignment.intent import Change, Intent
from azext_safeguards.domain.assignment.overrides import Override, named_by
from azext_safeguards.domain.assignment.parameters import REQUIRED_VALUES
from azext_safeguards.domain.assignment.reading import Assignment, find
from azext_safeguards.domain.choices.changing import PodSecuritySet, PolicyReplace, PolicySet
from azext_safeguards.domain.choices.recorded import dormant
from azext_safeguards.domain.initiative.definition import InitiativeVersion
from azext_safeguards.domain.initiative.names import reference_ids, short_name
from azext_safeguards.domain.level import Level
from azext_safeguards.domain.namespaces import user_part
from azext_safeguards.domain.remedies import Caution, Note, remedy
from azext_safeguards.domain.suspension import Suspend


def losses(intent: Intent, pin: str, parameters: Sequence[str], references: Sequence[str]) -> list[str]:
    """Warns of what the version cannot take: names of parameters, and reference ids of policies."""
    version = f"Safeguards version {intent.version}" if intent.version else f"Definition version {pin}"
    warnings = []
    if parameters:
        warnings.append(f"{version} has no parameter {', '.join(parameters)}: the assignment no longer holds it.")
    if references:
        names = ", ".join(dict.fromkeys(short_name(reference) for reference in references))
        warnings.append(f"{version} has no policy {names}: what was set for it is no longer on the assignment.")
    return warnings


def dormant_choices(intent: Intent, pin: str, definition: InitiativeVersion) -> list[str]:
    """Warns of what was chosen for single policies and a version has no place for."""
    policies, parameters = dormant(intent.choices, definition.members, definition.parameters)
    version = f"Safeguards version {intent.version}" if intent.version else f"Definition version {pin}"
    kept = "what you chose stays recorded and comes back with a version that has it."
    warnings = []
    if intent.choices.pod_security and not intent.choices.pod_security.is_in(definition.members):
        warnings.append(f"{version} has no Pod Security ({intent.choices.pod_security}): {kept}")
    if policies:
        chosen = ", ".join(f"{name} ({intent.choices.effects[name].value})" for name in policies)
        warnings.append(f"{version} has no policy {chosen}: {kept}")
    if parameters:
        warnings.append(f"{version} has no parameter {', '.join(parameters)}: {kept}")
    return warnings


def taken_over(assignment: Assignment, change: Change, intent: Intent, foreign_left: Sequence[Override]) -> list[str]:
    """Warns of what somebody else had set and the user, who named it or copied it, sets anew."""
    if isinstance(change.policies, PolicyReplace):
        # Policies of this cluster were named by nobody, so none of theirs is taken over.
        policies: tuple[str, ...] = ()
        parameters = tuple(change.policies.choices.values)
    elif isinstance(change.policies, PodSecuritySet):
        policies, parameters = change.policies.policies, tuple(intent.choices.values)
    elif isinstance(change.policies, PolicySet):
        policies, parameters = change.policies.policies, tuple(change.policies.parameters)
    else:
        return []
    lost = named_by(assignment.overrides.foreign) - named_by(foreign_left)
    names = sorted(
        f"{short_name(reference)} ({assignment.effects.get(reference)})"
        for reference in assignment.effects
        if reference.lower() in lost & reference_ids(policies)
    )
    warnings = [f"Somebody else's override no longer decides: {', '.join(names)}."] if names else []
    new = {name.lower() for name in parameters} - {name.lower() for name in assignment.intent.choices.values}
    for name, value in intent.choices.values.items():
        before = find(assignment.parameters, name)
        if name.lower() in new and before is not None and before not in (value, REQUIRED_VALUES.get(name)):
            warnings.append(f"The value that somebody else had set for {name} is replaced: {before}.")
    return warnings


def suspended(assignment: Assignment | None, change: Change) -> list[str]:
    """Warns of a suspension that goes on, or that a level ends."""
    found = assignment.suspension if assignment else None
    if found is None:
        return []
    if change.level is None:
        return [Caution(f"Safeguards stay {found}.", "To end it", remedy("resume"))]
    if change.level is Level.OFF:
        return [f"Safeguards were {found}; they are Off now."]
    return [f"Safeguards were {found}; giving a level ends that."]


def chosen_while_off(intent: Intent, change: Change) -> list[str]:
    """Warns of an effect that is chosen while nothing acts."""
    chooses = isinstance(change.policies, PolicySet) and change.policies.effect
    switches = isinstance(change.policies, PodSecuritySet) and change.policies.wanted
    if intent.level is not Level.OFF or not (chooses or switches):
        return []
    return ["Safeguards are Off, so nothing acts; what you chose is recorded for the next level."]


def nothing_to_suspend(assignment: Assignment, change: Suspend) -> str:
    """Why suspending an assignment would change nothing, a sentence; empty where it would.

    Who suspended first stays recorded until somebody gives a reason anew.
    """
    if not assignment.is_enforced and assignment.intent.level is Level.OFF:
        return Note("Safeguards are Off, so nothing acts that could be suspended; nothing was changed.")
    if assignment.suspension is not None and not change.suspension.reason:
        return Note(f"Safeguards are already {assignment.suspension}; nothing was changed.")
    return ""


def nothing_to_resume(assignment: Assignment) -> str:
    """Why resuming an assignment would change nothing, a sentence; empty where it would."""
    if assignment.is_enforced:
        return Note("Safeguards are not suspended; nothing was changed.")
    if assignment.intent.level is Level.OFF:
        return Caution(
            "Safeguards are Off, not suspended; nothing was changed.",
            "To turn them on",
            remedy("set-level", level="Warning"),
        )
    return ""


def no_longer_excluded(assignment: Assignment | None, change: Change) -> list[str]:
    """Warns of namespaces that a given list leaves out, because it replaces the one that is there.

    Whoever clears the list asks for just that, and is not told.
    """
    if assignment is None or not change.excluded_namespaces:
        return []
    before, after = assignment.user_namespaces, user_part(change.excluded_namespaces)
    lost = [name for name in before if name not in after]
    if not lost:
        return []
    always = "" if after else " The system's namespaces are always excluded and need not be named."
    return [
        f"The list of excluded namespaces was {','.join(before)} and is replaced: {','.join(lost)} "
        f"{'is' if len(lost) == 1 else 'are'} no longer excluded.{always}"
    ]
