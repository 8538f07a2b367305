# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Runs helm, kubectl and kustomize: without a shell, for a limited time, with a limited output."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Sequence
from typing import IO

SECONDS = 60
MOST_BYTES = 64 * 1024 * 1024
_MOST_ERROR_BYTES = 1024 * 1024


class ToolFailed(Exception):
    """The tool did not deliver; the text says why, in one line."""


def find_tool(name: str) -> str | None:
    """The program's path, from the absolute folders of PATH; None when there is none.

    Never from the working directory, where Windows looks first: the manifests to check come from other people, and so
    might a program beside them. On Windows no batch files either, whose arguments a shell reads.
    """
    file = f"{name}.exe" if os.name == "nt" else name
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        found = shutil.which(os.path.join(folder, file)) if os.path.isabs(folder) else None
        if found:
            return found
    return None


def run(command: Sequence[str], folder: str) -> bytes:
    """What a program prints when it runs in `folder`.

    Raises `ToolFailed` when it cannot be started, exits with an error, takes longer than `SECONDS` or prints more than
    `MOST_BYTES`.
    """
    try:
        process = subprocess.Popen(
            command,
            cwd=folder,
            # A remote base of a kustomization makes git ask for a password.
            env={**os.environ, "GIT_TERMINAL_PROMPT": "0"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            # A group of its own, so that what the program has started ends with it.
            start_new_session=os.name != "nt",
        )
    except OSError as error:
        raise ToolFailed(f"it does not start: {error.strerror or error}") from None
    output = _Output(process, process.stdout, MOST_BYTES, ends_process=True)
    errors = _Output(process, process.stderr, _MOST_ERROR_BYTES, ends_process=False)
    deadline = time.monotonic() + SECONDS
    try:
        process.wait(SECONDS)
        for stream in (output, errors):
            stream.join(max(0.0, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        raise ToolFailed(f"it took longer than {SECONDS} seconds") from None
    finally:
        # The program may be gone and what it has started may still write.
        if process.poll() is None or output.is_alive() or errors.is_alive():
            _end(process)
    if output.is_alive() or errors.is_alive():
        raise ToolFailed(f"it did not end its output within {SECONDS} seconds")
    if output.is_cut:
        raise ToolFailed(f"it printed more than {MOST_BYTES // 1024 // 1024} MiB")
    if process.returncode:
        # Hardly any run needs it.
        from azext_safeguards.check.sources.reasons import reason

        raise ToolFailed(reason(bytes(output.content), bytes(errors.content), process.returncode))
    return bytes(output.content)


class _Output(threading.Thread):
    """Reads one stream of a process up to a limit."""

    def __init__(self, process: subprocess.Popen[bytes], stream: IO[bytes] | None, most: int, ends_process: bool):
        super().__init__(daemon=True)
        self.content = bytearray()
        self.is_cut = False
        self._process = process
        self._stream = stream
        self._most = most
        self._ends_process = ends_process
        self.start()

    def run(self) -> None:
        """Keeps what fits. What is beyond is either the end of the process or read and dropped."""
        if self._stream is None:
            return
        with self._stream as stream:
            while chunk := stream.read(64 * 1024):
                self.content += chunk[: self._most - len(self.content)]
                if len(self.content) >= self._most and not self.is_cut:
                    self.is_cut = True
                    if self._ends_process and self._process.poll() is None:
                        _end(self._process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ends a process and what it has started."""
    if os.name == "nt":
        process.kill()
    else:
        # Without permission there are only processes left that have ended.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()
