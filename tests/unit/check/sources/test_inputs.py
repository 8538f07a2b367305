# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What is read is not written over."""

from __future__ import annotations

from pathlib import Path

import pytest

from azext_safeguards.check import baseline
from azext_safeguards.check.sources.inputs import becomes_input, is_input

POD = "apiVersion: v1\nkind: Pod\n"


@pytest.fixture(name="folder", autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    chart = tmp_path / "deploy" / "chart" / "templates"
    chart.mkdir(parents=True)
    (tmp_path / "deploy" / "a.yaml").write_text(POD)
    (tmp_path / "deploy" / "a.txt").write_text("notes")
    (tmp_path / "deploy" / "kustomization").write_text("x")
    (tmp_path / "deploy" / "Kustomization").write_text("resources: []")
    (chart / "_helpers.tpl").write_text("x")
    (tmp_path / "deploy" / "known.json").write_text(baseline.write(()))
    (tmp_path / "deploy" / "report.json").write_text('{"version": "2.1.0", "runs": []}')
    (tmp_path / "deploy" / "pod.json").write_text('{"apiVersion": "v1", "kind": "Pod", "runs": []}')
    (tmp_path / "link.yaml").symlink_to("deploy/a.yaml")
    (tmp_path / "values.yaml").write_text("x: 1")
    return tmp_path


@pytest.mark.parametrize(
    ("path", "names", "values"),
    [
        ("deploy/a.yaml", ["deploy/a.yaml"], []),
        ("link.yaml", ["deploy/a.yaml"], []),
        ("deploy/a.yaml", ["link.yaml"], []),
        ("deploy/a.yaml", ["deploy"], []),
        ("./deploy/../deploy/a.yaml", ["."], []),
        ("deploy/a.yaml", ["dep*/*.yaml"], []),
        ("deploy/pod.json", ["deploy"], []),
        ("deploy/Kustomization", ["deploy"], []),
        ("deploy/chart/templates/_helpers.tpl", ["deploy/chart"], []),
        ("values.yaml", ["deploy"], ["values.yaml"]),
        # Named alone, whatever is in it.
        ("deploy/known.json", ["deploy/known.json"], []),
        ("deploy/a.txt", ["deploy/a.txt"], []),
    ],
)
def test_an_input_is_one(path: str, names: list[str], values: list[str]) -> None:
    assert is_input(path, names, values)


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("none.yaml", ["deploy"]),
        ("deploy/none.yaml", ["deploy"]),
        ("deploy/a.txt", ["deploy"]),
        ("deploy/known.json", ["deploy"]),
        ("deploy/report.json", ["deploy"]),
        ("values.yaml", ["deploy", "-", "none"]),
        ("deploy", ["deploy"]),
        ("/dev/null", ["/"]),
        ("a\0b", ["."]),
    ],
)
def test_anything_else_is_not(path: str, names: list[str]) -> None:
    assert not is_input(path, names)


@pytest.mark.parametrize(
    ("path", "names", "expected"),
    [
        ("deploy/report.yaml", ["deploy"], True),
        ("deploy/new/report.YML", ["."], True),
        ("report.json", ["dep*", "."], True),
        ("deploy/Kustomization", ["."], False),  # there already: see is_input
        ("deploy/report.xml", ["deploy"], False),
        ("report.yaml", ["deploy"], False),
        ("report.yaml", ["deploy/a.yaml"], False),
        ("deploy/a.yaml", ["deploy"], False),
    ],
)
def test_what_would_be_an_input_of_the_next_run(path: str, names: list[str], expected: bool) -> None:
    assert becomes_input(path, names) is expected
