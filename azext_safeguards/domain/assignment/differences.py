# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What a rendering would change, in the words in which people think of safeguards."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from azext_safeguards.domain.assignment.effects import word_of
from azext_safeguards.domain.assignment.parameters import ALWAYS_OURS
from azext_safeguards.domain.assignment.profile import profile_of
from azext_safeguards.domain.assignment.reading import WARN, Assignment, find, read_assignment
from azext_safeguards.domain.initiative.catalog import Definitions
from azext_safeguards.domain.initiative.definition import EFFECT, MUTATION_EFFECT
from azext_safeguards.domain.namespaces import SYSTEM_NAMESPACES

_POLICY = "policy "


@dataclass(frozen=True)
class Difference:
    """A field of the profile, or the effect of a policy (`policy probes`), before and after."""

    field: str
    before: Any
    after: Any
    words: tuple[str, str] | None = None
    """Of a policy: what it did and what it will do, as `effects.word_of` says it."""

    def __str__(self) -> str:
        """`level: Warning -> Enforcement`, `policy probes: warn -> deny`; `-` stands for what was or is not there."""
        before, after = self.words or (_text(self.before), _text(self.after))
        return f"{self.field}: {before} -> {after}"


def differences(
    before: Assignment | None, body: Mapping[str, Any], definitions: Definitions, location: str | None = None
) -> list[Difference]:
    """What writing a body changes, in this order: the profile, what was chosen, each policy's effect, parameters.

    :param before: the assignment as it is, or None where there is none.
    :param body: the body that would be written, as `render` gives it.
    :param definitions: what is known of the initiative's versions.
    :param location: where the cluster is, where it is known.
    """
    after = read_assignment(body, definitions, location)
    old = {**_facts(before, definitions), **_parameters(before)}
    # A first assignment's parameters are not told: they are what every assignment begins with.
    new = {**_facts(after, definitions), **(_parameters(after) if before else {})}
    if before and all(old[name] == new[name] for name in ("level", "version")):
        # What a level and a version set is told by them, and one by one where somebody had changed it.
        old.update(_repaired(before))
        new.update(_repaired(after))
    names = [*new, *(name for name in old if name not in new)]
    return [
        Difference(name, old.get(name), new.get(name), _words(name, (old, before), (new, after)))
        for name in names
        if _differ(old.get(name), new.get(name))
    ]


def _words(name: str, *sides: tuple[Mapping[str, Any], Assignment | None]) -> tuple[str, str] | None:
    """What a policy does on both sides; a policy that is not there is off. None for what is no policy.

    Whether the assignment is enforced is a difference of its own.
    """
    if not name.startswith(_POLICY):
        return None
    before, after = (
        word_of(facts.get(name) or "Disabled", warns=bool(assignment and assignment.warns))
        for facts, assignment in sides
    )
    return before, after


def _differ(before: Any, after: Any) -> bool:
    # A policy that is not there does as much as one that is disabled.
    return bool(before != after and {before, after} != {None, "Disabled"})


def _facts(assignment: Assignment | None, definitions: Definitions) -> dict[str, Any]:
    if assignment is None:
        return {}
    profile = profile_of(assignment, definitions)
    return {
        "level": profile.level.value if profile.level else None,
        "version": profile.version,
        "excluded namespaces": ", ".join(profile.excluded_namespaces) or None,
        "definition version": profile.definition_version,
        "enforcement mode": profile.enforcement_mode,
        "suspension": str(profile.suspension) if profile.suspension else None,
        "pod security": str(profile.choices.pod_security) if profile.choices.pod_security else None,
        **{f"choice {name}": choice.value for name, choice in sorted(profile.choices.effects.items())},
        **{f"{_POLICY}{name}": effect for name, effect in sorted(profile.effects.items())},
    }


def _parameters(assignment: Assignment | None) -> dict[str, str]:
    """The parameters that an assignment holds and no other field tells of, as JSON."""
    told = {name.lower() for name in ALWAYS_OURS}
    return {
        f"parameter {name}": json.dumps((holder or {}).get("value"))
        for name, holder in sorted((assignment.parameters if assignment else {}).items())
        if name.lower() not in told
    }


def _repaired(assignment: Assignment) -> dict[str, str | None]:
    """What a level sets on every assignment alike."""
    excluded = set(assignment.excluded_namespaces)
    return {
        "system namespaces": ", ".join(name for name in SYSTEM_NAMESPACES if name in excluded) or None,
        **{
            f"parameter {name}": json.dumps(find(assignment.parameters, name))
            for name in (EFFECT, WARN, MUTATION_EFFECT)
        },
    }


def _text(value: Any) -> str:
    return "-" if value is None else str(value)
