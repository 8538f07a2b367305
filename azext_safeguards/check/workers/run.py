# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Checks many files: in this process when they are few, in several processes when they are many."""

from __future__ import annotations

import marshal
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from azext_safeguards.check.findings import Report, UnreadableFile
from azext_safeguards.check.judging.judgeable import judgeable
from azext_safeguards.check.rego.patterns import broken_patterns
from azext_safeguards.check.settings import Settings
from azext_safeguards.check.sources.source import Source
from azext_safeguards.check.workers.ahead import Ahead
from azext_safeguards.check.workers.foreseen import FEW
from azext_safeguards.check.workers.parts import in_parts, whole
from azext_safeguards.check.workers.pool import Pool

Progress = Callable[[int, int], None]
"""Called with the number of files done so far, and of all."""


def check(
    sources: Iterable[Source | UnreadableFile] | Ahead,
    settings: Settings,
    *,
    processes: int = 1,
    progress: Progress | None = None,
) -> Report:
    """What a cluster with these settings would say about the manifests.

    :param sources: the files, in the order of the report, or what is found of them and started for them.
    :param processes: how many may work at once; small inputs are checked in this process all the same.
    :param progress: called now and then.
    :returns: findings and unreadable files in the order of the sources, then by place in the file. `notes`, `level`
        and `version` are the caller's to fill, beside what annotations gave.
    """
    report = Report()
    settings, report.unjudged = judgeable(settings)
    for short in settings.effects:
        report.notes += [f"{short}: {text}." for text in broken_patterns(short, settings.parameters)]
    ahead = sources if isinstance(sources, Ahead) else Ahead(sources, processes)
    readable = _Readable(ahead.sources, report)
    results = _results(readable, settings, ahead.pool)
    # Not before: other processes are at work while this is loaded.
    from azext_safeguards.check.workers.gathered import Gathered

    gathered = Gathered(report)
    number = 0
    for source, result in results:
        gathered.add(source, result)
        number += 1
        if progress and not number % 64:
            progress(number, readable.count)
    report.files = number
    gathered.finish(settings)
    return report


class _Readable:
    """The sources that can be read, counted as they come; the others go to the report."""

    def __init__(self, sources: Iterable[Source | UnreadableFile], report: Report) -> None:
        self._sources = iter(sources)
        self._report = report
        self.count = 0

    def __iter__(self) -> Iterator[Source]:
        for source in self._sources:
            if isinstance(source, UnreadableFile):
                self._report.unreadable.append(source)
            else:
                self.count += 1
                yield source


def _results(sources: Iterable[Source], settings: Settings, pool: Pool | None) -> Iterator[tuple[Source, Any]]:
    """The results in the order of the sources; other processes begin at once."""
    if pool:
        return whole(settings, pool.results(settings, in_parts(sources)))
    return _results_of_this_process(sources, settings)


def _results_of_this_process(sources: Iterable[Source], settings: Settings) -> Iterator[tuple[Source, Any]]:
    from azext_safeguards.check.judging.alike import Alike
    from azext_safeguards.check.judging.engine import Engine
    from azext_safeguards.check.judging.files import check_file

    engine = Engine(settings)
    iterator = iter(sources)
    for source in islice(iterator, FEW):
        yield source, check_file(engine, source)
    alike = Alike(engine, settings)
    for source in iterator:
        yield source, marshal.loads(alike.check(source))  # noqa: S302 - packed a moment ago
