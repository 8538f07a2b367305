# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Processes that start before it is known what to check: only where that is surely much."""

from __future__ import annotations

import os

import pytest

from azext_safeguards.check.workers import foreseen, worker
from azext_safeguards.check.workers.foreseen import FEW


@pytest.mark.parametrize(("usable", "processes"), [({0}, 1), ({0, 1}, 2), (set(range(64)), worker._MOST_PROCESSES)])
def test_processes_are_as_many_as_may_run_at_once(monkeypatch, usable, processes):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: usable, raising=False)
    assert worker.processes() == processes


def test_processes_where_nobody_says_how_many(monkeypatch):
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert worker.processes() == 1


@pytest.fixture
def counts(monkeypatch):
    """How many processes were asked for; none is started."""
    asked = []
    monkeypatch.setattr(foreseen, "Workers", lambda count: asked.append(count) or "workers")
    monkeypatch.setattr(foreseen, "processes", lambda: 3)
    return asked


def _folder(path, count, name="{}.yaml"):
    path.mkdir(parents=True)
    for number in range(count):
        (path / name.format(number)).touch()
    return path


def test_a_folder_with_many_manifests_below_it_is_much(counts, tmp_path):
    _folder(tmp_path / "many" / "a" / "b", FEW - 1)
    _folder(tmp_path / "many" / "c", 1, "x.json")
    for words in (["-f", str(tmp_path / "many")], [f"--filename={tmp_path / 'many'}"], ["x", str(tmp_path)]):
        assert foreseen.foreseen(["aks", "safeguards", "check", *words]) == "workers"
    assert counts == [2, 2, 2]


def test_a_large_file_is_much(counts, tmp_path):
    for name, size in (("a.yaml", foreseen.LITTLE + 1), ("b.yaml", foreseen.LITTLE), ("c.tar", foreseen.LITTLE + 1)):
        with open(tmp_path / name, "wb") as file:
            file.truncate(size)
    assert foreseen.foreseen([str(tmp_path / "b.yaml"), str(tmp_path / "c.tar")]) is None
    assert foreseen.foreseen([str(tmp_path / "b.yaml"), str(tmp_path / "a.yaml")]) == "workers"


def test_few_manifests_and_other_files_are_not(counts, tmp_path):
    _folder(tmp_path / "few", FEW - 1)
    _folder(tmp_path / "others", FEW, "{}.txt")
    _folder(tmp_path / "hidden" / ".git", FEW)
    _folder(tmp_path / "modules" / "node_modules", FEW)
    (tmp_path / "a.yaml").touch()
    for words in ([str(tmp_path / "few")], [str(tmp_path / "others")], [str(tmp_path / "hidden")]):
        assert foreseen.foreseen(words) is None
    for words in ([str(tmp_path / "modules")], [str(tmp_path / "a.yaml")], ["gone", "-f", "-", "", "--x=", "a\0b"]):
        assert foreseen.foreseen(words) is None
    assert counts == []


def test_the_look_at_a_large_tree_ends_and_links_are_not_followed(counts, tmp_path, monkeypatch):
    monkeypatch.setattr(foreseen, "_LOOKED_AT", 50)
    _folder(tmp_path / "large", FEW)
    (tmp_path / "links").mkdir()
    (tmp_path / "links" / "round").symlink_to(tmp_path / "links", target_is_directory=True)
    (tmp_path / "links" / "away").symlink_to(tmp_path / "large", target_is_directory=True)
    assert foreseen.foreseen([str(tmp_path / "large"), str(tmp_path / "links")]) is None
    monkeypatch.setattr(foreseen, "_LOOKED_AT", 2000)
    assert foreseen.foreseen([str(tmp_path / "links")]) is None
    assert foreseen.foreseen([str(tmp_path / "large")]) == "workers"


def test_one_processor_has_no_others(counts, tmp_path, monkeypatch):
    monkeypatch.setattr(foreseen, "processes", lambda: 1)
    assert foreseen.foreseen([str(_folder(tmp_path / "many", FEW))]) is None
