# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Paths of files in manifests: of what is mounted, of profiles on a node."""

from __future__ import annotations

from azext_safeguards.check.apiserver.refusals import Path
from azext_safeguards.check.apiserver.validation.errors import Errors


def no_backsteps(errors: Errors, value: str, path: Path, *, at: Path | None = None) -> None:
    """Checks that a path does not lead upwards; `at` is where it stands, if not at the path that is told."""
    if ".." in value.split("/"):
        errors.invalid(path, value, "must not contain '..'", at=at)


def descending(errors: Errors, value: str, path: Path, *, at: Path | None = None) -> None:
    """Checks that a path is relative and does not lead upwards."""
    if value.startswith("/"):
        errors.invalid(path, value, "must be a relative path", at=at)
    no_backsteps(errors, value, path, at=at)


def not_reserved(errors: Errors, value: str, path: Path, *, at: Path | None = None) -> None:
    """The same for a file in a volume, whose name must not begin with two dots either."""
    descending(errors, value, path, at=at)
    if value.startswith("..") and not value.startswith("../"):
        errors.invalid(path, value, "must not start with '..'", at=at)


def mode(errors: Errors, value: int | None, path: Path, *, at: Path | None = None) -> None:
    """Checks the permissions of a file."""
    if value is not None and not 0 <= value <= 0o777:
        detail = "must be a number between 0 and 0777 (octal), both inclusive"
        errors.invalid(path, value, detail, at=at)
