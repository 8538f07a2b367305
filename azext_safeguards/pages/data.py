# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The data of a page: rows as JSON that is small, and the way back to plain rows.

Ten thousand findings as plain objects are four megabytes. Most of that is the same again and again, so texts are kept
once: `strings` holds names, `texts` holds messages and patches with the names cut out. docs/pages.md has the shape.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

SCHEMA = "safeguards-page/1"
BLOCK_ID = "safeguards-data"

Row = Mapping[str, Any]

_BLOCK = re.compile(rf'<script type="application/json" id="{BLOCK_ID}">(.*?)</script>', re.DOTALL)
# What differs in texts of one kind: names in pointed brackets, and names of objects, which are given.
_BRACKETS = re.compile(r"<([^<>\0]+)>")
# A shorter name is found in too many words.
_SHORTEST_NAME = 3


def packed(rows: Sequence[Row], strings: Iterable[str], texts: Iterable[str], plain: Iterable[str]) -> dict[str, Any]:
    """Rows in the form of the data block.

    :param strings: the columns that hold names.
    :param texts: the columns that hold longer texts.
    :param plain: the columns whose values are kept as they are.
    """
    pool, patterns = _Pool(), _Pool()
    strings, texts, plain = list(strings), list(texts), list(plain)
    lines = []
    for row in rows:
        name = str(row.get("name") or "")
        line: list[Any] = [row.get(column) for column in plain]
        line += [pool.number(str(row.get(column) or "")) for column in strings]
        line += [_text(str(row.get(column) or ""), name, pool, patterns) for column in texts]
        lines.append(line)
    return {
        "columns": {"plain": plain, "strings": strings, "texts": texts},
        "strings": pool.items,
        "texts": [pattern.split("\0") for pattern in patterns.items],
        "rows": lines,
    }


def rows_of(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows of a data block as plain objects, the inverse of `packed`."""
    columns, strings, texts = data["columns"], data["strings"], data["texts"]
    first, second = len(columns["plain"]), len(columns["plain"]) + len(columns["strings"])
    result = []
    for line in data["rows"]:
        row = dict(zip(columns["plain"], line[:first], strict=True))
        row |= {name: strings[number] for name, number in zip(columns["strings"], line[first:second], strict=True)}
        for name, (number, *arguments) in zip(columns["texts"], line[second:], strict=True):
            head, *parts = texts[number]
            row[name] = head + "".join(strings[one] + part for one, part in zip(arguments, parts, strict=True))
        result.append(row)
    return result


def data_of(page: str) -> dict[str, Any]:
    """The data block of a page.

    :raises ValueError: when the text is no page of ours, or of a shape that is not known.
    """
    found = _BLOCK.search(page)
    data = json.loads(found[1]) if found else {}
    if data.get("schema") != SCHEMA:
        raise ValueError("no page of this version of safeguards")
    result: dict[str, Any] = data
    return result


def as_block(data: Mapping[str, Any]) -> str:
    """JSON that can stand in a script element: it ends none, begins no comment, and is ASCII."""
    text = json.dumps(data, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


class _Pool:
    """Texts by number, each once."""

    def __init__(self) -> None:
        self.items: list[str] = []
        self._numbers: dict[str, int] = {}

    def number(self, text: str) -> int:
        """The number of a text."""
        found = self._numbers.get(text)
        if found is None:
            found = self._numbers[text] = len(self.items)
            self.items.append(text)
        return found


def _text(text: str, name: str, pool: _Pool, patterns: _Pool) -> list[int]:
    """A text as the number of its pattern and those of the names in it."""
    # The pattern is kept as one text whose holes are zero characters, so that a text can't have any of its own.
    pieces = _BRACKETS.split(text.replace("\0", "\\x00"))
    arguments: list[str] = []
    if len(name) >= _SHORTEST_NAME and name in text:
        for index in range(0, len(pieces), 2):
            holes = pieces[index].count(name)
            pieces[index] = pieces[index].replace(name, "\0")
            arguments += [name] * holes
            arguments += pieces[index + 1 : index + 2]
    else:
        arguments = pieces[1::2]
    pattern = "<\0>".join(pieces[::2])
    return [patterns.number(pattern), *map(pool.number, arguments)]
