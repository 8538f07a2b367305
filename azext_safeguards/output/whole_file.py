# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Writing a file of the user's whole or not at all.

The text goes to a file beside it, which takes its place when all is on the disk: a full disk, a limit or Ctrl-C leave
the old file as it was. What is there already keeps its permissions, and is never something that the run read.
"""

from __future__ import annotations

import errno
import os
import secrets
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import TextIO

# Whatever the name of the file, that of the one beside it is short enough for every file system. It begins with a dot,
# so that nobody who reads a folder at the same time takes it for a manifest.
_BESIDE = ".safeguards-{}.tmp"
# Streams that a shell names as files; what stands behind them is not ours to replace.
_STREAMS = ("/dev/", "/proc/")


class NotWritable(OSError):
    """A file that is not written although the system might allow it; `strerror` says why, after `not written: `."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(errno.EPERM, reason, path)


@contextmanager
def whole_file(path: str, *, inputs: Iterable[str] = (), encoding: str = "utf-8") -> Iterator[TextIO]:
    """A text file to write to, which takes the place of `path` when the block ends without an error.

    A link is followed within its own folder only. A device or a pipe, such as /dev/stdout, is written to as it is.
    Lines end with `\\n` on every system, and a character that the encoding lacks is written as Python escapes it.

    :param inputs: files that the run has read or still reads, none of which may be written over.
    :raises NotWritable: for an input, and for a link that leads out of its folder.
    :raises OSError: when the file cannot be written; what was there is there still.
    """
    target = _target(path, inputs)
    if target is None:
        with open(path, "w", encoding=encoding, errors="backslashreplace", newline="\n") as stream:
            yield stream
        return
    beside = os.path.join(os.path.dirname(target), _BESIDE.format(secrets.token_hex(8)))
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
    try:
        with open(descriptor, "w", encoding=encoding, errors="backslashreplace", newline="\n") as file:
            _keep_permissions(target, file.fileno())
            yield file
            file.flush()
            # A disk that turns out to be full says so here, not after the old file is gone.
            os.fsync(file.fileno())
        os.replace(beside, target)
    except BaseException:
        with suppress(OSError):
            os.unlink(beside)
        raise


def write_whole(path: str, text: str, *, inputs: Iterable[str] = (), encoding: str = "utf-8") -> None:
    """Writes a text as `whole_file` does.

    :raises OSError: see `whole_file`.
    """
    with whole_file(path, inputs=inputs, encoding=encoding) as file:
        file.write(text)


def _target(path: str, inputs: Iterable[str]) -> str | None:
    """The regular file to put in place; None for what is written to as it is."""
    if os.path.abspath(path).startswith(_STREAMS):
        return None
    target = path
    if os.path.islink(path):
        target = os.path.realpath(path)
        if os.path.dirname(target) != os.path.realpath(os.path.dirname(path) or "."):
            raise NotWritable(path, f"it is a link that leads out of its folder, to {target!r}")
    try:
        there = os.stat(target)
    except FileNotFoundError:
        return target
    if stat.S_ISDIR(there.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
    if any(_is_same(there, one) for one in inputs):
        raise NotWritable(path, "it is one of the files that are read")
    if not stat.S_ISREG(there.st_mode):
        return None
    if not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
    return target


def _is_same(there: os.stat_result, path: str) -> bool:
    """Whether a path names the file, by whatever link."""
    try:
        return os.path.samestat(there, os.stat(path))
    except (OSError, ValueError):
        return False


def _keep_permissions(target: str, descriptor: int) -> None:
    """Gives the new file the permissions and, where that is allowed, the owner of the one that it replaces."""
    try:
        there = os.stat(target)
    except FileNotFoundError:
        return
    if not hasattr(os, "fchmod") or not hasattr(os, "fchown"):
        return
    own = os.fstat(descriptor)
    if (own.st_uid, own.st_gid) != (there.st_uid, there.st_gid):
        with suppress(OSError):
            os.fchown(descriptor, there.st_uid, there.st_gid)
    os.fchmod(descriptor, stat.S_IMODE(there.st_mode))
    if hasattr(os, "listxattr"):
        # Access control lists are kept there on Linux.
        with suppress(OSError):
            for name in os.listxattr(target):
                os.setxattr(descriptor, name, os.getxattr(target, name))
