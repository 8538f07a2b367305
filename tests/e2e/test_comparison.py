# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""README's comparison says of the installed azure-cli and of this extension what is so.

The column of aks-preview speaks of 2024: nothing that is installed can be asked.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from azext_safeguards.domain.acting.records import MUTATORS

README = Path(__file__).parents[2] / "README.md"


def table() -> dict[str, tuple[str, str, str]]:
    """README's rows by their first cell: this extension, aks-preview, AKS's own."""
    part = README.read_text("utf-8").split("| | this extension |", 1)[1].split("\n\n", 1)[0]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in part.splitlines()[2:]]
    return {cells_[0]: (cells_[1], cells_[2], cells_[3]) for cells_ in cells}


def options(text: str) -> set[str]:
    return set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", text))


def allowed(text: str, option: str) -> set[str]:
    """The values that a help text allows an option."""
    section = re.sub(r"\s+", " ", text[text.index(option) :])
    return set(re.search(r"Allowed values: ([\w, .]+?)\.(?: |$)", section)[1].replace(" ", "").split(","))


def words(cell: str) -> set[str]:
    return set(re.split(r"[,;] ?", cell))


ROWS: dict[str, Callable] = {}


def row(name: str) -> Callable:
    def keep(function: Callable) -> Callable:
        ROWS[name] = function
        return function

    return keep


@row("where")
def _(az, plain, box, ours, core):
    for command in ("create", "update"):
        assert "--safeguards-level" in options(az(f"aks {command} -h").out)
        assert "--safeguards-level" not in options(plain(f"aks {command} -h").out)
    shown = plain("aks safeguards -h").out
    for command in re.findall(r"`(\w+)`", core):
        assert re.search(rf"^    {command}\b", shown, re.MULTILINE)


@row("levels")
def _(az, plain, box, ours, core):
    assert allowed(az("aks update -h").out, "--safeguards-level") == words(ours)
    assert {*allowed(plain("aks safeguards create -h").out, "--level"), "delete for off"} == words(core)


@row("versions")
def _(az, plain, box, ours, core):
    assert {entry["name"] for entry in az("aks safeguards version list").json} == words(ours)
    assert core == "none"
    assert not [name for name in options(plain("aks safeguards create -h").out) if "version" in name]


@row("Off")
def _(az, plain, box, ours, core):
    box.add_cluster("rg", "c1")
    on = "--safeguards-level Warning --safeguards-version v1.0.0 --safeguards-excluded-ns a"
    before = az(f"aks update -g rg -n c1 {on}").json["safeguardsProfile"]
    off = az("aks update -g rg -n c1 --safeguards-level Off").json["safeguardsProfile"]
    assert ours == "keeps version and namespaces"
    assert off == {**before, "level": "Off"}
    assert core == "loses them"
    box.add_cluster("rg", "c2")
    plain("aks safeguards create -g rg -n c2 --level Warn --excluded-ns a")
    plain("aks safeguards delete -g rg -n c2 --yes")
    assert plain("aks safeguards show -g rg -n c2", code=3).out == ""


@row("one policy different")
def _(az, plain, box, ours, core):
    assert "--effect" in options(az(f"aks safeguards {ours.strip('`')} -h").out)
    assert core == "no"
    assert not options(plain("aks safeguards create -h").out) & {"--policy", "--effect"}


@row("mutations")
def _(az, plain, box, ours, core):
    rows = az("aks safeguards policy list --version v2.0.0").json
    mutating = {row["policy"] for row in rows if row["policy"].startswith("mutate-")}
    assert {"mutate-cpu-limits", "mutate-memory-limits", "mutate-read-only-root"} <= mutating
    assert "budgets" in ours
    assert {"requests-mutator", "spread-mutator"} == set(MUTATORS)
    assert core == "requests and limits, spread"


@row("check offline")
def _(az, plain, box, ours, core):
    known = options(az("aks safeguards check -h").out)
    assert set(re.findall(r"--\w+", ours + core)) <= known


@row("Pod Security")
def _(az, plain, box, ours, core):
    command, option = re.fullmatch(r"`([\w ]+) (--[\w-]+)`, v3.0.0", ours).groups()
    assert option in options(az(f"aks safeguards {command} -h").out)
    assert core.strip("`") in options(plain("aks safeguards create -h").out)


@row("AKS Automatic")
def _(az, plain, box, ours, core):
    box.add_cluster("rg", "auto", sku="Automatic")
    assert core == "level Enforce, and stays it"
    assert plain("aks safeguards show -g rg -n auto").json["properties"]["level"] == "Enforce"
    refused = plain("aks safeguards update -g rg -n auto --level Warn", code=1)
    assert "RequestNotAllowedBecauseAssociatedClusterIsAutomaticCluster" in refused.err
    assert ours == "shows what acts"
    assert az("aks update -g rg -n auto --safeguards-level Warning", code=1).out == ""


@row("who writes the policy assignment")
def _(az, plain, box, ours, core):
    box.add_cluster("rg", "c1")
    assert ours.startswith("you")
    done = az("aks update -g rg -n c1 --safeguards-level Warning")
    assert [name for name in done.sent if name.startswith("PUT")] == ["PUT assignment"]
    assert core == "AKS, not visible to you"
    box.add_cluster("rg", "c2")
    done = plain("aks safeguards create -g rg -n c2 --level Warn")
    assert not [name for name in done.sent if "assignment" in name]


@row("replaces `az aks` commands")
def _(az, plain, box, ours, core):
    assert (ours, core) == ("no", "no")

    def commands(run: Callable) -> set[str]:
        return set(re.findall(r"^    ([a-z][\w-]+)", run("aks -h").out, re.MULTILINE))

    assert commands(plain) <= commands(az)


def test_every_row_is_held_against_what_is_installed():
    assert set(ROWS) == set(table())


@pytest.mark.parametrize("name", ROWS)
def test_the_row_says_what_is_so(az, plain, box, name):
    ours, _, core = table()[name]
    ROWS[name](az, plain, box, ours, core)
