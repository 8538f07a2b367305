# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Worker processes give what this process gives, whatever becomes of them."""

from __future__ import annotations

import subprocess
import sys
import threading
from dataclasses import replace

import pytest

from azext_safeguards.check.errors import CheckError
from azext_safeguards.check.judging.engine import Engine
from azext_safeguards.check.judging.files import check_file
from azext_safeguards.check.settings import Settings
from azext_safeguards.check.sources.source import Source
from azext_safeguards.check.workers import ahead, chunks, run, worker
from azext_safeguards.check.workers.foreseen import FEW
from azext_safeguards.check.workers.pool import Pool
from azext_safeguards.check.workers.process import BOOT, receive, send
from azext_safeguards.check.workers.worker import Workers

SETTINGS = Settings(
    {"probes": "deny", "resource-limits": "warn", "unique-selectors": "deny"},
    mutations=("mutate-cpu-limits",),
    parameters={"requiredProbes": ["livenessProbe"], "cpuLimit": "1", "memoryLimit": "1Gi"},
    excluded_namespaces=("kube-system",),
    want_diffs=True,
)
TEXTS = (
    "apiVersion: v1\nkind: Pod\nmetadata: {name: p%d}\nspec: {containers: [{name: c, image: i}]}\n",
    "apiVersion: v1\nkind: Service\nmetadata: {name: s%d}\nspec: {selector: {a: b}, ports: [{port: 80}]}\n",
    "a: {{ .Values.x%d }}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: kube-system}\n"
    "spec: {containers: [{name: \u00e4, image: i}]}\nspec: {containers: [{name: a, image: i}]}\n",
    "apiVersion: v1\nkind: Pod\nmetadata: {name: q%d, annotations: {ignore-safeguards.aks/probes: ''}}\n"
    "spec: {containers: [{name: a, image: i}]}\n",
    "apiVersion: v1\nkind: Pod\nmetadata: {name: r%d, labels: {a: true}}\n",
)


def jobs(count=120):
    texts = [TEXTS[number % len(TEXTS)].replace("%d", str(number // 10)).encode() for number in range(count)]
    return [Source(f"{number}.yaml", "", len(text), text) for number, text in enumerate(texts)]


def plain(results):
    """Results as they may be compared: tuples may have come back as they are, named ones as plain ones."""
    return [tuple(list(part) if isinstance(part, list) else part for part in result) for result in results]


def pooled(sources, processes=2):
    """The results of a pool, each of the source that it comes with."""
    results = list(Pool(Workers(processes - 1)).results(SETTINGS, iter(sources)))
    assert [source for source, _ in results] == sources
    return plain(result for _, result in results)


@pytest.fixture(scope="module")
def expected():
    engine = Engine(SETTINGS)
    return plain([check_file(engine, job) for job in jobs()])


def test_two_processes_give_the_same_in_the_same_order(expected):
    assert pooled(jobs()) == expected
    assert any(result[0] for result in expected)
    assert any(result[1] for result in expected)
    assert any(result[2] for result in expected)
    assert any(result[3] for result in expected)
    assert all(any(result[at] for result in expected) for at in range(7))


def test_a_file_on_disk_and_one_that_is_gone(tmp_path):
    (tmp_path / "a.yaml").write_text(TEXTS[0] % 1)
    sources = [Source(name, str(tmp_path / name), 1) for name in ("a.yaml", "gone.yaml")] * 60
    results = pooled(sources)
    assert len(results) == 120
    assert [(len(result[0]) > 0, len(result[2])) for result in results] == [(True, 0), (False, 1)] * 60


@pytest.mark.parametrize("program", ["does-not-exist", "/bin/true", "/bin/cat"])
def test_a_worker_that_cannot_start_is_made_up_for(monkeypatch, expected, program):
    # One is not there, one ends at once, one says nonsense.
    monkeypatch.setattr(sys, "executable", program)
    assert pooled(jobs()) == expected


def test_a_worker_that_dies_is_made_up_for(monkeypatch, expected):
    # Dies in the middle of its second answer, as one does that the system kills.
    dying = BOOT.replace(
        "serve(i, sys.stdout.buffer)",
        "import azext_safeguards.check.workers.process as w; real, n = w.send, []\n"
        "def send(stream, message):\n"
        "    n.append(0)\n"
        "    if len(n) == 2: stream.write(bytes(7)); stream.flush(); sys.exit(9)\n"
        "    real(stream, message)\n"
        "w.send = send\nserve(i, sys.stdout.buffer)",
    )
    assert dying != BOOT
    monkeypatch.setattr(worker, "BOOT", dying)
    monkeypatch.setattr(chunks, "CHUNK", 10)
    assert pooled(jobs()) == expected


def test_processes_end_with_the_iteration_even_when_it_is_given_up(monkeypatch):
    started = []
    real = subprocess.Popen

    def popen(*args, **kwargs):
        started.append(real(*args, **kwargs))
        return started[-1]

    monkeypatch.setattr(worker.subprocess, "Popen", popen)
    monkeypatch.setattr(chunks, "CHUNK", 5)
    before = threading.active_count()
    results = Pool(Workers(1)).results(SETTINGS, iter(jobs()))
    next(results)
    results.close()
    assert [process.poll() is not None for process in started] == [True]
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and thread.daemon:
            thread.join(5)
    assert threading.active_count() <= before


def test_what_finding_a_file_raises_is_raised_here():
    def failing():
        yield from jobs(60)
        raise CheckError("gone")

    with pytest.raises(CheckError, match="gone"):
        list(Pool(Workers(1)).results(SETTINGS, failing()))
    assert list(Pool(Workers(1)).results(SETTINGS, iter([]))) == []


def test_few_files_are_checked_without_processes(monkeypatch):
    def refuse(*_args, **_kwargs):
        raise AssertionError("a process was started")

    monkeypatch.setattr(worker.subprocess, "Popen", refuse)
    few = jobs(FEW - 1)
    assert run.check(few, SETTINGS, processes=2).files == len(few)
    assert run.check(jobs(FEW), SETTINGS, processes=1).files == FEW
    with pytest.raises(AssertionError, match="a process was started"):
        run.check(jobs(FEW), SETTINGS, processes=2)


def test_the_whole_run_is_the_same_with_one_process_and_with_two(monkeypatch):
    # With some of the selectors alike across chunks, so that the policies over several objects see both workers' files.
    alone = run.check(jobs(), SETTINGS, processes=1)
    monkeypatch.setattr(ahead, "FEW", 1)
    seen = []
    both = run.check(jobs(), SETTINGS, processes=2, progress=lambda done, total: seen.append((done, total)))
    assert both == alone
    assert [finding.policy for finding in both.findings].count("unique-selectors") > 10
    assert seen[0][0] == 64
    assert (both.files, both.excluded) == (120, 24)
    quiet = run.check(jobs(), replace(SETTINGS, want_diffs=False), processes=2)
    assert (quiet.diffs, quiet.findings) == ([], alone.findings)


def test_messages_are_framed():
    import io

    stream = io.BytesIO()
    send(stream, [1, ("a", {"b": None})])
    send(stream, None)
    stream.seek(0)
    assert receive(stream) == [1, ("a", {"b": None})]
    assert receive(stream) is None
    assert receive(stream) is None


def test_what_is_left_at_the_end_is_shared(monkeypatch, expected):
    # The worker answers nothing but the first chunk in time: this process checks what it was given beyond that, too.
    slow = BOOT.replace(
        "serve(i, sys.stdout.buffer)",
        "import time, azext_safeguards.check.workers.process as w; real, n = w.send, []\n"
        "def send(stream, message):\n"
        "    n.append(0)\n"
        "    if len(n) > 1: time.sleep(0.2)\n"
        "    real(stream, message)\n"
        "w.send = send\nserve(i, sys.stdout.buffer)",
    )
    assert slow != BOOT
    monkeypatch.setattr(worker, "BOOT", slow)
    monkeypatch.setattr(chunks, "CHUNK", 5)
    given, taken_back = [], []
    real_give, real_back = worker.Worker.give, Pool._taken_back
    monkeypatch.setattr(worker.Worker, "give", lambda self, chunk: (given.append(chunk), real_give(self, chunk)))
    monkeypatch.setattr(Pool, "_taken_back", lambda self: taken_back.append(real_back(self)) or taken_back[-1])
    assert pooled(jobs()) == expected
    taken_back = [chunk for chunk in taken_back if chunk]
    assert taken_back
    assert all(chunk in given for chunk in taken_back)
