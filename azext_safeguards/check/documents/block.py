# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Line YAML, as nearly all manifests are written, line by line: no nodes, and no marks until somebody asks for them.

A parser of all of YAML makes several objects for each word. What is read here is only the part that needs none of that:
mappings and lists in block style, one scalar or one flow collection a line, texts of several lines, comments between
them. Anything else (an anchor, a quoted text of several lines, a key given twice) is left to the composer; what is read
here means the same there, which a test holds against it.

What the parts of a line mean `block_words` knows. Where a field stands `block_places` tells those who ask.
"""

from __future__ import annotations

from itertools import islice, repeat
from operator import length_hint
from typing import Any

from azext_safeguards.check.documents.block_lines import first_line
from azext_safeguards.check.documents.block_scalars import Header, scalar
from azext_safeguards.check.documents.block_words import BELOW, COMMENT, HEADS, NONE, VALUES, WHOLE, WHOLES, Left

_MOST_CHARACTERS = 256 * 1024
_MOST_DEPTH = 60


def read_block(text: str) -> tuple[dict[str, Any], str] | None:
    """The data of one document, and the text for `Places`; None for one that is left to the composer.

    Values that are written alike are the same objects, also in the data of other documents: nothing may be changed.

    :param text: the document, with the `---` before it or without.
    """
    if len(text) > _MOST_CHARACTERS:
        return None
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    rows = text.split("\n")
    try:
        root = _read(rows)
    except Left:
        return None
    return (root, text) if root.__class__ is dict else None


# One loop over all lines of all files, in which a call for each line would be felt.
# pylint: disable-next=too-many-branches,too-many-statements
def _read(rows: list[str]) -> Any:
    """The mapping that is the document. Raises `Left`."""
    heads, values, wholes = HEADS, VALUES, WHOLES
    rest = iter(rows)
    if rows[0][:1] in ("-", "#", "") and (begin := first_line(rows)):
        next(islice(rest, begin, begin), None)
    # The document is the value of a key that stands to the left of all lines.
    outermost: dict[str, Any] = {}
    current: Any = outermost
    waiting: str | None = ""
    level = -NONE
    # What the indent of one more member is, or the complement of that of one more item.
    expected = NONE
    # The collections that are open, from the outside: each with what is expected of it.
    above: list[tuple[Any, int]] = []
    for before, separator, text in map(str.partition, rest, repeat(": ")):
        if separator:
            code, column, key = heads[before]
            # Most lines are one more member of the mapping that is open.
            if code == expected >= 0:
                value = values[text]
                if value.__class__ is not Header:
                    if key in current:
                        raise Left
                    current[key] = value
                    continue
            elif code == COMMENT:
                if not text.isprintable():
                    raise Left
                continue
            elif code == WHOLE:
                whole = wholes[f"{before}: {text}"]
                if whole is None:
                    continue
                code, column, key, value = whole
            else:
                value = values[text]
        else:
            whole = wholes[before]
            if whole is None:
                continue
            code, column, key, value = whole
        if waiting is not None:
            if code > level if code >= 0 else ~code >= level:
                inner: Any = {} if code >= 0 else []
                current[waiting] = inner
                above.append((current, level))
                if len(above) > _MOST_DEPTH:
                    raise Left
                current, expected = inner, code
            else:
                current[waiting] = None
                expected = level
            waiting = None
        while code != expected:
            if not above:
                raise Left
            current, expected = above.pop()
        if code < 0:
            if not key:
                if value.__class__ is Header:
                    value = _text(rows, rest, ~code, value)
                current.append(value)
                continue
            item: dict[str, Any] = {}
            current.append(item)
            above.append((current, code))
            current, expected = item, column
        elif key in current:
            raise Left
        if value is BELOW:
            waiting, level, expected = key, column, NONE
            continue
        if value.__class__ is Header:
            value = _text(rows, rest, column, value)
        current[key] = value
    if waiting is not None:
        current[waiting] = None
    return outermost[""]


def _text(rows: list[str], rest: Any, indent: int, header: Header) -> str:
    """The text of several lines that begins here."""
    found = scalar(rows, len(rows) - length_hint(rest), indent + 1, header)
    if found is None:
        raise Left
    text, count = found
    next(islice(rest, count, count), None)
    return text
