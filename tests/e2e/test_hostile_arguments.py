# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What somebody pastes behind an option is quoted by parsers, validators and refusals, and does nothing there."""

from __future__ import annotations

import pytest

from .our_commands import NEEDED, table
from .test_hostile_names import EVIL, ON_C1, POD, assert_harmless

# An argument of a process holds no such byte.
TYPED = EVIL.replace("\x00", "")
# az's own, which it reads for every command.
OF_AZ = ["--output", "--query", "--subscription", "--no-such-option"]
UPDATE = f"aks update {ON_C1} --safeguards-level Warning"


def harmless(done):
    assert "Traceback" not in done.err, done.err
    assert_harmless(done.err)
    return done


@pytest.mark.parametrize("command", sorted(NEEDED))
def test_every_option_of_every_command(az, cluster, command):
    (az.folder / "pod.yaml").write_text(POD)
    line = f"{command} {NEEDED[command].format(cluster=cluster)}"
    for option in [*table()[command], *OF_AZ]:
        harmless(az.run(line, option, TYPED))
    if "-g rg" in line:
        harmless(az.run(line.replace("-g rg", ""), "-g", TYPED))
    harmless(az.run(line, TYPED))


def test_no_command_is_left_out():
    assert set(NEEDED) == set(table())


@pytest.mark.parametrize("words", [["safeguards"], ["safeguards", "policy", "set", "-g"]])
def test_words_that_are_no_command(az, cluster, words):
    assert harmless(az.run("aks", *words, TYPED)).code


@pytest.mark.parametrize(
    "arguments",
    [
        ["--safeguards-level", TYPED],
        ["--safeguards-version", TYPED],
        ["--safeguards-excluded-ns", TYPED],
        ["--safeguards-excluded-ns", TYPED, TYPED],
        [TYPED],
        ["--no-such-option", TYPED],
        ["--load-balancer-sku", TYPED],
        ["--node-count", TYPED],
        ["--output", TYPED],
        ["--query", TYPED],
        ["--subscription", TYPED],
        ["--api-server-authorized-ip-ranges", TYPED],
        ["-n", TYPED],
        ["-g", TYPED],
    ],
    ids=lambda arguments: arguments[0] if arguments[0] != TYPED else "a word",
)
@pytest.mark.parametrize("verb", ["create", "update"])
def test_beside_the_flags_what_azs_own_command_refuses_is_harmless_too(az, cluster, verb, arguments):
    line = UPDATE if verb == "update" else UPDATE.replace("update", "create") + " --enable-addons azure-policy"
    assert harmless(az.run(line, *arguments)).code
