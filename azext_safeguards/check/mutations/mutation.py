# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What a mutation of the checker is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from azext_safeguards.check.policies.policy import Object, Path
from azext_safeguards.domain.initiative.records.record import Record


@dataclass(frozen=True)
class Change:
    """A field that a mutation sets; `value` None means that it removes it."""

    path: Path
    value: Any


@dataclass(frozen=True)
class Mutation(Record):
    """A member of the initiative that changes objects on their way in: its record, and what it changes."""

    changes: Callable[[Object], Iterable[Change]] = field(kw_only=True)
    """The changes for one object; none when there is nothing to change."""
