# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Patches as files: their names, and whether a file that is there is one of them."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable

from azext_safeguards.check.explain.patches import FIRST_LINE, Patch

_UNFIT = re.compile(r"[^a-z0-9.-]+")
_LONGEST = 100


def files_of(patches: Iterable[Patch]) -> list[tuple[str, Patch]]:
    """A file name for each patch, no two alike: `deployment-web.patch.yaml`.

    Only letters, digits, dots and hyphens of a name are in it, so that no name leads out of a folder.
    """
    files: list[tuple[str, Patch]] = []
    taken: set[str] = set()
    for patch in patches:
        workload = patch.workload
        kind = workload.kind or ("workload" if workload.is_template else "object")
        parts = [part for part in (kind, workload.namespace, workload.name) if part]
        stem = _UNFIT.sub("-", "-".join(parts).lower()).strip("-.")[:_LONGEST] or "object"
        name, number = stem, 1
        while name in taken:
            number += 1
            name = f"{stem}-{number}"
        taken.add(name)
        files.append((f"{name}.patch.yaml", patch))
    return files


def is_ours(path: str) -> bool:
    """Whether a file is a patch that was written before; False for one that is not, or is not to be read."""
    try:
        if not stat.S_ISREG(os.lstat(path).st_mode):
            return False
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.readline(len(FIRST_LINE) + 2).rstrip("\n") == FIRST_LINE
    except OSError:
        return False
