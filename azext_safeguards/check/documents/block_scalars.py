# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Texts of several lines (`key: |`, `key: >-`), as they stand in nearly all manifests that have any.

What is rare is left to the composer: indicators of indentation, breaks that are kept, lines that begin with blanks in a
folded text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence


class Header:
    """What begins a text of several lines."""

    __slots__ = ("is_folded", "is_stripped")

    def __init__(self, style: str) -> None:
        """Takes the two characters at most that follow the key."""
        self.is_folded = style[0] == ">"
        self.is_stripped = style[1:] == "-"

    def __bool__(self) -> bool:
        """False, so that no value that is true has to be asked whether it is a header."""
        return False


HEADERS = {style: Header(style) for style in ("|", "|-", ">", ">-")}

_BREAKS = re.compile("\n(\n*)")


def scalar(rows: Sequence[str], begin: int, least: int, header: Header) -> tuple[str, int] | None:
    """The text that begins in a row, and how many rows it takes; None where the composer is to read it.

    :param rows: all lines of the document.
    :param least: the column in which the text may begin at the leftmost.
    """
    end, count = begin, len(rows)
    while end < count and not rows[end]:
        end += 1
    if end == count:
        return None
    first = rows[end]
    indent = len(first) - len(first.lstrip(" "))
    if indent < least or first[indent:][:1] in ("", "\t"):
        return None
    prefix = " " * indent
    last = end
    while end < count:
        row = rows[end]
        if row.startswith(prefix):
            if row != prefix:
                last = end
        elif row.strip(" "):
            break
        end += 1
    text = "\n".join([row[indent:] for row in rows[begin : last + 1]])
    if not text.isprintable() and not text.replace("\n", "").replace("\t", "").isprintable():
        return None
    if header.is_folded:
        if "\n " in text or "\n\t" in text or text[0] in "\n\t":
            return None
        text = _BREAKS.sub(_folded, text)
    return text if header.is_stripped else text + "\n", end - begin


def _folded(breaks: re.Match[str]) -> str:
    return breaks[1] or " "
