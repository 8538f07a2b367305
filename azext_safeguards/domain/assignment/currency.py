# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Whether what Azure Policy says is about an assignment as it is: was it scanned since the last change?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from azext_safeguards.domain.moments import parse_time


@dataclass(frozen=True)
class Currency:
    """How the last scan stands to the last change."""

    last_change: str = ""
    """ISO 8601; empty where that is not known."""
    is_outdated: bool | None = None
    """Whether the scan was before the change; None where there was no scan, or where one of the two has no time."""


def last_write(body: Mapping[str, Any]) -> str:
    """When an assignment was last written, ISO 8601; empty where it does not say.

    `systemData` is the service's own; bodies from lists and from Resource Graph may lack it and have `metadata`, whose
    four members about that the service sets, too (recorded: Azure/azure-powershell, Policy.Autorest).
    """
    found = (
        text_at(body, "systemData", "lastModifiedAt"),
        text_at(body, "properties", "metadata", "updatedOn"),
        text_at(body, "properties", "metadata", "createdOn"),
    )
    return next((text for text in found if parse_time(text)), "")


def currency_of(last_scan: str, changes: Iterable[str]) -> Currency:
    """How a scan stands to the latest of some changes.

    A scan at the very moment of a change counts as after it: the first evaluation of an assignment may bear the time
    of its creation. Nothing is allowed for clocks of Azure that differ: both are the service's, a scan takes minutes,
    and any margin would call some scan old that is not, or current that is not.

    :param last_scan: ISO 8601; empty where there was none.
    """
    known = [(moment, text) for text in changes if (moment := parse_time(text))]
    if not known:
        return Currency()
    moment, text = max(known)
    scanned = parse_time(last_scan)
    return Currency(text, scanned < moment if scanned else None)


def text_at(value: Any, *way: str) -> str:
    """The text at a place of any JSON whatever; empty where there is none."""
    for name in way:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value if isinstance(value, str) else ""
