# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Intent to body: the pure function that says what an assignment must look like, and keeps what is not ours."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from azext_safeguards.domain.assignment.cautions import (
    chosen_while_off,
    dormant_choices,
    losses,
    no_longer_excluded,
    suspended,
    taken_over,
)
from azext_safeguards.domain.assignment.comparison import READ_ONLY, READ_ONLY_TOP, SERVER_METADATA, says_the_same
from azext_safeguards.domain.assignment.effects import wanted_overrides
from azext_safeguards.domain.assignment.intent import OVERRIDES_KEY, Change, Intent, is_our_key
from azext_safeguards.domain.assignment.others import others_after
from azext_safeguards.domain.assignment.overrides import (
    MAX_OVERRIDES,
    Override,
    fingerprint,
    named_by,
    without_members,
    without_unknown,
    write,
)
from azext_safeguards.domain.assignment.parameters import refuse_unknown_requirements, render_parameters
from azext_safeguards.domain.assignment.reading import ASSIGNMENT_NAME, Assignment, properties_of
from azext_safeguards.domain.choices.changing import PodSecuritySet, PolicyReplace, PolicySet, choose
from azext_safeguards.domain.errors import LevelRequiredError, TooManyOverridesError
from azext_safeguards.domain.initiative.catalog import DEFAULT_VERSION, Definitions
from azext_safeguards.domain.initiative.definition import INITIATIVE_ID, InitiativeVersion
from azext_safeguards.domain.initiative.names import reference_ids
from azext_safeguards.domain.initiative.pins import same_pin
from azext_safeguards.domain.level import SETTINGS, Level
from azext_safeguards.domain.remedies import Remedy, remedy
from azext_safeguards.domain.suspension import NOT_ENFORCED, SUSPENDED_KEY, Suspend

DISPLAY_NAME = "AKS deployment safeguards"
_LEVEL_AS_WELL = "--safeguards-level must be given as well"
DESCRIPTION = "Kubernetes best practices for this cluster, set by --safeguards-level."


@dataclass(frozen=True)
class Rendering:
    """What is to be written."""

    body: dict[str, Any]
    intent: Intent
    warnings: tuple[str, ...]
    changes: bool
    """Whether the body says something else than what is there."""


def target_intent(assignment: Assignment | None, change: Change) -> tuple[Intent, str]:
    """What a change makes of an assignment: the intent, and the pin that goes with it.

    :raises LevelRequiredError: when no level is given and none is known.
    """
    known = assignment.intent if assignment else Intent(version=DEFAULT_VERSION)
    intent = Intent(change.level or known.level, change.version or known.version, known.choices)
    if intent.level is None and (assignment is None or change.version or change.policies):
        what = "no deployment safeguards yet" if assignment is None else "an assignment that is at no known level"
        todo = "a level must be set before single policies are" if change.policies else _LEVEL_AS_WELL
        raise LevelRequiredError(f"The cluster has {what}, so {todo}.")
    version = intent.profile_version
    # An assignment of no profile version whose pin the service did not return either gets the default version's.
    pin = version.pin if version else (assignment.pin if assignment else "")
    if not pin:
        intent = replace(intent, version=DEFAULT_VERSION)
        pin = intent.profile_version.pin if intent.profile_version else ""
    return intent, pin


def render(assignment: Assignment | None, change: Change, definitions: Definitions) -> Rendering:
    """The body that a change asks for, with everything that is not ours kept as it is.

    :param assignment: what is there, or None for a first assignment.
    :param definitions: must know what the pin selects, unless the level is Off: then an unknown version is left as
        it is but for the effects.
    :raises LevelRequiredError: see `target_intent`.
    :raises PinUnavailableError: when a level that acts is asked for on a pin that selects nothing known.
    :raises TooManyOverridesError: when foreign overrides leave no room for ours.
    :raises InvalidValueError: when a choice for single policies is not one that the definition takes.
    """
    if change.suspension is not None:
        if assignment is None:
            raise LevelRequiredError("The cluster has no deployment safeguards, so there is nothing to suspend.")
        return _rendered_suspension(assignment, change)
    intent, pin = target_intent(assignment, change)
    definition = definitions.get(pin)
    if definition is None and intent.level is not Level.OFF and intent.level is not None:
        definitions.resolve(pin)
        raise LookupError(f"the definition of '{pin}' was not fetched")
    said: list[str] = []
    if isinstance(change.policies, PolicyReplace) and definition is None:
        # Off with a version that is not known: nothing acts, so that there is nothing to check the choices for.
        intent = replace(intent, choices=change.policies.choices)
    elif change.policies is not None:
        if definition is None:
            definitions.resolve(pin)
            raise LookupError(f"the definition of '{pin}' was not fetched")
        choices, said = choose(intent.choices, change.policies, definition, intent.version or pin)
        intent = replace(intent, choices=choices)
    found = properties_of(assignment.body) if assignment else {}
    # What the service holds for this pin it can take again; only a definition that this cloud was seen to have, or
    # another pin, tells what can't be sent.
    is_known = definitions.offered is not None or not (assignment and same_pin(pin, assignment.pin))
    limits = definition if is_known else None
    ours, foreign, lost_references = _overrides(assignment, change, intent, definition, limits)
    messages, lost_messages = _messages(found.get("nonComplianceMessages"), limits)
    parameters, lost_parameters = render_parameters(assignment, change, intent, definition, limits)
    refuse_unknown_requirements(parameters, definition, limits)
    overrides = [*ours, *foreign]
    properties: dict[str, Any] = {
        key: copy.deepcopy(value) for key, value in found.items() if key not in (*READ_ONLY, "overrides")
    }
    if assignment is None:
        properties.update(displayName=DISPLAY_NAME, description=DESCRIPTION)
    properties["policyDefinitionId"] = found.get("policyDefinitionId", INITIATIVE_ID)
    properties["definitionVersion"] = pin
    properties["enforcementMode"] = _mode(assignment, change, intent)
    stays_suspended = assignment is not None and assignment.suspension is not None and change.level is None
    properties["metadata"] = _metadata(found.get("metadata"), intent, definition, ours, stays_suspended)
    properties["parameters"] = parameters
    if messages is not None:
        properties["nonComplianceMessages"] = messages
    if overrides:
        properties["overrides"] = overrides
    body = {
        key: copy.deepcopy(value)
        for key, value in (assignment.body.items() if assignment else ())
        if key not in (*READ_ONLY_TOP, "properties")
    }
    body["properties"] = properties
    warnings = [*said, *losses(intent, pin, lost_parameters, [*lost_references, *lost_messages])]
    if assignment and definition and intent.level:
        warnings += taken_over(assignment, change, intent, foreign)
    if definition and intent.level and (change.version or isinstance(change.policies, PolicyReplace)):
        warnings += dormant_choices(intent, pin, definition)
    warnings += no_longer_excluded(assignment, change)
    warnings += [*suspended(assignment, change), *chosen_while_off(intent, change)]
    if assignment:
        warnings += others_after(assignment, change, intent, parameters, overrides, definition)
    return Rendering(body, intent, tuple(warnings), assignment is None or not says_the_same(body, assignment.body))


def _rendered_suspension(assignment: Assignment, change: Change) -> Rendering:
    """The body with nothing changed but its mode and the record of the suspension."""
    body = {key: copy.deepcopy(value) for key, value in assignment.body.items() if key not in READ_ONLY_TOP}
    properties = {
        key: copy.deepcopy(value) for key, value in properties_of(assignment.body).items() if key not in READ_ONLY
    }
    present = properties.get("metadata") or {}
    metadata = {key: value for key, value in present.items() if key not in (*SERVER_METADATA, SUSPENDED_KEY)}
    wanted = change.suspension
    if isinstance(wanted, Suspend):
        metadata |= wanted.suspension.metadata
    properties["enforcementMode"] = NOT_ENFORCED if isinstance(wanted, Suspend) else "Default"
    properties["metadata"] = metadata
    body["properties"] = properties
    said = others_after(
        assignment,
        change,
        assignment.intent,
        assignment.parameters,
        assignment.overrides.present,
        assignment.definition,
    )
    return Rendering(body, assignment.intent, tuple(said), not says_the_same(body, assignment.body))


def _overrides(
    assignment: Assignment | None,
    change: Change,
    intent: Intent,
    definition: InitiativeVersion | None,
    limits: InitiativeVersion | None,
) -> tuple[list[Override], list[Override], list[str]]:
    """Our overrides, the foreign ones that `limits` can take, and the reference ids that are lost."""
    foreign: Sequence[Override] = copy.deepcopy(assignment.overrides.foreign) if assignment else ()
    if definition is None or intent.level is None:
        as_found = assignment.overrides.ours if assignment and intent.level is None else ()
        return list(copy.deepcopy(as_found)), list(foreign), []
    kept, lost = without_unknown(foreign, limits.references) if limits else (list(foreign), [])
    names = change.policies
    if isinstance(names, PodSecuritySet) or (isinstance(names, PolicySet) and names.effect):
        # Whoever names a policy takes it over; one override more of ours beside theirs would decide nothing.
        kept = without_members(kept, reference_ids(names.policies))
    taken = named_by(kept)
    wanted = wanted_overrides(intent.level, intent.profile_version, definition, intent.choices)
    ours_now = write({name: effect for name, effect in wanted.items() if name.lower() not in taken})
    if len(kept) + len(ours_now) > MAX_OVERRIDES:
        raise TooManyOverridesError(
            f"The assignment has {len(kept)} overrides of somebody else and this needs {len(ours_now)} of ours; "
            f"an assignment takes {MAX_OVERRIDES}. Some of theirs must be removed or merged.",
            [_merge(assignment)],
        )
    return list(ours_now), kept, lost


def _merge(assignment: Assignment | None) -> Remedy:
    """What leads on where there are too many overrides: seeing them, since which ones may go is not ours to say."""
    scope = str((assignment.body.get("id") if assignment else "") or "").rpartition("/providers/")[0]
    return remedy("show-assignment", name=ASSIGNMENT_NAME, scope=scope, member="overrides")


def _messages(
    messages: Sequence[Mapping[str, Any]] | None, definition: InitiativeVersion | None
) -> tuple[list[Mapping[str, Any]] | None, list[str]]:
    """Non-compliance messages without those for members that the version no longer has."""
    if messages is None:
        return None, []
    kept: list[Mapping[str, Any]] = []
    lost: list[str] = []
    for message in copy.deepcopy(messages):
        reference = message.get("policyDefinitionReferenceId")
        if definition and reference and str(reference).lower() not in definition.references:
            lost.append(str(reference))
        else:
            kept.append(message)
    return kept, lost


def _mode(assignment: Assignment | None, change: Change, intent: Intent) -> str:
    if change.level is not None:
        return SETTINGS[change.level].enforcement_mode
    if assignment is not None:
        return assignment.enforcement_mode
    return SETTINGS[intent.level or Level.OFF].enforcement_mode


def _metadata(
    present: Mapping[str, Any] | None,
    intent: Intent,
    definition: InitiativeVersion | None,
    ours: Sequence[Override],
    stays_suspended: bool,
) -> dict[str, Any]:
    written: dict[str, str] = {}
    if intent.level is not None and definition is not None:
        wanted = wanted_overrides(intent.level, intent.profile_version, definition, intent.choices).values()
        left_out = [effect for effect in dict.fromkeys(wanted) if effect not in {item["value"] for item in ours}]
        marks = [fingerprint(item) for item in (*ours, *({"value": effect} for effect in left_out))]
        written = {OVERRIDES_KEY: ",".join(marks)} if marks else {}
    kept = {key: value for key, value in (present or {}).items() if key not in SERVER_METADATA and not is_our_key(key)}
    if stays_suspended and present:
        kept[SUSPENDED_KEY] = present[SUSPENDED_KEY]
    return {**copy.deepcopy(kept), **intent.metadata, **written}
