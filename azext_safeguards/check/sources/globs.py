# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Expands globs, which the shells of Windows leave to programs, as do others when the glob is quoted."""

from __future__ import annotations

import fnmatch
import os
import re
from collections.abc import Iterator

from azext_safeguards.check.sources.helm import ARCHIVES
from azext_safeguards.check.sources.names import EXTENSIONS, is_left_out

_MAGIC = re.compile(r"[*?[]")


def is_glob(name: str) -> bool:
    """Whether a name is a pattern; a file that has such a name is that file."""
    return _MAGIC.search(name) is not None and not os.path.lexists(name)


def expand(pattern: str) -> list[str]:
    """What a pattern matches, sorted.

    `*`, `?` and `[...]` match within a name, `**` any number of folders; hidden names only when the pattern's part
    begins with a dot. A pattern that ends in a wildcard takes of the files only manifests and chart archives, as a
    folder does; one that ends in `**` takes the folder. With `**` before its end it takes files only: folders that lie
    in each other would be reported twice.
    """
    drive, rest = os.path.splitdrive(pattern.replace("\\", "/") if os.sep == "\\" else pattern)
    parts = [part for part in rest.split("/") if part]
    start = drive + ("/" if rest.startswith("/") else "")
    while parts and parts[-1] == "**":
        parts.pop()
    if not parts:
        return [start or "."]
    matched = sorted(set(_expand(start, parts)))
    if "**" in parts:
        matched = [path for path in matched if not os.path.isdir(path)]
    if parts[-1].endswith(("*", "?", "]")):
        matched = [path for path in matched if path.lower().endswith(EXTENSIONS + ARCHIVES) or os.path.isdir(path)]
    return matched


def _expand(folder: str, parts: list[str]) -> Iterator[str]:
    """The paths below `folder` ("" for the working directory) that match all the parts."""
    part, *rest = parts
    if part == "**":
        for below in _folders_below(folder):
            yield from _expand(below, rest)
        return
    if _MAGIC.search(part):
        matches = re.compile(fnmatch.translate(part)).match
        names = [name for name in _names(folder) if matches(name) and (part.startswith(".") or not is_left_out(name))]
    else:
        names = [part]
    for name in names:
        path = os.path.join(folder, name)
        if rest:
            if os.path.isdir(path):
                yield from _expand(path, rest)
        elif os.path.lexists(path):
            yield path


def _names(folder: str) -> list[str]:
    """What is in a folder; nothing if that is not known."""
    try:
        return sorted(os.listdir(folder or "."))
    except OSError:
        return []


def _folders_below(folder: str) -> Iterator[str]:
    """The folder and all below it, links not followed."""
    ahead = [folder]
    while ahead:
        current = ahead.pop()
        yield current
        for name in _names(current):
            path = os.path.join(current, name)
            if not is_left_out(name) and os.path.isdir(path) and not os.path.islink(path):
                ahead.append(path)
