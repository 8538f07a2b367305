# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Odd texts are read as kubectl reads them, or refused where it refuses them."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from azext_safeguards.check.documents import composer
from azext_safeguards.check.documents.problem import Problem
from azext_safeguards.check.documents.reading import Document, read_text
from tests.facts.reading import Row, rows

ROWS = rows()


def _as_json(value: Any) -> str:
    """Values to compare: 1 and 1.0 are one number in JSON, and no decoder keeps more of it than a float does."""
    if isinstance(value, dict):
        members = (f"{json.dumps(key)}:{_as_json(inner)}" for key, inner in sorted(value.items()))
        return "{" + ",".join(members) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_as_json, value)) + "]"
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(int(value) if value == int(value) and abs(value) < 1 << 63 else float(value))
    return json.dumps(value)


@pytest.mark.parametrize("row", ROWS, ids=[f"{number}: {row.text[-25:]!r}" for number, row in enumerate(ROWS)])
def test_a_text_is_read_as_kubectl_reads_it(row: Row) -> None:
    objects, problem = [], None
    for one in read_text(row.text):
        if isinstance(one, Problem):
            problem = one
            # kubectl reads no further; what comes behind a mistake is judged all the same.
            break
        objects.append(one.data)
    if problem and "the document has ended above" in problem.reason:
        # No object, and so an error to kubectl, too, only later.
        assert all("kind" not in one for one in row.objects)
        return
    assert _as_json(objects) == _as_json(row.objects)
    assert bool(problem) == bool(row.error)
    if problem and problem.cluster:
        assert row.error.startswith(problem.cluster)


def test_what_overrules_what_is_told() -> None:
    text = "kind: A\napiVersion: v1\nlabels:\n  a: 1\n  <<: {a: 2}\n...\nlost: {\n"
    (document,) = read_text(text.encode())
    assert isinstance(document, Document)
    assert [(one.line, one.column) for one in document.problems] == [(5, 3), (7, 1)]
    assert "'<<' overrules the key 'a' in line 4" in document.problems[0].reason
    assert "kubectl reads no further; put '---' between" in document.problems[1].reason
    # The value that counts is the one that is told.
    assert document.locate_value(("labels", "a")) == (5, 11)


def test_names_of_anchors_that_come_again_are_bounded_too(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MOST_NODES", "_SMALL"):
        monkeypatch.setattr(composer, name, 3_000)
    for text in ("a: &x 1\nb: &x " + "[" * 1000, "a: &x 1\nb: &x [" + "a," * 3_001 + "]"):
        (problem,) = read_text(text.encode())
        assert isinstance(problem, Problem)
        assert "more than" in problem.reason


@pytest.mark.tools
def test_kubectl_says_the_same(tmp_path: Path) -> None:
    texts = {
        "merge": "data: {a: '1', <<: {a: '2'}}",
        "again": "data: {a: &x '1', b: &x '2', c: *x}",
        "ended": "data: {}\n...\njunk: {",
        "tag": "data: {a: !!int off}",
        "separator": "--- data: {}",
    }
    for name, text in texts.items():
        manifest = tmp_path / f"{name}.yaml"
        manifest.write_text(f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: x}}\n{text}\n")
        command = ["kubectl", "label", "--local", "-f", str(manifest), "a=b", "-o", "json"]
        told = subprocess.run(command, check=False, capture_output=True, text=True)
        first = next(iter(read_text(manifest.read_bytes())))
        if isinstance(first, Problem):
            assert told.stderr == f"error: error parsing {manifest}: {first.cluster}\n"
        else:
            assert json.loads(told.stdout)["data"] == first.data["data"]
