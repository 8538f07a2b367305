# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The pinned kubectl and helm: where they come from, and that nothing else takes their place."""

import io
import os
import platform
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from sandbox import environment, tools
from scripts.tools import unpack

pytest_plugins = ["pytester"]
ROOT = Path(__file__).parents[2]
LINUX_AMD64 = sys.platform == "linux" and platform.machine() == "x86_64"


@pytest.mark.parametrize(
    ("system", "machine", "is_served"),
    [
        ("linux", "x86_64", True),
        ("linux", "AMD64", True),
        ("linux", "aarch64", False),
        ("darwin", "x86_64", False),
        ("darwin", "arm64", False),
        ("win32", "AMD64", False),
    ],
)
def test_the_platforms_that_are_served(system, machine, is_served):
    reason = tools.unserved(system, machine)
    assert (reason == "") is is_served
    assert is_served or f"{system} {machine}" in reason


@pytest.mark.skipif(not LINUX_AMD64, reason="elsewhere there are no tools")
def test_on_linux_amd64_nothing_excuses_a_test_from_the_tools():
    assert tools.unserved() == ""
    assert tools.missing() == []


@pytest.mark.tools
@pytest.mark.parametrize(
    ("command", "version"),
    [(["kubectl", "version", "--client"], "v1.34.5"), (["helm", "version", "--short"], "v4.1.4")],
)
def test_tests_reach_the_pinned_tools_whatever_the_machine_has(command, version):
    assert shutil.which(command[0]) == str(tools.FOLDER / command[0])
    assert version in subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert version.strip("v") in (ROOT / "requirements-tools.txt").read_text()


def test_the_pinned_tools_come_first_and_once(tmp_path):
    ours = str(tools.FOLDER)
    assert tools.before("/a::/b") == os.pathsep.join([ours, "/a", "/b"])
    assert tools.before(tools.before("/a")) == os.pathsep.join([ours, "/a"])
    assert tools.before("") == ours
    assert environment.build("p", tmp_path, tmp_path, None, {"PATH": f"/a:{ours}"})["PATH"] == f"{ours}:/a"
    assert environment.build("p", tmp_path, tmp_path, None, {})["PATH"].split(":") == [ours, *os.defpath.split(":")]


def _wheel(path, **programs):
    """A wheel in the shape of the real one."""
    layer, tarball = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(layer, "w") as archive:
        for name, text in programs.items():
            archive.writestr(f"{name}/{name}", text)
    with tarfile.open(fileobj=tarball, mode="w:gz") as package:
        entry = tarfile.TarInfo("package/lib/layer.zip")
        entry.size = len(layer.getvalue())
        package.addfile(entry, io.BytesIO(layer.getvalue()))
    with zipfile.ZipFile(path, "w") as outer:
        outer.writestr("layer/_jsii/layer@1.jsii.tgz", tarball.getvalue())
    return path


def test_unpacking_replaces_what_is_there_or_leaves_it(tmp_path):
    target = tmp_path / "tools"
    unpack(_wheel(tmp_path / "a.whl", kubectl="1", helm="2"), target)
    (target / "old").touch()
    unpack(_wheel(tmp_path / "b.whl", kubectl="3", helm="4"), target)
    assert {file.name: file.read_text() for file in target.iterdir()} == {"kubectl": "3", "helm": "4"}
    assert all(os.access(file, os.X_OK) for file in target.iterdir())
    with pytest.raises(KeyError):
        unpack(_wheel(tmp_path / "c.whl", kubectl="5"), target)
    assert (target / "kubectl").read_text() == "3"
    assert {path.name for path in tmp_path.iterdir()} == {"tools", "a.whl", "b.whl", "c.whl"}


PROBE = """
import pytest
from sandbox import tools

tools.unserved = lambda: ""
tools.{change}

@pytest.mark.tools
def test_with():
    pass

def test_without():
    pass
"""


@pytest.mark.parametrize(
    ("change", "outcome", "said"),
    [
        ("unserved = lambda: 'there is none for this'", {"passed": 1, "skipped": 1}, "1 tests were skipped: there is"),
        ("missing = lambda: ['helm']", {"passed": 1, "errors": 1}, "run `make setup` first"),
        ("FOLDER", {"passed": 2}, "2 passed"),
    ],
)
def test_a_test_without_its_tools_is_skipped_loudly_or_fails(pytester, change, outcome, said):
    pytester.makeconftest((ROOT / "tests" / "conftest.py").read_text())
    pytester.makepyfile(PROBE.format(change=change))
    pytester.makepyprojecttoml((ROOT / "pyproject.toml").read_text())
    done = pytester.runpytest_subprocess("-p", "no:cacheprovider", f"--override-ini=pythonpath={ROOT}")
    done.assert_outcomes(**outcome)
    assert said in done.stdout.str()
