# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What the files gave, put together to one report."""

from __future__ import annotations

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
from azext_safeguards.check.judging.among import judge_among
from azext_safeguards.check.judging.files import FileResult
from azext_safeguards.check.judging.judged import Apart, Kept, Plain
from azext_safeguards.check.settings import Settings
from azext_safeguards.check.sources.source import Source

NO_OBJECT = "it holds no Kubernetes object: no document in it has both apiVersion and kind"


class Gathered:
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
