# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""One file: all that it gives, and never more than anybody can use."""

from __future__ import annotations

import marshal
import os

import pytest

from azext_safeguards.check.findings import UnreadableFile
from azext_safeguards.check.judging import files
from azext_safeguards.check.judging.engine import MOST_MESSAGES, Engine, Raw
from azext_safeguards.check.judging.files import check_file, plain
from azext_safeguards.check.settings import Settings
from azext_safeguards.check.sources.source import Source
from azext_safeguards.check.workers import run

SETTINGS = Settings(
    {"probes": "deny", "unique-selectors": "warn"},
    mutations=("mutate-cpu-limits",),
    parameters={"requiredProbes": ["livenessProbe"]},
    excluded_namespaces=("kube-system",),
    want_diffs=True,
)
POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: p%d}\nspec: {containers: [{name: c, image: i}]}\n"
SERVICE = (
    "apiVersion: v1\nkind: Service\n"
    "metadata: {name: %s, annotations: {ignore-safeguards.aks/unique-selectors: known}}\n"
    "spec: {selector: {app: a}, ports: [{port: 80}]}\n"
)


def source(text, **fields):
    content = text if isinstance(text, bytes) else text.encode()
    return Source("a.yaml", "", len(content), content, **fields)


def checked(text, **fields):
    return check_file(Engine(SETTINGS), source(text, **fields))


def test_a_file_gives_what_its_documents_give():
    result = checked(
        POD % 1
        + "---\n"
        + (POD % 2).replace("{name: p2}", "{name: p2, namespace: kube-system}")
        + "---\n"
        + (POD % 3).replace("p3", "p3, annotations: {ignore-safeguards.aks/probes: known}")
        + "---\n"
        + SERVICE % "s"
        + "---\na: 1\n---\nb: [\n"
    )
    assert [Raw(*raw).name for raw in result.raws] == ["p1"]
    assert [(line, reason[:8]) for line, _, reason in result.problems] == [(24, "no YAML:")]
    assert (result.objects, result.excluded, result.ignored, result.others) == (4, 1, 1, 0)
    ((line, *_, stage, _, told),) = result.refused
    assert (line, stage, told) == (21, "read", "[apiVersion not set, kind not set]")
    assert (len(result.kept), [diff.name for diff in result.diffs], result.notes) == (1, ["p1", "p3"], [])


@pytest.mark.parametrize(
    ("text", "others"),
    [
        ("", 0),
        ("---\n---\n", 0),
        ("a: 1\n---\n- b\n---\ntext\n", 3),
        ("kind: Pod\n", 1),
        ("apiVersion: v1\n", 1),
        # A List of nothing is what `kubectl get` writes where there is nothing.
        ("apiVersion: v1\nkind: List\nitems: []\n", 0),
        ("apiVersion: v1\nkind: PodList\nitems:\n", 0),
        # Its item is refused.
        ("apiVersion: v1\nkind: List\nitems: [{a: 1}]\n", 0),
        ("kind: 1\nitems: []\n", 1),
        ("kind: ConfigMap\napiVersion: v1\n", 0),
    ],
)
def test_documents_that_are_no_objects_are_counted(text, others):
    assert checked(text).others == others


def test_what_nobody_wrote_there_has_no_line():
    result = checked("\n\n" + POD % 1 + "---\n\n\nb: [\n---\nc: 1\nc: 2\n", has_lines=False)
    assert [Raw(*raw)[4:6] for raw in result.raws] == [(1, 1)]
    assert [problem[:2] for problem in (*result.problems, *result.odd)] == [(1, 1), (1, 1)]
    assert [diff.line for diff in result.diffs] == [1]


def test_findings_of_a_file_end_somewhere_and_what_is_left_out_is_said(monkeypatch):
    monkeypatch.setattr(files, "MOST_FINDINGS", 3)
    text = "---\n".join(POD % number for number in range(9)) + "---\nb: [\n"
    result = checked(text)
    assert len(result.raws) == 4
    assert result.notes == ["a.yaml: after 3 findings the rest of the file is not judged."]
    # It is read all the same.
    assert (result.objects, len(result.problems)) == (9, 1)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        # A template that is broken everywhere, and one that is broken in several ways.
        ("a: [\n---\n" * 9, [2, 4, 6, 8]),
        ("a: [\n---\n? [a]\n: b\n---\n" * 5, [2, 3, 7, 8]),
    ],
)
def test_problems_of_a_file_end_somewhere_and_what_is_left_out_is_said(monkeypatch, text, lines):
    monkeypatch.setattr(files, "MOST_PROBLEMS", 3)
    for end in ("", "---\n" + POD % 1):
        result = checked(text + end)
        assert [line for line, _, _ in result.problems] == lines
        assert result.problems[-1][2] == "there are more than 3 problems; the rest of the file is not read"
        assert result.raws == []
    monkeypatch.setattr(files, "MOST_PROBLEMS", 10)
    whole = checked(text + "---\n" + POD % 1)
    assert len(whole.problems) >= 9
    assert not any("more than" in reason for _, _, reason in whole.problems)


def test_messages_about_one_object_end_somewhere_and_what_is_left_out_is_said():
    containers = ", ".join(f"{{name: c{number}, image: i}}" for number in range(MOST_MESSAGES + 1))
    result = checked((POD % 1).replace("{name: c, image: i}", containers))
    assert len(result.raws) == MOST_MESSAGES
    assert result.notes == [f"probes: only the first {MOST_MESSAGES} messages about Pod/p1 are shown."]
    exact = containers.rpartition(",")[0]
    assert checked((POD % 1).replace("{name: c, image: i}", exact)).notes == []


def test_a_file_that_cannot_be_opened_is_a_problem_without_a_line(tmp_path):
    result = check_file(Engine(SETTINGS), Source("gone.yaml", str(tmp_path / "gone.yaml"), 1))
    ((line, column, reason),) = result.problems
    assert (line, column, reason) == (0, 0, "it cannot be read: No such file or directory")
    assert result.objects == 0


def test_a_sparse_file_is_told_and_not_read(tmp_path):
    path = tmp_path / "sparse.yaml"
    path.touch()
    os.truncate(path, 1 << 40)
    result = check_file(Engine(SETTINGS), Source("sparse.yaml", str(path), 1 << 40))
    assert result.problems == [(0, 0, "the file is larger than 1 GiB; split it")]


@pytest.mark.parametrize("error", [RecursionError, MemoryError])
def test_what_is_too_much_for_the_process_is_a_problem(monkeypatch, error):
    def fail(*_args):
        raise error

    monkeypatch.setattr(files, "read_text", fail)
    assert checked(POD % 1).problems == [(0, 0, f"too much to read: {error.__name__}")]


def test_a_result_can_be_sent():
    result = checked(POD % 1 + "---\n" + SERVICE % "s" + "---\nb: [\n")
    assert all([result.raws, result.kept, result.diffs, result.problems])
    assert tuple(marshal.loads(marshal.dumps(plain(result)))) == result


def test_a_run_puts_the_files_together():
    gone = UnreadableFile("x", 0, 0, "gone")
    told = []
    sources = [gone, source(SERVICE % "a"), source(SERVICE % "b"), source(POD % 1), source("b: [\n")]
    report = run.check(sources, SETTINGS, progress=lambda *done: told.append(done))
    assert [(one.file, one.line) for one in report.unreadable] == [("x", 0), ("a.yaml", 2)]
    assert (report.files, report.objects, report.ignored, len(report.findings)) == (4, 3, 1, 1)
    # Too few to tell of.
    assert told == []
