# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Numbers, and numbers or percentages."""

from __future__ import annotations

import re
from typing import Any

from azext_safeguards.check.apiserver.refusals import Path
from azext_safeguards.check.apiserver.validation.errors import Errors

_PERCENT = (
    "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', "
    "regex used for validation is '[0-9]+%')"
)

_NUMBER = re.compile(r"[-+]?[0-9]+\Z").match


def not_negative(errors: Errors, found: dict[str, Any], path: Path, *fields: str) -> None:
    """Checks fields that hold a number."""
    for field in fields:
        value = found.get(field)
        if isinstance(value, int) and value < 0:
            errors.invalid((*path, field), value, "must be greater than or equal to 0")


def number_or_percent(errors: Errors, value: Any, path: Path) -> None:
    """Checks a number or a percentage, which may be more than a hundred; nothing where there is none."""
    if isinstance(value, str):
        if not is_percent(value):
            errors.invalid(path, value, _PERCENT)
    elif isinstance(value, int) and value < 0:
        errors.invalid(path, value, "must be greater than or equal to 0")


def at_most_all(errors: Errors, value: Any, path: Path) -> None:
    """Checks that a percentage is at most a hundred."""
    # Python reads no integers of thousands of digits.
    if isinstance(value, str) and is_percent(value) and int(value[:-1].lstrip("0")[:4] or 0) > 100:
        errors.invalid(path, value, "must not be greater than 100%")


def is_percent(value: str) -> bool:
    """Whether a text is a percentage."""
    return value.endswith("%") and value.isascii() and value[:-1].isdigit()


def is_zero(value: Any) -> bool:
    """Whether a number or a percentage is zero; a text that is neither counts as zero, unless it is a number."""
    if isinstance(value, str):
        digits = value.removesuffix("%") if is_percent(value) else value
        return not _NUMBER(digits) or not digits.strip("+-0")
    return not value
