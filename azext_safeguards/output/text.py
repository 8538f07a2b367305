# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Makes the words of strangers safe to print.

Names and messages come from files that anybody may have written, and from services that hold what anybody may have
named; they are read by terminals, web pages and the log readers of CI systems, each with characters of its own that do
something.
"""

from __future__ import annotations

import re

# Control characters, what changes the direction of text or is not seen at all, and what is no character: none of them
# is in a Kubernetes name. XML allows few of the first, and nothing of the last.
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\ufffe\uffff\U000e0000-\U000e0fff]"
)
_NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}

# GitHub's older log commands begin with `##[`, those of Azure Pipelines with `##vso[`, anywhere in a line.
_LOG_COMMAND = re.compile(r"#(?=#[A-Za-z]*\[)")


def visible(text: str) -> str:
    """The text with its unseen characters as Python would write them, and on one line.

    Also takes the effect from log commands: `##vso[` becomes `\\x23#vso[`.
    """
    if text.isprintable() and "##" not in text and text.isascii():
        return text
    return _LOG_COMMAND.sub(r"\\x23", _UNSEEN.sub(_escaped, text))


# GitHub and Azure Pipelines take a line for a command that begins with `::` after blanks.
_LINE_COMMAND = re.compile(r"^(\s*):(?=:)")


def cell(text: str) -> str:
    """The text as `visible` has it, fit to stand at the beginning of a line."""
    return _LINE_COMMAND.sub(r"\1\\x3a", visible(text))


def lines(text: str) -> str:
    """A text of several lines, each as `cell` has it."""
    return "\n".join(cell(line) for line in text.split("\n"))


def _escaped(found: re.Match[str]) -> str:
    character = found[0]
    code = ord(character)
    if character in _NAMED:
        return _NAMED[character]
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
