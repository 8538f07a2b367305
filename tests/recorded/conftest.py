# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Runs az on cassettes; with SAFEGUARDS_RECORD=1 it records them anew, through the sandbox."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
CASSETTES = Path(__file__).parent / "cassettes"
RECORDING = os.environ.get("SAFEGUARDS_RECORD") == "1"

sys.path.insert(0, str(ROOT))

Replay = Callable[..., dict[str, Any]]


@pytest.fixture(scope="session")
def extensions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An extension folder that holds this working tree, as if its wheel had been installed there."""
    folder = tmp_path_factory.mktemp("cliextensions")
    home = folder / "safeguards"
    home.mkdir()
    (home / "azext_safeguards").symlink_to(ROOT / "azext_safeguards", target_is_directory=True)
    info = home / "safeguards-0.0.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: safeguards\nVersion: 0.0.0\nSummary: Replayed.\n")
    (info / "WHEEL").write_text("Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
    (info / "top_level.txt").write_text("azext_safeguards\n")
    return folder


@pytest.fixture
def replay(extensions: Path, tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Iterator[Replay]:
    """`replay(cassette, command line)`: runs it and returns what cassette_az prints.

    `before` are the command lines that lead to the state in which the recording starts.
    """
    with ExitStack() as stack:
        box = None
        if RECORDING:
            from sandbox import Sandbox

            box = stack.enter_context(Sandbox())
            box.features.set_state("SafeguardsPreview", "Registered")
            box.polls = 1
        environment = {name: value for name, value in os.environ.items() if not name.upper().endswith("_PROXY")}
        if box is not None:
            environment = {**box.environment(tmp_path / "azure"), "SAFEGUARDS_TOKEN": box.token()}
        environment |= {
            "HOME": str(tmp_path),
            "AZURE_CONFIG_DIR": str(tmp_path / "azure"),
            "AZURE_EXTENSION_DIR": str(extensions),
            "AZURE_CORE_COLLECT_TELEMETRY": "false",
            "AZURE_EXTENSION_USE_DYNAMIC_INSTALL": "no",
        }
        environment.pop("PYTHONPATH", None)

        def az(mode: str, cassette: Path, line: str) -> dict[str, Any]:
            script = Path(__file__).with_name("cassette_az.py")
            done = subprocess.run(
                [sys.executable, str(script), mode, str(cassette), "--", *shlex.split(line)],
                env=environment,
                cwd=tmp_path,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )
            assert done.returncode == 0, done.stderr
            outcome: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
            return outcome

        def run(name: str, line: str, *, before: tuple[str, ...] = (), existing: bool = True) -> dict[str, Any]:
            cassette = CASSETTES / f"{name}.yaml"
            if box is not None:
                if existing:
                    box.add_cluster("rg", "c1")
                else:
                    box.add_group("rg")
                for step in before:
                    assert az("live", cassette, step)["code"] == 0
                cassette.unlink(missing_ok=True)
                recorded = az("record", cassette, line)
                assert recorded["code"] == 0, recorded
            return az("replay", cassette, line)

        yield run
