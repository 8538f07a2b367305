# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Reads streams that may have no end, stop and go, or give less than they were asked for."""

from __future__ import annotations

import errno
import os
import stat
import time
from typing import BinaryIO, Protocol

# A stream without a number of its own, which cannot be waited for, is asked again after so long.
_PAUSE_SECONDS = 0.05
_BLOCK = 1024 * 1024
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)


class _Readable(Protocol):
    """What can be read of a stream."""

    def read(self, size: int, /) -> bytes | None:
        """Up to `size` bytes; nothing at the end, None when there is nothing yet."""
        ...


class TooLong(Exception):
    """There is more than may be read; the argument is how many bytes are."""


def read_up_to(stream: _Readable, most: int, *, waits: bool = True) -> bytes:
    """The next `most` bytes of a stream, or all that are left, however little it gives at a time.

    :param waits: whether to wait for a stream that has nothing for now, as long as that takes: whoever writes it may be
        at work. A file has to be there.
    :raises OSError: when it cannot be read.
    """
    pieces: list[bytes] = []
    left = most
    while left:
        piece = stream.read(min(left, _BLOCK))
        if piece is None:
            if not waits:
                raise OSError(errno.EAGAIN, "it gives nothing")
            _wait(stream)
            continue
        if not piece:
            break
        pieces.append(piece)
        left -= len(piece)
    return b"".join(pieces)


def read_whole(stream: _Readable, most: int) -> bytes:
    """All of a stream. Raises `TooLong` when it is longer than `most` bytes, and OSError when it cannot be read."""
    content = read_up_to(stream, most + 1)
    if len(content) > most:
        raise TooLong(most)
    return content


def read_named(path: str, most: int) -> bytes:
    """All of a file, or of a pipe that a shell has made for a command (`<(git show main:FILE)`).

    Raises OSError when it cannot be read, also for a device, and for a pipe to which nobody writes, which is not waited
    for; `TooLong` when there are more than `most` bytes.
    """
    descriptor = os.open(path, _FLAGS)
    with os.fdopen(descriptor, "rb", buffering=0) as stream:
        mode = os.fstat(descriptor).st_mode
        if not stat.S_ISREG(mode) and not stat.S_ISFIFO(mode):
            raise OSError(0, "it is a device or a socket")
        return read_whole(stream, most)


def _wait(stream: object) -> None:
    """Waits until a stream has something, or for a moment."""
    number = _number(stream)
    # Windows selects sockets only.
    if number is None or os.name == "nt":
        time.sleep(_PAUSE_SECONDS)
    else:
        import select

        select.select([number], [], [])


def _number(stream: object) -> int | None:
    """The system's number of a stream, if it has one."""
    try:
        return int(stream.fileno())  # type: ignore[attr-defined]
    except (AttributeError, OSError, ValueError):
        return None


def standard_input() -> BinaryIO | None:
    """Standard input as bytes; None where the process has none."""
    import sys

    return getattr(sys.stdin, "buffer", None)
