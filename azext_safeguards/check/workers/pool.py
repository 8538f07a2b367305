# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Worker processes, one thread here for each, and results in the order of the jobs."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from queue import SimpleQueue
from typing import Any

from azext_safeguards.check.judging.engine import Engine
from azext_safeguards.check.judging.files import check_file
from azext_safeguards.check.settings import Settings
from azext_safeguards.check.sources.source import Source
from azext_safeguards.check.workers.process import BOOT, receive, send

# Starting a process costs about as much as checking this many files, or this many bytes.
FEW = 200
LITTLE = 192 * 1024
# A chunk has so many files or bytes: enough to make the way there and back cheap, and few enough that all processes end
# at about the same time.
_CHUNK = 48
_CHUNK_BYTES = 64 * 1024


class Pool:
    """Some processes that check files; they end with the iteration over their results."""

    def __init__(self, settings: Settings, processes: int) -> None:
        self._settings = settings
        self._count = processes
        self._done: SimpleQueue[tuple[int, Sequence[Source], Any]] = SimpleQueue()
        self._lock = threading.Lock()
        self._stopped = False

    def results(self, sources: Iterator[Source]) -> Iterator[tuple[Source, Any]]:
        """The sources with their results (see `FileResult`), in order.

        A process that cannot be started, or that dies, is made up for: its files are checked in this process. What
        finding a source raises is raised here.
        """
        chunks = enumerate(_chunks(sources))
        workers = [_Worker(self._settings) for _ in range(self._count)]
        threads = [threading.Thread(target=self._feed, args=(worker, chunks), daemon=True) for worker in workers]
        for thread in threads:
            thread.start()
        try:
            yield from self._in_order()
        finally:
            self._stopped = True
            # A thread may be waiting for its process, and its pipe can't be closed while it does.
            for worker in workers:
                worker.end()
            for thread in threads:
                thread.join()
            for worker in workers:
                worker.close()

    def _in_order(self) -> Iterator[tuple[Source, Any]]:
        early: dict[int, tuple[Sequence[Source], Any]] = {}
        engine: Engine | None = None
        feeding, number = self._count, 0
        while feeding or early:
            if number not in early:
                done, chunk, result = self._done.get()
                if done == _ENDED:
                    feeding -= 1
                    if isinstance(result, BaseException):
                        raise result
                else:
                    early[done] = (chunk, result)
                continue
            chunk, results = early.pop(number)
            number += 1
            if results is None:
                engine = engine or Engine(self._settings)
                results = [check_file(engine, source) for source in chunk]
            yield from zip(chunk, results, strict=True)

    def _feed(self, worker: _Worker, chunks: Iterator[tuple[int, list[Source]]]) -> None:
        """Gives one worker a chunk after the other; None is the result of a chunk that it did not master."""
        problem: BaseException | None = None
        try:
            while not self._stopped:
                with self._lock:
                    number, chunk = next(chunks, (_ENDED, []))
                if number == _ENDED:
                    break
                self._done.put((number, chunk, worker.ask([tuple(source) for source in chunk])))
        except BaseException as error:  # belongs to whoever waits for the results
            problem = error
        self._done.put((_ENDED, (), problem))


_ENDED = -1


def _chunks(sources: Iterable[Source]) -> Iterator[list[Source]]:
    """The sources in chunks."""
    chunk: list[Source] = []
    size = 0
    for source in sources:
        chunk.append(source)
        size += source.size
        if len(chunk) == _CHUNK or size >= _CHUNK_BYTES:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


class _Worker:
    """One process."""

    def __init__(self, settings: Settings) -> None:
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
            send(self._process.stdin, settings.as_plain())
        except (OSError, ValueError):
            self.end()
            self.close()
            self._process = None

    def ask(self, chunk: list[tuple[Any, ...]]) -> Any:
        """The results of a chunk, or None when the process is not there or no more."""
        if self._process is None:
            return None
        assert self._process.stdin
        assert self._process.stdout
        try:
            send(self._process.stdin, chunk)
            return receive(self._process.stdout)
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
