# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Findings that an object itself says are known: an annotation with a reason.

Nothing on a cluster reads the annotation; it only silences the check.
"""

from __future__ import annotations

from typing import Any

PREFIX = "ignore-safeguards.aks/"


def ignored_policies(annotations: Any) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The policies that annotations name, and what is wrong with such annotations.

    :param annotations: `metadata.annotations` of an object, whatever it holds;
        `ignore-safeguards.aks/probes: "batch job, ends within seconds"` names one policy.
    :returns: short names, and notes for those without a reason, which are not obeyed.
    """
    if not isinstance(annotations, dict):
        return (), ()
    names, notes = [], []
    for key, reason in annotations.items():
        if key.startswith(PREFIX):
            if isinstance(reason, str) and reason.strip():
                names.append(key[len(PREFIX) :])
            else:
                notes.append(f"The annotation {key} has no reason and is not obeyed.")
    return tuple(names), tuple(notes)


def reason_of(annotations: Any, short: str) -> str:
    """Why the object says that findings of a policy are known; one of those that `ignored_policies` names."""
    return str(annotations[PREFIX + short]).strip()
