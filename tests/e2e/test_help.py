# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What az says about the flags and the commands."""

from __future__ import annotations

import re

import pytest


def listed(text, heading):
    """The names below a heading of a group's help, with what stands between name and colon."""
    part = text.split(f"{heading}:\n", 1)[1].split("\n\n", 1)[0]
    return [re.split(r"\s*:", line.strip())[0].strip() for line in part.splitlines() if line.startswith("    ")]


def test_the_group_has_the_commands_of_core_and_ours_and_is_no_preview(az, box):
    text = az("aks safeguards -h").out
    assert set(listed(text, "Commands")) >= {"create", "delete", "list", "show", "update", "wait"}
    assert set(listed(text, "Subgroups")) >= {"policy", "profile", "version"}
    words = re.sub(r"\s+", " ", text)
    assert "There are two kinds" in words
    assert "by create, update, delete, show, list and wait" in words
    assert "preview" not in text.lower()
    assert "experimental" not in text.lower()
    assert listed(az("aks safeguards profile -h").out, "Commands") == ["copy", "delete", "list", "migrate", "show"]
    assert len(box.journal) == 0


@pytest.mark.parametrize("command", ["aks create", "aks update"])
def test_the_flags_have_a_section_of_their_own(az, plain, command):
    text = az(f"{command} -h").out
    section = text.split("Deployment Safeguards Arguments\n", 1)[1].split("\n\n", 1)[0]
    assert re.findall(r"^    (--\S+)", section, re.MULTILINE) == [
        *(["--dry-run"] if command == "aks update" else []),
        "--safeguards-excluded-ns",
        "--safeguards-level",
        "--safeguards-version",
    ]
    assert "Allowed values: Enforcement, Off, Warning" in re.sub(r"\s+", " ", section)
    assert "Preview" not in section
    without = plain(f"{command} -h").out
    assert text.replace("Deployment Safeguards Arguments\n" + section + "\n\n", "") == without


@pytest.mark.parametrize(
    "command",
    [
        "profile show",
        "profile delete",
        "version list",
        "policy list",
        "policy set",
        "policy reset",
        "suspend",
        "resume",
        "compliance show",
        "export",
        "explain",
    ],
)
def test_every_command_has_help_with_an_example(az, command):
    text = az(f"aks safeguards {command} -h").out
    assert f"az aks safeguards {command}" in text.split("Examples\n", 1)[1]


def test_no_command_says_that_its_behavior_was_altered(az, cluster):
    done = az("aks update -g rg -n c1 --safeguards-level Warning")
    assert done.err == ""


def test_flags_stay_after_the_command_index_was_rebuilt(az, cluster):
    for index in (az.folder / "azure").glob("*ndex.json"):
        index.unlink()
    for _ in range(2):
        assert az("aks update -g rg -n c1 --safeguards-level Warning").profile["level"] == "Warning"


def test_commands_that_have_nothing_to_do_with_aks_work(az, box):
    assert az("group create -n other -l eastus --query name -o tsv").out == "other\n"
    assert az("account show --query name -o tsv").out == "Sandbox\n"
