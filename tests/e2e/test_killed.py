# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""az dies with a write under way (`kill -9`): the same command again finishes it, and nothing of others is lost."""

from __future__ import annotations

import re
import shlex
import signal
import subprocess
import time

import pytest

from .azcli import ARM, AZ
from .test_fault_matrix import OURS, ready

MANAGED = "deploymentSafeguards/default$"
COPY = "aks safeguards profile copy --from {c1} --to {c2} {c3}"
MIGRATE = "aks safeguards profile migrate -g rg -n c1 --to managed --yes"


@pytest.mark.parametrize(
    ("line", "method", "path"),
    [
        ("aks safeguards suspend -g rg -n c1 --reason INC-1", "PUT", OURS),
        (COPY, "PUT", OURS),
        (MIGRATE, "PUT", MANAGED),
        (MIGRATE, "DELETE", OURS),
    ],
    ids=["suspend", "copy", "migrate, begun", "migrate, nearly done"],
)
def test_the_same_command_again_finishes_what_was_begun(az, running, warm, line, method, path):
    ready(running)
    running.assignments.clear()
    running.deployment_safeguards.clear()
    others = {name: running.add_cluster("rg", name) for name in ("c2", "c3")}
    warm("aks update -g rg -n c1 --safeguards-level Warning --safeguards-excluded-ns mine")
    for one in running.assignments.values():
        one["properties"]["nonComplianceMessages"] = [{"message": "ask the platform team"}]
    (ours,) = (one for one in running.assignments if "/c1/" in one)
    line = line.format(c1=ours.partition("/providers/Microsoft.Authorization")[0], **others)
    before = len(running.journal)
    running.faults.add(method, path, latency=2, times=1)
    process = subprocess.Popen(
        [AZ, *shlex.split(line)], env=az.environment, cwd=az.folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    deadline = time.monotonic() + 60
    while not any(_is(item, method, path) for item in list(running.journal)[before:]):
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait(10)
    running.faults.clear()
    warm(line)
    if line == MIGRATE:
        # What a killed az had sent for other clusters may still be under way here, as it may be in Azure.
        assert ours not in running.assignments
        (managed,) = running.deployment_safeguards.values()
        assert (managed["properties"]["level"], managed["properties"]["excludedNamespaces"]) == ("Warn", ["mine"])
        return
    assert running.assignments[ours]["properties"]["nonComplianceMessages"] == [{"message": "ask the platform team"}]
    if line.startswith("aks safeguards suspend"):
        assert running.assignments[ours]["properties"]["enforcementMode"] == "DoNotEnforce"
        return
    assert len(running.assignments) == 3
    assert all(
        one["properties"]["parameters"]["excludedNamespaces"]["value"][-1] == "mine"
        for one in running.assignments.values()
    )


def _is(item, method, path):
    return item.host == ARM and item.method == method and re.search(path, item.path, re.IGNORECASE)
