# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Walks a folder for manifests, charts and Kustomize folders.

Hidden files and folders and node_modules are left out, and links to folders are not followed, as kubectl doesn't: a
link in a stranger's repository might lead anywhere, or around in a circle.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field

from azext_safeguards.check.findings import UnreadableFile
from azext_safeguards.check.sources import helm, kustomize
from azext_safeguards.check.sources.names import EXTENSIONS, is_left_out
from azext_safeguards.check.sources.source import Source, shown, unopened

FileKey = tuple[int, int, str]
"""A file: its folder's device and inode, and its name there. Cheaper than a real path for each of many files, and
tells two hard links apart, which a cluster would get as two files."""


@dataclass
class Seen:
    """What has been found already, so that what is named twice is checked once."""

    files: set[FileKey] = field(default_factory=set)
    rendered: set[str] = field(default_factory=set)
    """Real paths of charts and Kustomize folders."""


@dataclass
class Found:
    """What a walk has found beside files, in order."""

    charts: list[str] = field(default_factory=list)
    kustomizations: list[str] = field(default_factory=list)

    is_empty: bool = True
    """Whether there is nothing of these in the folder, not even what had been seen before."""


def file_key(path: str) -> FileKey:
    """The key of the file that a path leads to, links resolved. Raises OSError."""
    folder, name = os.path.split(os.path.realpath(path))
    status = os.stat(folder)
    return status.st_dev, status.st_ino, name


def walk(root: str, seen: Seen, found: Found) -> Iterator[Source | UnreadableFile]:
    """The manifests below `root`, less what has been seen: by folder, the files of one before its folders, by name.

    Given one by one, so that many can be checked while the walk goes on; `found` holds the rest at the end.
    """
    ahead = [(root, False)]
    while ahead:
        folder, is_owned = ahead.pop()
        try:
            status = os.stat(folder)
            with os.scandir(folder) as entries:
                listed = sorted(entries, key=_name)
        except OSError as error:
            found.is_empty = False
            yield unopened(shown(folder), error)
            continue
        names = {entry.name for entry in listed}
        # What a kustomization leaves out of its folder is not deployed, and what it takes in is rendered with it; but
        # a Kustomize folder below another may be one that builds on it. A chart has all that is below it.
        if not is_owned and helm.FILE in names:
            found.is_empty = False
            if not helm.is_library(folder):
                found.charts.append(folder)
            continue
        if not names.isdisjoint(kustomize.FILES):
            found.is_empty = False
            found.kustomizations.append(folder)
            is_owned = True
        if not is_owned:
            manifests = [entry for entry in listed if entry.name.lower().endswith(EXTENSIONS)]
            found.is_empty = found.is_empty and not manifests
            yield from _files(folder, manifests, (status.st_dev, status.st_ino), seen.files)
        ahead += [(_join(folder, entry.name), is_owned) for entry in reversed(listed) if _is_folder(entry)]


def _name(entry: os.DirEntry[str]) -> str:
    return entry.name


def _is_folder(entry: os.DirEntry[str]) -> bool:
    """Whether the walk goes into an entry."""
    try:
        return entry.is_dir(follow_symlinks=False) and not is_left_out(entry.name)
    except OSError:
        return False


def _join(folder: str, name: str) -> str:
    """`folder/name`, without the `./` that nobody wrote."""
    return name if folder == "." else os.path.join(folder, name)


def _files(
    folder: str, listed: list[os.DirEntry[str]], key: tuple[int, int], seen: set[FileKey]
) -> Iterator[Source | UnreadableFile]:
    """The manifests directly in a folder."""
    path_prefix = _join(folder, "")
    name_prefix = "" if folder == "." else shown(path_prefix)
    for entry in listed:
        name = entry.name
        if is_left_out(name):
            continue
        reported = f"{name_prefix}{name if name.isascii() else shown(name)}"
        path = path_prefix + name
        try:
            if entry.is_file():
                identity = file_key(path) if entry.is_symlink() else (*key, name)
                if identity not in seen:
                    seen.add(identity)
                    yield Source(reported, path, entry.stat().st_size)
            elif not entry.is_dir():
                yield UnreadableFile(reported, 0, 0, _why_no_file(entry))
        except OSError as error:
            yield unopened(reported, error)


def _why_no_file(entry: os.DirEntry[str]) -> str:
    """Why something that is called like a manifest is not read."""
    if entry.is_symlink() and not os.path.exists(entry.path):
        return "it is a link to nothing"
    return "it is not a regular file (a device, socket or pipe), which is not read"
