# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Plain YAML, as nearly all manifests are written, line by line: no nodes, and no marks until somebody asks for them.

A parser of all of YAML makes several objects for each word. What is read here is only the part that needs none of that:
mappings and lists in block style, one scalar or one flow collection a line, comments between them. Anything else (a
block scalar, an anchor, a text of several lines, a key given twice) is left to the composer; what is read here means
the same there, which a test holds against it. Lines repeat from manifest to manifest, so that most are known already.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from yaml import YAMLError

from azext_safeguards.check.documents.composer import TooMuch, compose
from azext_safeguards.check.documents.construction import Construction, Unreadable
from azext_safeguards.check.documents.scalars import plain


class Line(NamedTuple):
    """What a line says."""

    kind: int
    indent: int
    """Of the dash of a list's item, else of the key."""
    column: int
    """Of the key, or of the value of an item without one."""
    key: str
    value: Any
    at: int
    """The column of the value."""
    is_flow: bool


BLANK, PAIR, OPEN, ITEM, ITEM_PAIR, ITEM_OPEN = range(6)
"""Nothing, `key: value`, `key:`, `- value`, `- key: value`, `- key:`."""

_KEY = re.compile(r"([A-Za-z][A-Za-z0-9_./-]*):(?: +(?=[^ ])|$)", re.ASCII)
_QUOTED = re.compile(r"(?:'([^']*)'|\"([^\"\\]*)\")(?: +#.*)?\Z")
# What begins something other than a plain scalar, or may.
_INDICATORS = frozenset("-?:,[]{}#&*!|>'\"%@`")
# Keys that are no text in YAML.
_WORDS = frozenset(("y", "yes", "n", "no", "on", "off", "true", "false", "null"))
_ALL_WORDS = _WORDS | {"~"}
_BLANK = Line(BLANK, 0, 0, "", None, 0, False)

_MOST_BYTES = 256 * 1024
_MOST_DEPTH = 60
_MOST_KNOWN = 20_000
_MOST_NEW = 4_000
_LONG_LINE = 300

# A line that is seen a second time is remembered; names and the like, which are never seen again, are soon forgotten.
_known: dict[str, Line | None] = {"": _BLANK}
_new: dict[str, Line | None] = {}


def read_block(text: str) -> tuple[dict[str, Any], list[Line]] | None:
    """The data of one document, and its lines; None for one that is left to the composer.

    :param text: the document, with the `---` before it or without.
    """
    if len(text) > _MOST_BYTES:
        return None
    lines: list[Line] = []
    add = lines.append
    known = _known
    for raw in text.split("\n"):
        line = known.get(raw)
        if line is None:
            if not lines and _is_separator(raw):
                line = _BLANK
            elif raw in known:
                return None
            else:
                line = _looked_at(raw)
                if line is None:
                    return None
        add(line)
    data = _built(lines)
    return None if data is None else (data, lines)


def _built(lines: list[Line]) -> dict[str, Any] | None:
    """The data that lines mean."""
    root: dict[str, Any] = {}
    current: Any = root
    level = -1
    # The collections that are open, from the outside: each with its indent.
    above: list[tuple[Any, int]] = []
    waiting: str | None = None
    for kind, indent, column, key, value, _, _ in lines:
        if kind == BLANK:
            continue
        is_item = kind >= ITEM
        if level < 0:
            if is_item:
                return None
            level = indent
        elif waiting is not None:
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
        while indent < level or (indent == level and not is_item and current.__class__ is list):
            if not above:
                return None
            current, level = above.pop()
        if indent != level or is_item != (current.__class__ is list):
            return None
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
    return root or None


def _looked_at(raw: str) -> Line | None:
    """What a line says that is not remembered; None for one that is left to the composer."""
    if raw in _new:
        if len(_known) >= _MOST_KNOWN:
            _known.clear()
            _known[""] = _BLANK
        line = _known[raw] = _new.pop(raw)
        return line
    line = _line(raw)
    if len(raw) < _LONG_LINE:
        if len(_new) >= _MOST_NEW:
            _new.clear()
        _new[raw] = line
    return line


def _is_separator(raw: str) -> bool:
    """Whether a line separates documents and does nothing else."""
    return raw[:3] == "---" and raw.isprintable() and (not raw[3:].strip(" ") or raw[3:].lstrip(" ")[0] == "#")


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
    if key.lower() in _WORDS:
        return None
    text = rest[found.end() :]
    at = column + found.end()
    if not text or text[0] == "#":
        return Line(ITEM_OPEN if is_item else OPEN, indent, column, key, None, at, False)
    value = _value(text)
    if value is None:
        return None
    return Line(ITEM_PAIR if is_item else PAIR, indent, column, key, value[0], at, value[1])


def _item(indent: int, column: int, text: str) -> Line | None:
    """An item of a list that is one value."""
    value = _value(text)
    return None if value is None else Line(ITEM, indent, column, "", value[0], column, value[1])


def _value(text: str) -> tuple[Any, bool] | None:
    """A value that stands on one line, and whether it is a flow collection; None where it may not end there."""
    text = text.rstrip(" ")
    first = text[0]
    if first in "'\"":
        quoted = _QUOTED.match(text)
        return (quoted[1] if quoted[1] is not None else quoted[2], False) if quoted else None
    if first in "{[":
        return _flow(text)
    text = text.partition(" #")[0].rstrip(" ")
    if first in _INDICATORS and not (first == "-" and text[1:2] not in ("", " ", "-")):
        return None
    if ": " in text or text[-1] == ":":
        return None
    # Nearly all words are text, and most of them are never seen again.
    return (text if first.isalpha() and text.lower() not in _ALL_WORDS else plain(text)), False


def _flow(text: str) -> tuple[Any, bool] | None:
    """A flow collection on one line, without anchors and without anything odd."""
    if "&" in text or "*" in text or "!" in text:
        return None
    try:
        (node,) = compose(text.encode())
        construction = Construction(0, False)
        data = construction.build(node)
    except (YAMLError, TooMuch, Unreadable, ValueError):
        return None
    return None if construction.problems or not isinstance(data, dict | list) else (data, True)
