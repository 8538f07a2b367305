#!/usr/bin/env python3
# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Runs end-to-end tests against several versions of azure-cli, each in an environment of its own below .venv/matrix.

    .venv/bin/python tests/matrix.py              the oldest supported version and the newest
    .venv/bin/python tests/matrix.py 2.70.0 ...   these versions

Installs azure-cli and the built wheel (`make wheel`), prints a table, and exits with 1 when a version failed. An
environment that is there is used again; only the extension is always installed anew. For a version below
azext.minCliCoreVersion a copy of the wheel says that it supports it, so that any version can be tried.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
import zipfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MATRIX = ROOT / ".venv" / "matrix"
METADATA = ROOT / "azext_safeguards" / "azext_metadata.json"
# Pinned in requirements-dev.txt and not for these environments: each has an azure-cli of its own, and older ones want
# an older setuptools.
OTHERWISE = ("azure-cli", "setuptools", "uv", "wheel")
TESTS = (
    "tests/e2e/test_levels_and_versions.py",
    "tests/e2e/test_partial_updates.py",
    "tests/e2e/test_update_alone.py",
    "tests/e2e/test_preflight.py",
    "tests/e2e/test_failures_create.py",
    "tests/e2e/test_failures_update.py",
    "tests/e2e/test_untouched.py",
    "tests/e2e/test_own_commands.py",
    "tests/e2e/test_help.py",
)
# What is about the newest core alone, by the first version of azure-cli for which it holds: its own
# `aks safeguards` commands with today's arguments, `aks create --sku`, and an `aks show` that prints a cluster as
# `aks update` does.
FROM_VERSION = {
    "test_the_commands_that_core_has_there_still_work": "2.91.0",
    "test_the_output_is_that_of_the_core_commands_plus_the_profile": "2.91.0",
    "test_creating_an_automatic_cluster_is_refused_without_a_request": "2.91.0",
    # A flag that does not exist had az ask another host for advice.
    "no-such-flag": "2.91.0",
    "test_the_group_has_the_commands_of_core_and_ours_and_is_no_preview": "2.76.0",
    "test_safeguards_that_aks_manages_are_not_fought_with": "2.76.0",
}
WORKERS = "2"


@dataclass
class Row:
    """How one version did."""

    version: str
    result: str
    passed: int = 0
    failed: int = 0
    seconds: float = 0.0
    log: Path | None = None


def main(versions: list[str]) -> int:
    """Tests each version and returns the exit code."""
    wheels = sorted((ROOT / "dist").glob("*.whl"))
    if len(wheels) != 1:
        print("There must be one wheel in dist/: run `make wheel` first.", file=sys.stderr)
        return 2
    rows = []
    for version in versions or _supported():
        print(f"azure-cli {version} ...", flush=True)
        rows.append(_row(version, wheels[0]))
    print(f"\n{'azure-cli':<11}{'result':<22}{'passed':>7}{'failed':>8}{'seconds':>9}")
    for row in rows:
        print(f"{row.version:<11}{row.result:<22}{row.passed:>7}{row.failed:>8}{row.seconds:>9.0f}")
        if row.result != "ok" and row.log:
            print(f"           see {row.log.relative_to(ROOT)}")
    return 0 if all(row.result == "ok" for row in rows) else 1


def _supported() -> list[str]:
    """The oldest version that the extension admits, and the one that development is done with."""
    return list(dict.fromkeys([_oldest(), _pins()["azure-cli"]]))


def _oldest() -> str:
    return str(json.loads(METADATA.read_text("utf-8"))["azext.minCliCoreVersion"])


def _row(version: str, wheel: Path) -> Row:
    started = time.monotonic()
    folder = MATRIX / version
    folder.mkdir(parents=True, exist_ok=True)
    row = Row(version, "not installed", log=folder / "log.txt")
    try:
        _install(version, folder)
        row.result = "extension refused"
        _add_extension(
            folder, wheel if _numbers(version) >= _numbers(_oldest()) else _admitting(version, folder, wheel)
        )
    except subprocess.CalledProcessError as error:
        (folder / "log.txt").write_text(f"{error}\n{error.stdout}\n{error.stderr}", "utf-8")
        return row
    known = [name for name, first in FROM_VERSION.items() if _numbers(version) < _numbers(first)]
    command = [str(folder / "bin" / "python"), "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", WORKERS, *TESTS]
    if known:
        command += ["-k", " and ".join(f"not {name}" for name in known)]
    done = subprocess.run(command, cwd=ROOT, env=_environment(folder), capture_output=True, text=True, check=False)
    (folder / "log.txt").write_text(done.stdout + done.stderr, "utf-8")
    row.passed, row.failed = _count(done.stdout, "passed"), _count(done.stdout, "failed") + _count(done.stdout, "error")
    row.result = "ok" if done.returncode == 0 else "failed"
    row.seconds = time.monotonic() - started
    return row


def _install(version: str, folder: Path) -> None:
    """Makes the environment, unless it is complete.

    :raises subprocess.CalledProcessError: when something could not be installed.
    """
    complete = folder / ".complete"
    if complete.exists():
        return
    shutil.rmtree(folder)
    _run([sys.executable, "-m", "venv", folder])
    wanted = [f"azure-cli=={version}", *(f"{name}=={pin}" for name, pin in _pins().items() if name not in OTHERWISE)]
    # setuptools: older versions of azure-cli expect it to be there.
    _run([folder / "bin" / "python", "-m", "pip", "install", "--quiet", "setuptools<81", *wanted])
    complete.touch()


def _add_extension(folder: Path, wheel: Path) -> None:
    """Installs the wheel as users do.

    :raises subprocess.CalledProcessError: when az refuses it.
    """
    shutil.rmtree(folder / "cliextensions", ignore_errors=True)
    az = folder / "bin" / "az"
    _run([az, "extension", "add", "--yes", "--only-show-errors", "--source", wheel], _environment(folder))


def _admitting(version: str, folder: Path, wheel: Path) -> Path:
    """A copy of the wheel that asks for no newer azure-cli than this one."""
    copy = folder / wheel.name
    with zipfile.ZipFile(wheel) as original, zipfile.ZipFile(copy, "w") as changed:
        for item in original.infolist():
            content = original.read(item)
            if item.filename.endswith(METADATA.name):
                content = json.dumps({**json.loads(content), "azext.minCliCoreVersion": version}).encode()
            changed.writestr(item, content)
    return copy


def _environment(folder: Path) -> dict[str, str]:
    """An environment in which az neither reads nor writes anything of the user's."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AZURE_", "PYTEST", "PYTHON"))}
    return {
        **kept,
        "AZURE_CONFIG_DIR": str(folder / "azure-config"),
        # Where the tests look for it: beside the Python that runs them.
        "AZURE_EXTENSION_DIR": str(folder / "cliextensions"),
        "AZURE_CORE_COLLECT_TELEMETRY": "no",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }


def _run(command: list[str | Path], environment: dict[str, str] | None = None) -> None:
    subprocess.run([str(part) for part in command], env=environment, check=True, capture_output=True, text=True)


def _pins() -> dict[str, str]:
    lines = (ROOT / "requirements-dev.txt").read_text("utf-8").splitlines()
    return dict(line.split("==", 1) for line in lines if "==" in line)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in version.split("."))


def _count(text: str, word: str) -> int:
    found = re.findall(rf"(\d+) {word}", text)
    return int(found[-1]) if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
