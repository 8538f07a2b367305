# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Checks many files: in this process when they are few, in several processes when they are many."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from azext_safeguards.check.among import judge_among
from azext_safeguards.check.engine import Engine, Kept, Plain
from azext_safeguards.check.files import FileResult, check_file
from azext_safeguards.check.findings import Finding, ObjectDiff, Report, UnreadableFile
from azext_safeguards.check.pool import Pool, worth_it
from azext_safeguards.check.settings import Settings
from azext_safeguards.check.sources.source import Source

Progress = Callable[[int, int], None]
"""Called with the number of files done so far, and of all."""


def check(
    sources: Iterable[Source | UnreadableFile],
    settings: Settings,
    *,
    processes: int = 1,
    progress: Progress | None = None,
) -> Report:
    """What a cluster with these settings would say about the manifests.

    :param sources: the files, in the order of the report.
    :param processes: how many may work at once; small inputs are checked in this process all the same.
    :param progress: called now and then.
    :returns: findings and unreadable files in the order of the sources, then by place in the file. `notes`, `level`
        and `version` are the caller's to fill, beside what annotations gave.
    """
    report = Report()
    gathered = _Gathered(report)
    readable: list[Source] = []
    for source in sources:
        if isinstance(source, UnreadableFile):
            report.unreadable.append(source)
        else:
            readable.append(source)
    names = [source.name for source in readable]
    for number, result in enumerate(_results(readable, settings, processes)):
        gathered.add(number, names[number], result)
        if progress and not number % 64:
            progress(number, len(names))
    report.files = len(names)
    gathered.finish(names, settings)
    return report


def _results(jobs: list[Source], settings: Settings, processes: int) -> Iterable[FileResult]:
    """The results in the order of the jobs."""
    if processes > 1 and worth_it(jobs):
        return Pool(settings, processes).results(jobs)
    engine = Engine(settings)
    return (check_file(engine, job) for job in jobs)


class _Gathered:
    """What the files gave, until all are read and the policies can be asked that need them all."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._raws: dict[int, list[Plain]] = {}
        self._kept: list[tuple[int, Kept]] = []

    def add(self, number: int, name: str, result: Any) -> None:
        """Takes the result of one file."""
        raws, problems, kept, diffs, notes, objects, excluded, ignored = result
        report = self._report
        if raws:
            self._raws[number] = list(raws)
        self._kept += [(number, Kept(*one)) for one in kept]
        report.unreadable += [UnreadableFile(name, *problem) for problem in problems]
        report.diffs += [ObjectDiff(*diff) for diff in diffs]
        report.notes += [note for note in notes if note not in report.notes]
        report.objects += objects
        report.excluded += excluded
        report.ignored += ignored

    def finish(self, names: list[str], settings: Settings) -> None:
        """Asks the policies that need all objects, and puts the findings in order."""
        for number, raw in judge_among(self._kept, settings):
            if raw is None:
                self._report.ignored += 1
            else:
                self._raws.setdefault(number, []).append(raw)
        findings = self._report.findings
        for number in sorted(self._raws):
            name = names[number]
            for item in sorted(self._raws[number]):
                _, implied, _, message, line, column, kind, object_name, namespace, policy, effect = item
                findings.append(
                    Finding(name, line, column, kind, object_name, namespace, policy, message, effect, implied)
                )
