# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""`python -m sandbox run` as people use it."""

from __future__ import annotations

import os
import subprocess
import sys

from .azcli import ROOT


def run(*command, options=(), **environment):
    return subprocess.run(
        [sys.executable, "-m", "sandbox", "run", *options, "--", *command],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_a_provisioning_script_runs_in_it_and_its_exit_code_comes_back(tmp_path):
    script = """
        az group create -n rg -l eastus -o none || exit 11
        az aks create -g rg -n c1 --no-ssh-key --enable-addons azure-policy -o none \\
            --safeguards-level Warning || exit 12
        az aks safeguards profile show -g rg -n c1 --query level -o tsv
        exit 42
    """
    done = run("sh", "-c", script, options=["--feature", "Registered"], HOME=str(tmp_path))
    assert (done.returncode, done.stdout) == (42, "Warning\n"), done.stderr
    assert list(tmp_path.iterdir()) == []
