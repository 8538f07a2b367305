# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Processes that start as soon as a command line is there, before anything else of a check is loaded."""

from __future__ import annotations

import os
import stat
from collections import deque
from collections.abc import Sequence

from azext_safeguards.check.sources.names import EXTENSIONS, is_left_out
from azext_safeguards.check.workers.worker import Workers, processes

FEW = 200
LITTLE = 192 * 1024
"""Starting a process costs about as much as checking this many files, or this many bytes."""
# So many entries of folders are looked at, to see whether there are that many.
_LOOKED_AT = 2000


def foreseen(words: Sequence[str]) -> Workers | None:
    """Other processes, where the words of a command line name files or folders in which there is surely much to check.

    A guess that may cost a process that is not needed, and nothing else: what is checked is found later.
    """
    count = processes() - 1
    if count < 1 or not any(_is_much(word.partition("=")[2] if word.startswith("-") else word) for word in words):
        return None
    return Workers(count)


def _is_much(path: str) -> bool:
    """Whether a path is that of a large file, or of a folder with many."""
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        # It is no path, or leads nowhere.
        return False
    if stat.S_ISREG(status.st_mode):
        return status.st_size > LITTLE and path.endswith(EXTENSIONS)
    folders, found, left = deque([path] if stat.S_ISDIR(status.st_mode) else []), 0, _LOOKED_AT
    while folders:
        try:
            with os.scandir(folders.popleft()) as entries:
                for entry in entries:
                    left -= 1
                    if left < 0:
                        return False
                    if is_left_out(entry.name):
                        continue
                    if entry.name.endswith(EXTENSIONS):
                        found += 1
                        if found == FEW:
                            return True
                    elif entry.is_dir(follow_symlinks=False):
                        folders.append(entry.path)
        except OSError:
            # That it cannot be read is said by whoever reads it.
            continue
    return False
