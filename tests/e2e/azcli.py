# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Runs the real az in the sandbox and says what it printed and which requests it sent."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox import Sandbox
from tests.pasting import assert_pasteable, printed

ROOT = Path(__file__).parents[2]
AZ = str(Path(sys.executable).with_name("az"))
EXTENSIONS = Path(sys.prefix) / "cliextensions"
# Made by `make setup` with the install lines of docs/python-api.md: the wheel, the current SDKs, no az.
SDK_PYTHON = Path(sys.prefix) / "sdk" / "bin" / "python"
ASSIGNMENT = "aks-deployment-safeguards-policy-assignment"
INITIATIVE = "/providers/Microsoft.Authorization/policySetDefinitions/c047ea8e-9c78-49b2-958b-37e56d291a44"
ARM = "management.azure.com"

# What each kind of request is called in the tests; the first match counts.
_KINDS = (
    (rf"/policyAssignments/{ASSIGNMENT}$", "assignment"),
    (r"/features/SafeguardsPreview$", "feature"),
    (r"/deploymentSafeguards/default$", "managed"),
    (r"/policySetDefinitions/[^/]+/versions/([^/]+)$", r"initiative \1"),
    (r"/policySetDefinitions/c047ea8e-[^/]+$", "initiative"),
    (r"/providers/Microsoft.Authorization/permissions$", "permissions"),
    (r"/providers/Microsoft.Authorization/policyExemptions$", "exemptions"),
    (r"/providers/Microsoft.Authorization/policyAssignments$", "assignments"),
    (r"/providers/Microsoft.PolicyInsights$", "policy provider"),
    (r"/operations/[^/]+$", "operation"),
    (r"/managedClusters/[^/]+$", "cluster"),
    (r"/resourceGroups/[^/]+$", "group"),
)


@dataclass(frozen=True)
class Outcome:
    """How one run of az ended."""

    code: int
    out: str
    err: str
    requests: list[Any]
    """The sandbox's records of the requests to Resource Manager, in the order in which they came."""

    @property
    def json(self) -> Any:
        """What was printed, read as JSON."""
        return json.loads(self.out)

    @property
    def profile(self) -> Any:
        """`safeguardsProfile` of the printed cluster."""
        return self.json["safeguardsProfile"]

    @property
    def sent(self) -> list[str]:
        """The requests in short: `GET cluster`, `PUT assignment` and so on."""
        return [named(record) for record in self.requests]

    @property
    def writes(self) -> list[str]:
        """The requests that change something, in short."""
        return [name for name in self.sent if not name.startswith("GET ")]

    @property
    def errors(self) -> list[str]:
        """The lines of stderr that are errors."""
        return [line for line in self.err.splitlines() if line.startswith("ERROR: ")]

    def bodies(self, name: str) -> list[Any]:
        """The bodies of the requests of one short name."""
        return [record.body for record in self.requests if named(record) == name]


def named(record: Any) -> str:
    """A request in short."""
    for pattern, name in _KINDS:
        match = re.search(pattern, record.path, re.IGNORECASE)
        if match:
            return f"{record.method} {match.expand(name)}"
    return f"{record.method} {record.path}"


class AzCli:
    """az with a configuration, an extension folder and a home of its own, already signed in.

    `bin` is the folder for the PATH of a shell in which `az` is found.
    """

    def __init__(self, box: Sandbox, folder: Path, extensions: Path) -> None:
        self.box = box
        self.folder = folder
        self.extensions = extensions
        self.home = folder / "home"
        self.bin = Path(AZ).parent
        self.home.mkdir(parents=True, exist_ok=True)
        self.environment = {**box.environment(folder / "azure", extensions), "HOME": str(self.home)}
        # Nothing but the installed wheel may provide the extension.
        self.environment.pop("PYTHONPATH", None)
        box.write_login(folder / "azure")

    def __call__(
        self, line: str, *more: str, code: int | None = 0, traceback: bool = False, **environment: str
    ) -> Outcome:
        """Runs a command line (without `az`), as a shell would read it, with stdin closed and no terminal.

        :param more: further arguments that are taken as they stand.
        :param code: the exit code that it must have; None for any but 0.
        :param traceback: whether it may fail with a traceback, which is never ours but az's own.
        """
        before = len(self.box.journal)
        done = subprocess.run(
            [AZ, *shlex.split(line.replace("\\\n", " ")), *more],
            env={**self.environment, **environment},
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        fits = done.returncode != 0 if code is None else done.returncode == code
        assert fits, f"az {line} ended with {done.returncode}\n{done.stdout}\n{done.stderr}"
        assert traceback or "Traceback" not in done.stderr, done.stderr
        assert_pasteable(*printed(done.stderr))
        requests = [record for record in list(self.box.journal)[before:] if record.host == ARM]
        return Outcome(done.returncode, done.stdout, done.stderr, requests)
