# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What being installed does to az's start: its index of commands, and what commands of others pay for us."""

from __future__ import annotations

import json
import os
import subprocess

import pytest

from benchmarks.startup import LIMITS, calls, write_smallest

from .azcli import AZ, EXTENSIONS


@pytest.fixture
def alone(box, tmp_path):
    """Runs az in a process of its own, with a configuration in which it never ran before."""
    box.write_login(tmp_path / "config")
    env = {**box.environment(tmp_path / "config", EXTENSIONS), "HOME": str(tmp_path)}

    def run(*words):
        return subprocess.run([AZ, *words], env=env, capture_output=True, text=True, check=True).stdout

    run.config = tmp_path / "config"
    return run


def test_our_commands_are_found_after_an_index_that_another_command_had_az_write(alone):
    assert "Show the details for a managed Kubernetes cluster" in alone("aks", "show", "-h")
    index = json.loads((alone.config / "extensionIndex.json").read_text(encoding="utf-8-sig"))
    assert "azext_safeguards" in index["commandIndex"]["aks"]
    assert "--safeguards-level" in alone("aks", "update", "-h")
    assert "--details" in alone("aks", "safeguards", "compliance", "show", "-h")
    assert json.loads(alone("aks", "safeguards", "version", "list"))


def test_commands_of_others_pay_no_more_than_their_limit(box, tmp_path):
    def environment(name, extensions):
        box.write_login(tmp_path / name)
        return {**box.environment(tmp_path / name, extensions), "HOME": str(tmp_path)}

    ours = environment("ours", EXTENSIONS)
    smallest = environment("smallest", write_smallest(tmp_path / "extensions"))
    for env in (ours, smallest):
        # az writes its index, and Python compiles what is new.
        calls(["aks", "show", "-h"], {**os.environ, **env})
    for command, limit in LIMITS.items():
        assert calls(command, ours) - calls(command, smallest) <= limit, command
