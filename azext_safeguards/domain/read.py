# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What came of a read: facts that a rule looks at may be unknown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Read(Generic[T]):
    """The outcome of a read: a value, "there is none", or a failure that leaves the fact unknown."""

    value: T | None = None
    status: int = 200
    """The HTTP status; 404 with no value means that it does not exist."""
    error: str = ""
    """What the service said when the read failed, else nothing."""
    raised: Exception | None = None
    """The failure itself, for whoever has to raise it."""

    @property
    def failed(self) -> bool:
        """Whether the fact is unknown; that something does not exist is known."""
        return self.raised is not None and self.status != 404
