# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Byte order marks in the middle of a text, which tools that join files leave there."""

from __future__ import annotations

from azext_safeguards.check.documents.problem import Problem

MARK = b"\xef\xbb\xbf"


def without_marks(segment: bytes, *, is_first: bool) -> bytes:
    """A document without the mark at its beginning, which kubectl passes over.

    kubectl cuts a text where a line break and `---` are: a separator in the first line of a file, or right behind
    another one, is a part of the document to it, and the mark behind it then a part of what follows.

    :param is_first: whether the file begins with this.
    """
    if segment[:3] == MARK:
        segment = segment[3:]
    at = 0 if segment[:3] == b"---" and not is_first else segment.find(b"\n---") + 1
    if not at and (is_first or segment[:3] != b"---"):
        return segment
    while True:
        end = segment.find(b"\n", at) + 1
        if not end:
            return segment
        if segment[end : end + 3] == MARK:
            return segment[:end] + segment[end + 3 :]
        at = segment.find(b"\n---", end) + 1
        if not at:
            return segment


def mark_at_end(segment: bytes, offset: int) -> Problem | None:
    """What kubectl says of a mark that is all there is in the last line, where it is a word to its reader."""
    text = segment.rstrip(b" \t\r\n")
    if not text.endswith(b"\n" + MARK):
        return None
    line = text.count(b"\n") + 1
    if not any(one.strip() and one[:1] not in b"#-" for one in text.split(b"\n")[:-1]):
        return None
    reason = "a byte order mark in a line of its own, which kubectl cannot read; remove it"
    return Problem(line + offset, 1, f"no YAML: {reason} (yaml: line {line + 1}: could not find expected ':')")
