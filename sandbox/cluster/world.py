# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What an API server is told by the rest of the sandbox. Ask it before the store is locked, never while it is."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from sandbox.cluster.add_on.acting import Acting


class World(Protocol):
    """The outside of one cluster."""

    def acting(self) -> tuple[Acting, ...]:
        """Return what is assigned and at work on the cluster now."""

    def has_add_on(self) -> bool:
        """Tell whether the policy add-on is enabled."""

    def now(self) -> datetime:
        """Return the present time."""

    def version(self) -> str:
        """Return the version of Kubernetes."""

    def before_write(self) -> None:
        """Note that an object is about to change: compliance is told by what was there when it was evaluated."""
