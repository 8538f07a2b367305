# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Line YAML, as nearly all manifests are written, line by line: no nodes, and no marks until somebody asks for them.

A parser of all of YAML makes several objects for each word. What is read here is only the part that needs none of that:
mappings and lists in block style, one scalar or one flow collection a line, texts of several lines, comments between
them. Anything else (an anchor, a quoted text of several lines, a key given twice) is left to the composer; what is read
here means the same there, which a test holds against it. Lines repeat from manifest to manifest, and of those that do
not nearly all repeat up to their value.
"""

from __future__ import annotations

import re
from itertools import islice, repeat
from typing import Any

from azext_safeguards.check.documents.block_scalars import HEADERS, Header, scalar
from azext_safeguards.check.documents.flow import WORDS, read_flow
from azext_safeguards.check.documents.scalars import is_endless, plain

Line = tuple[Any, ...]
"""What a line says: a plain tuple, which is made in no time."""

KIND, INDENT, COLUMN, KEY, VALUE, AT, IS_FLOW = range(7)
"""What stands where in a `Line`: one of the kinds below; the indent of the dash of a list's item, else of the key; the
column of the key, or of the value of an item without one; the key; the value, or a `Header` where the lines that follow
are the value; the column of the value; whether it is a flow collection."""

BLANK, PAIR, OPEN, ITEM, ITEM_PAIR, ITEM_OPEN = range(6)
"""Nothing, `key: value`, `key:`, `- value`, `- key: value`, `- key:`."""

_TEXT = 10
"""Added to the kind of a line whose value is in the lines that follow."""

_KEY = re.compile(r"([A-Za-z][A-Za-z0-9_./-]*):(?: +(?=[^ ])|$)", re.ASCII)
_HEAD = re.compile(r"( *)(- +)?([A-Za-z][A-Za-z0-9_./-]*)", re.ASCII)
_QUOTED = re.compile(r"(?:'([^']*)'|\"([^\"\\]*)\")(?: +#.*)?\Z")
# What begins something other than a plain scalar, or may.
_INDICATORS = frozenset("-?:,[]{}#&*!|>'\"%@`")
_ALL_WORDS = WORDS | {"~"}
_BLANK: Line = (BLANK, 0, 0, "", None, 0, False)

_MOST_CHARACTERS = 256 * 1024
_MOST_DEPTH = 60
_MOST_KNOWN = 20_000
_MOST_NEW = 4_000
_MOST_HEADS = 8_000
_LONG_LINE = 300

# A line that is seen a second time is remembered; names and the like, which are never seen again, are soon forgotten.
_known: dict[str, Line | None] = {"": _BLANK}
_new: dict[str, Line | None] = {}
# What stands before the value of a line: whether it is an item of a list, its indent, the column of its key, the key.
_heads: dict[str, tuple[bool, int, int, str] | None] = {}


# One loop over all lines of all files, in which a call for each line would be felt.
# pylint: disable-next=too-many-branches,too-many-statements
def read_block(text: str) -> tuple[dict[str, Any], list[Line]] | None:
    """The data of one document, and its lines (see `Line`); None for one that is left to the composer.

    :param text: the document, with the `---` before it or without.
    """
    if len(text) > _MOST_CHARACTERS:
        return None
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    lines: list[Line] = []
    add = lines.append
    known = _known
    root: dict[str, Any] = {}
    current: Any = root
    level = -1
    # The collections that are open, from the outside: each with its indent.
    above: list[tuple[Any, int]] = []
    waiting: str | None = None
    rows = text.split("\n")
    rest = iter(rows)
    for raw in rest:
        line = known.get(raw)
        if line is None:
            line = _unknown(raw, is_first=not lines)
            if line is None:
                return None
        add(line)
        kind, indent, column, key, value, _, _ = line
        # Most lines are one more member of the mapping that is open.
        if kind == PAIR and indent == level and waiting is None and current.__class__ is dict:
            if key in current:
                return None
            current[key] = value
            continue
        if kind == BLANK:
            continue
        is_text = kind >= _TEXT
        if is_text:
            kind -= _TEXT
            lines[-1] = (kind, *line[1:])
        is_item = kind >= ITEM
        if waiting is not None:
            if indent > level or (is_item and indent == level):
                inner: Any = [] if is_item else {}
                current[waiting] = inner
                above.append((current, level))
                if len(above) > _MOST_DEPTH:
                    return None
                current, level = inner, indent
            else:
                current[waiting] = None
            waiting = None
        elif level < 0:
            if is_item:
                return None
            level = indent
        while indent < level or (indent == level and not is_item and current.__class__ is list):
            if not above:
                return None
            current, level = above.pop()
        if indent != level or is_item != (current.__class__ is list):
            return None
        if is_text:
            found = scalar(rows, len(lines), (indent if kind == ITEM else column) + 1, value)
            if found is None:
                return None
            value, count = found
            lines += repeat(_BLANK, count)
            next(islice(rest, count, count), None)
        if kind == PAIR:
            if key in current:
                return None
            current[key] = value
        elif kind == OPEN:
            if key in current:
                return None
            waiting = key
        elif kind == ITEM:
            current.append(value)
        else:
            item: dict[str, Any] = {}
            current.append(item)
            above.append((current, level))
            current, level = item, column
            if kind == ITEM_PAIR:
                item[key] = value
            else:
                waiting = key
    if waiting is not None:
        current[waiting] = None
    return (root, lines) if root else None


def _unknown(raw: str, *, is_first: bool) -> Line | None:
    """What a line says of which nothing is known yet, or that it is left to the composer."""
    if is_first and _is_separator(raw):
        return _BLANK
    return None if raw in _known else _looked_at(raw)


def _looked_at(raw: str) -> Line | None:
    """What a line says that is not remembered; None for one that is left to the composer."""
    if raw in _new:
        if len(_known) >= _MOST_KNOWN:
            _known.clear()
            _known[""] = _BLANK
        line = _known[raw] = _new.pop(raw)
        return line
    line = _pair(raw) or _line(raw)
    if len(raw) < _LONG_LINE:
        if len(_new) >= _MOST_NEW:
            _new.clear()
        _new[raw] = line
    return line


def _is_separator(raw: str) -> bool:
    """Whether a line separates documents and does nothing else."""
    return raw[:3] == "---" and raw.isprintable() and (not raw[3:].strip(" ") or raw[3:].lstrip(" ")[0] == "#")


def _pair(raw: str) -> Line | None:
    """What most lines say that are new: a key as often before, and behind it a word or several; None for any other."""
    before, _, text = raw.partition(": ")
    if not text or not raw.isprintable():
        return None
    try:
        head = _heads[before]
    except KeyError:
        head = _remembered(before)
    if head is None or not text[0].isalpha() or " #" in text or ": " in text or text[-1] in " :":
        return None
    if len(text) < 6 and text.lower() in _ALL_WORDS:
        return None
    is_item, indent, column, key = head
    return (ITEM_PAIR if is_item else PAIR, indent, column, key, text, len(before) + 2, False)


def _remembered(before: str) -> tuple[bool, int, int, str] | None:
    """What stands before a value, remembered for the next time."""
    found = _HEAD.fullmatch(before)
    head = None
    if found and found[3].lower() not in WORDS:
        head = (found[2] is not None, len(found[1]), found.start(3), found[3])
    if len(_heads) >= _MOST_HEADS:
        _heads.clear()
    if len(before) < _LONG_LINE:
        _heads[before] = head
    return head


def _line(raw: str) -> Line | None:
    if not raw.isprintable():
        return None
    rest = raw.lstrip(" ")
    indent = column = len(raw) - len(rest)
    if not rest or rest[0] == "#":
        return _BLANK
    is_item = rest[:2] == "- "
    if is_item:
        rest = rest[2:].lstrip(" ")
        column = len(raw) - len(rest)
    found = _KEY.match(rest)
    if not found:
        return _item(indent, column, rest) if is_item and rest else None
    key = found[1]
    if key.lower() in WORDS:
        return None
    text = rest[found.end() :]
    at = column + found.end()
    if not text or text[0] == "#":
        return (ITEM_OPEN if is_item else OPEN, indent, column, key, None, at, False)
    value = _value(text)
    if value is None:
        return None
    kind = ITEM_PAIR if is_item else PAIR
    if value[0].__class__ is Header:
        kind += _TEXT
    return (kind, indent, column, key, value[0], at, value[1])


def _item(indent: int, column: int, text: str) -> Line | None:
    """An item of a list that is one value."""
    value = _value(text)
    if value is None:
        return None
    return (ITEM + _TEXT if value[0].__class__ is Header else ITEM, indent, column, "", value[0], column, value[1])


def _value(text: str) -> tuple[Any, bool] | None:
    """A value that begins on a line, and whether it is a flow collection; None where the composer has to look."""
    text = text.rstrip(" ")
    first = text[0]
    if first in "'\"":
        quoted = _QUOTED.match(text)
        return (quoted[1] if quoted[1] is not None else quoted[2], False) if quoted else None
    if first in "{[":
        flow = read_flow(text)
        return None if flow is None else (flow, True)
    if first in "|>":
        header = HEADERS.get(text)
        return None if header is None else (header, False)
    text = text.partition(" #")[0].rstrip(" ")
    if first in _INDICATORS and not (first == "-" and text[1:2] not in ("", " ")):
        return None
    if ": " in text or text[-1] == ":":
        return None
    # Nearly all words are text, and most of them are never seen again.
    if first.isalpha() and text.lower() not in _ALL_WORDS:
        return text, False
    value = plain(text)
    return None if is_endless(value) else (value, False)
