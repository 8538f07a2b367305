# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Suspended safeguards: nothing is enforced for a while, everything else stays, and who, when and why is recorded."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from azext_safeguards.domain.errors import InvalidValueError
from azext_safeguards.domain.remedies import remedy

SUSPENDED_KEY = "safeguardsSuspended"
NOT_ENFORCED = "DoNotEnforce"
_MAX_VALUE = 1000


@dataclass(frozen=True)
class Suspension:
    """Who suspended safeguards, when and why."""

    by: str
    at: str
    """UTC, ISO 8601."""
    reason: str = ""

    def __str__(self) -> str:
        # Anybody may have written the record; on a terminal it must stay one line without control characters.
        by, at, reason = (
            " ".join("".join(item if item.isprintable() else " " for item in text).split())
            for text in (self.by, self.at, self.reason)
        )
        why = f": {reason}" if reason else ""
        return f"suspended by {by or 'somebody'} at {at or 'a time that is not recorded'}{why}"

    @property
    def metadata(self) -> dict[str, str]:
        """The suspension as a metadata member of the assignment.

        :raises InvalidValueError: when the reason is longer than metadata can record.
        """
        record = {"by": self.by, "at": self.at, "reason": self.reason}
        text = json.dumps(record, separators=(",", ":"), ensure_ascii=False)
        if len(text) > _MAX_VALUE:
            room = max(0, len(self.reason) - (len(text) - _MAX_VALUE))
            raise InvalidValueError(
                f"The reason is too long to be recorded: it can have {room} characters.",
                [remedy("shorter-reason")],
            )
        return {SUSPENDED_KEY: text}

    def as_output(self) -> dict[str, str]:
        """The suspension as commands print it."""
        return {"by": self.by, "at": self.at, "reason": self.reason}


@dataclass(frozen=True)
class Suspend:
    """Suspends, or gives a suspension another reason."""

    suspension: Suspension


@dataclass(frozen=True)
class Resume:
    """Ends a suspension."""


SuspensionChange = Suspend | Resume


def recorded_suspension(metadata: Mapping[str, Any]) -> Suspension | None:
    """The suspension that an assignment's metadata holds; one that somebody edited is read as far as it can be."""
    text = metadata.get(SUSPENDED_KEY)
    if not text:
        return None
    try:
        record = json.loads(text) if isinstance(text, str) else {}
    except (ValueError, RecursionError):
        record = {}
    if not isinstance(record, dict):
        record = {}
    return Suspension(*(str(record.get(name) or "") for name in ("by", "at", "reason")))
