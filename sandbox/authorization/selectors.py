# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The rules for selectors and overrides.

Limits (10 overrides, 50 values): Azure Policy documentation of the assignment structure. Kinds: the SDK enums of
2023-04-01 and the commands of azure-cli 2.91.
"""

from __future__ import annotations

from typing import Any

from sandbox.authorization import effects, versions
from sandbox.authorization.definitions import Definition
from sandbox.authorization.exceptions import InvalidOverride, InvalidSelector, PolicyError

Json = dict[str, Any]
MAX_OVERRIDES = 10
MAX_RESOURCE_SELECTORS = 10
MAX_VALUES = 50
REFERENCE = "policydefinitionreferenceid"
RESOURCE_KINDS = ("resourcelocation", "resourcetype", "resourcewithoutlocation")
#: The first api-version year in which an override may change a member's version.
VERSION_OVERRIDES_SINCE = "2025"


def check_overrides(sent: Any, definition: Definition, api_version: str) -> None:
    """Check the ``overrides`` of an assignment. Raises InvalidOverride."""
    if sent is None:
        return
    for override in _objects(sent, "overrides", MAX_OVERRIDES, InvalidOverride):
        selectors = override.get("selectors") or []
        _check_selectors(selectors, (*RESOURCE_KINDS, REFERENCE), InvalidOverride)
        members = _reached(selectors, definition)
        kind, value = str(override.get("kind") or "").lower(), override.get("value")
        if kind == "policyeffect":
            _check_effect(value, members, definition)
        elif kind == "definitionversion" and api_version >= VERSION_OVERRIDES_SINCE:
            if not isinstance(value, str) or not versions.is_pin(value):
                raise InvalidOverride(f"The override value '{value}' is not a definition version.")
        else:
            raise InvalidOverride(f"The override kind '{override.get('kind')}' is not supported.")


def check_resource_selectors(sent: Any) -> None:
    """Check the ``resourceSelectors`` of an assignment. Raises InvalidSelector."""
    if sent is None:
        return
    for item in _objects(sent, "resourceSelectors", MAX_RESOURCE_SELECTORS, InvalidSelector):
        _check_selectors(item.get("selectors") or [], RESOURCE_KINDS, InvalidSelector)


def _objects(sent: Any, name: str, limit: int, error: type[PolicyError]) -> list[Json]:
    if not isinstance(sent, list) or not all(isinstance(item, dict) for item in sent):
        raise error(f"The property '{name}' must be a list of objects.")
    if len(sent) > limit:
        raise error(f"The property '{name}' has {len(sent)} elements; at most {limit} are allowed.")
    return sent


def _check_selectors(sent: Any, kinds: tuple[str, ...], error: type[PolicyError]) -> None:
    seen: set[str] = set()
    for selector in _objects(sent, "selectors", MAX_VALUES, error):
        kind = str(selector.get("kind") or "").lower()
        if kind not in kinds:
            raise error(f"The selector kind '{selector.get('kind')}' is not supported here.")
        if kind in seen:
            raise error(f"The selector kind '{selector.get('kind')}' is given twice.")
        seen.add(kind)
        values = [selector[name] for name in ("in", "notIn") if selector.get(name)]
        if len(values) != 1:
            raise error("A selector must have exactly one of 'in' and 'notIn', and it must not be empty.")
        if not isinstance(values[0], list) or not all(isinstance(value, str) for value in values[0]):
            raise error("The values of a selector must be a list of strings.")
        if len(values[0]) > MAX_VALUES:
            raise error(f"A selector has {len(values[0])} values; at most {MAX_VALUES} are allowed.")


def _reached(selectors: list[Json], definition: Definition) -> tuple[Json, ...]:
    """Return the members that an override reaches; location and type do not matter for that."""
    chosen = definition.members
    for selector in selectors:
        if str(selector["kind"]).lower() != REFERENCE:
            continue
        values = selector.get("in") or selector.get("notIn") or []
        names = {value.lower() for value in values}
        if definition.parameters is not None:
            known = {str(member["policyDefinitionReferenceId"]).lower() for member in definition.members}
            unknown = [value for value in values if value.lower() not in known]
            if unknown:
                raise InvalidOverride(
                    f"The policy definition reference(s) '{','.join(unknown)}' do not exist in '{definition.name}'."
                )
        inside = bool(selector.get("in"))
        chosen = tuple(
            member for member in chosen if (str(member["policyDefinitionReferenceId"]).lower() in names) == inside
        )
    return chosen


def _check_effect(value: Any, members: tuple[Json, ...], definition: Definition) -> None:
    if not isinstance(value, str) or not value:
        raise InvalidOverride("An override of kind 'policyEffect' needs an effect as its value.")
    for member in members:
        allowed = effects.allowed(member)
        if value not in allowed:
            raise InvalidOverride(
                f"The effect '{value}' is not allowed for the policy definition reference "
                f"'{member['policyDefinitionReferenceId']}'. Allowed are: {', '.join(allowed)}."
            )
    if not definition.is_set and definition.parameters:
        choices = definition.parameters["effect"]["allowedValues"]
        if value not in choices:
            raise InvalidOverride(f"The effect '{value}' is not allowed. Allowed are: {', '.join(choices)}.")
