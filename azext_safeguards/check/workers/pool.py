# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Worker processes, one thread here for each, and results in the order of the jobs."""

from __future__ import annotations

import marshal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

from azext_safeguards.check.sources.source import Source
from azext_safeguards.check.workers.chunks import Chunk, Chunks
from azext_safeguards.check.workers.process import BOOT, packed, receive, send

if TYPE_CHECKING:
    from azext_safeguards.check.judging.alike import Alike
    from azext_safeguards.check.settings import Settings

# Starting a process costs about as much as checking this many files, or this many bytes.
FEW = 200
LITTLE = 192 * 1024
# So many chunks has a process at a time: it begins the next while this one looks at what it has answered.
_AHEAD = 2
# What every system's pipes hold, if nobody reads.
_PIPE_HOLDS = 4096 if sys.platform == "win32" else 16 * 1024
_SWITCH_SECONDS = 0.0005


class Pool:
    """Some processes that check files, this one among them; the others start at once, and end with the results."""

    def __init__(self, processes: int) -> None:
        self._workers = [_Worker() for _ in range(processes - 1)]
        self._threads: list[threading.Thread] = []
        self._done: SimpleQueue[tuple[Chunk, Any]] = SimpleQueue()
        self._stopped = False

    def results(self, settings: Settings, sources: Iterator[Source]) -> Iterator[tuple[Source, Any]]:
        """The sources with their results (see `FileResult`), in order; the other processes begin at once.

        A process that cannot be started, or that dies, is made up for: its files are checked in this process. What
        finding a source raises is raised here.
        """
        chunks = Chunks(sources, 1 + len(self._workers))
        for number, worker in enumerate(self._workers):
            worker.tell(settings)
            thread = threading.Thread(target=self._feed, args=(worker, chunks, 1 + number), daemon=True)
            self._threads.append(thread)
            thread.start()
        return self._until_all(settings, chunks)

    def _until_all(self, settings: Settings, chunks: Chunks) -> Iterator[tuple[Source, Any]]:
        before = sys.getswitchinterval()
        # A thread whose process waits for the next chunk should not wait long for this one.
        sys.setswitchinterval(_SWITCH_SECONDS)
        try:
            yield from self._in_order(settings, chunks)
        finally:
            sys.setswitchinterval(before)
            self.close()

    def close(self) -> None:
        """Ends the processes; once more does no harm."""
        self._stopped = True
        for worker in self._workers:
            worker.end()
        # A thread may be waiting for its process, and its pipe can't be closed while it does.
        for thread in self._threads:
            thread.join()
        for worker in self._workers:
            worker.close()

    def _in_order(self, settings: Settings, chunks: Chunks) -> Iterator[tuple[Source, Any]]:
        # Not before: the processes start while this is loaded.
        from azext_safeguards.check.judging.alike import Alike
        from azext_safeguards.check.judging.engine import Engine

        alike = Alike(Engine(settings), settings)
        early: dict[int, tuple[Source, Any]] = {}
        feeding, number, is_all_taken = len(self._workers), 0, False
        while feeding or early or not is_all_taken:
            while number in early:
                yield early.pop(number)
                number += 1
            try:
                # While the others are at work, so is this process.
                chunk, results = self._done.get(block=is_all_taken and feeding > 0)
            except Empty:
                chunk = chunks.take(0)
                is_all_taken = not chunk
                results = _judged(alike, chunk)
            else:
                if isinstance(results, BaseException):
                    raise results
                if not chunk:
                    feeding -= 1
                elif results is None:
                    results = _judged(alike, chunk)
            for (at, source), result in zip(chunk, results or (), strict=True):
                early[at] = source, result

    def _feed(self, worker: _Worker, chunks: Chunks, process: int) -> None:
        """Gives one worker chunks, the next before it has answered the last, so that it never waits for this process.

        None is the result of a chunk that it did not master; a chunk of nothing comes at the end, with what was raised.
        """
        problem: BaseException | None = None
        given: deque[Chunk] = deque()
        is_more = True
        try:
            while given or is_more:
                if self._stopped:
                    is_more = False
                if is_more and len(given) < _AHEAD:
                    chunk = chunks.take(process)
                    if not chunk:
                        is_more = False
                        continue
                    message = packed([tuple(source) for _, source in chunk])
                    # One that a pipe does not hold would wait for the worker, while the worker may wait for its own.
                    while given and len(message) > _PIPE_HOLDS:
                        self._done.put((given.popleft(), worker.answer()))
                    worker.give(message)
                    given.append(chunk)
                elif given:
                    self._done.put((given.popleft(), worker.answer()))
        except BaseException as error:  # belongs to whoever waits for the results
            problem = error
        self._done.put(([], problem))


def _judged(alike: Alike, chunk: Chunk) -> list[Any]:
    """The results of a chunk that is checked in this process."""
    return [_unpacked(alike.check(source)) for _, source in chunk]


def _unpacked(packed: bytes) -> Any:
    """A result that we or our own process have packed."""
    return _known(packed) if len(packed) < _SHORT else marshal.loads(packed)  # noqa: S302


@lru_cache(maxsize=256)
def _known(packed: bytes) -> Any:
    """A result as short as those of files of which nothing is said, which are all the same. Nobody changes it."""
    return marshal.loads(packed)  # noqa: S302


_SHORT = 128


class _Worker:
    """One process, which loads the parser and the rules before it is told anything."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        try:
            # -I and -S: nothing of the user's environment is loaded, and the module path is ours.
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", "-c", BOOT],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                # What goes wrong there is done again here, where it can be seen.
                stderr=subprocess.DEVNULL,
            )
            assert self._process.stdin
            send(self._process.stdin, [entry for entry in sys.path if entry])
        except (OSError, ValueError):
            self._give_up()

    def tell(self, settings: Settings) -> None:
        """What the files are to be checked against, before the first of them."""
        if self._process is None:
            return
        assert self._process.stdin
        try:
            send(self._process.stdin, settings.as_plain())
        except (OSError, ValueError):
            self._give_up()

    def _give_up(self) -> None:
        self.end()
        self.close()
        self._process = None

    def give(self, message: bytes) -> None:
        """A packed chunk to check."""
        if self._process is None:
            return
        assert self._process.stdin
        # Where that fails there will be no answer.
        with suppress(OSError, ValueError):
            self._process.stdin.write(message)
            self._process.stdin.flush()

    def answer(self) -> Any:
        """The results of the first chunk that is not answered yet, or None when the process is not there or no more."""
        if self._process is None:
            return None
        assert self._process.stdout
        try:
            found = receive(self._process.stdout)
            return None if found is None else [_unpacked(one) for one in found]
        except (OSError, ValueError, EOFError, TypeError):
            return None

    def end(self) -> None:
        """Ends the process, also in the middle of its work."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait()

    def close(self) -> None:
        """Closes the pipes; the process must have ended and nobody be waiting for it."""
        for stream in (self._process.stdin, self._process.stdout) if self._process else ():
            with suppress(OSError):
                assert stream
                stream.close()
