# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Ctrl-C at every request of create and update: what exists is said, with the command that goes on."""

from __future__ import annotations

import re
import shlex
import signal
import subprocess
import time
from typing import Any

import pytest

from .azcli import ARM, AZ
from .test_fault_matrix import FEATURE, OURS, ready

CREATE = "aks create -g rg -n c2 --no-ssh-key --enable-addons azure-policy --safeguards-level Warning"
UPDATE = "aks update -g rg -n c1 --safeguards-level Enforcement"
TAGS = f"{UPDATE} --tags a=b"
FINISH = {
    CREATE: "az aks update -g rg -n c2 --safeguards-level Warning",
    UPDATE: "az aks update -g rg -n c1 --safeguards-level Enforcement",
    TAGS: "az aks update -g rg -n c1 --safeguards-level Enforcement",
}
CLUSTER = "managedClusters/c[12]$"


def interrupted(az: Any, box: Any, line: str, method: str, path: str) -> str:
    """Runs a command that hangs in a request that is never done, interrupts it there, and returns what it said."""
    box.faults.add(method, path, latency=8, drop="before", times=None)
    before = len(box.journal)
    process = subprocess.Popen(
        [AZ, *shlex.split(line)],
        env=az.environment,
        cwd=az.folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )

    def met() -> int:
        found = [item for item in list(box.journal)[before:] if item.host == ARM and item.method == method]
        return sum(bool(re.search(path, item.path, re.IGNORECASE)) for item in found)

    deadline = time.monotonic() + 100
    while met() < 1 and time.monotonic() < deadline and process.poll() is None:
        time.sleep(0.02)
    assert met(), process.communicate(timeout=20)
    time.sleep(0.2)
    # What is looked up after the interruption must not hang as well.
    box.faults.clear()
    begun = time.monotonic()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode not in (0, None)
    assert "Traceback" not in err, err
    assert out == ""
    assert time.monotonic() - begun < 15
    (said,) = [text for text in err.splitlines() if "Interrupted." in text]
    return said


@pytest.mark.parametrize(
    ("line", "method", "path", "says"),
    [
        (UPDATE, "GET", OURS, "Nothing was changed."),
        (UPDATE, "GET", FEATURE, "Nothing was changed."),
        (UPDATE, "PUT", OURS, "its safeguards are not changed."),
        (TAGS, "GET", FEATURE, "Nothing was changed."),
        (TAGS, "PUT", CLUSTER, "its safeguards are not changed."),
        (TAGS, "PUT", OURS, "its safeguards are not changed."),
    ],
    ids=lambda value: str(value)[-40:],
)
def test_update(az, running, line, method, path, says):
    ready(running)
    said = interrupted(az, running, line, method, path)
    assert says in said
    assert said.endswith(FINISH[line])
    assert running.assignments == {}


@pytest.mark.parametrize(
    ("method", "path", "says", "ends"),
    [
        ("GET", FEATURE, "Nothing was created.", "Run the same command again."),
        ("PUT", CLUSTER, "There is no cluster 'c2' by now.", "Run the same command again."),
        ("PUT", OURS, "The cluster 'c2' is", FINISH[CREATE]),
        (
            "GET",
            "/operations/[^/]+$",
            "its safeguards are as they were asked for.",
            "az aks wait -g rg -n c2 --created",
        ),
    ],
)
def test_create(az, running, warm, method, path, says, ends):
    ready(running)
    said = interrupted(az, running, CREATE, method, path)
    assert says in said
    assert said.endswith(ends)
    if ends.startswith("az aks update"):
        warm(ends.removeprefix("az "))
        assert len(running.assignments) == 1
