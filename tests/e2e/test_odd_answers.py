# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Each request of each command of ours is answered with what is no answer: nothing of it is believed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from sandbox.backends import SUBSCRIPTION_ID
from sandbox.core.oddities import ODDITIES

from .test_fault_matrix import (
    CONTAINER_SERVICE,
    FEATURE,
    INITIATIVE,
    INSIGHTS,
    MANAGED,
    OURS,
    PERMISSIONS,
    before,
    prepare,
    ready,
    state,
)

__all__ = ["before"]

MANIFEST = Path(__file__).parents[2] / "demo" / "manifests" / "shop.yaml"
IDS = f"/subscriptions/{SUBSCRIPTION_ID}/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters"
LINES = {
    "update": "aks update -g rg -n c1 --safeguards-level Enforcement --safeguards-excluded-ns a",
    "off": "aks update -g rg -n c1 --safeguards-level Off",
    "create": "aks create -g rg -n c2 --no-ssh-key --enable-addons azure-policy --safeguards-level Enforcement",
    "profile show": "aks safeguards profile show -g rg -n c1",
    "delete": "aks safeguards profile delete -g rg -n c1 --yes",
    "register": "aks safeguards register",
    "compliance": "aks safeguards compliance show -g rg -n c1 --scan",
    "policy set": "aks safeguards policy set -g rg -n c1 --policy probes --effect Off",
    "policy list": "aks safeguards policy list -g rg -n c1",
    "suspend": "aks safeguards suspend -g rg -n c1 --reason night",
    "migrate": "aks safeguards profile migrate -g rg -n c1 --to managed --yes",
    "export": "aks safeguards export -g rg -n c1 --format bicep",
    "list": "aks safeguards profile list",
    "list live": "aks safeguards profile list --live",
    "diagnose": "aks safeguards diagnose -g rg -n c1 --fail-on never",
    "namespace add": "aks safeguards namespace add a -g rg -n c1",
    "reset": "aks safeguards policy reset -g rg -n c1 --policy unique-selectors",
    "resume": "aks safeguards resume -g rg -n c1",
    "check": f"aks safeguards check -g rg -n c1 -f {MANIFEST} --fail-on never",
    "aks show": "aks show -g rg -n c1",
    "copy": f"aks safeguards profile copy --from {IDS}/c1 --to {IDS}/c2",
}
CLUSTER, GRAPH, STATES = "managedClusters/c1$", "Microsoft.ResourceGraph/resources$", "/policyStates/latest"
READS = (CLUSTER, OURS, FEATURE, MANAGED, INITIATIVE, INSIGHTS, PERMISSIONS)
REQUESTS = [
    *(("update", "GET", path) for path in READS),
    ("update", "GET", "policyExemptions$"),
    ("update", "GET", "policyAssignments$"),
    ("update", "PUT", OURS),
    *(("off", "GET", path) for path in (CLUSTER, OURS)),
    ("off", "GET", "policyAssignments$"),
    ("off", "PUT", OURS),
    *(("create", "GET", path) for path in (OURS, FEATURE, MANAGED, INITIATIVE, INSIGHTS)),
    ("create", "PUT", OURS),
    ("profile show", "GET", OURS),
    ("delete", "GET", OURS),
    ("delete", "DELETE", OURS),
    ("register", "GET", FEATURE),
    ("register", "POST", "features/SafeguardsPreview/register$"),
    ("register", "POST", f"{CONTAINER_SERVICE}/register$"),
    ("register", "GET", f"{CONTAINER_SERVICE}$"),
    ("register", "POST", "providers/Microsoft.PolicyInsights/register$"),
    ("compliance", "GET", OURS),
    ("compliance", "POST", f"{STATES}/summarize$"),
    ("compliance", "POST", f"{STATES}/queryResults$"),
    ("compliance", "POST", "/componentPolicyStates/latest/queryResults$"),
    ("compliance", "POST", f"{STATES}/triggerEvaluation$"),
    ("compliance", "GET", "/asyncOperationResults/"),
    ("policy set", "GET", CLUSTER),
    ("policy set", "PUT", OURS),
    ("policy list", "GET", "policyExemptions$"),
    ("suspend", "GET", OURS),
    ("suspend", "PUT", OURS),
    ("migrate", "GET", MANAGED),
    ("migrate", "PUT", MANAGED),
    ("migrate", "DELETE", OURS),
    ("export", "GET", OURS),
    ("list", "POST", GRAPH),
    ("list live", "GET", "managedClusters$"),
    ("list live", "GET", "policyAssignments$"),
    ("list live", "POST", f"{STATES}/summarize$"),
    ("diagnose", "GET", OURS),
    ("diagnose", "GET", "policyExemptions$"),
    ("diagnose", "GET", "policyAssignments$"),
    ("diagnose", "POST", f"{STATES}/queryResults$"),
    *(("namespace add", "GET", path) for path in (OURS, MANAGED)),
    ("namespace add", "PUT", OURS),
    *(("reset", "GET", path) for path in (OURS, "policyAssignments$")),
    *(("resume", "GET", path) for path in (OURS, MANAGED)),
    *(("check", "GET", path) for path in (OURS, MANAGED, "policyExemptions$", "policyAssignments$")),
    *(("aks show", "GET", path) for path in (OURS, MANAGED)),
    *(("copy", "GET", path) for path in (OURS, "managedClusters/c2$")),
    ("copy", "PUT", OURS),
]
WRITES = {"PUT", "DELETE"}


def answers(number: int) -> list[str]:
    """The answers that a request meets: each meets a few, and all of them meet all kinds of requests."""
    names = list(ODDITIES)
    if os.environ.get("SAFEGUARDS_ALL_ODDITIES"):
        return names
    return [names[(5 * number + offset) % len(names)] for offset in (0, 7)]


def begin(box: Any, az: Any, command: str, before: Any) -> None:
    """What a command finds."""
    prepare(box, command, before)
    if command == "resume":
        az.again(LINES["suspend"])
    if command == "copy":
        box.add_cluster("rg", "c2")


def found(box: Any) -> Any:
    """The assignments, but for when they were suspended."""
    return {
        name: {**body, "metadata": {key: value for key, value in body["metadata"].items() if "Suspended" not in key}}
        for name, body in state(box).items()
    }


def wrongs(box: Any, az: Any, command: str, method: str, path: str, name: str, before: Any, wanted: Any) -> list[str]:
    """Runs one cell; what is wrong with how it ended."""
    begin(box, az, command, before)
    old = found(box)
    taken = method in WRITES
    fault = box.faults.add(method, path, answer=name, taken=taken, times=None)
    done = az.again(LINES[command])
    box.faults.clear()
    now = found(box)
    rules = {
        f"traceback: {done.err[-600:]}": "Traceback" not in done.err,
        "the answer was not given": fault.hits > 0,
        f"asked {fault.hits} times": fault.hits <= 5,
        f"{len(done.errors)} errors: {done.err[-400:]}": not done.code or len(done.errors) == 1,
        f"a page or a token came through: {done.err[-400:]}": "<html" not in done.err + done.out
        and "guest-token" not in done.err + done.out,
        f"would have waited {done.slept:.0f} s": done.slept <= 60,
        f"a write that was taken is told as failed: {done.err[-400:]}": not taken
        or not done.code
        or command == "migrate",
        f"a write that was taken is not there: {done.err[-400:]}": not taken or done.code or now == wanted,
        f"nothing was wrong, it said: {done.err[-400:]}{done.out[-200:]}": taken or done.code or done.err or done.out,
        f"half a change: {done.err[-400:]}": now in (old, wanted) or command in ("create", "migrate"),
    }
    return [text for text, holds in rules.items() if not holds]


@pytest.fixture(scope="module")
def after(running, warm, before):
    """What each command leaves when nothing is wrong."""
    left = {}
    for command, line in LINES.items():
        begin(running, warm, command, before)
        warm(line)
        left[command] = found(running)
    return left


@pytest.mark.parametrize("number", range(len(REQUESTS)), ids=[" ".join(item) for item in REQUESTS])
def test_what_is_no_answer_is_told_and_not_believed(running, warm, before, after, number):
    command, method, path = REQUESTS[number]
    # A scan that goes on is an answer.
    names = [name for name in answers(number) if (path, name) != ("/asyncOperationResults/", "accepted")]
    cells = {name: wrongs(running, warm, command, method, path, name, before, after[command]) for name in names}
    told = [f"{name:20}{'; '.join(wrong)}" for name, wrong in cells.items() if wrong]
    assert not told, "\n".join(told)
    assert running.crashes == []


@pytest.mark.parametrize("name", list(ODDITIES))
def test_a_write_that_was_not_taken_is_told_as_not_done(running, warm, before, name):
    ready(running)
    prepare(running, "update", before)
    old = state(running)
    running.faults.add("PUT", OURS, answer=name, times=None)
    failed = warm(LINES["update"], code=None)
    assert "was not written" in failed.err
    assert "az aks update -g rg -n c1" in failed.err
    assert state(running) == old
