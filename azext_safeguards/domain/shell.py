# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Values as words of a command that somebody pastes into bash or zsh: the one place where they are quoted.

PowerShell takes the same words but for a value with an apostrophe or with what cannot be seen: it doubles the one, and
has no `$'...'` for the other. Names in Azure and Kubernetes have neither. docs/scripting.md says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

# zsh takes `=name` at the beginning of a word for the place of a program.
_BARE = re.compile(r"[\w@%+:,./-][\w@%+=:,./-]*", re.ASCII)
# A CI takes `##[` for a command to itself, wherever it stands in a line.
_LOG_COMMAND = re.compile(r"#(?=#)")


def quoted(value: object) -> str:
    """A value as one word: as it is where no shell sees anything in it, else in quotes.

    What cannot be seen, and what would act on a terminal or in a log, is written as bytes in `$'...'`, which bash and
    zsh read back; so the command stays right when it is made harmless to print.
    """
    text = str(value)
    if _BARE.fullmatch(text):
        return text
    if text.isprintable() and not _LOG_COMMAND.search(text):
        return "'" + text.replace("'", "'\"'\"'") + "'"
    text = text.replace("\\", "\\\\").replace("'", "\\'")
    text = _LOG_COMMAND.sub(r"\\x23", text)
    return f"$'{''.join(char if char.isprintable() else _as_bytes(char) for char in text)}'"


def words(values: Iterable[object]) -> str:
    """Values as words beside each other."""
    return " ".join(quoted(value) for value in values)


def _as_bytes(char: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in char.encode("utf-8", errors="surrogatepass"))
