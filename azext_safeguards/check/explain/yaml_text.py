# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Plain values as YAML with comments, which PyYAML's writer has not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from azext_safeguards.output.text import visible

# What YAML reads as text without quotes: names as Kubernetes has them that are no number and no boolean.
_BARE = re.compile(r"(?!(?:true|false|yes|no|on|off|null|y|n)\Z)[a-zA-Z/][a-zA-Z0-9._/-]*\Z", re.IGNORECASE)
_QUANTITY = re.compile(r"[1-9]\d*(?:m|k|Ki|Mi|Gi|Ti|M|G|T)\Z")


class Noted(NamedTuple):
    """A value with a comment behind it."""

    value: Any
    note: str


def bare(value: Any) -> Any:
    """A value without its comment."""
    return value.value if isinstance(value, Noted) else value


def yaml_lines(value: Mapping[str, Any], indent: str = "") -> Iterator[str]:
    """The lines of a mapping of mappings, lists, texts, numbers, booleans and None."""
    for key, noted in value.items():
        yield from _entry(f"{indent}{scalar(key)}:", noted, indent)


def _entry(head: str, noted: Any, indent: str) -> Iterator[str]:
    """One member: on the line of its key, or below it."""
    inner = bare(noted)
    note = f"  # {visible(noted.note)}" if isinstance(noted, Noted) else ""
    if isinstance(inner, Mapping) and inner:
        yield f"{head}{note}"
        yield from yaml_lines(inner, f"{indent}  ")
    elif isinstance(inner, list) and inner:
        yield f"{head}{note}"
        for item in inner:
            yield from _item(item, f"{indent}  ")
    else:
        yield f"{head} {scalar(inner)}{note}"


def _item(item: Any, indent: str) -> Iterator[str]:
    """One member of a list."""
    if not isinstance(item, Mapping) or not item:
        yield f"{indent}- {scalar(item)}"
        return
    first = True
    for line in yaml_lines(item, f"{indent}  "):
        yield f"{indent}- {line[len(indent) + 2 :]}" if first else line
        first = False


def scalar(value: Any) -> str:
    """A single value; an empty mapping or list counts as one."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, Mapping | list):
        return "{}" if isinstance(value, Mapping) else "[]"
    text = str(value)
    if _BARE.match(text) or _QUANTITY.match(text):
        return text
    # JSON's escapes of characters beyond 16 bits are not YAML's. A double # could begin a command of a CI's log.
    return '"' + "".join(char if _is_plain(char) else f"\\U{ord(char):08x}" for char in text) + '"'


def _is_plain(char: str) -> bool:
    """Whether a character may stand between double quotes as it is."""
    return char.isprintable() and char not in '"\\#'
