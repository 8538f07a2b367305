# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The rules for an assignment's parameters."""

from __future__ import annotations

from typing import Any

from sandbox.authorization import effects
from sandbox.authorization.definitions import Definition
from sandbox.authorization.exceptions import (
    InvalidPolicyParameterValue,
    MissingPolicyParameter,
    PolicyParameterValueNotAllowed,
    UndefinedPolicyParameter,
)

Json = dict[str, Any]
_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "datetime": (str,),
    "array": (list,),
    "object": (dict,),
    "boolean": (bool,),
    "integer": (int,),
    "float": (int, float),
}


def check(assignment: str, sent: Any, definition: Definition) -> None:
    """Check the ``parameters`` of an assignment.

    Raises UndefinedPolicyParameter, MissingPolicyParameter, InvalidPolicyParameterValue,
    PolicyParameterValueNotAllowed.
    """
    given = {} if sent is None else sent
    if not isinstance(given, dict):
        raise InvalidPolicyParameterValue("The parameters of a policy assignment must be an object.")
    if definition.parameters is None:
        return
    # Names match without regard to case and echo as sent (recorded: Azure/azure-powershell tagName_V1).
    declared = {name.lower(): (name, rules) for name, rules in definition.parameters.items()}
    unknown = [name for name in given if name.lower() not in declared]
    if unknown:
        raise UndefinedPolicyParameter(assignment, unknown, definition.name)
    present = {name.lower() for name in given}
    missing = [name for key, (name, rules) in declared.items() if "defaultValue" not in rules and key not in present]
    if missing:
        raise MissingPolicyParameter(assignment, missing, definition.name)
    for name, wrapped in given.items():
        _check_value(name, wrapped, declared[name.lower()][1])
    _check_members(given, definition)


def _check_value(name: str, wrapped: Any, rules: Json) -> None:
    if not isinstance(wrapped, dict) or set(wrapped) != {"value"}:
        raise InvalidPolicyParameterValue(f"The parameter '{name}' must have the form {{\"value\": ...}}.")
    value = wrapped["value"]
    kind = str(rules.get("type", "String"))
    expected = _TYPES.get(kind.lower(), (object,))
    if not isinstance(value, expected) or (isinstance(value, bool) and bool not in expected):
        raise InvalidPolicyParameterValue(
            f"The value of the parameter '{name}' is not of the type '{kind}' that the definition gives it."
        )
    choices = rules.get("allowedValues")
    if choices is not None and not _one_of(value, choices):
        raise PolicyParameterValueNotAllowed(
            f"The value '{value}' of the parameter '{name}' is not allowed. Allowed are: {_list(choices)}."
        )


def _check_members(given: Json, definition: Definition) -> None:
    """Refuse an effect that a member does not allow although the initiative does (Azure/AKS#5501)."""
    values = {name.lower(): rules.get("defaultValue") for name, rules in (definition.parameters or {}).items()}
    values.update({name.lower(): wrapped["value"] for name, wrapped in given.items()})
    for member in definition.members:
        effect, allowed = effects.reaching(member, values), effects.allowed(member)
        if effect is not None and effect not in allowed:
            raise PolicyParameterValueNotAllowed(
                f"The value '{effect}' of the parameter 'effect' is not allowed for the policy definition reference "
                f"'{member['policyDefinitionReferenceId']}'. Allowed are: {_list(allowed)}."
            )


def _one_of(value: Any, choices: list[Any]) -> bool:
    # 1 equals True in Python, not in JSON.
    return any(type(value) is type(choice) and value == choice for choice in choices)


def _list(choices: Any) -> str:
    return ", ".join(f"'{choice}'" for choice in choices)
