# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What there is to read: a file on disk, or text that is there already."""

from __future__ import annotations

import errno
import io
import os
import stat
from typing import BinaryIO, NamedTuple

from azext_safeguards.check.findings import UnreadableFile

# A file may have become a FIFO since it was listed: opening must not wait for a writer. Windows has none of these.
_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_NOCTTY", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)

_SMALL = 64 * 1024


class Source(NamedTuple):
    """Manifests to check. A tuple, since ten thousand of them go to worker processes."""

    name: str
    """What reports call it: as the user wrote it or below that, with forward slashes."""

    path: str
    """Where to read it, relative to the working directory; "" when `content` has it."""

    size: int
    """Bytes; of a file on disk, when it was found."""

    content: bytes | None = None
    """What a tool or a pipe has delivered; None for a file on disk."""

    has_lines: bool = True
    """Whether lines of the content mean something to the reader. False for a Helm template, whose rendered lines are
    not its own: findings belong to line 1, column 1 then."""

    lines_before: int = 0
    """Lines of the file before `content`, where that is a part of a file."""

    is_continued: bool = False
    """Whether the next source is the next part of the same file."""

    is_named: bool = False
    """Whether the user has named it, rather than a folder or a pattern: a file that holds no object is a mistake then.
    """

    def read_small(self) -> bytes | None:
        """All of the content where it is small, at once and without a stream; None where that takes one.

        Never blocks on a special file. Raises OSError when the file cannot be read; `unopened` words that.
        """
        if self.size >= _SMALL:
            return None
        if self.content is not None:
            return self.content
        descriptor = os.open(self.path, _FLAGS)
        try:
            content = os.read(descriptor, self.size + 1)
        except OSError:
            # Why is said by `open`.
            return None
        finally:
            os.close(descriptor)
        # A file that has changed since it was found, or that gives less than all of it, is read as long as it takes:
        # one that is no regular file any more among them, for a device gives more.
        return content if len(content) == self.size else None

    def open(self) -> BinaryIO:
        """The content as a stream, which the caller closes.

        Never blocks on a special file. Raises OSError when the file cannot be read; `unopened` words that.
        """
        if self.content is not None:
            return io.BytesIO(self.content)
        descriptor = os.open(self.path, _FLAGS)
        try:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise OSError(errno.EINVAL, "not a regular file")
            # Read at once, or in large blocks: a buffer would only be one more copy.
            return os.fdopen(descriptor, "rb", buffering=0)
        except BaseException:
            os.close(descriptor)
            raise


def unopened(name: str, error: OSError) -> UnreadableFile:
    """How a report says that a file or folder could not be opened."""
    return UnreadableFile(name, 0, 0, f"it cannot be read: {error.strerror or error}")


def shown(path: str) -> str:
    """The name that reports give to a path: forward slashes, no leading `./`, and only characters that can be written.

    Annotations of CI systems find a file by this name, which they compare with the names in the repository.
    """
    if os.sep == "\\":
        path = path.replace("\\", "/")
    while path.startswith("./") and path.strip("./"):
        path = path[2:].lstrip("/")
    if not path.isascii():
        path = path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return path
