# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What Azure Policy would do with an assignment: the effect of each member, worked out from the stored JSON alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any


def effective(box: Any, assignment: Mapping[str, Any]) -> dict[str, str]:
    """Reference id -> effect, for an assignment as the sandbox holds it."""
    properties = assignment["properties"]
    initiative = _selected(box.initiative.versions, properties["definitionVersion"])
    given = {name.lower(): holder["value"] for name, holder in properties["parameters"].items()}
    declared = {name.lower(): holder.get("defaultValue") for name, holder in initiative["parameters"].items()}
    effects = {}
    for member in initiative["policyDefinitions"]:
        reference = member["policyDefinitionReferenceId"]
        source = re.fullmatch(r"\[parameters\('(\w+)'\)\]", member["parameters"]["effect"]["value"])
        assert source is not None, member
        name = source[1].lower()
        effects[reference] = _overridden(properties, reference) or given.get(name, declared[name])
    return effects


def _selected(versions: Mapping[str, Any], pin: str) -> Any:
    stem = pin.removesuffix("*")
    assert stem != pin, f"{pin} is no wildcard pin"
    fitting = [text for text in versions if text.startswith(stem) and "-" not in text]
    return versions[max(fitting, key=lambda text: [int(part) for part in text.split(".")])]


def _overridden(properties: Mapping[str, Any], reference: str) -> str:
    for override in properties.get("overrides") or ():
        chosen = [
            any(reference.lower() == item.lower() for item in selector["in"])
            if "in" in selector
            else all(reference.lower() != item.lower() for item in selector["notIn"])
            for selector in override.get("selectors") or ()
            if selector["kind"] == "policyDefinitionReferenceId"
        ]
        if override["kind"] == "policyEffect" and all(chosen):
            return str(override["value"])
    return ""


def counted(effects: Mapping[str, str]) -> dict[str, int]:
    """Effect -> how many members have it."""
    return {effect: list(effects.values()).count(effect) for effect in sorted(set(effects.values()))}
