# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""`make demo`: it plays to its end, and stops where something is not as it says."""

from __future__ import annotations

import subprocess
import sys

import pytest

from demo import __main__ as demo
from demo.stage import Stage
from sandbox import tools
from sandbox.control import ADDRESS_VARIABLE

from .azcli import ASSIGNMENT, ROOT
from .test_sandbox_run import run

DEMO = (sys.executable, "-m", "demo")


@pytest.mark.tools
def test_both_acts_play_to_their_end(tmp_path):
    done = run(*DEMO, HOME=str(tmp_path))
    assert done.returncode == 0, done.stdout + done.stderr
    for line in (
        "az feature register --namespace Microsoft.ContainerService --name SafeguardsPreview",
        "$ az aks create --name myAKSCluster",
        "--safeguards-level Enforcement",
        "--safeguards-excluded-ns ns1,ns2",
        "--safeguards-level Off",
        ASSIGNMENT,
        "13 deny, 6 mutate, 1 warn",
        "DoNotEnforce",
        "$ kubectl apply -f pod.yaml",
        "(checked: five warnings of four policies, and the Pod is there)",
        "(checked: the same Pod is denied)",
        "(checked: the stored Pod has limits that nobody wrote)",
        "Error: INSTALLATION FAILED: ",
        "(checked: in ns1 nobody says anything)",
        "(checked: it is denied for the others alone)",
        "(checked: everything passes)",
        "$ kubectl apply -f shop.yaml",
        "(checked: the counts are those of what was put in)",
        "--policy anti-affinity --effect Off",
        "policy probes: warn -> deny",
        "12 deny, 6 mutate, 1 warn, 1 off",
        "(checked: the assignment is the one that was planned)",
        "(checked: the patch adds both probes to the container)",
        "Enforcement, v2.0.0: 4 would be denied, 0 warned, in 1 of 3 objects (1 file)",
        "nothing would be denied or warned of, in 1 object (1 file)",
        "resource safeguards 'Microsoft.Authorization/policyAssignments@2023-04-01'",
    ):
        assert line in done.stdout, line
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.parametrize("reason", ["there is none for this", ""])
def test_it_does_not_begin_without_kubectl_and_helm(monkeypatch, tmp_path, reason):
    monkeypatch.setenv(ADDRESS_VARIABLE, "http://127.0.0.1:1")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(tools, "unserved", lambda: reason)
    with pytest.raises(SystemExit, match="needs kubectl and helm, which PATH does not have: ") as stopped:
        demo.main()
    assert (reason or "`make setup` brings them") in str(stopped.value)


@pytest.mark.tools
def test_it_stops_when_a_claim_is_not_true():
    done = run(*DEMO, options=["--feature", "Registered"])
    assert done.returncode == 1
    assert "The demo stops: 'both are named' is not true: found [False, True]" in done.stderr
    assert "2. " not in done.stdout


def test_it_stops_when_az_fails():
    done = run(*DEMO, options=["--fault", "PUT /resourceGroups/ status=409 code=Conflict message=Busy times=always"])
    assert done.returncode == 1
    assert "The demo stops: 'az group create" in done.stderr
    assert "Busy" in done.stderr


def test_it_never_plays_outside_the_sandbox(monkeypatch):
    monkeypatch.delenv("SANDBOX_CONTROL", raising=False)
    done = subprocess.run(DEMO, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert "make demo" in done.stderr


@pytest.mark.parametrize(("found", "wanted"), [(1, 2), ([], None), ({"a": 1}, {})])
def test_a_check_stops_unless_what_was_found_is_what_it_takes(found, wanted, tmp_path, capsys):
    with pytest.raises(SystemExit) as stopped:
        Stage(tmp_path).check("this holds", found, wanted)
    assert "'this holds' is not true" in str(stopped.value.code)
    Stage(tmp_path).check("this holds", wanted, wanted)
    assert capsys.readouterr().out == "   (checked: this holds)\n"
