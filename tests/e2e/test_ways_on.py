# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What is printed to be pasted is pasted into a shell, as it stands, until the problem is gone."""

from __future__ import annotations

import subprocess

import pytest

from tests.pasting import PROGRAMS

from .test_diagnose import BROKEN, DIAGNOSE, ours  # noqa: F401

# What somebody else put there is shown, and whether it goes is not ours to say.
LOOKED_AT = {
    "another definition",
    "an excluded scope",
    "a selector of elsewhere",
    "a foreign override",
    "a sweeping override",
    "an exemption",
    "the group's assignment",
}
# The compliance that this cluster has is taken away for good, and the sandbox stops and starts no cluster.
STAYS = {"no compliance data", "a stopped cluster"}
GROUP = "My(Group)"
UPDATE = f"aks update -g '{GROUP}' -n c1 --safeguards-level Warning"


def paste(az, *commands: str) -> None:
    """Runs commands as a person does, one after the other: bash makes words of them, and the real az gets these."""
    assert commands
    for command in commands:
        program, _, rest = command.partition(" ")
        assert program == "az", command
        read = subprocess.run(
            ["bash", "-euc", f"printf '%s\\0' {rest}"], capture_output=True, text=True, timeout=20, check=True
        )
        words = read.stdout.split("\0")[:-1]
        done = az.run("", *words)
        assert done.code == 0, f"{command}: {done.err}"


def commands(stderr: str) -> list[str]:
    return [line for line in stderr.splitlines() if line.startswith(PROGRAMS)]


def unattended(command: str) -> str:
    """A command that asks before it deletes gets the answer."""
    is_deletion = " delete " in command or " migrate " in command
    return f"{command} --yes" if is_deletion and "--yes" not in command else command


@pytest.mark.parametrize("name", [name for name in BROKEN if name not in STAYS])
def test_what_diagnose_says_to_run_mends_what_it_found(az, box, ours, name):  # noqa: F811
    break_it, check, *_ = BROKEN[name]
    break_it(box, ours)
    found = next(item for item in az.run(DIAGNOSE).json if item["check"] == check)
    assert found["status"] != "ok"
    paste(az, *map(unattended, found["todo"][:1]))
    after = next((item["status"] for item in az.run(DIAGNOSE).json if item["check"] == check), "ok")
    assert (after == "ok") == (name not in LOOKED_AT)


def test_a_cluster_whose_last_operation_failed(az, box, cluster):
    az("aks update -g rg -n c1 --safeguards-level Warning")
    box.clusters[cluster]["properties"]["provisioningState"] = "Failed"
    (todo,) = next(item for item in az.run(DIAGNOSE).json if item["check"] == "cluster")["todo"]
    paste(az, todo)
    assert az.run(DIAGNOSE).json[0]["status"] == "ok"


def no_provider(box, cluster):
    box.providers.set_state("Microsoft.PolicyInsights", "NotRegistered")


def no_addon(box, cluster):
    box.clusters[cluster]["properties"]["addonProfiles"] = {}


@pytest.mark.parametrize("missing", [[no_addon], [no_provider, no_addon]])
def test_what_the_flags_say_to_run_lets_them_pass(az, box, missing):
    cluster = box.add_cluster(GROUP, "c1")
    for take_away in missing:
        take_away(box, cluster)
    for _ in range(4):
        done = az.run(UPDATE)
        if done.code == 0:
            break
        paste(az, *commands(done.err))
    assert done.profile["level"] == "Warning"


@pytest.mark.parametrize(
    "line",
    [
        f"aks safeguards policy set -g '{GROUP}' -n c1 --policy probes --effect Off",
        f"aks safeguards suspend -g '{GROUP}' -n c1 --reason \"it's late\"",
        f"aks safeguards namespace add ns1 'team-*' -g '{GROUP}' -n c1",
        f"aks update -g '{GROUP}' -n c1 --safeguards-level Enforcement --safeguards-excluded-ns 'team-*'",
    ],
)
def test_what_failed_once_is_done_by_the_command_that_is_printed(az, box, line):
    box.add_cluster(GROUP, "c1")
    az(UPDATE)
    box.faults.add("PUT", "policyAssignments", status=400, code="Odd", message="no", times=1)
    done = az.run(line)
    assert done.code
    said = commands(done.err)
    assert said or "Run the same command again." in done.err
    if said:
        paste(az, *said[:1])
        assert az(f"{line} --dry-run").json["changes"] == []


def test_what_does_not_exist_is_made_by_the_command_that_is_printed(az, box):
    box.add_cluster(GROUP, "c1")
    missing = az.run(f"aks safeguards profile show -g '{GROUP}' -n c1")
    paste(az, *commands(missing.err))
    assert az(f"aks safeguards profile show -g '{GROUP}' -n c1").json["level"] == "Warning"


def test_the_suspension_that_an_update_tells_of_ends_by_what_it_prints(az, box):
    box.add_cluster(GROUP, "c1")
    az(UPDATE)
    az(f"aks safeguards suspend -g '{GROUP}' -n c1")
    told = az(f"aks update -g '{GROUP}' -n c1 --safeguards-excluded-ns ns1").err
    command = told.partition("To end it: ")[2].strip()
    paste(az, command)
    assert az(f"aks safeguards profile show -g '{GROUP}' -n c1").json["enforcementMode"] == "Default"
