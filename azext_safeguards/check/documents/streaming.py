# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Files of any size: read piece by piece, with no more than one document in memory."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from azext_safeguards.check.documents.problem import Problem
from azext_safeguards.check.documents.reading import MOST_BYTES, MOST_DOCUMENTS, Document, read_text
from azext_safeguards.check.streams import read_up_to

# Time is all that a large file costs; but a sparse one may say that it has terabytes.
MOST_FILE_BYTES = 1024 * 1024 * 1024
TOO_LARGE = f"the file is larger than {MOST_FILE_BYTES >> 30} GiB; split it"

_SMALL = 64 * 1024
_BLOCK = 1024 * 1024
_AFTER_DASHES = (b" ", b"\t", b"\n", b"\r")
# No text in JSON has a line break, and in a list there is a comma between objects.
_BETWEEN_OBJECTS = re.compile(rb"\}[ \t\r]*\n\s*(?=\{)")


def read_stream(stream: BinaryIO, offset: int = 0) -> Iterator[Document | Problem]:
    """As `read_text`, for a file of any size: no more than one document is in memory."""
    # A large buffer for each small file would cost more than reading it.
    text = read_up_to(stream, _SMALL, waits=False)
    if len(text) == _SMALL:
        text += read_up_to(stream, MOST_BYTES - _SMALL, waits=False)
    if len(text) < MOST_BYTES:
        yield from read_text(text, offset)
        return
    is_stream = text.lstrip()[:1] == b"{"
    documents = 0
    size = len(text)
    while text:
        more = read_up_to(stream, _BLOCK, waits=False)
        size += len(more)
        if size > MOST_FILE_BYTES:
            # A file may grow while it is read; what is this large when it is found is not opened.
            yield Problem(offset + 1, 1, TOO_LARGE)
            return
        cut = _last_separator(text, is_stream) if more else len(text)
        if cut:
            documents += text.count(b"\n---", 0, cut)
            if documents > MOST_DOCUMENTS:
                yield Problem(offset + 1, 1, f"there are more than {MOST_DOCUMENTS:,} documents; split the file")
                return
            yield from read_text(text[:cut], offset)
            offset += text.count(b"\n", 0, cut)
            text = text[cut:]
        elif len(text) > MOST_BYTES:
            yield Problem(offset + 1, 1, f"the document is larger than {MOST_BYTES >> 20} MiB")
            skipped, text = _skip(stream, text + more, is_stream)
            offset += skipped
            continue
        text += more


def _last_separator(text: bytes, is_stream: bool) -> int:
    """Where the last `---` line of a text begins, or the last object of a stream of JSON; 0 when there is none."""
    at = len(text)
    while (at := text.rfind(b"\n---", 0, at)) > 0:
        if text[at + 4 : at + 5] in _AFTER_DASHES:
            return at + 1
    last = 0
    for found in _BETWEEN_OBJECTS.finditer(text) if is_stream else ():
        last = found.end()
    return last


def _skip(stream: BinaryIO, text: bytes, is_stream: bool) -> tuple[int, bytes]:
    """Leaves out what is before the next separator: the number of lines left out, and the text that follows."""
    lines, size = 0, 0
    while True:
        begin = _next_separator(text, is_stream)
        if begin:
            return lines + text.count(b"\n", 0, begin), text[begin:]
        block = read_up_to(stream, _BLOCK, waits=False)
        size += len(block)
        if not block or size > MOST_FILE_BYTES:
            return lines + text.count(b"\n"), b""
        # The end may be the beginning of a separator.
        keep = _possible_separator(text)
        lines += text.count(b"\n", 0, keep)
        text = text[keep:] + block


def _possible_separator(text: bytes) -> int:
    """Where the end of a text begins that may be the beginning of a separator."""
    last = text.rfind(b"\n", -8)
    begin = len(text) if last < 0 else last
    bare = len(text.rstrip())
    # Blanks may have no end, either.
    return min(begin, bare - 1) if text[bare - 1 : bare] == b"}" and len(text) - bare < _SMALL else begin


def _next_separator(text: bytes, is_stream: bool) -> int:
    """Where the next document begins after a separator that is whole; 0 when there is none."""
    found = []
    at = -1
    # Much faster than a pattern, and a file may have gigabytes of anything.
    while (at := text.find(b"\n---", at + 1)) >= 0:
        if text[at + 4 : at + 5] in _AFTER_DASHES:
            found.append(at + 1)
            break
    if is_stream and (end := _BETWEEN_OBJECTS.search(text)):
        found.append(end.end())
    return min(found, default=0)
