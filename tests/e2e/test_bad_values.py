# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Values that make no sense are refused before anything is sent."""

from __future__ import annotations

import pytest

COMMANDS = {
    "update": "aks update -g rg -n c1",
    "create": "aks create -g rg -n c2 --no-ssh-key --enable-addons azure-policy",
}
BAD = [
    (["--safeguards-level", "Strict"], "Strict"),
    (["--safeguards-level", ""], "Off, Warning, Enforcement"),
    (["--safeguards-level"], "--safeguards-level"),
    (["--safeguards-level", "Warning", "--safeguards-version", "v9.0.0"], "v1.0.0, v2.0.0, v3.0.0"),
    (["--safeguards-level", "Warning", "--safeguards-version", "latest"], "latest"),
    (["--safeguards-level", "Warning", "--safeguards-version", "v2.0"], "v1.0.0, v2.0.0, v3.0.0"),
    (["--safeguards-level", "Warning", "--safeguards-version", ""], "v1.0.0, v2.0.0, v3.0.0"),
    (["--safeguards-level", "Warning", "--safeguards-excluded-ns", "a,,b"], "empty"),
    (["--safeguards-level", "Warning", "--safeguards-excluded-ns", "a,"], "empty"),
    (["--safeguards-level", "Off", "--safeguards-excluded-ns", "Upper"], "Upper"),
    (["--safeguards-level", "Off", "--safeguards-excluded-ns", "a_b"], "a_b"),
    (["--safeguards-level", "Off", "--safeguards-excluded-ns=-a"], "-a"),
    (["--safeguards-level", "Off", "--safeguards-excluded-ns", "*"], "*"),
    (["--safeguards-level", "Off", "--safeguards-excluded-ns", "te*am"], "te*am"),
    (["--safeguards-level", "Off", "--safeguards-excluded-ns", "a" * 64], "63"),
    (["--safeguards-level", "Off", "--safeguards-excluded-ns", "ns1;ns2"], "ns1;ns2"),
]


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(("flags", "says"), BAD, ids=lambda part: " ".join(part) if isinstance(part, list) else "")
def test_bad_values_are_refused_in_one_sentence_and_nothing_is_sent(az, box, cluster, command, flags, says):
    refused = az(COMMANDS[command], *flags, code=None)
    assert len(refused.errors) == 1
    assert says in refused.errors[0]
    assert refused.out == ""
    assert len(box.journal) == 0


@pytest.mark.parametrize("command", ["--name 'a/b'", "--name c1. ", "--name ''"])
def test_names_that_no_cluster_has_reach_no_url(az, box, command):
    refused = az(f"aks update -g rg {command} --safeguards-level Off", code=None)
    assert len(refused.errors) == 1
    assert len(box.journal) == 0


def test_create_without_a_level_is_refused_and_nothing_is_sent(az, box):
    box.add_group("rg")
    for flags in ("--safeguards-version v2.0.0", "--safeguards-excluded-ns a"):
        refused = az(f"{COMMANDS['create']} {flags}", code=None)
        assert "--safeguards-level" in refused.errors[0]
        assert len(box.journal) == 0
