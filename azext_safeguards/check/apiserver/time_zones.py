# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The names of time zones, from time_zones.json, which scripts/time_zones.py writes; see there where they are from.

A machine may have older zones or none, and what this one has says nothing of the API server's.
"""

from __future__ import annotations

import json
import os
from functools import lru_cache

# Systems have the zones in these folders, too, and some files that are zones under names of their own. An API server
# takes them where its image has such files; which AKS's has is not known.
_FOLDERS = ("posix/", "right/")
_OF_SYSTEMS = frozenset(("Factory", "localtime", "posixrules"))


def is_zone(name: str) -> bool:
    """Whether there is a time zone of this name, for Go's time.LoadLocation; case counts."""
    if name.startswith(_FOLDERS):
        name = name.partition("/")[2]
    return name in zones() or name in _OF_SYSTEMS


def closest(name: str) -> str:
    """The time zone that a wrong name most likely means; "" where none is like it."""
    from difflib import get_close_matches

    by_lower = {zone.lower(): zone for zone in zones()}
    # So long a name is none that was misspelled, and comparing it would take long.
    close = get_close_matches(name.lower(), by_lower, n=1, cutoff=0.8) if len(name) < 64 else []
    return by_lower[close[0]] if close else ""


@lru_cache(maxsize=1)
def zones() -> frozenset[str]:
    """All names of IANA's time zones, the older ones, too."""
    folders = _table()["zones"]
    return frozenset(
        f"{folder}/{name}" if folder else name for folder, names in folders.items() for name in names.split()
    )


def source() -> str:
    """Where the names are from."""
    return str(_table()["source"])


@lru_cache(maxsize=1)
def _table() -> dict[str, dict[str, str]]:
    with open(os.path.join(os.path.dirname(__file__), "time_zones.json"), "rb") as file:
        table: dict[str, dict[str, str]] = json.loads(file.read())
    return table
