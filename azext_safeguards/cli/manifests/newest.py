# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""When the manifests of a page were changed last."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any


class Newest:
    """Sources as they come, and when the newest of their files was changed.

    The time of the run would make another page of the same manifests.
    """

    def __init__(self, sources: Iterable[Any]) -> None:
        self._sources = sources
        self._seconds = 0

    def __iter__(self) -> Iterator[Any]:
        for source in self._sources:
            path = getattr(source, "path", "")
            if path:
                with suppress(OSError, ValueError):
                    self._seconds = max(self._seconds, int(os.stat(path).st_mtime))
            yield source

    @property
    def stamp(self) -> str:
        """The time in ISO 8601; "" where nothing was read that has one: standard input, what a chart made."""
        from datetime import datetime, timezone

        if not self._seconds:
            return ""
        return datetime.fromtimestamp(self._seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
