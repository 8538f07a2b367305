# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What is written in the lines of manifests, each text looked at once: what stands before `: `, and what behind it.

Of ten lines nine are new, but what stands before the value is not, nor, nearly always, the value.
"""

from __future__ import annotations

from typing import Any, TypeVar

from azext_safeguards.check.documents.block_lines import BLANK, HEAD, ITEM, ITEM_OPEN, OPEN, line_of, value_of
from azext_safeguards.check.documents.block_scalars import Header
from azext_safeguards.check.documents.flow import WORDS

_MOST_HEADS = 8_000
_MOST_VALUES = 16_000
_LONG_LINE = 300
_LONG_WORD = max(map(len, WORDS))

BELOW = Header("|")
"""In the place of a value that stands in the lines that follow, further to the right."""

# In the place of an indent: a comment; a line that has to be looked at as a whole; none that a line could have.
COMMENT, WHOLE, NONE = 1 << 30, 1 << 31, 1 << 32

_Meaning = TypeVar("_Meaning")

Head = tuple[int, int, str]
"""The indent of the key, or for an item of a list the complement (`~`) of that of its dash; the column of the key; the
key, "" for an item that is one value."""


class Left(Exception):
    """The document is left to the composer."""


class _Heads(dict[str, Head]):
    """What stands before `: ` in a line."""

    def __missing__(self, before: str) -> Head:
        found = HEAD.fullmatch(before)
        if found:
            if found[3].lower() in WORDS:
                raise Left
            indent = len(found[1])
            head = (~indent if found[2] else indent, found.start(3), found[3])
        elif before.lstrip(" ")[:1] == "#" and before.isprintable():
            head = (COMMENT, 0, "")
        else:
            head = (WHOLE, 0, "")
        return _remembered(self, before, head, _MOST_HEADS)


class _Values(dict[str, Any]):
    """What stands behind `: ` in a line."""

    def __missing__(self, text: str) -> Any:
        # Most that are new are words.
        if len(text) > _LONG_WORD and text[0].isalpha() and text[-1] not in " :" and _is_plain(text):
            return _remembered(self, text, text, _MOST_VALUES)
        bare = text.lstrip(" ")
        if not text.isprintable():
            raise Left
        if not bare or bare[0] == "#":
            value: Any = BELOW
        else:
            found = value_of(bare)
            if found is None:
                raise Left
            value = found[0]
        return _remembered(self, text, value, _MOST_VALUES)


class _Wholes(dict[str, "tuple[int, int, str, Any] | None"]):
    """Lines without `: ` in them: a `Head`, and the value; None for one that says nothing."""

    def __missing__(self, raw: str) -> tuple[int, int, str, Any] | None:
        found = line_of(raw)
        if found is None:
            raise Left
        kind, indent, column, key, value, _, _ = found
        if kind == BLANK:
            return _remembered(self, raw, None, _MOST_HEADS)
        if kind in (OPEN, ITEM_OPEN):
            value = BELOW
        return _remembered(self, raw, (~indent if kind >= ITEM else indent, column, key, value), _MOST_HEADS)


def _is_plain(text: str) -> bool:
    """Whether there is nothing in a text that ends a plain scalar."""
    return text.isprintable() and " #" not in text and ": " not in text


def _remembered(known: dict[str, _Meaning], text: str, meaning: _Meaning, most: int) -> _Meaning:
    """What a text means, remembered for the next time."""
    if len(text) < _LONG_LINE:
        if len(known) >= most:
            known.clear()
        known[text] = meaning
    return meaning


HEADS, VALUES, WHOLES = _Heads(), _Values(), _Wholes()
