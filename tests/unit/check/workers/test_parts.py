# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""A large file in parts gives what it gives in one piece."""

from __future__ import annotations

import pytest

from azext_safeguards.check.documents import reading
from azext_safeguards.check.judging import files
from azext_safeguards.check.settings import Settings
from azext_safeguards.check.sources.source import Source
from azext_safeguards.check.workers import ahead, parts, run

SETTINGS = Settings(
    {"probes": "deny", "unique-selectors": "deny"},
    mutations=("mutate-cpu-limits",),
    parameters={"requiredProbes": ["livenessProbe"], "cpuLimit": "1"},
    excluded_namespaces=("kube-system",),
    want_diffs=True,
)
DOCUMENTS = (
    "apiVersion: v1\nkind: Pod\nmetadata: {name: p%d}\nspec:\n  containers:\n  - {name: c, image: a}\n",
    "apiVersion: v1\nkind: Service\nmetadata: {name: s%d}\nspec: {selector: {a: b}, ports: [{port: 80}]}\n",
    "broken: [%d\n",
    "apiVersion: v1\nkind: Pod\nmetadata: {name: q%d, annotations: {ignore-safeguards.aks/probes: a batch job}}\n"
    "spec: {containers: [{name: c, image: a}]}\n",
    "# nothing\n",
    "apiVersion: v1\nkind: Pod\nmetadata: {name: r%d, namespace: kube-system}\n"
    "spec: {containers: [{name: c, image: a}]}\n",
    "apiVersion: v1\nkind: Pod\nmetadata: {name: R%d}\nspec: {containers: [{name: c}]}\nspec: {containers: []}\n",
    "text: |\n  --- no separator\n  ---\n",
)


def text(count=140):
    documents = (DOCUMENTS[number % len(DOCUMENTS)].replace("%d", str(number % 20)) for number in range(count))
    return ("# above\n---\n" + "---\n".join(documents)).encode()


@pytest.fixture
def small(monkeypatch):
    """Parts of a few documents."""
    monkeypatch.setattr(parts, "_PART", 500)
    monkeypatch.setattr(parts, "_LARGE", 1000)
    monkeypatch.setattr(ahead, "LITTLE", 900)


def in_one_piece_and_in_parts(*sources):
    assert len(list(parts.in_parts(sources))) > len(sources) + 3
    alone = run.check(sources, SETTINGS, processes=1)
    assert run.check(sources, SETTINGS, processes=2) == alone
    return alone


def test_one_file_on_disk(small, tmp_path):
    path = tmp_path / "all.yaml"
    path.write_bytes(text())
    report = in_one_piece_and_in_parts(Source("all.yaml", str(path), path.stat().st_size))
    assert (report.files, report.excluded, report.ignored) == (1, 17, 18)
    assert {finding.policy for finding in report.findings} == {"probes", "unique-selectors"}
    assert report.diffs
    assert len(report.unreadable) == 18
    assert len(report.refused) == 51
    assert len(report.odd) == 17
    assert len({finding.line for finding in report.findings}) > 30


def test_among_small_files_and_without_lines(small):
    content = text()
    report = in_one_piece_and_in_parts(
        Source("a.yaml", "", 5, b"a: 1\n"),
        Source("b.yaml", "", len(content), content),
        Source("c.yaml", "", len(content), content, has_lines=False),
        Source("d.yaml", "", 5, b"a: [\n"),
    )
    assert {finding.line for finding in report.findings if finding.file == "c.yaml"} == {1}


@pytest.mark.parametrize("bound", ["MOST_FINDINGS", "MOST_PROBLEMS"])
def test_bounds_are_those_of_the_file(small, monkeypatch, bound):
    content = text()
    monkeypatch.setattr(files, bound, 10)
    # The other processes don't know of the lower bound: the file is over it all the same.
    report = in_one_piece_and_in_parts(Source("a.yaml", "", len(content), content))
    assert "the rest of the file is not" in str(report.notes) + str(report.unreadable) + str(report.refused)


def test_parts_are_cut_at_separators_and_lose_nothing():
    content = text()
    pieces = list(reading.parts(content, 500))
    assert b"".join(piece for piece, _ in pieces) == content
    assert len(pieces) > 5
    begin = 0
    for piece, lines in pieces:
        assert lines == content.count(b"\n", 0, begin)
        assert begin == 0 or piece.startswith(b"---\n")
        begin += len(piece)


@pytest.mark.parametrize(
    "content",
    [
        text().decode().encode("utf-16"),
        b"# a long comment\n" * 100 + b"%YAML 1.1\n---\na: 1\n---\nb: 2\n",
        b"\xef\xbb\xbf" + b"# a long comment\n" * 100 + b"---\na: 1\n---\nb: 2\n",
        b"a: 1\n" * 400,
    ],
)
def test_what_cannot_be_cut_stays_whole(content):
    assert len(list(reading.parts(content[:1800], 500))) == 1


def test_too_many_documents_stay_together(monkeypatch):
    monkeypatch.setattr(reading, "MOST_DOCUMENTS", 100)
    assert list(reading.parts(text(), 500)) == [(text(), 0)]


def test_a_file_that_cannot_be_opened_is_said_once(small, tmp_path):
    report = run.check([Source("gone.yaml", str(tmp_path / "gone"), 5000)], SETTINGS, processes=2)
    assert [(one.file, one.line) for one in report.unreadable] == [("gone.yaml", 0)]
