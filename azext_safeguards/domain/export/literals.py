# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""JSON values as literals of a language with objects, lists and quoted strings: what Bicep and Terraform share."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_INDENT = "  "
_TWO = re.compile("#(?=#)")
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# Words that either language reads as something else than a name.
_RESERVED = frozenset(("true", "false", "null", "for", "if"))


@dataclass(frozen=True)
class Syntax:
    """How a language writes what JSON says."""

    string: Callable[[str], str]
    number: Callable[[int | float], str]
    assign: str
    """What stands between a name and its value."""
    separator: str
    """What stands after an item of a list, before the end of the line."""


def literal(value: Any, syntax: Syntax, depth: int = 0) -> str:
    """A JSON value as a literal, on as many lines as it needs.

    :param depth: how far the line that it begins on is indented.
    """
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, str):
        return syntax.string(value)
    if isinstance(value, (int, float)):
        return syntax.number(value)
    if isinstance(value, Mapping):
        return _lines("{}", [assignment(key, item, syntax, depth + 1) for key, item in value.items()], depth)
    return _lines("[]", _items(value, syntax, depth + 1), depth)


def assignment(name: str, value: Any, syntax: Syntax, depth: int) -> str:
    """A member of an object: name and value."""
    return f"{_name(name, syntax)}{syntax.assign}{literal(value, syntax, depth)}"


def escaped(text: str, known: Mapping[str, str], other: Callable[[int], str]) -> str:
    """A string's characters as they stand between quotes, in ASCII.

    ASCII, so that no console, locale or redirection on the way can change a character.

    :param known: what to write for single characters.
    :param other: writes the code point of a character that is not printable ASCII.
    """
    plain = "".join(
        known.get(character) or (character if " " <= character <= "~" else other(ord(character))) for character in text
    )
    # Azure Pipelines and GitHub take `##vso[` and `##[` for commands wherever they are in a line of a log.
    return _TWO.sub(lambda _: other(ord("#")), plain)


def json_text(value: Any) -> str:
    """JSON in ASCII on several lines, in which no log reader finds a command; `#` stands in strings only."""
    return _TWO.sub(r"\\u0023", json.dumps(value, indent=2))


def _items(values: Sequence[Any], syntax: Syntax, depth: int) -> list[str]:
    return [f"{literal(item, syntax, depth)}{syntax.separator}" for item in values]


def _lines(brackets: str, lines: list[str], depth: int) -> str:
    if not lines:
        return brackets
    inner = "".join(f"\n{_INDENT * (depth + 1)}{line}" for line in lines)
    return f"{brackets[0]}{inner}\n{_INDENT * depth}{brackets[1]}"


def _name(name: str, syntax: Syntax) -> str:
    return name if _WORD.fullmatch(name) and name not in _RESERVED else syntax.string(name)
