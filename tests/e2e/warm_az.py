# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The real az, forked from a process that has imported it: how nearly all tests run it, in a fifth of the time."""

from __future__ import annotations

import json
import select
import shlex
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.pasting import assert_pasteable, printed

from .azcli import ARM, AzCli, Outcome

_FORKER = str(Path(__file__).with_name("az_forker.py"))
_CLIENT = Path(__file__).with_name("az_client.py")
_PATIENCE_SECONDS = 60
# What may be imported before the fork. Of the extension that is what az never sees; what it loads, the command loads.
_OURS = (
    "azext_safeguards.check.",
    "azext_safeguards.domain.",
    "azext_safeguards.output.",
    "azext_safeguards.services.",
)
_WARM = ("azure", "msal", "requests", "urllib3", "knack", "msrest", "isodate", "cryptography", "jmespath", "yaml")

# They import what the commands of the tests do.
_LINES_OF_CORE = ("aks update -g none -n none --tags a=b", "aks show -g none -n none")
_LINES = (
    "aks update -g none -n none --safeguards-level Warning",
    "aks show -g none -n none",
    "aks safeguards policy list -g none -n none",
    "aks safeguards compliance show -g none -n none",
)


@dataclass(frozen=True)
class WarmOutcome(Outcome):
    slept: float = 0.0
    """How many seconds the run would have waited."""


class WarmAz:
    """Runs command lines like AzCli, with the same configuration; nothing that az sleeps is waited for.

    `bin` is a folder for the PATH of a shell, in which `az` is this one.
    """

    def __init__(self, az: AzCli) -> None:
        self.box, self.folder, self.home = az.box, az.folder, az.home
        self.extensions, self.environment = az.extensions, az.environment
        self._out, self._err = az.folder / "warm.out", az.folder / "warm.err"
        # The addresses of sockets are short.
        self.bin = Path(tempfile.mkdtemp(prefix="az"))
        (self.bin / "az").write_text(f"#!{sys.executable} -IS\n{_CLIENT.read_text('utf-8')}", "utf-8")
        (self.bin / "az").chmod(0o700)
        self._forker = subprocess.Popen(
            [sys.executable, "-P", _FORKER, str(self.bin / "socket")],
            env=az.environment,
            cwd=az.folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            bufsize=1,
        )
        modules = az.folder / "modules"
        for line in _LINES if any(az.extensions.iterdir()) else _LINES_OF_CORE:
            self._ask({**self._order(shlex.split(line), {}), "modules": str(modules)})
            names = [
                name
                for name in modules.read_text().splitlines()
                if name.partition(".")[0] in _WARM or name.startswith(_OURS)
            ]
            path = [str(folder) for folder in az.extensions.iterdir()]
            self._ask({"import": [name for name in names if not name.startswith("azure.cli.__main__")], "path": path})

    def __enter__(self) -> WarmAz:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._forker.stdin is not None
        self._forker.stdin.close()
        self._forker.wait(10)
        shutil.rmtree(self.bin)

    def __call__(
        self, line: str, *more: str, code: int | None = 0, traceback: bool = False, **environment: str
    ) -> WarmOutcome:
        """As AzCli: an exit code of None means any but 0."""
        done = self.run(line, *more, **environment)
        fits = done.code != 0 if code is None else done.code == code
        assert fits, f"az {line} ended with {done.code}\n{done.out}\n{done.err}"
        assert traceback or "Traceback" not in done.err, done.err
        return done

    def run(self, line: str, *more: str, **environment: str) -> WarmOutcome:
        """Runs a command line that may end as it likes."""
        return self._run(self._order([*shlex.split(line.replace("\\\n", " ")), *more], environment))

    def again(self, line: str) -> WarmOutcome:
        """As `run`, a third cheaper from the second run of a line on: az has parsed it, and done nothing yet."""
        return self._run({**self._order(shlex.split(line), {}), "again": True})

    def _run(self, order: dict[str, Any]) -> WarmOutcome:
        before = len(self.box.journal)
        said = self._ask(order)
        requests = [record for record in list(self.box.journal)[before:] if record.host == ARM]
        out, err = self._out.read_text(), self._err.read_text()
        assert_pasteable(*printed(err))
        return WarmOutcome(said["code"], out, err, requests, said.get("slept", 0.0))

    def _order(self, args: list[str], environment: dict[str, str]) -> dict[str, Any]:
        files = {"out": str(self._out), "err": str(self._err), "folder": str(self.folder)}
        return {"args": args, "env": environment, **files}

    def _ask(self, order: dict[str, Any]) -> dict[str, Any]:
        assert self._forker.stdin is not None
        assert self._forker.stdout is not None
        self._forker.stdin.write(json.dumps(order) + "\n")
        ready, _, _ = select.select([self._forker.stdout], [], [], _PATIENCE_SECONDS)
        if not ready:
            self._forker.kill()
            raise AssertionError(f"az hangs: {order}")
        said: dict[str, Any] = json.loads(self._forker.stdout.readline())
        return said
