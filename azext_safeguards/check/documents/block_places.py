# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Where the fields of a document stand that was read line by line (see `block`): looked for in its text.

Of a document that has been read it is known which fields there are, that a key stands at the beginning of a line or
behind the dash of an item, and that all that belongs to a collection, also a text of several lines, is to the right of
what does not. So the first line that begins with a key, as far to the right as those beside it, is the one.
"""

from __future__ import annotations

import re
from typing import Any

Place = tuple[int, int]
"""Line and column, from 0."""

_Path = tuple[str | int, ...]

# The `---` before a document, blanks and comments.
_BEFORE = re.compile(r"\n(?: *(?:---[^\n]*|#[^\n]*)?\n)*")
# What is behind the colon of a key whose value stands in the lines that follow, and what that begins with.
_BELOW = re.compile(r" *(?:#[^\n]*)?(?:\n *(?:#[^\n]*)?)*?\n( *)(?=([^ #\n]))")
_VALUE = re.compile(r" *(?=[^ \n#])")
_BLANKS = re.compile(" *")

_Inner = tuple[int, int]
"""A mapping or a list in block style: where its text begins, which is the break before its first line, or the first key
of a mapping that is an item; the column of its keys or dashes."""

_Found = tuple[int, int, int, Any]
"""A field: where its key or its item begins, and in which column; where the colon of the key ends, 0 for an item; its
data."""


class Places:
    """The places of one document."""

    __slots__ = ("_data", "_inner", "_known", "_text")

    def __init__(self, text: str, data: dict[str, Any]) -> None:
        """Takes the text that was read, with the `---` before it or without, and what was read."""
        # So that each line begins with a break.
        self._text = f"\n{text}"
        self._data = data
        self._known: dict[_Path, _Found] = {}
        # By where the colon of the key ends, or by the complement of where the item begins, as its first key does, too.
        self._inner: dict[int, _Inner | None] = {}

    def find(self, path: _Path) -> Place | None:
        """Where the deepest part of a path begins; None where the answer lies in a flow collection, or in a value that
        is not there, in which nobody has looked."""
        if not self._known and (place := self._in_members(path)):
            return place
        found, is_whole = self._deepest(path)
        if is_whole:
            is_known = found[3] is not None or found[2] == 0 or _VALUE.match(self._text, found[2]) is not None
        else:
            is_known = found[3].__class__ not in (dict, list) or self._of(found) is not None
        return self._place(found) if is_known else None

    def find_value(self, path: _Path) -> Place | None:
        """The same for the value of the field; where it is not there, for the field of the deepest part that is."""
        place = self.find(path)
        found, is_whole = self._deepest(path)
        if place is None or not is_whole:
            return place
        at, column, end, _ = found
        inner = self._of(found)
        if inner and end:
            begin, column = inner
            return self._line(begin + 1), column
        value = _VALUE.match(self._text, end) if end else None
        line, column = place
        return line, column + value.end() - at if value else column

    def _in_members(self, path: _Path) -> Place | None:
        """Where a field begins that is only in mappings, each of which begins in the line below its key, as that is the
        only one asked for in most documents; None for any other."""
        text, data = self._text, self._data
        at = end = column = 0
        for step in path:
            if data.__class__ is not dict or step not in data:
                return None
            if end:
                below = _BLANKS.match(text, end + 1)
                if text[end] != "\n" or text[below.end()] in "\n#":  # type: ignore[union-attr]
                    return None
                column = below.end() - end - 1  # type: ignore[union-attr]
            at = text.find(f"\n{' ' * column}{step}:", end)
            if at < 0:
                return None
            end = at + column + len(step) + 2  # type: ignore[arg-type]
            data = data[step]
        return None if data is None or not path else (text.count("\n", 0, at), column)

    def _deepest(self, path: _Path) -> tuple[_Found, bool]:
        """The deepest part of a path that can be seen in lines, and whether that is all of it."""
        known, count = self._known, len(path)
        done = count
        while done and path[:done] not in known:
            done -= 1
        found = known[path[:done]] if done else self._root()
        while done < count:
            inner, data, step = self._of(found), found[3], path[done]
            if inner is None:
                return found, False
            if data.__class__ is dict:
                if step not in data:
                    return found, False
                found = self._member(inner, step, data[step])
            else:
                if step.__class__ is not int or not 0 <= step < len(data):
                    return found, False
                found = self._item(inner, step, data[step])
            done += 1
            known[path[:done]] = found
        return found, True

    def _root(self) -> _Found:
        """The mapping that is the document."""
        # Most begin with their first key.
        begin = 1 if self._text[1:2].isalpha() else _BEFORE.match(self._text).end()  # type: ignore[union-attr]
        at = _BLANKS.match(self._text, begin).end()  # type: ignore[union-attr]
        self._inner[~at] = (begin - 1, at - begin)
        return at, at - begin, 0, self._data

    def _of(self, found: _Found) -> _Inner | None:
        """The collection in block style that a field is; None for any other value."""
        at, column, end, data = found
        if data.__class__ is not dict and data.__class__ is not list:
            return None
        known = end or ~at
        if known not in self._inner:
            below = _BELOW.match(self._text, end) if end else None
            if below:
                self._inner[known] = (below.end() - len(below[1]) - 1, len(below[1]))
            else:
                self._inner[known] = None if end or self._text[at] in "{[" else (at, column)
        return self._inner[known]

    def _member(self, inner: _Inner, key: str | int, data: Any) -> _Found:
        """A key of a mapping that has it."""
        begin, column = inner
        text, key = self._text, f"{key}:"
        if text[begin] != "\n" and text.startswith(key, begin):
            return begin, column, begin + len(key), data
        at = text.index(f"\n{' ' * column}{key}", begin) + column + 1
        return at, column, at + len(key), data

    def _item(self, inner: _Inner, number: int, data: Any) -> _Found:
        """An item of a list that has it."""
        at, indent = inner
        dash = f"\n{' ' * indent}- "
        for _ in range(number):
            at = self._text.index(dash, at + 1)
        begin = _BLANKS.match(self._text, at + len(dash)).end()  # type: ignore[union-attr]
        return begin, begin - at - 1, 0, data

    def _place(self, found: _Found) -> Place:
        return self._line(found[0]), found[1]

    def _line(self, at: int) -> int:
        return self._text.count("\n", 0, at) - 1
