# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
import os
import time
from pathlib import Path

import pytest

from azext_safeguards.check.sources import tool
from azext_safeguards.check.sources.tool import ToolFailed, find_tool, run


def test_programs_come_from_absolute_folders_of_the_path_only(programs, tmp_path, monkeypatch):
    programs(helm="")
    assert find_tool("helm") == os.path.join(os.environ["PATH"], "helm")
    assert find_tool("kubectl") is None
    monkeypatch.chdir(tmp_path)
    Path("kubectl").write_text("#!/bin/sh\n")
    os.chmod("kubectl", 0o755)
    for path in ("", ".", os.curdir + os.pathsep):
        monkeypatch.setenv("PATH", path)
        assert find_tool("kubectl") is None


def _run(programs, script, *arguments, folder="."):
    programs(stub=script)
    return run([find_tool("stub"), *arguments], folder)


def test_arguments_arrive_as_they_are_and_standard_input_is_empty(programs, tmp_path):
    script = "import os, sys\nprint(sys.argv[1:], repr(sys.stdin.read()), os.getcwd())"
    words = ["a b", "$(touch x)", ";", "--", "*"]
    printed = _run(programs, script, *words, folder=str(tmp_path)).decode()
    assert printed == f"{words!r} '' {tmp_path}\n"


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("print('WARNING: x\\n\\nError: the reason\\n\\nmore', file=sys.stderr); sys.exit(1)", "the reason"),
        ("print('error: small', file=sys.stderr); sys.exit(1)", "small"),
        ("print('\\n something else ', file=sys.stderr); sys.exit(1)", "something else"),
        ("print('Error: ' + 'x' * 9999, file=sys.stderr); sys.exit(1)", "x" * 500),
        ("sys.exit(7)", "it ended with exit code 7"),
        ("sys.stderr.buffer.write(b'Error: \\xff' + b'\\n' * 1000000); sys.exit(1)", "\ufffd"),
    ],
)
def test_a_failure_is_one_line(programs, script, reason):
    with pytest.raises(ToolFailed) as failed:
        _run(programs, f"import sys\n{script}")
    assert str(failed.value) == reason


def test_what_cannot_be_started_fails(programs):
    with pytest.raises(ToolFailed, match="it does not start: No such file"):
        run(["/nowhere/helm"], ".")


def test_a_long_run_is_ended_with_all_that_it_started(programs, monkeypatch, tmp_path):
    monkeypatch.setattr(tool, "SECONDS", 1)
    mark = tmp_path / "alive"
    child = f"import time; time.sleep(2.5); open({str(mark)!r}, 'w')"
    script = f"import subprocess, sys, time\nsubprocess.Popen([sys.executable, '-c', {child!r}])\ntime.sleep(60)"
    begin = time.monotonic()
    with pytest.raises(ToolFailed, match="it took longer than 1 seconds"):
        _run(programs, script)
    assert time.monotonic() - begin < 10
    time.sleep(2.5)
    assert not mark.exists()


def test_what_a_program_leaves_behind_is_not_waited_for(programs, monkeypatch):
    monkeypatch.setattr(tool, "SECONDS", 1)
    begin = time.monotonic()
    with pytest.raises(ToolFailed, match="it did not end its output within 1 seconds"):
        _run(
            programs, "import subprocess, sys\nsubprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])"
        )
    assert time.monotonic() - begin < 10


def test_a_flood_is_cut_off(programs, monkeypatch):
    monkeypatch.setattr(tool, "MOST_BYTES", 1024 * 1024)
    with pytest.raises(ToolFailed, match="it printed more than 1 MiB"):
        _run(programs, "import sys\nwhile True: sys.stdout.write('x' * 65536)")
