# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""One file at a time: read, judged, and put into a form that can be sent from a worker process."""

from __future__ import annotations

from collections.abc import Iterable
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from azext_safeguards.check.documents.problem import Problem
from azext_safeguards.check.documents.reading import Document, read_text
from azext_safeguards.check.documents.streaming import MOST_FILE_BYTES, TOO_LARGE, read_stream
from azext_safeguards.check.findings import ObjectDiff
from azext_safeguards.check.judging.engine import Engine
from azext_safeguards.check.judging.judged import Judged, Plain
from azext_safeguards.check.judging.lists import INVALID, has_type, is_empty_list, is_list, missing
from azext_safeguards.check.sources.source import Source, unopened

if TYPE_CHECKING:
    from azext_safeguards.check.judging.measured import Measuring


class FileResult(NamedTuple):
    """What one file gave; plain values in tuples, which marshal can carry."""

    raws: list[Plain]
    """See `Raw`."""
    refused: list[Plain]
    """See `Refused`, without the file."""
    problems: list[tuple[int, int, str]]
    """What could not be read: line, column, reason; line 0 for the file as a whole."""
    odd: list[tuple[int, int, str]]
    """What was read, though hardly as it was meant."""
    kept: list[Plain]
    """See `Kept`."""
    diffs: list[ObjectDiff]
    notes: list[str]
    objects: int
    excluded: int
    ignored: int
    others: int
    """Documents that are no Kubernetes objects."""
    lists: int
    """Lists of nothing."""
    apart: list[Plain]
    """See `Apart`."""
    seen: list[Plain]
    """See `SeenObject`, without the file."""
    strangers: list[Plain]
    """Of a part of a file: as what `others` would be refused if there are objects in the file. See `Refused`."""

    @property
    def holds_nothing(self) -> bool:
        """Whether there is no object, and nothing else has been said of that."""
        return not (self.objects or self.lists or self.problems or self.refused)


NOTHING_SAID = FileResult([], [], [], [], [], [], [], 1, 0, 0, 0, 0, [], [], [])
"""The result of a file of one object about which there is nothing to say. It is one for all of them."""


def plain(result: FileResult) -> tuple[Any, ...]:
    """A result as marshal carries it."""
    return tuple(result._replace(diffs=[tuple(diff) for diff in result.diffs]) if result.diffs else result)  # type: ignore[misc]


# Beyond these a report helps nobody.
MOST_FINDINGS = 20_000
MOST_PROBLEMS = 1_000
MOST_TEXT = 4_000


def _cut(text: str) -> str:
    """A text that may hold what stands in the file, whatever its length."""
    return text if len(text) <= MOST_TEXT else f"{text[:MOST_TEXT]}..."


def check_file(engine: Engine, source: Source, content: bytes | None = None) -> FileResult:
    """Everything about one file; what cannot be read is in `problems`, never raised.

    :param content: all of the file, where it has been read.
    :returns: the result, which nobody changes: of many files it is `NOTHING_SAID`.
    """
    documents: list[Document | Problem] | None = None
    try:
        if content is None:
            content = source.read_small()
        # Most files are small and have one document.
        if content is not None and source.has_lines and b"\n---" not in content:
            documents = list(read_text(content, source.lines_before))
            found = _of_one_object(engine, source, documents)
            if found:
                return found
    except (OSError, RecursionError, MemoryError):
        # Comes again, and is said, when what comes before it has been.
        pass
    return _of_any(engine, source, content, documents)


def _of_one_object(engine: Engine, source: Source, documents: list[Document | Problem]) -> FileResult | None:
    """What a file gave that has one object and nothing else; None for any other file."""
    if len(documents) != 1 or documents[0].__class__ is Problem or documents[0].problems:  # type: ignore[union-attr]
        return None
    document: Document = documents[0]  # type: ignore[assignment]
    data = document.data
    if data.__class__ is not dict or "items" in data or not has_type(data):
        return None
    judged = engine.judge(document, data, (), 1, source.name)
    if judged is None:
        return NOTHING_SAID
    refused, raws, kept, *others = judged
    if refused or any(others) or len(raws) > MOST_FINDINGS:
        result = _Collector(engine, source)
        result.take_only(judged)
        return result.finished()
    if kept:
        return FileResult(raws, [], [], [], [kept], [], [], 1, 0, 0, 0, 0, [], [], [])
    return FileResult(raws, [], [], [], [], [], [], 1, 0, 0, 0, 0, [], [], []) if raws else NOTHING_SAID


def _of_any(
    engine: Engine, source: Source, content: bytes | None, documents: list[Document | Problem] | None
) -> FileResult:
    """What any file gave, of which some may have been read."""
    result = _Collector(engine, source)
    if source.size > MOST_FILE_BYTES:
        result.problems.append((0, 0, TOO_LARGE))
        return result.finished()
    try:
        if documents is not None:
            result.read(documents)
        elif content is not None or (content := source.read_small()) is not None:
            result.read(read_text(content, source.lines_before))
        else:
            if source.has_lines:
                # What helm renders it sends itself, without an annotation.
                result.measures()
            with source.open() as stream:
                result.read(read_stream(stream, source.lines_before))
    except OSError as error:
        result.problems.append((0, 0, unopened(source.name, error).reason))
    except (RecursionError, MemoryError) as error:
        result.problems.append((0, 0, f"too much to read: {type(error).__name__}"))
    return result.finished()


_STRANGER = "this document is no Kubernetes object, for want of apiVersion or kind; kubectl ends the file here"


class _Collector:
    """Gathers what the documents of one file give."""

    def __init__(self, engine: Engine, source: Source) -> None:
        self._engine: Engine | Measuring = engine
        self._name = source.name
        self._has_lines = source.has_lines
        self._raws: list[Plain] = []
        self._refused: list[Plain] = []
        self._odd: list[tuple[int, int, str]] = []
        self.problems: list[tuple[int, int, str]] = []
        self._kept: list[Plain] = []
        self._diffs: list[ObjectDiff] = []
        self._notes: list[str] = []
        self._apart: list[Plain] = []
        self._seen: list[Plain] = []
        self._strangers: list[Plain] = []
        self._is_part = source.is_continued or source.lines_before > 0
        self._objects = self._excluded = self._ignored = self._others = self._lists = 0

    def measures(self) -> None:
        """Has the objects of a large file measured."""
        from azext_safeguards.check.judging.measured import Measuring

        self._engine = Measuring(self._engine)  # type: ignore[arg-type]

    def read(self, documents: Iterable[Document | Problem]) -> None:
        """All documents of a file."""
        for document in documents:
            if not self._has_lines:
                document = document.without_lines()
            if document.__class__ is Problem:
                self._problem(document)
            else:
                self._judge(document)  # type: ignore[arg-type]
            if len(self.problems) > MOST_PROBLEMS or len(self._refused) > MOST_PROBLEMS:
                return

    def _problem(self, problem: Problem) -> None:
        if problem.cluster:
            who = self._engine.named(problem.data)
            self._refuse((problem.line, problem.column, *who, "read", problem.reason, problem.cluster))
            return
        count = len(self.problems)
        if count < MOST_PROBLEMS:
            self.problems.append((problem.line, problem.column, _cut(problem.reason)))
        elif count == MOST_PROBLEMS:
            reason = f"there are more than {MOST_PROBLEMS:,} problems; the rest of the file is not read"
            self.problems.append((problem.line, problem.column, reason))

    def _note_odd(self, problem: Problem) -> None:
        count = len(self._odd)
        if count < MOST_PROBLEMS:
            self._odd.append((problem.line, problem.column, _cut(problem.reason)))
        elif count == MOST_PROBLEMS:
            reason = f"there are more than {MOST_PROBLEMS:,} odd places; the others are not shown"
            self._odd.append((problem.line, problem.column, reason))

    def _refuse(self, refused: Plain) -> None:
        count = len(self._refused)
        if count < MOST_PROBLEMS:
            self._refused.append((*refused[:2], *map(_cut, refused[2:])))
        elif count == MOST_PROBLEMS:
            reason = f"there are more than {MOST_PROBLEMS:,} refusals; the rest of the file is not judged"
            self._refused.append((*refused[:2], *map(_cut, refused[2:6]), reason, reason))

    def _judge(self, document: Document) -> None:
        if document.problems:
            for problem in sorted(document.problems):
                self._note_odd(problem)
        before = self._objects
        listed = is_list(document.data)
        unsent = False
        if listed:
            for one in self._engine.unopened(document):
                self._refuse(one)
                unsent = unsent or one[-1].startswith("ValidationError(")
        for content, at in () if unsent else self._engine.objects(document):
            self._objects += 1
            if len(self._raws) > MOST_FINDINGS:
                continue
            judged = self._engine.judge(document, content, at, self._objects, self._name)
            if judged is not None:
                self._take(judged)
        if self._objects == before:
            is_empty = is_empty_list(document.data)
            self._lists += is_empty
            if not listed and document.data is not None:
                self._strange(document)

    def take_only(self, judged: Judged) -> None:
        """What the only object of the file gave."""
        self._objects = 1
        self._take(judged)

    def _take(self, judged: Judged) -> None:
        refused, raws, kept, diff, excluded, ignored, notes, apart, seen = judged
        for one in refused:
            self._refuse(one)
        self._raws += raws
        if kept:
            self._kept.append(kept)
        if any(judged[3:]):
            self._notes += notes
            self._excluded += excluded
            self._ignored += ignored
            self._apart += apart
            if seen:
                self._seen.append(seen)
            if diff:
                self._diffs.append(diff)
        if len(self._raws) > MOST_FINDINGS:
            self._notes.append(f"{self._name}: after {MOST_FINDINGS:,} findings the rest of the file is not judged.")

    def _strange(self, document: Document) -> None:
        """Takes a document that is no object."""
        self._others += 1
        if len(self._strangers) < MOST_PROBLEMS:
            data = document.data
            text = (missing(data) if isinstance(data, dict) else "") or INVALID
            self._strangers.append((*document.locate(()), "", "", "", "read", _STRANGER, text))

    def finished(self) -> FileResult:
        """The result so far.

        What is no object is passed over in a file of such; beside objects it ends what kubectl reads of the file.
        """
        if self._strangers and self._objects and not self._is_part:
            self._others = 0
            for one in self._strangers:
                self._refuse(one)
            self._refused.sort(key=itemgetter(0))
        strangers = self._strangers if self._is_part else []
        lists = (self._raws, self._refused, self.problems, self._odd, self._kept, self._diffs, self._notes)
        counts = (self._objects, self._excluded, self._ignored, self._others, self._lists)
        return FileResult(*lists, *counts, self._apart, self._seen, strangers)
