# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Turns what the user names into sources."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import BinaryIO

from azext_safeguards.check.errors import CheckError
from azext_safeguards.check.findings import UnreadableFile
from azext_safeguards.check.sources import folder, globs, helm, kustomize
from azext_safeguards.check.sources.source import Source, shown, unopened
from azext_safeguards.check.sources.tool import MOST_BYTES
from azext_safeguards.check.streams import TooLong, read_whole
from azext_safeguards.domain.shell import quoted

STDIN = "<stdin>"
"""The name of what comes from standard input."""

MOST_FILES = 1_000_000
_TOO_MANY = f"there are more than {MOST_FILES:,} files; it and those after it are not read: name fewer folders at once"

Item = Source | UnreadableFile
_URLS = ("http://", "https://")
_NAMED_YAML = "az aks safeguards check -f deploy/"


def find_sources(
    names: Sequence[str], stdin: BinaryIO | None, values: Sequence[str] = (), beside: Sequence[str] = ()
) -> Iterator[Item]:
    """All there is to check, in the order of `names`; what is named twice comes once.

    A name is a file, a folder, a glob, `-` for standard input, a Kustomize folder, a Helm chart or an archive of one.
    From a folder come its manifests, then its charts, then its Kustomize folders. `values` are files for `helm
    template --values`. `stdin` is None where the process has none. `beside` are files that the run writes or knows
    findings from; they are no manifests, unless they are named.

    Raises `CheckError` before the first source when a name is nothing that can be read, or when the tool for something
    named is missing. What turns out later to be unreadable is among the results.
    """
    for file in values:
        if not os.path.isfile(file):
            raise CheckError(f"There is no values file '{shown(file)}'.", (f"ls -l {quoted(file)}",))
        if os.path.getsize(file) > MOST_BYTES:
            most = MOST_BYTES // 1024 // 1024
            raise CheckError(f"The values file '{shown(file)}' is larger than {most} MiB.", (f"ls -l {quoted(file)}",))
    search = _Search(stdin, tuple(values))
    search.leave_out(path for path in beside if path not in names)
    steps: list[Callable[[], Iterator[Item]]] = []
    for name in dict.fromkeys(names):
        if not name.startswith(_URLS) and globs.is_glob(name):
            matched = globs.expand(name)
            if not matched:
                raise CheckError(f"No manifest matches '{name}'.", (_NAMED_YAML,))
            steps += [search.step(path, is_named=False) for path in matched]
        else:
            steps.append(search.step(name))
    return search.all(steps)


class _Search:
    """One run of `find_sources`."""

    def __init__(self, stdin: BinaryIO | None, values: tuple[str, ...]) -> None:
        self._stdin = stdin
        self._values = values
        self._seen = folder.Seen()
        self._has_charts = False

    def all(self, steps: Sequence[Callable[[], Iterator[Item]]]) -> Iterator[Item]:
        """What the steps give; at the end, values that no chart has used."""
        count = 0
        for step in steps:
            for item in step():
                count += 1
                if count > MOST_FILES:
                    yield UnreadableFile(item.file if isinstance(item, UnreadableFile) else item.name, 0, 0, _TOO_MANY)
                    return
                yield item
        if self._values and not self._has_charts:
            yield UnreadableFile(shown(self._values[0]), 0, 0, "values are for Helm charts, and no chart was found")

    def leave_out(self, paths: Iterable[str]) -> None:
        """Takes files for seen."""
        for path in paths:
            with suppress(OSError, ValueError):
                self._seen.files.add(folder.file_key(path))

    def step(self, name: str, *, is_named: bool = True) -> Callable[[], Iterator[Item]]:
        """How to read what is named, or matched by a pattern. Raises `CheckError` when it cannot be."""
        if name == "-":
            return self._standard_input_step()
        if name.startswith(_URLS):
            raise CheckError(
                f"'{name}' is a URL, which is not fetched.",
                (f"curl -fsSL {quoted(name)} | az aks safeguards check -f -",),
            )
        try:
            mode = os.stat(name).st_mode
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise CheckError(f"There is no file or folder '{shown(name)}': {reason}.", (_NAMED_YAML,)) from None
        if stat.S_ISDIR(mode):
            return self._folder_step(name if ".." in name else os.path.normpath(name))
        if not stat.S_ISREG(mode):
            raise CheckError(
                f"'{shown(name)}' is a device, socket or pipe, which is not read by name.",
                ("kubectl kustomize deploy | az aks safeguards check -f -",),
            )
        if name.lower().endswith(helm.ARCHIVES):
            return self._chart_step(name)
        return lambda: self._file(name, is_named)

    def _folder_step(self, path: str) -> Callable[[], Iterator[Item]]:
        if helm.is_chart(path):
            return self._chart_step(path)
        if kustomize.is_kustomization(path):
            if kustomize.tool() is None:
                raise kustomize.missing(path)
            return lambda: self._kustomization(path)
        return lambda: self._folder(path)

    def _chart_step(self, path: str) -> Callable[[], Iterator[Item]]:
        if helm.tool() is None:
            raise helm.missing(path)
        return lambda: self._chart(path)

    def _standard_input_step(self) -> Callable[[], Iterator[Item]]:
        stdin = self._stdin
        if stdin is None:
            raise CheckError("There is no standard input to read.", (_NAMED_YAML,))
        return lambda: self._standard_input(stdin)

    def _standard_input(self, stdin: BinaryIO) -> Iterator[Item]:
        try:
            content = read_whole(stdin, MOST_BYTES)
        except OSError as error:
            yield unopened(STDIN, error)
            return
        except TooLong:
            reason = f"it is longer than {MOST_BYTES // 1024 // 1024} MiB; save it as a file and name that"
            yield UnreadableFile(STDIN, 0, 0, reason)
            return
        if content and not content.isspace():
            yield Source(STDIN, "", len(content), content, is_named=True)
        else:
            # What should have written it has most likely failed, and kubectl does not apply nothing either.
            yield UnreadableFile(STDIN, 0, 0, "it is empty")

    def _file(self, path: str, is_named: bool) -> Iterator[Item]:
        try:
            key, size = folder.file_key(path), os.stat(path).st_size
        except OSError as error:
            yield unopened(shown(path), error)
            return
        if key not in self._seen.files:
            self._seen.files.add(key)
            yield Source(shown(path), path, size, is_named=is_named)

    def _folder(self, path: str) -> Iterator[Item]:
        found = folder.Found()
        yield from folder.walk(path, self._seen, found)
        if found.is_empty:
            reason = "no .yaml, .yml or .json file, no Helm chart and no Kustomize folder is in it"
            yield UnreadableFile(shown(path), 0, 0, reason)
        for chart in found.charts:
            yield from self._chart(chart)
        for kustomization in kustomize.topmost(found.kustomizations):
            yield from self._kustomization(kustomization)

    def _chart(self, path: str) -> Iterator[Item]:
        self._has_charts = True
        if self._is_new(path):
            yield from helm.render(path, self._values)

    def _kustomization(self, path: str) -> Iterator[Item]:
        if self._is_new(path):
            yield kustomize.render(path)

    def _is_new(self, path: str) -> bool:
        real = os.path.realpath(path)
        is_new = real not in self._seen.rendered
        self._seen.rendered.add(real)
        return is_new
