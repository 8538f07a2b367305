# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Checks many files: in this process when they are few, in several processes when they are many."""

from __future__ import annotations

import marshal
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from azext_safeguards.check.findings import (
    ApiServerWarning,
    ExcludedObject,
    Finding,
    IgnoredFinding,
    ObjectDiff,
    OddPlace,
    Refused,
    Report,
    SeenObject,
    UnreadableFile,
)
from azext_safeguards.check.judging.alike import Alike
from azext_safeguards.check.judging.among import judge_among
from azext_safeguards.check.judging.engine import Apart, Engine, Kept, Plain
from azext_safeguards.check.judging.files import FileResult, check_file
from azext_safeguards.check.judging.judgeable import judgeable
from azext_safeguards.check.rego.patterns import broken_patterns
from azext_safeguards.check.settings import Settings
from azext_safeguards.check.sources.source import Source
from azext_safeguards.check.workers.ahead import Ahead
from azext_safeguards.check.workers.parts import in_parts, whole
from azext_safeguards.check.workers.pool import FEW, Pool

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
    gathered = _Gathered(report)
    ahead = sources if isinstance(sources, Ahead) else Ahead(sources, processes)
    readable = _Readable(ahead.sources, report)
    number = 0
    for source, result in _results(readable, settings, ahead.pool):
        gathered.add(source, result)
        number += 1
        if progress and not number % 64:
            progress(number, readable.count)
    report.files = number
    gathered.finish(settings)
    return report


NO_OBJECT = "it holds no Kubernetes object: no document in it has both apiVersion and kind"


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
    """The results in the order of the sources."""
    if pool:
        yield from whole(settings, pool.results(settings, in_parts(sources)))
        return
    engine = Engine(settings)
    iterator = iter(sources)
    for source in islice(iterator, FEW):
        yield source, check_file(engine, source)
    alike = Alike(engine, settings)
    for source in iterator:
        yield source, marshal.loads(alike.check(source))  # noqa: S302 - packed a moment ago


class _Gathered:
    """What the files gave, until all are read and the policies can be asked that need them all."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._names: list[str] = []
        self._raws: dict[int, list[Plain]] = {}
        self._kept: list[tuple[int, Kept]] = []

    def add(self, source: Source, result: Any) -> None:
        """Takes the result of the next file."""
        number, name = len(self._names), source.name
        self._names.append(name)
        report = self._report
        raws, refused, problems, odd, kept, diffs, notes, objects, excluded, ignored, others, _, *more = result
        apart, seen, _ = more
        report.objects += objects
        report.seen += [SeenObject(name, *one) for one in seen]
        if raws:
            self._raws[number] = list(raws)
        for each in kept:
            self._kept.append((number, Kept._make(each)))
        if any((refused, problems, odd, diffs, notes, excluded, ignored, others, apart)):
            report.refused += [Refused(name, *one) for one in refused]
            report.unreadable += [UnreadableFile(name, *problem) for problem in problems]
            report.odd += [OddPlace(name, *one) for one in odd]
            report.diffs += [ObjectDiff(*diff) for diff in diffs]
            report.notes += [note for note in notes if note not in report.notes]
            report.excluded += excluded
            report.ignored += ignored
            report.others += others
            for one in apart:
                self._set_apart(name, Apart(*one))
        if source.is_named and FileResult._make(result).holds_nothing:
            report.unreadable.append(UnreadableFile(name, 0, 0, NO_OBJECT))

    def _set_apart(self, file: str, apart: Apart) -> None:
        """Takes what is no finding that counts."""
        place = (file, apart.line, apart.column, apart.kind, apart.name, apart.namespace)
        if apart.state == "apiserver":
            self._report.apiserver_warnings.append(ApiServerWarning(*place, apart.message))
            return
        if apart.state == "excluded":
            self._report.excluded_objects.append(ExcludedObject(*place, apart.reason))
            return
        said = (apart.policy, apart.message, apart.effect, apart.implied, apart.reason)
        self._report.ignored_findings.append(IgnoredFinding(*place, *said))

    def finish(self, settings: Settings) -> None:
        """Asks the policies that need all objects, and puts the findings in order."""
        for number, raw in judge_among(self._kept, settings, self._report.notes):
            if isinstance(raw, Apart):
                self._set_apart(self._names[number], raw)
                self._report.ignored += 1
            else:
                self._raws.setdefault(number, []).append(raw)
        findings = self._report.findings
        for number in sorted(self._raws):
            name = self._names[number]
            for item in sorted(self._raws[number]):
                _, implied, _, message, line, column, kind, object_name, namespace, policy, effect = item
                findings.append(
                    Finding(name, line, column, kind, object_name, namespace, policy, message, effect, implied)
                )
