# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Other processes: the chunks that each was given, and their answers as they come.

Imports next to nothing, so that they can start before all else.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections import deque
from contextlib import suppress
from queue import SimpleQueue
from typing import IO, TYPE_CHECKING, Any

from azext_safeguards.check.workers.process import BOOT, packed, receive

if TYPE_CHECKING:
    from azext_safeguards.check.settings import Settings
    from azext_safeguards.check.workers.chunks import Chunk

# Each holds the rules and one document; beyond these the disk and the process of az are the limit.
_MOST_PROCESSES = 4

Answers = SimpleQueue[tuple["Worker", Any]]
"""What workers say, each with what was said: the packed results of a chunk, or None when no more comes."""


def processes() -> int:
    """How many processes may work at once, that of az among them."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(usable, _MOST_PROCESSES)


class Workers:
    """Some other processes, which start at once."""

    def __init__(self, count: int) -> None:
        self.answers: Answers = SimpleQueue()
        self.all = [Worker(self.answers) for _ in range(count)]

    def __deepcopy__(self, memo: dict[int, Any]) -> Workers:
        # az copies what it keeps before each command, and there is one of each process.
        return self

    def close(self) -> None:
        """Ends the processes; once more does no harm."""
        for worker in self.all:
            worker.end()
        for worker in self.all:
            worker.close()


class Worker:
    """One process, which loads the parser and the rules before it is told anything.

    Two threads only wait for its pipes, so that whoever gives it chunks never waits for it: a pipe may be full.
    """

    def __init__(self, answers: Answers) -> None:
        self.given: deque[Chunk] = deque()
        """The chunks that are not answered yet, in the order in which they will be."""
        self.is_lost = True
        """Whether it can be given nothing (any more)."""
        self._process: subprocess.Popen[bytes] | None = None
        self._messages: SimpleQueue[bytes | None] = SimpleQueue()
        self._answers = answers
        self._threads: list[threading.Thread] = []
        # What keeps a process from starting is not told: its work is done by the others.
        with suppress(OSError, ValueError):
            self._start()

    def _start(self) -> None:
        # -I and -S: nothing of the user's environment is loaded, and the module path is ours.
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", BOOT],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            # What goes wrong there is done again here, where it can be seen.
            stderr=subprocess.DEVNULL,
        )
        assert self._process.stdin
        assert self._process.stdout
        self._say([entry for entry in sys.path if entry])
        self._thread(self._write, self._process.stdin)
        self._thread(self._read, self._process.stdout)
        self.is_lost = False

    def _thread(self, work: Any, stream: IO[bytes]) -> None:
        thread = threading.Thread(target=work, args=(stream,), daemon=True)
        thread.start()
        self._threads.append(thread)

    def tell(self, settings: Settings) -> None:
        """What the files are to be checked against, before the first of them."""
        self._say(settings.as_plain())

    def give(self, chunk: Chunk) -> None:
        """One more chunk to check."""
        self.given.append(chunk)
        self._say([tuple(source) for _, source in chunk])

    def _say(self, message: Any) -> None:
        self._messages.put(packed(message))

    def _write(self, stream: IO[bytes]) -> None:
        """Writes what is to be said until the process is to end, or takes no more."""
        with suppress(OSError, ValueError):
            while (message := self._messages.get()) is not None:
                stream.write(message)
                stream.flush()

    def _read(self, stream: IO[bytes]) -> None:
        """Reads what the process says until it says no more, or what is no answer."""
        found: Any = ()
        while found is not None:
            try:
                found = receive(stream)
            except Exception:  # whatever a process has said that is not ours, or not well: it is lost
                found = None
            self._answers.put((self, found))

    def end(self) -> None:
        """Ends the process, also in the middle of its work; once more does no harm."""
        self.is_lost = True
        self._messages.put(None)
        if self._process is not None:
            self._process.terminate()
            self._process.wait()

    def close(self) -> None:
        """Closes the pipes of a process that has ended."""
        # A thread may be waiting for a pipe, which can't be closed while it does.
        for thread in self._threads:
            thread.join()
        for stream in (self._process.stdin, self._process.stdout) if self._process else ():
            with suppress(OSError):
                assert stream
                stream.close()
