# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""When there is nothing to suspend or to resume."""

from __future__ import annotations

from azext_safeguards.domain.assignment.reading import Assignment
from azext_safeguards.domain.level import Level
from azext_safeguards.domain.remedies import Caution, remedy
from azext_safeguards.domain.suspension import Suspend


def nothing_to_suspend(assignment: Assignment, change: Suspend) -> str:
    """Why suspending an assignment would change nothing, a sentence; empty where it would.

    Who suspended first stays recorded until somebody gives a reason anew.
    """
    if not assignment.is_enforced and assignment.intent.level is Level.OFF:
        return "Safeguards are Off, so nothing acts that could be suspended; nothing was changed."
    if assignment.suspension is not None and not change.suspension.reason:
        return f"Safeguards are already {assignment.suspension}; nothing was changed."
    return ""


def nothing_to_resume(assignment: Assignment) -> str:
    """Why resuming an assignment would change nothing, a sentence; empty where it would."""
    if assignment.is_enforced:
        return "Safeguards are not suspended; nothing was changed."
    if assignment.intent.level is Level.OFF:
        return Caution(
            "Safeguards are Off, not suspended; nothing was changed.",
            "To turn them on",
            remedy("set-level", level="Warning"),
        )
    return ""
