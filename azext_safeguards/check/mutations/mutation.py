# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What a mutation of the checker is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from azext_safeguards.check.policies.policy import Object, Path


@dataclass(frozen=True)
class Change:
    """A field that a mutation sets; `value` None means that it removes it."""

    path: Path
    value: Any


@dataclass(frozen=True)
class Mutation:
    """A member of the initiative that changes objects on their way in."""

    short: str
    reference_id: str
    title: str
    why: str
    docs: str
    kinds: frozenset[tuple[str, str]]
    """(API group, kind) that it changes; `POD` also stands for the Pods that workloads imply."""

    changes: Callable[[Object], Iterable[Change]]
    """The changes for one object; none when there is nothing to change."""

    seen_by: frozenset[str] = frozenset()
    """Short names of the policies that read a field which this sets."""
