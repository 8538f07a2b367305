# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Warnings of one object on their way."""

from __future__ import annotations

from typing import Any, NamedTuple

from azext_safeguards.check.apiserver.refusals import Path
from azext_safeguards.check.apiserver.validation.errors import told_path


class Warned(NamedTuple):
    """One warning of an API server."""

    path: Path
    """Where the value stands that is warned of."""

    text: str
    """As the API server words it, which kubectl prints behind `Warning: `."""


# Beyond these nobody reads them; the API server itself cuts them off at 4,096 characters.
MOST_WARNINGS = 100


class Warnings:
    """Collects them; the API server tells no text twice."""

    def __init__(self) -> None:
        self._found: dict[str, Path] = {}

    def add(self, path: Path, text: str) -> None:
        """A warning with all of its text."""
        if not self.is_full:
            self._found.setdefault(text, path)

    @property
    def is_full(self) -> bool:
        """Whether no more are taken."""
        return len(self._found) >= MOST_WARNINGS

    def field(self, path: Path, detail: str, *, at: Path | None = None) -> None:
        """A warning that begins with the field; `at` is where it stands, if not at the path that is told."""
        self.add(at or path, f"{told_path(path)}: {detail}")

    def finished(self) -> list[Warned]:
        """The warnings in their order."""
        return [Warned(path, text) for text, path in self._found.items()]


def quoted(text: Any) -> str:
    """A text as Go quotes it."""
    escaped = str(text).replace("\\", "\\\\").replace('"', '\\"')
    return '"' + escaped.replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r") + '"'
