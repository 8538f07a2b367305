# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Where `spec.selector` and the like stand in a document that was read line by line: by looking for them in its text.

Every Service and every disruption budget is asked for such a place, though hardly any of them is ever told.
"""

from __future__ import annotations

import re

Place = tuple[int, int]
"""Line and column, from 0."""

# What is behind the colon of a key, and the blanks before the first member below it.
_BELOW = re.compile(rb" *(?:#[^\n]*)?\n(?: *(?:#[^\n]*)?\n)*( +)(?=[A-Za-z])")
# A line that begins in the first column, unless it is a comment: there something else begins.
_AT_ROOT = re.compile(rb"\n[^ #\n]")


def find(text: bytes, first: str | int, second: str | int) -> Place | None:
    """Where the member `second` of the member `first` of a document begins; None where that takes a closer look.

    :param text: a document in block style, with no text of several lines but behind `|` and `>`.
    """
    if not isinstance(first, str) or not isinstance(second, str):
        return None
    key = b"\n%b:" % first.encode()
    start = text.find(key)
    mapping = _BELOW.match(text, start + len(key)) if start >= 0 else None
    if mapping is None:
        return None
    begin, indent = mapping.end() - len(mapping[1]) - 1, mapping[1]
    line = b"\n%b%b:" % (indent, second.encode())
    at = text.find(line, begin)
    if at < 0 or text[at + len(line) : at + len(line) + 1] not in (b" ", b"\n") or _AT_ROOT.search(text, begin, at + 2):
        return None
    return text.count(b"\n", 0, at) + 1, len(indent)
