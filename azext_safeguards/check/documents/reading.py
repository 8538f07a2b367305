# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Reads YAML and JSON manifests: plain data for the rules, and where in the file each field stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from azext_safeguards.check.documents.block import read_block
from azext_safeguards.check.documents.block_places import Place, Places
from azext_safeguards.check.documents.json_stream import objects_of
from azext_safeguards.check.documents.json_text import JsonPlaces, read_json
from azext_safeguards.check.documents.problem import Problem, is_object
from azext_safeguards.check.policies.policy import Path

if TYPE_CHECKING:
    from yaml.nodes import Node

# An object that the API server takes has at most 3 MiB; a List of many, as `kubectl get -o yaml` writes it, may be
# larger. Beyond this a document is not read, so that no file can take all memory or time.
MOST_BYTES = 16 * 1024 * 1024
MOST_DOCUMENTS = 50_000
_SEPARATOR = re.compile(rb"^---(?=[ \t\r]*(?:#[^\n]*)?$)", re.MULTILINE)
# The first line that is no comment and no directive; a pattern that repeats lines would take much memory for each.
_CONTENT = re.compile(rb"^(?![ \t]*(?:#[^\n]*)?\r?\n|%[^\n]*\n)", re.MULTILINE)
_MARK = b"\xef\xbb\xbf"
_MISUSED = re.compile(rb"^---(?![ \t\r]*(?:#[^\n]*)?$)([^\n]*)", re.MULTILINE)
# A comment to kubectl, but for the first line of a file; to YAML, it begins behind a blank.
_COMMENTED = (b"\n---#", b"\n--- #")
# Texts in which it is not looked first whether they are one document in lines.
_MOST_IN_LINES = 256 * 1024
# What separates the objects of a stream of JSON; also found inside of a text, where it separates nothing.
_NEXT_OBJECT = re.compile(rb"\}\s*\{")


class Document:
    """One YAML document.

    `data` is its content as JSON would carry it (dict, list, str, int, float, bool, None), `problems` what is odd but
    did not stop the reading, such as a key given twice.
    """

    __slots__ = ("_before", "_has_lines", "_node", "_offset", "_places", "_read", "_text", "data", "problems")

    def __init__(
        self,
        node: Node | None,
        data: Any,
        problems: list[Problem],
        offset: int,
        before: int = 0,
        read: str = "",
        text: bytes = b"",
    ) -> None:
        """Takes what was read; `offset` lines come before the text, and `before` characters in its first line.

        See `of_lines` for a document without a node.
        """
        self._node = node
        self._offset = offset
        self._before = before
        self._has_lines = True
        self._read = read
        self._places: Places | JsonPlaces | None = None
        self._text = text
        self.data = data
        self.problems = problems

    @classmethod
    def of_lines(cls, data: Any, read: str, text: bytes, offset: int) -> Document:
        """A document that was read line by line; it is composed when its lines do not tell a place."""
        return cls(None, data, [], offset, 0, read, text)

    @classmethod
    def of_json(cls, data: Any, text: str, offset: int) -> Document:
        """A document that was read as one object of JSON."""
        document = cls(None, data, [], offset)
        document._places = JsonPlaces(text)
        return document

    def is_shorter_than(self, size: int) -> bool:
        """Whether the text is known to have fewer bytes."""
        return 0 < len(self._text) < size

    def locate(self, path: Path) -> tuple[int, int]:
        """Line and column, from 1, of the field at `path`; of the deepest part of it that exists otherwise.

        A field of a mapping is where its key begins, an item of a list where the item begins.
        """
        if not self._has_lines:
            return 1, 1
        places = self._in_text()
        place = places.find(path) if places else None
        return self._place(place or self._composed(path)[0])

    def locate_value(self, path: Path) -> tuple[int, int]:
        """The same for the value of the field; where it is not there, the field of the deepest part that is."""
        if not self._has_lines:
            return 1, 1
        places = self._in_text()
        found = places.find_value(path) if places else None
        if found:
            return self._place(found)
        place, value, is_whole = self._composed(path)
        return self._place(value if is_whole else place)

    def _in_text(self) -> Places | JsonPlaces | None:
        """What tells the places of a document that was read without the composer, as long as its text tells them."""
        if self._node is not None:
            return None
        if self._places is None:
            self._places = Places(self._read, self.data)
        return self._places

    def _composed(self, path: Path) -> tuple[Place, Place, bool]:
        """Where the deepest part of a path and its value begin, and whether that is all of the path."""
        from azext_safeguards.check.documents import composed

        if self._node is None:
            self._node = composed.root(self._text)
        return composed.found(self._node, path)

    def _place(self, place: Place) -> tuple[int, int]:
        """A place in the text as line and column of the file."""
        line, column = place
        return line + 1 + self._offset, column + 1 + (0 if line else self._before)

    def without_lines(self) -> Document:
        """The same document, with everything in line 1, column 1: its lines are not those of any file."""
        self._has_lines = False
        self.problems = [problem.without_lines() for problem in self.problems]
        return self


def read_text(text: bytes, offset: int = 0) -> Iterator[Document | Problem]:
    """The documents of a text, one after the other, with a `Problem` in the place of each that cannot be read.

    A document that is broken does not hide those after the next `---`. Empty documents are left out.
    """
    # Most files have one document, and nothing odd.
    may_be_lines = text[:1].isalpha() or text[:1] in (b"-", b"#")
    if not may_be_lines or len(text) > _MOST_IN_LINES or b"\n---" in text:
        return _documents(text, offset)
    try:
        block = read_block(text.decode())
    except UnicodeDecodeError:
        block = None
    return iter((Document.of_lines(*block, text, offset),)) if block else _documents(text, offset, is_left=True)


def _documents(text: bytes, offset: int, is_left: bool = False) -> Iterator[Document | Problem]:
    """The documents of any text.

    :param is_left: whether it is known not to be read line by line as a whole.
    """
    if text[:2] in (b"\xff\xfe", b"\xfe\xff"):
        try:
            text = text.decode("utf-16").encode()
        except UnicodeError:
            yield Problem(1, 1, "the text begins like UTF-16 and cannot be decoded")
            return
    elif text[:3] == b"\xef\xbb\xbf":
        text = text[3:]
    if b"\n---" not in text:
        yield from _read_segment(text, offset, may_separate=False, is_left=is_left)
        return
    text = text.replace(*_COMMENTED)
    if text.count(b"\n---") > MOST_DOCUMENTS:
        yield Problem(offset + 1, 1, f"there are more than {MOST_DOCUMENTS:,} documents; split the file")
        return
    is_json = text.lstrip()[:1] == b"{"
    for segment, lines in _segments(text):
        found = _read_segment(segment, offset + lines)
        if is_json and not lines:
            objects = list(found)
            yield from objects
            is_json = len(objects) > 1
            continue
        if is_json:
            # Of several objects kubectl takes all that follows for JSON.
            is_json = False
            reason = "kubectl takes no '---' behind several objects of JSON; put it between all of them, or nowhere"
            objects = list(found)
            data = next((one.data for one in objects if is_object(one.data)), None)
            yield Problem(offset + lines + 1, 1, reason, "invalid character '-' in numeric literal", data)
            yield from objects
            continue
        yield from found


def parts(text: bytes, size: int) -> Iterator[tuple[bytes, int]]:
    """A text in parts of at least `size` bytes which `read_text` takes one by one with the same result.

    :returns: each part with the number of lines before it; a text that cannot be cut is its only part.
    """
    if text[:2] in (b"\xff\xfe", b"\xfe\xff") or text.count(b"\n---") > MOST_DOCUMENTS:
        yield text, 0
        return
    text = text.replace(*_COMMENTED)
    mark = b"\xef\xbb\xbf" if text[:3] == b"\xef\xbb\xbf" else b""
    for part, lines in _segments(text[len(mark) :], size):
        yield mark + part, lines
        mark = b""


def _segments(text: bytes, size: int = 1) -> Iterator[tuple[bytes, int]]:
    """The parts of a text between its `---` lines, each with the number of lines before it.

    :param size: bytes that a part has at least, but for the last; a part may have several documents then.
    """
    begin = lines = 0
    start = size
    # Much faster than a pattern that looks at the beginning of each line.
    while (end := text.find(b"\n---", start - 1) + 1) > 0:
        if not _SEPARATOR.match(text, end):
            start = end + 1
            continue
        start = end + size
        # Comments and directives before the first `---` belong to the document after it.
        content = _CONTENT.search(text, begin, end)
        if not content or content.start() == end:
            continue
        segment = text[begin:end]
        yield segment, lines
        lines += segment.count(b"\n")
        begin = end
    yield text[begin:], lines


def _read_segment(
    segment: bytes, offset: int, may_separate: bool = True, is_left: bool = False
) -> Iterator[Document | Problem]:
    """The document of a text without `---` in the middle, or several of JSON; `offset` lines are before it.

    :param may_separate: whether a line that is not the first may begin as a separator.
    :param is_left: whether it is known not to be read line by line.
    """
    if len(segment) > MOST_BYTES:
        yield Problem(offset + 1, 1, f"the document is larger than {MOST_BYTES >> 20} MiB")
        return
    if not segment.isascii() and _MARK in segment:
        from azext_safeguards.check.documents.marks import mark_at_end, without_marks

        segment = without_marks(segment, is_first=not offset)
        is_left = False
        problem = mark_at_end(segment, offset)
        if problem:
            yield problem
            return
    if may_separate or segment[:3] == b"---":
        found = _misused(segment)
        if found and not found[1].decode("utf-8", "replace").strip():
            # Blanks of another kind, which kubectl takes for what they look like.
            yield from read_text(segment[: found.start(1)] + segment[found.end(1) :], offset)
            return
        if found:
            from azext_safeguards.check.documents.composed import object_of
            from azext_safeguards.check.documents.syntax_problems import misused

            taken = segment[: found.start()].strip() or segment
            yield misused(found, segment, offset)._replace(data=object_of(taken))
            return
    try:
        text = segment.decode()
    except UnicodeDecodeError as error:
        yield from _lossy(segment, error, offset)
        return
    is_json = text.lstrip()[:1] == "{"
    if is_json:
        data = read_json(text)
        if data:
            yield Document.of_json(data, text, offset)
            return
    block = None if is_left else read_block(text)
    if block:
        yield Document.of_lines(*block, segment, offset)
        return
    if is_json and _NEXT_OBJECT.search(segment):
        objects = list(objects_of(segment))
        if len(objects) > 1:
            for one, lines, before in objects:
                yield from _read_composed(one, offset + lines, before)
            return
    yield from _read_composed(segment, offset, None)


def _read_composed(segment: bytes, offset: int, before: int | None) -> Iterator[Document | Problem]:
    """A text that is not read line by line; `before` characters come before it in its first line, or None where it is
    no object of a stream of JSON."""
    # PyYAML takes as long to load as reading hundreds of files that do not need it.
    from azext_safeguards.check.documents.composed import read, read_document

    for found in read(segment, offset) if before is None else read_document(segment, offset):
        if isinstance(found, Problem):
            yield found
        else:
            node, data, odd = found
            yield Document(node, data, odd, offset, before or 0)


def _misused(segment: bytes) -> re.Match[bytes] | None:
    """The first line that begins as a separator and is none."""
    at = 0 if segment[:3] == b"---" else segment.find(b"\n---") + 1
    while True:
        found = _MISUSED.match(segment, at)
        if found:
            return found
        at = segment.find(b"\n---", at) + 1
        if not at:
            return None


def _lossy(segment: bytes, error: UnicodeDecodeError, offset: int) -> Iterator[Document | Problem]:
    """A text that is not UTF-8, as kubectl reads it: comments in older encodings disturb nobody. What is no object is
    hardly a manifest then."""
    before = segment[: error.start]
    place = (before.count(b"\n") + 1 + offset, len(before) - before.rfind(b"\n"))
    for one in _read_segment(segment.decode("utf-8", "replace").encode(), offset):
        if isinstance(one, Problem):
            yield one
        elif is_object(one.data):
            one.problems = [*one.problems, Problem(*place, "this is not UTF-8; kubectl reads U+FFFD in its place")]
            yield one
        else:
            yield Problem(*place, "no YAML: the text is not UTF-8")
