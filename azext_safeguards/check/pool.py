# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Worker processes, one thread here for each, and results in the order of the jobs."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from queue import SimpleQueue
from typing import Any

from azext_safeguards.check.engine import Engine
from azext_safeguards.check.files import check_file
from azext_safeguards.check.settings import Settings
from azext_safeguards.check.sources.source import Source
from azext_safeguards.check.worker import BOOT, receive, send

# Starting a process costs about as much as checking this many files.
_FEW = 200
_CHUNK = 48
_MUCH = 4 * 1024 * 1024


def worth_it(jobs: Sequence[Source]) -> bool:
    """Whether there is enough to do for several processes."""
    return len(jobs) >= _FEW or sum(job.size for job in jobs) > _MUCH


class Pool:
    """Some processes that check files; they end with the iteration over their results."""

    def __init__(self, settings: Settings, processes: int) -> None:
        self._settings = settings
        self._count = processes
        self._results: SimpleQueue[tuple[int, Any]] = SimpleQueue()
        self._lock = threading.Lock()
        self._stopped = False

    def results(self, jobs: Sequence[Source]) -> Iterator[Any]:
        """The results of the jobs (see `FileResult`), in their order.

        A process that cannot be started, or that dies, is made up for: its files are checked in this process.
        """
        chunks = [jobs[begin : begin + _CHUNK] for begin in range(0, len(jobs), _CHUNK)]
        self._todo = iter(enumerate(chunks))
        workers = [_Worker(self._settings) for _ in range(min(self._count, len(chunks)))]
        for worker in workers:
            threading.Thread(target=self._feed, args=(worker,), daemon=True).start()
        early: dict[int, Any] = {}
        engine: Engine | None = None
        try:
            for number, chunk in enumerate(chunks):
                while number not in early:
                    done, result = self._results.get()
                    early[done] = result
                result = early.pop(number)
                if result is None:
                    engine = engine or Engine(self._settings)
                    result = [check_file(engine, job) for job in chunk]
                yield from result
        finally:
            self._stopped = True
            for worker in workers:
                worker.stop()

    def _feed(self, worker: _Worker) -> None:
        """Gives one worker a chunk after the other; None is the result of a chunk that it did not master."""
        while not self._stopped:
            with self._lock:
                number, chunk = next(self._todo, (-1, ()))
            if number < 0:
                return
            self._results.put((number, worker.ask([tuple(job) for job in chunk])))


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
            self.stop()

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

    def stop(self) -> None:
        """Ends the process; its pipe's end tells it, and a busy one is stopped."""
        if self._process is not None:
            for stream in (self._process.stdin, self._process.stdout):
                try:
                    assert stream
                    stream.close()
                except OSError:
                    pass
            self._process.terminate()
            self._process.wait()
            self._process = None
