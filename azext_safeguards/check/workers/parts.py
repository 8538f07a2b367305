# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Large files in parts, so that every process has its share also where all manifests are in one file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from azext_safeguards.check.settings import Settings
from azext_safeguards.check.sources.source import Source

if TYPE_CHECKING:
    from azext_safeguards.check.judging.judged import Plain

_PART = 64 * 1024
_LARGE = 2 * _PART


def in_parts(sources: Iterable[Source]) -> Iterator[Source]:
    """The sources, with the parts of a large one in its place.

    A file that is larger than a document may be stays whole: it is read piece by piece, and never all in memory.
    """
    for source in sources:
        content = _content(source) if source.size >= _LARGE else None
        if content is None:
            yield source
            continue
        # Hardly any run needs it, and processes start while this one imports.
        from azext_safeguards.check.documents.reading import parts

        before: Source | None = None
        for part, lines in parts(content, _PART):
            if before:
                yield before._replace(is_continued=True)
            before = source._replace(path="", size=len(part), content=part, lines_before=lines)
        assert before
        yield before


def _content(source: Source) -> bytes | None:
    """All of a source; None when it cannot be read, which is said where it is checked, or is too large."""
    from azext_safeguards.check.documents.reading import MOST_BYTES

    if source.size >= MOST_BYTES:
        return None
    if source.content is not None:
        return source.content
    try:
        with source.open() as stream:
            content = stream.read(MOST_BYTES)
    except OSError:
        return None
    return content if len(content) < MOST_BYTES else None


def whole(settings: Settings, results: Iterable[tuple[Source, Any]]) -> Iterator[tuple[Source, Any]]:
    """The results (see `FileResult`) of the sources, with those of the parts of a file made one."""
    together: list[tuple[Source, Any]] = []
    for source, result in results:
        if not together and not source.is_continued:
            yield source, result
            continue
        together.append((source, result))
        if not source.is_continued:
            yield _joined(settings, together)
            together = []


def _joined(settings: Settings, together: list[tuple[Source, Any]]) -> tuple[Source, Any]:
    """One source and result of those of all parts of a file."""
    from azext_safeguards.check.judging import files
    from azext_safeguards.check.judging.engine import Engine

    content = b"".join(part.content or b"" for part, _ in together)
    source = together[0][0]._replace(size=len(content), content=content, is_continued=False)
    raws: list[Plain] = []
    refused: list[Plain] = []
    problems: list[tuple[int, int, str]] = []
    odd: list[tuple[int, int, str]] = []
    kept: list[Plain] = []
    diffs: list[Any] = []
    notes: list[str] = []
    apart: list[Plain] = []
    seen: list[Plain] = []
    strangers: list[Plain] = []
    objects = excluded = ignored = others = lists = 0
    for _, result in together:
        one = files.FileResult(*result)
        # Objects are numbered by file, for the order of findings.
        raws += [(raw[0] + objects, *raw[1:]) for raw in one.raws]
        kept += [(each[0] + objects, *each[1:]) for each in one.kept]
        refused += one.refused
        problems += one.problems
        odd += one.odd
        diffs += one.diffs
        notes += one.notes
        apart += one.apart
        seen += one.seen
        strangers += one.strangers
        objects += one.objects
        excluded += one.excluded
        ignored += one.ignored
        others += one.others
        lists += one.lists
    if objects:
        others = 0
    if objects and strangers:
        refused = sorted(refused + strangers, key=itemgetter(0))
    # The bounds are those of a file, and what is said of a file as a whole is said once.
    is_over = len(raws) > files.MOST_FINDINGS or max(map(len, (refused, problems, odd))) > files.MOST_PROBLEMS
    if is_over or any(line == 0 for line, _, _ in problems):
        return source, files.check_file(Engine(settings), source)
    found = (raws, refused, problems, odd, kept, diffs, notes)
    return source, files.FileResult(*found, objects, excluded, ignored, others, lists, apart, seen, [])
