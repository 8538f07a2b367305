# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Errors of fields in our words and the API server's (apimachinery/pkg/util/validation/field)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from azext_safeguards.check.apiserver.refusals import Path, Refusal
from azext_safeguards.domain.go_quoting import quoted

# Each of a hundred thousand containers may be wrong.
MOST_ERRORS = 100


class Key(str):
    """A step of a path to a member of a mapping, which is written in brackets: `limits[cpu]`."""

    __slots__ = ()


class Errors:
    """Collects what is wrong with one object."""

    def __init__(self) -> None:
        self.refusals: list[Refusal] = []

    def required(self, path: Path, detail: str = "", *, reason: str = "", at: Path | None = None) -> None:
        """A field is missing."""
        text = f"Required value: {detail}" if detail else "Required value"
        self.add(path, text, reason or f"{_last(path)} is missing" + (f": {detail}" if detail else ""), at)

    def invalid(self, path: Path, value: Any, detail: str, *, reason: str = "", at: Path | None = None) -> None:
        """A value is not allowed; `at` is where it stands, if not at the path that the API server tells."""
        words = f"{_last(at or path)}: {_shown(value)} {detail}" if isinstance(value, str | int | float) else detail
        self.add(path, f"Invalid value: {_value(value)}" + (f": {detail}" if detail else ""), reason or words, at)

    def unsupported(
        self,
        path: Path,
        value: Any,
        allowed: Iterable[str],
        *,
        at: Path | None = None,
        shown: str = "",
        is_text: bool = False,
    ) -> None:
        """A value is none of the few that are allowed; `shown` is the part of it that is wrong, `is_text` says that the
        field has no type of its own, which decides how it is quoted."""
        names = list(allowed)
        quoted = ", ".join(f'"{name}"' for name in names)
        told = _value(value) if is_text else _for_pages(_value(value))
        reason = f"{_last(at or path)} is {_shown(shown or value)}; it can be {' or '.join(names)}"
        self.add(path, f"Unsupported value: {told}: supported values: {quoted}", reason, at)

    def one_of(self, value: Any, allowed: tuple[str, ...], path: Path) -> None:
        """A value that has to be one of a few."""
        if value not in allowed:
            self.unsupported(path, value, allowed)

    def without_value(self, path: Path, detail: str) -> None:
        """Something is not allowed that is too large to be printed."""
        self.add(path, f"Invalid value: {detail}", f"{_last(path)}: {detail}")

    def too_many(self, path: Path, found: int, most: int) -> None:
        """A list has too many items."""
        detail = f"must have at most {most} item{'s' if most != 1 else ''}"
        self.add(path, f"Too many: {found}: {detail}", f"{_last(path)} has {found} items; it {detail}")

    def too_long(self, path: Path, most: int) -> None:
        """A text, or a mapping as a whole, is too long."""
        detail = f"may not be more than {most} bytes"
        self.add(path, f"Too long: {detail}", f"{_last(path)} {detail}")

    def duplicate(self, path: Path, value: Any, *, detail: str = "", reason: str = "") -> None:
        """A value that has to be unique is there twice."""
        words = reason or f"{_last(path)} {_shown(value)} is used twice"
        self.add(path, f"Duplicate value: {_value(value)}" + (f": {detail}" if detail else ""), words)

    def forbidden(self, path: Path, detail: str, *, reason: str = "", at: Path | None = None) -> None:
        """A field that must not be set here."""
        self.add(path, f"Forbidden: {detail}", reason or f"{_last(at or path)}: {detail}", at)

    def not_found(self, path: Path, value: Any, *, detail: str = "", reason: str = "") -> None:
        """A name that refers to nothing."""
        text = f"Not found: {_value(value)}" + (f": {detail}" if detail else "")
        self.add(path, text, reason or f"{_last(path)}: there is no {_shown(value)}")

    def add(self, path: Path, text: str, reason: str, at: Path | None = None) -> None:
        """An error with its text and ours."""
        if len(self.refusals) < MOST_ERRORS:
            self.refusals.append(Refusal("validate", at or path, reason, 422, f"{told_path(path)}: {text}"))


def told_path(path: Path) -> str:
    """A path as the API server writes it."""
    text = ""
    for step in path:
        if isinstance(step, int | Key):
            text += f"[{step}]"
        else:
            text += f".{step}" if text else step
    return text


def _value(value: Any) -> str:
    """A value as Go prints it in an error: quoted text, plain numbers, JSON."""
    if isinstance(value, str):
        return quoted(value)
    return "null" if value is None else _for_pages(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


def _for_pages(text: str) -> str:
    """JSON as Go writes it."""
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _shown(value: Any) -> str:
    """A value in our own words."""
    return f"'{value}'" if isinstance(value, str) else _value(value)


def _last(path: Path) -> str:
    """The field that a path leads to, with its index where it is an item."""
    names = [step for step in path if isinstance(step, str)]
    if path and isinstance(path[-1], int):
        return f"{names[-1]}[{path[-1]}]"
    return names[-1] if names else "object"
