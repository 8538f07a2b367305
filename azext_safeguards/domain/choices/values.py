# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Values for parameters of the initiative, checked before anything is sent."""

from __future__ import annotations

import json
import re
from typing import Any

from azext_safeguards.domain.choices.images import image_pattern_cautions
from azext_safeguards.domain.errors import InvalidValueError
from azext_safeguards.domain.initiative.definition import Parameter
from azext_safeguards.domain.remedies import remedy

IMAGES = "allowedContainerImagesRegex"
# How the policy of limits reads quantities (Azure/draft, pkg/safeguards/lib, container-limits/template.yaml): what it
# can't read it takes for a violation of every container.
_CPU = re.compile(r"[0-9]+m|[0-9]+(\.[0-9]+)?", re.ASCII)
_MEMORY = re.compile(r"[0-9]+(\.[0-9]+)?([EPTGMkm]|[KMGTPE]i)?", re.ASCII)
_QUANTITIES = {
    "cpulimit": (_CPU, "a quantity of CPU", "500m"),
    "memorylimit": (_MEMORY, "a quantity of memory", "512Mi"),
}
# Their entries are searched for as patterns in labels and taints (the templates of the two policies).
_PATTERN_LISTS = ("labels", "reservedtaints")
_TYPES: dict[str, type] = {
    "array": list,
    "object": dict,
    "boolean": bool,
    "integer": int,
    "float": float,
    "string": str,
}


def checked_value(parameter: Parameter, given: Any) -> tuple[Any, list[str]]:
    """The value that a text or a value means for a parameter, and what has to be said about it.

    :param given: a value, or a text: as it is for a string, else read as JSON.
    :raises InvalidValueError: when the parameter does not take it.
    """
    value = _typed(parameter, given)
    if parameter.allowed_values:
        value = _allowed(parameter, value)
    quantity = _QUANTITIES.get(parameter.name.lower())
    if quantity and not quantity[0].fullmatch(str(value)):
        raise InvalidValueError(
            f"'{value}' is not {quantity[1]} that the policy can read.",
            [remedy("quantity", name=parameter.name, example=quantity[2])],
        )
    if parameter.name.lower() in _PATTERN_LISTS:
        for item in value:
            if not isinstance(item, str):
                raise InvalidValueError(
                    f"'{json.dumps(item)}' is no value for {parameter.name}, which takes a list of texts.",
                    [remedy("value-of-type", name=parameter.name, type="array")],
                )
            _pattern(parameter.name, item)
    if parameter.name == IMAGES:
        _pattern(parameter.name, str(value))
        return value, image_pattern_cautions(str(value))
    return value, []


def _typed(parameter: Parameter, given: Any) -> Any:
    wanted = parameter.type.lower()
    value = given
    if wanted != "string" and isinstance(given, str):
        try:
            text = given.lower() if wanted == "boolean" else given
            # NaN and Infinity are Python's, not JSON's: the service could not read them.
            value = json.loads(text, parse_constant=_no_number)
        except ValueError:
            value = given
    expected = _TYPES.get(wanted, object)
    fits = isinstance(value, expected) or (wanted == "float" and isinstance(value, int))
    # In Python, but not in JSON, a boolean is a number.
    if not fits or (isinstance(value, bool) and wanted in ("integer", "float")):
        raise InvalidValueError(
            f"'{given}' is no value for {parameter.name}, which takes {_SHAPES.get(wanted, wanted)}.",
            [remedy("value-of-type", name=parameter.name, type=wanted)],
        )
    return value


def _no_number(text: str) -> Any:
    raise ValueError(text)


_SHAPES = {
    "array": "a list as JSON",
    "object": "an object as JSON",
    "boolean": "true or false",
    "integer": "a whole number",
    "float": "a number",
    "string": "a text",
}


def _allowed(parameter: Parameter, value: Any) -> Any:
    """The allowed spelling of a value; Azure compares texts without case."""
    for allowed in parameter.allowed_values:
        if value == allowed and isinstance(value, bool) == isinstance(allowed, bool):
            return allowed
        if isinstance(value, str) and isinstance(allowed, str) and value.lower() == allowed.lower():
            return allowed
    listed = [json.dumps(item) if not isinstance(item, str) else item for item in parameter.allowed_values]
    raise InvalidValueError(
        f"'{value}' is no value for {parameter.name}; it takes {', '.join(listed)}.",
        [remedy("value", name=parameter.name, value=listed[0])],
    )


def _pattern(name: str, pattern: str) -> None:
    from azext_safeguards.domain import re2

    found = re2.problems(pattern)
    if found:
        way = remedy("registry-writes-pattern" if name == IMAGES else "syntax-of-patterns")
        raise InvalidValueError(f"The regular expression '{pattern}' for {name} can't be used: {found[0]}.", [way])
