# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Versions of built-in definitions, and the pins with wildcards that assignments hold.

``properties.versions`` writes -PREVIEW and ``properties.version`` -preview (Azure/azure-policy
AKS_Safeguards.json), so versions are compared without regard to case.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_VERSION = re.compile(r"(\d+)\.(\d+)\.(\d+)(-\w+)?$")
#: The patch is always a wildcard, and so is it when the minor is one (all recorded pins are `M.m.*` or `M.*.*`).
_PIN = re.compile(r"(\d+)\.(?:\*\.\*|(\d+)\.\*)(-preview)?$", re.I)


def sort_key(version: str) -> tuple[int, int, int, bool]:
    """Return a key that puts older versions first, a preview before its release. Raises ValueError."""
    match = _VERSION.match(version)
    if match is None:
        raise ValueError(f"not a version: {version!r}")
    return int(match[1]), int(match[2]), int(match[3]), match[4] is None


def newest_first(versions: Iterable[str]) -> list[str]:
    """Return the versions, newest first, as the service lists them (recorded)."""
    return sorted(versions, key=sort_key, reverse=True)


def is_pin(text: str) -> bool:
    """Tell whether a text is a well-formed pin."""
    return _PIN.match(text) is not None


def resolve(pin: str, versions: Iterable[str]) -> str | None:
    """Return the newest version that a pin matches, or None.

    A pin without -preview matches no preview and one with it matches nothing else: not recorded, plain.
    """
    match = _PIN.match(pin)
    if match is None:
        return None
    for version in newest_first(versions):
        major, minor, _, released = sort_key(version)
        if (major, released) == (int(match[1]), match[3] is None) and match[2] in (None, str(minor)):
            return version
    return None


def default_pin(versions: Iterable[str]) -> str:
    """Return what the service fills in when no version was given: the major of the latest (recorded 1.*.*)."""
    latest = newest_first(versions)[0]
    major, _, _, released = sort_key(latest)
    return f"{major}.*.*" if released else f"{major}.*.*-preview"
