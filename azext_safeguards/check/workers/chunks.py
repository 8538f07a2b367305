# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The sources in chunks, for whichever process asks first."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from azext_safeguards.check.sources.source import Source

# A chunk has so many files or bytes: enough to make the way there and back cheap, and few enough that all processes end
# at about the same time.
CHUNK = 32
CHUNK_BYTES = 48 * 1024
# A file waits for others of its process until so many more have been found: results are told in order.
_MOST_BEHIND = 16 * CHUNK
# Spreads sizes over processes, where they differ by the same number again and again, too.
_SPREAD = 13

Chunk = list[tuple[int, Source]]
"""Sources, each with its place among all of them."""


class Chunks:
    """All sources, for several processes.

    Files that are alike but for their names are mostly as large as each other: those of a size go to one process, which
    then knows the others, as long as it keeps up.
    """

    def __init__(self, sources: Iterable[Source], processes: int) -> None:
        self._found = enumerate(sources)
        self._waiting = [_Waiting() for _ in range(processes)]

    def take(self, process: int) -> Chunk:
        """The next chunk for a process; nothing where there is none. Raises what finding a source raises."""
        own = self._waiting[process]
        while not own.is_enough:
            number, source = next(self._found, _NO_MORE)
            if source is None:
                return own.take() or max(self._waiting, key=len).take()
            self._waiting[source.size % _SPREAD % len(self._waiting)].add(number, source)
            for one in self._waiting:
                if number - one.first > _MOST_BEHIND:
                    return one.take()
        return own.take()


_NO_MORE = (0, None)
_NEVER = 1 << 62


class _Waiting:
    """Sources that wait for a process."""

    __slots__ = ("_bytes", "_sources", "first")

    def __init__(self) -> None:
        self._sources: deque[tuple[int, Source]] = deque()
        self._bytes = 0
        self.first = _NEVER
        """The place of the first of them."""

    def __len__(self) -> int:
        return len(self._sources)

    @property
    def is_enough(self) -> bool:
        """Whether there is a chunk of them."""
        return len(self._sources) >= CHUNK or self._bytes >= CHUNK_BYTES

    def add(self, number: int, source: Source) -> None:
        """Takes one more."""
        if not self._sources:
            self.first = number
        self._sources.append((number, source))
        self._bytes += source.size

    def take(self) -> Chunk:
        """A chunk of them, or what there is."""
        chunk: Chunk = []
        size = 0
        while self._sources and len(chunk) < CHUNK and size < CHUNK_BYTES:
            chunk.append(self._sources.popleft())
            size += chunk[-1][1].size
        self._bytes -= size
        self.first = self._sources[0][0] if self._sources else _NEVER
        return chunk
