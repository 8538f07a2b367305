# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Versions of the initiative (`2.1.1`, `2.0.0-preview`) and pins that select them (`2.1.*`, `1.*.*-preview`)."""

from __future__ import annotations

import re
from collections.abc import Iterable

_VERSION = re.compile(r"(\d{1,9})\.(\d{1,9})\.(\d{1,9})(-preview)?", re.IGNORECASE)
_PIN = re.compile(r"(\d{1,9})\.(\d{1,9}|\*)\.(\d{1,9}|\*)(-preview)?", re.IGNORECASE)


def newest_match(pin: str, versions: Iterable[str]) -> str | None:
    """The newest version that a pin selects, lower-case, or None.

    A pin without `-preview` selects released versions only, one with it previews only. Azure writes the suffix as
    `-PREVIEW` in `properties.versions` and as `-preview` in `properties.version` (Azure/azure-policy), so case is
    ignored.
    """
    matching = [version.lower() for version in versions if matches(pin, version)]
    return max(matching, key=_key, default=None)


def matches(pin: str, version: str) -> bool:
    """Whether a pin selects a version; malformed ones select nothing."""
    wanted, given = _PIN.fullmatch(pin.strip()), _VERSION.fullmatch(version.strip())
    if not wanted or not given:
        return False
    numbers = all(
        want == "*" or int(want) == int(have)
        for want, have in zip(wanted.groups()[:3], given.groups()[:3], strict=True)
    )
    return numbers and bool(wanted[4]) == bool(given[4])


def same_pin(left: str | None, right: str | None) -> bool:
    """Whether two pins are the same text but for case and blanks."""
    return (left or "").strip().lower() == (right or "").strip().lower()


def _key(version: str) -> tuple[int, ...]:
    match = _VERSION.fullmatch(version)
    return tuple(int(number) for number in match.groups()[:3]) if match else ()
