# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""A clock that tests can move."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone


class Clock:
    """Real time plus what tests have added to it."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def advance(self, seconds: float) -> None:
        """Move the clock forward."""
        self._ahead += timedelta(seconds=seconds)

    def now(self) -> datetime:
        """Return the present time, in UTC."""
        return datetime.now(timezone.utc) + self._ahead

    def stamp(self) -> str:
        """Return the present time as Azure writes it, with seven digits of a second."""
        return self.now().strftime("%Y-%m-%dT%H:%M:%S.%f") + "0Z"
