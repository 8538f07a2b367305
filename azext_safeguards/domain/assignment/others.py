# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What somebody else set on the assignment so that it does not do what its level says: decided and worded here alone.

The same beside the assignment, such as exemptions, is in `around`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from azext_safeguards.domain.assignment.effects import does, is_on, member_effects, wanted_overrides
from azext_safeguards.domain.assignment.intent import Change, Intent
from azext_safeguards.domain.assignment.overrides import Override, acts_here, is_sweeping, named_by, write
from azext_safeguards.domain.assignment.reading import ASSIGNMENT_NAME, Assignment
from azext_safeguards.domain.initiative.definition import InitiativeVersion, MemberKind
from azext_safeguards.domain.initiative.names import short_name
from azext_safeguards.domain.level import SETTINGS, Level
from azext_safeguards.domain.remedies import Caution, Remedy, remedy
from azext_safeguards.domain.suspension import NOT_ENFORCED, Resume, Suspend

MODE, NOT_SCOPES, SELECTORS, OVERRIDES = "enforcementMode", "notScopes", "resourceSelectors", "overrides"


@dataclass(frozen=True)
class SetByOthers:
    """Something that somebody else set, as it stands."""

    what: str
    """Azure's name of it, such as `enforcementMode`."""
    seen: str
    """What it is and does, a sentence."""
    lead: str
    """What stands before the command, without a colon."""
    way: Remedy
    """The command that ends it, or shows it where only its owner should end it."""

    def as_output(self) -> dict[str, str]:
        """It as commands print it."""
        return {"what": self.what, "seen": self.seen}

    @property
    def caution(self) -> Caution:
        """It as users are told."""
        return Caution(self.seen, self.lead, self.way)


def set_by_others(assignment: Assignment) -> tuple[SetByOthers, ...]:
    """What somebody else set so that an assignment does not do what its level says; first what hides the rest."""
    definition = assignment.definition
    found = [one for one in (_mode(assignment), _away(assignment)) if one is not None]
    if definition is not None:
        present = assignment.overrides.present
        said = foreign_effects(assignment, assignment.intent, assignment.parameters, present, definition)
        found += _overriding(assignment, said)
    return tuple(found)


def others_after(
    assignment: Assignment,
    change: Change,
    intent: Intent,
    parameters: Mapping[str, Any],
    overrides: Sequence[Override],
    definition: InitiativeVersion | None,
) -> list[str]:
    """Tells what becomes of all that by a change, and what of it will keep the change from doing anything.

    :param intent: what will be intended then, with `parameters` and `overrides`.
    :param definition: the initiative's version then, where it is known.
    """
    said = mode_after(assignment, change)
    if isinstance(change.suspension, Suspend) or intent.level is Level.OFF:
        # Then nothing acts, whatever else is set.
        return said
    away = _away(assignment)
    found = [away] if away else []
    if definition is not None:
        found += _overriding(assignment, foreign_effects(assignment, intent, parameters, overrides, definition))
    return [*said, *(one.caution for one in found)]


def intended_mode(assignment: Assignment) -> str:
    """The enforcement mode that goes with what was recorded."""
    if assignment.suspension is not None:
        return NOT_ENFORCED
    return SETTINGS[assignment.intent.level or Level.WARNING].enforcement_mode


def _strange_mode(assignment: Assignment) -> str:
    """The enforcement mode where somebody else set it; empty otherwise, and under Off, where nothing acts anyway."""
    mode = assignment.enforcement_mode
    if assignment.intent.level is Level.OFF or mode.lower() == intended_mode(assignment).lower():
        return ""
    return mode


def _mode(assignment: Assignment) -> SetByOthers | None:
    mode = _strange_mode(assignment)
    if not mode:
        return None
    seen = f"Somebody set the enforcement mode of the assignment to {mode}"
    if not assignment.is_enforced:
        return SetByOthers(MODE, f"{seen}: nothing is enforced, policies only report.", "To end that", remedy("resume"))
    # What else there is (Enroll, since 2025-11-01) is not this extension's to judge; a level ends it.
    level = (assignment.intent.level or Level.WARNING).value
    return SetByOthers(MODE, f"{seen}.", "To end that", remedy("set-level", level=level))


def mode_after(assignment: Assignment, change: Change) -> list[str]:
    """Tells what becomes of an enforcement mode that somebody else set."""
    mode, found = _strange_mode(assignment), _mode(assignment)
    if found is None:
        return []
    had = f"Somebody had set the enforcement mode of the assignment to {mode}"
    if isinstance(change.suspension, Suspend):
        return [f"{had}; it counts as suspended now, and resuming ends that, too."]
    if isinstance(change.suspension, Resume):
        return [f"{had}; resuming ends that."]
    if change.level is Level.OFF:
        return [f"{had}; safeguards are Off now."]
    if change.level is not None:
        return [f"{had}; giving a level ends that."]
    return [found.caution]


def kept_away(assignment: Assignment, cluster: str = "") -> str:
    """The member of an assignment that keeps it away from a cluster; empty where it reaches the cluster.

    :param cluster: its id, where the assignment is not on the cluster itself.
    """
    properties, cluster = assignment.properties, (cluster or cluster_of(assignment.body)).lower()
    if cluster and any(_holds(str(scope), cluster) for scope in properties.get("notScopes") or ()):
        return NOT_SCOPES
    selectors = properties.get("resourceSelectors") or ()
    if selectors and not any(acts_here(item, assignment.location) for item in selectors):
        return SELECTORS
    return ""


def cluster_of(body: Mapping[str, Any]) -> str:
    """The id of the cluster that an assignment is on; empty where its body does not say."""
    identifier = str(body.get("id") or "")
    at = identifier.lower().find("/providers/microsoft.authorization/")
    return identifier[:at] if at > 0 else str((body.get("properties") or {}).get("scope") or "")


def _holds(scope: str, cluster: str) -> bool:
    """Whether a scope is a cluster or above it."""
    above = scope.rstrip("/").lower()
    return bool(above) and f"{cluster}/".startswith(f"{above}/")


def _away(assignment: Assignment) -> SetByOthers | None:
    what = kept_away(assignment)
    if not what:
        return None
    nothing = "It does nothing there."
    if what == NOT_SCOPES:
        cluster = cluster_of(assignment.body).lower()
        scopes = [str(scope) for scope in assignment.properties["notScopes"] if _holds(str(scope), cluster)]
        seen = f"The assignment excludes the cluster by its notScopes: {', '.join(scopes)}. {nothing}"
    else:
        names = ", ".join(str(item.get("name") or "unnamed") for item in assignment.properties["resourceSelectors"])
        seen = f"None of the assignment's resourceSelectors selects the cluster: {names}. {nothing}"
    return SetByOthers(what, seen, "See", _shown(assignment, what))


def does_here(assignment: Assignment, effect: str) -> str:
    """What a policy of an effect does by an assignment on its cluster, in a word; see `effects.does`."""
    if kept_away(assignment):
        return "off"
    return does(effect, warns=assignment.warns, is_enforced=assignment.is_enforced)


def _overriding(assignment: Assignment, sentences: Sequence[str]) -> list[SetByOthers]:
    return [SetByOthers(OVERRIDES, seen, "See", _shown(assignment, OVERRIDES)) for seen in sentences]


def foreign_effects(
    assignment: Assignment,
    intent: Intent,
    parameters: Mapping[str, Any],
    overrides: Sequence[Override],
    definition: InitiativeVersion,
) -> list[str]:
    """Sentences that say where somebody else's overrides keep policies from doing what the level says."""
    if intent.level is None or intent.level is Level.OFF:
        return []
    sentences = []
    foreign = assignment.overrides.foreign
    if any(is_sweeping(item) and acts_here(item, assignment.location) for item in foreign):
        sentences.append(
            "An override that somebody else put on the assignment applies without naming policies and may decide "
            "what they do instead of the level."
        )
    effects = member_effects(parameters, overrides, definition, assignment.location)
    taken = named_by(foreign)
    wanted = member_effects(
        parameters,
        write(wanted_overrides(intent.level, intent.profile_version, definition, intent.choices)),
        definition,
    )
    version = intent.profile_version
    kept = [
        f"{short_name(member.reference_id)} ({effects[member.reference_id]})"
        for member in definition.members
        if member.reference_id.lower() in taken
        and member.kind is not MemberKind.DEPLOYMENT
        and effects[member.reference_id].lower() != wanted[member.reference_id].lower()
        and (is_on(version, member, intent.choices) or effects[member.reference_id].lower() != "disabled")
    ]
    if kept:
        sentences.append(f"Somebody else's overrides on the assignment decide: {', '.join(kept)}.")
    return sentences


def _shown(assignment: Assignment, member: str) -> Remedy:
    """The command that shows a member of an assignment."""
    name = str(assignment.body.get("name") or ASSIGNMENT_NAME)
    return remedy("show-assignment", name=name, scope=cluster_of(assignment.body), member=member)
