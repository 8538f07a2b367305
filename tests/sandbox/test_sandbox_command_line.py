# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""python -m sandbox."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def sandbox(*words, code=0, **environment):
    done = subprocess.run(
        [sys.executable, "-m", "sandbox", *words],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == code, done.stderr
    return done


def test_run_hands_the_exit_code_on():
    sandbox("run", "--", "sh", "-c", "exit 7", code=7)
    sandbox("run", "--", "sh", "-c", "kill -9 $$", code=137)
    assert "no such command" in sandbox("run", "--", "no-such-command", code=127).stderr


def test_run_isolates(tmp_path):
    script = "az account show --query name -o tsv && echo $HOME && echo $AZURE_CONFIG_DIR"
    done = sandbox("run", "--", "sh", "-c", script, AZURE_DEFAULTS_GROUP="mine", HOME=str(tmp_path))
    name, home, config = done.stdout.split()
    assert name == "Sandbox"
    assert home != str(tmp_path)
    for left in (home, config):
        assert not Path(left).exists()
    assert list(tmp_path.iterdir()) == []
    kept = sandbox("run", "--keep-home", "--", "sh", "-c", "echo $HOME", HOME=str(tmp_path))
    assert kept.stdout.strip() == str(tmp_path)


def test_run_puts_nothing_but_itself_on_the_python_path():
    code = "import sandbox, importlib.util; print(importlib.util.find_spec('azext_safeguards'))"
    done = sandbox("run", "--", "sh", "-c", f'cd / && "$0" -c "{code}"', sys.executable)
    assert done.stdout.strip() == "None"


def test_options_and_steering(tmp_path):
    journal = tmp_path / "journal.jsonl"
    options = ["--feature", "retired", "--provider", "Microsoft.PolicyInsights=NotRegistered", "--polls", "1",
               "--latency", "1", "--journal", str(journal), "--fault", "PUT resourcegroups status=409"]  # fmt: skip
    script = """
        az group create -n rg -l eastus && exit 9
        az group create -n rg -l eastus || exit 8
        cd /
        python -m sandbox fault GET resourcegroups status=403 times=always || exit 7
        az group show -n rg && exit 6
        python -m sandbox fault --clear || exit 5
        python -m sandbox fault nonsense; test $? = 2 || exit 4
        SANDBOX_CONTROL_TOKEN=guess python -m sandbox state; test $? = 1 || exit 3
        python -m sandbox state --feature SafeguardsPreview=Registered > "$STATE"
    """
    state = tmp_path / "state.json"
    sandbox("run", *options, "--", "sh", "-c", script, STATE=str(state))
    shown = json.loads(state.read_text())
    assert shown["features"] == {"Microsoft.ContainerService/SafeguardsPreview": "Registered"}
    assert shown["providers"]["Microsoft.PolicyInsights"] == "NotRegistered"
    assert len(shown["groups"]) == 1
    lines = [json.loads(line) for line in journal.read_text().splitlines()]
    assert [line["status"] for line in lines if "/resourcegroups/" in line["path"]] == [409, 201, 403]


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["run"], "needs a command after --"),
        ([], "required"),
        (["fly"], "invalid choice"),
        (["run", "--fault", "PUT x", "--", "true"], "needs one of"),
        (["run", "--feature", "On", "--", "true"], "invalid choice"),
        (["run", "--provider", "x", "--", "true"], "expected NAME=STATE"),
        (["run", "--polls", "0", "--", "true"], "not a positive number"),
        (["run", "--journal", "/no/such/folder/j", "--", "true"], "No such file"),
        (["state"], "SANDBOX_CONTROL is not set"),
    ],
)
def test_bad_options(words, text):
    assert text in sandbox(*words, code=2).stderr


def test_interrupts_are_passed_on():
    script = "trap 'echo caught; exit 3' INT; echo ready; while :; do sleep 0.05; done"
    with subprocess.Popen(
        [sys.executable, "-m", "sandbox", "run", "--", "sh", "-c", script],
        cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
        # Where the tests run in the background, a shell has them ignore interrupts, and children inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        assert process.stdout.read() == "caught\n"
        assert process.wait(timeout=20) == 3


def test_shell():
    done = sandbox("shell", SHELL="/bin/true")
    assert "You are inside the sandbox" in done.stderr


def test_load_puts_manifests_on_a_cluster(tmp_path):
    (tmp_path / "pods.yaml").write_text(PODS)
    (tmp_path / "broken.yaml").write_text("a: [\n")
    load = f"{sys.executable} -m sandbox load"
    script = f"""
        set -e
        az aks create -g rg -n c1 --no-ssh-key --enable-addons azure-policy -o none 2>/dev/null
        cd {ROOT}
        {load} c1 {tmp_path}/pods.yaml
        {load} RG/c1 --clear - < {tmp_path}/pods.yaml
        {load} c2 {tmp_path}/pods.yaml || echo unknown: $?
        {load} c1 {tmp_path}/broken.yaml || echo broken: $?
        {load} c1 {tmp_path}/none.yaml || echo missing: $?
        {sys.executable} -m sandbox state --scan 2.5 >/dev/null
    """
    done = sandbox("run", "--", "sh", "-c", f"az group create -n rg -l eastus -o none; {script}")
    assert done.stdout.count('"loaded": 2') == 2
    assert [line for line in done.stdout.splitlines() if ": 2" in line and '"' not in line] == [
        "unknown: 2",
        "broken: 2",
        "missing: 2",
    ]
    assert "no cluster 'c2'" in done.stderr
    assert f"{tmp_path}/broken.yaml: line" in done.stderr
    assert "none.yaml" in done.stderr


PODS = """
apiVersion: v1
kind: Pod
metadata: {name: a}
---
apiVersion: v1
kind: Pod
metadata: {name: b}
"""
