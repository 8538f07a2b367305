# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Several processes, this one among them, and results in the order of the sources."""

from __future__ import annotations

import marshal
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from azext_safeguards.check.sources.source import Source
from azext_safeguards.check.workers.chunks import Chunk, Chunks
from azext_safeguards.check.workers.worker import Workers

if TYPE_CHECKING:
    from azext_safeguards.check.judging.alike import Alike
    from azext_safeguards.check.settings import Settings

# So many chunks has a process at a time: enough to do until this one, between its own files, looks for its answer.
_AHEAD = 4
# After so many files of its own this process looks for answers.
_STEP = 8


class Pool:
    """Some processes that check files, this one among them; the others end with the results.

    This process alone finds files and puts results in order, between files of its own. Threads that did so would take
    turns with its own work for the interpreter's lock, and processes wait for them.
    """

    def __init__(self, workers: Workers) -> None:
        self.close = workers.close
        """Ends the other processes; once more does no harm."""
        self._answers = workers.answers
        self._workers = workers.all

    def results(self, settings: Settings, sources: Iterator[Source]) -> Iterator[tuple[Source, Any]]:
        """The sources with their results (see `FileResult`), in order; the other processes begin at once.

        A process that cannot be started, or that dies, is made up for: its files are checked in this process. What
        finding a source raises is raised here, or by the iterator.
        """
        chunks = Chunks(sources, 1 + len(self._workers))
        try:
            for worker in self._workers:
                worker.tell(settings)
            self._feed(chunks)
        except BaseException:
            self.close()
            raise
        return self._until_all(settings, chunks)

    def _until_all(self, settings: Settings, chunks: Chunks) -> Iterator[tuple[Source, Any]]:
        try:
            yield from self._in_order(settings, chunks)
        finally:
            self.close()

    def _in_order(self, settings: Settings, chunks: Chunks) -> Iterator[tuple[Source, Any]]:
        # Not before: the processes start while this is loaded.
        from azext_safeguards.check.judging.alike import Alike
        from azext_safeguards.check.judging.engine import Engine

        alike = Alike(Engine(settings), settings)
        early: dict[int, tuple[Source, Any]] = {}
        number, own = 0, chunks.take(0)
        while True:
            for at, source in own[:_STEP]:
                early[at] = source, _unpacked(alike.check(source))
            own = own[_STEP:] or chunks.take(0) or self._taken_back()
            # Where this process has nothing to do, it waits for the others.
            while not self._answers.empty() or (not own and self._is_waiting):
                for (at, source), result in self._answered(alike):
                    early[at] = source, result
                self._feed(chunks)
            while number in early:
                yield early.pop(number)
                number += 1
            if not own and not early:
                return

    @property
    def _is_waiting(self) -> bool:
        """Whether an answer is still to come."""
        return any(worker.given for worker in self._workers)

    def _feed(self, chunks: Chunks) -> None:
        """Gives each worker the next chunks before it has answered the last, so that it need not wait."""
        for process, worker in enumerate(self._workers, 1):
            while not worker.is_lost and len(worker.given) < _AHEAD and (chunk := chunks.take(process)):
                worker.give(chunk)

    def _taken_back(self) -> Chunk:
        """A chunk that a worker has most likely not begun: all end at about the same time.

        Its answer, should there be one, comes when the worker is given nothing any more.
        """
        most = max(self._workers, key=lambda worker: len(worker.given), default=None)
        return most.given.pop() if most and len(most.given) > 1 else []

    def _answered(self, alike: Alike) -> Iterator[tuple[tuple[int, Source], Any]]:
        """What one worker has answered, waited for; what a lost one had been given is checked here."""
        worker, found = self._answers.get()
        if not worker.given:
            # It has gone when it had nothing to do, or what it was given has been taken back.
            worker.is_lost = worker.is_lost or found is None
            return iter(())
        chunk = worker.given.popleft()
        if not worker.is_lost:
            try:
                return iter(list(zip(chunk, map(_unpacked, found), strict=True)))
            except (ValueError, EOFError, TypeError):
                worker.is_lost = True
        rest = [*chunk, *(one for chunk in worker.given for one in chunk)]
        worker.given.clear()
        return ((one, _unpacked(alike.check(one[1]))) for one in rest)


def _unpacked(packed: bytes) -> Any:
    """A result that we or our own process have packed."""
    return _known(packed) if len(packed) < _SHORT else marshal.loads(packed)  # noqa: S302


@lru_cache(maxsize=256)
def _known(packed: bytes) -> Any:
    """A result as short as those of files of which nothing is said, which are all the same. Nobody changes it."""
    return marshal.loads(packed)  # noqa: S302


_SHORT = 128
