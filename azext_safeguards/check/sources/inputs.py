# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Whether a file that is to be written is one that the run reads."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from azext_safeguards.check.sources import globs, helm, kustomize
from azext_safeguards.check.sources.names import EXTENSIONS

# What is read of a folder: manifests, and what charts and Kustomize folders are made of.
_READ = (*EXTENSIONS, ".tpl", *helm.ARCHIVES)
# A report or a baseline of an earlier run is seldom larger; what is, is rather kept than replaced.
_MOST_BYTES = 50_000_000


def is_input(path: str, names: Sequence[str], values: Iterable[str] = ()) -> bool:
    """Whether a file is among the inputs of a run, or lies in a folder of them and may be one.

    A baseline or a SARIF report, recognised by what is in it, is none: it may lie beside manifests and be written anew.

    :param path: the file to be written, which need not be there.
    :param names: what the user named, as for `find_sources`.
    :param values: files for `helm template --values`.
    """
    try:
        there = os.stat(path)
    except (OSError, ValueError):
        return False
    if not stat.S_ISREG(there.st_mode):
        return False
    real = os.path.realpath(path)
    for name in _named([*names, *values]):
        try:
            named = os.stat(name)
        except (OSError, ValueError):
            continue
        if os.path.samestat(named, there):
            return True
        folder = os.path.join(os.path.realpath(name), "")
        if stat.S_ISDIR(named.st_mode) and real.startswith(folder) and _may_be_read(real):
            return not _is_ours(real, there.st_size)
    return False


def becomes_input(path: str, names: Sequence[str]) -> bool:
    """Whether a file that is not there yet would be read as a manifest by the next run, for its name and its folder."""
    if os.path.lexists(path) or not _may_be_read(path):
        return False
    real = os.path.join(os.path.realpath(os.path.dirname(path) or "."), os.path.basename(path))
    folders = (os.path.join(os.path.realpath(name), "") for name in _named(names) if os.path.isdir(name))
    return any(real.startswith(folder) for folder in folders)


def _named(names: Iterable[str]) -> Iterator[str]:
    """Each file and folder that is named, globs expanded."""
    for name in names:
        yield name
        if globs.is_glob(name):
            yield from globs.expand(name)


def _may_be_read(path: str) -> bool:
    """Whether a file in a folder is read by its name."""
    return path.lower().endswith(_READ) or os.path.basename(path) in kustomize.FILES


def _is_ours(path: str, size: int) -> bool:
    """Whether a file is a report or a baseline, which an earlier run has written."""
    if size > _MOST_BYTES:
        return False
    try:
        with open(path, encoding="utf-8") as file:
            content: Any = json.load(file)
    except (OSError, ValueError, RecursionError):
        return False
    if not isinstance(content, dict) or "apiVersion" in content:
        return False
    return isinstance(content.get("runs"), list) or isinstance(content.get("findings"), list)
