# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Runs a command inside a fresh sandbox, isolated from the user's own az."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

from sandbox.box import Sandbox
from sandbox.core.faults import parse_fault

NOT_FOUND = 127
_FORWARDED = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)


@dataclass(frozen=True)
class Options:
    """How the sandbox starts. Latency is in seconds."""

    latency: float = 0.0
    features: Mapping[str, str] = field(default_factory=dict)
    """State by feature; ``retired`` for one that does not exist."""
    providers: Mapping[str, str] = field(default_factory=dict)
    faults: Sequence[str] = ()
    journal: Path | None = None
    polls: int = 3
    sync_delay: float = 0.0
    keep_home: bool = False


def run(command: Sequence[str], options: Options) -> int:
    """Run a command and return its exit code (128 + n when signal n ended it, 127 when there is no such command).

    Raises OSError when the journal cannot be written.
    """
    with Sandbox() as box, tempfile.TemporaryDirectory(prefix="sandbox-run-") as folder:
        environment = prepare(box, Path(folder), options)
        try:
            child = subprocess.Popen(list(command), env=environment)
        except FileNotFoundError:
            print(f"python -m sandbox: no such command: {command[0]}", file=sys.stderr)
            return NOT_FOUND
        with _signals_to(child):
            code = child.wait()
        return 128 - code if code < 0 else code


def prepare(box: Sandbox, folder: Path, options: Options) -> dict[str, str]:
    """Set the sandbox up as the options say and return the environment for the command, logged in."""
    environment = box.environment(folder / "azure", _extensions(folder))
    environment["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), environment.get("PATH", os.defpath)])
    environment.update(box.control.variables(box.proxy_url))
    environment.update(box.sdk_sign_in())
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, [environment.get("PYTHONPATH", ""), _modules(folder)]))
    if not options.keep_home:
        home = folder / "home"
        home.mkdir()
        environment["HOME"] = str(home)
        # Where scripts look that know no KUBECONFIG.
        environment["KUBECONFIG"] = str(home / ".kube" / "config")
    box.write_login(folder / "azure")
    box.latency, box.polls, box.sync_delay = options.latency, options.polls, options.sync_delay
    for name, state in options.features.items():
        box.features.set_state(name, None if state == "retired" else state)
    for namespace, state in options.providers.items():
        box.providers.set_state(namespace, state)
    for text in options.faults:
        box.faults.add(**parse_fault(text))
    if options.journal is not None:
        box.journal.write_to(options.journal)
    return environment


def _modules(folder: Path) -> str:
    """Return a folder from which `python -m sandbox` works wherever the command runs.

    It holds this package alone: with the whole repository on its path, az would load an extension from the source
    tree instead of the installed wheel.
    """
    modules = folder / "modules"
    modules.mkdir()
    package = Path(__file__).resolve().parent
    (modules / package.name).symlink_to(package, target_is_directory=True)
    return str(modules)


def _extensions(folder: Path) -> Path:
    """Return where az finds extensions: beside this Python if some are installed there, else nowhere."""
    installed = Path(sys.prefix) / "cliextensions"
    if installed.is_dir():
        return installed
    empty = folder / "cliextensions"
    empty.mkdir()
    return empty


@contextlib.contextmanager
def _signals_to(child: subprocess.Popen[Any]) -> Iterator[None]:
    """Pass signals on to the command. A Ctrl-C at a terminal reaches it anyway, so it is not sent twice."""

    def forward(number: int, frame: FrameType | None) -> None:
        if number != signal.SIGINT or not sys.stdin.isatty():
            child.send_signal(number)

    before = {number: signal.signal(number, forward) for number in _FORWARDED}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
