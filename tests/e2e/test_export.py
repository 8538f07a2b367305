# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""`az aks safeguards export`: what is printed, what is written, and that the script puts back what was there."""

from __future__ import annotations

import copy
import json
import subprocess
from pathlib import Path

import pytest

from azext_safeguards.domain.assignment.comparison import says_the_same

EXPORT = "aks safeguards export -g rg -n c1"
# Quotes, expansions and ends of text of every language on the way, and characters that consoles lose.
NASTY = 'it\'s "$HOME" `id` $(id) ${x} %{y} \\n\n\tASSIGNMENT\nASSIGNMENT\n[é😀\u2028]'


@pytest.fixture
def marked(az, cluster, stored):
    """A cluster at Enforcement whose assignment holds settings of somebody else."""
    az("aks update -g rg -n c1 --safeguards-level Enforcement --safeguards-excluded-ns ns1,team-*")
    body = stored()
    properties = body["properties"]
    properties["displayName"] = NASTY
    properties["description"] = "[concat('a')]"
    properties["parameters"]["excludedImages"] = {"value": ["mcr.microsoft.com/*", NASTY]}
    properties["overrides"].append(
        {
            "kind": "policyEffect",
            "value": "Disabled",
            "selectors": [{"kind": "policyDefinitionReferenceId", "in": ["uniqueServiceSelectors"]}],
        }
    )
    properties["resourceSelectors"] = [
        {"name": NASTY, "selectors": [{"kind": "resourceLocation", "in": ["westeurope"]}]}
    ]
    properties["nonComplianceMessages"] = [{"message": NASTY}]
    properties["notScopes"] = [f"{cluster}/x"]
    properties["metadata"]["ticket"] = {"id": [1, 2.5, True, None, NASTY]}
    body["location"] = "westeurope"
    body["identity"] = {
        "type": "UserAssigned",
        "userAssignedIdentities": {"/subscriptions/s/resourceGroups/rg/providers/x/y/z": {"principalId": "p"}},
    }
    return body


def run(az, script: Path, *arguments: str) -> None:
    """Runs an exported script with az on the path, in a locale that is not UTF-8."""
    path = f"{az.bin}:{az.environment['PATH']}"
    done = subprocess.run(
        ["sh", str(script), *arguments],
        env={**az.environment, "PATH": path, "LC_ALL": "C"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def comparable(body):
    """A body without what the service says about identities."""
    body = copy.deepcopy(body)
    for identity in body.get("identity", {}).get("userAssignedIdentities", {}).values():
        identity.clear()
    return body


def test_the_script_recreates_the_assignment_here_and_on_another_cluster(az, box, marked, stored):
    other = box.add_cluster("rg", "c2")
    before = copy.deepcopy(stored())
    done = az(f"{EXPORT} --format azcli --output-file safeguards.sh")
    assert (done.out, set(done.sent)) == (
        "",
        {f"GET {one}" for one in ("assignment", "managed", "cluster", "assignments", "exemptions")},
    )
    assert done.err.splitlines()[-2].startswith("Written: ")
    shown = az("aks safeguards profile show -g rg -n c1").json
    az("aks safeguards profile delete -g rg -n c1 --yes")
    assert stored() is None
    script = az.folder / "safeguards.sh"
    run(az, script)
    assert stored()["properties"]["instanceId"] != before["properties"]["instanceId"]
    assert says_the_same(comparable(stored()), comparable(before))
    assert stored()["properties"]["displayName"] == NASTY
    assert az("aks safeguards profile show -g rg -n c1").json == shown
    run(az, script, other)
    assert says_the_same(comparable(stored("rg", "c2")), comparable(before))


def test_what_is_printed_is_the_text_itself_and_what_is_written_too(az, marked):
    (az.folder / "old").write_text("something else, and longer than what is written\n" * 1000)
    for name, start in {"arm": "{\n", "azcli": "#!/bin/sh\n", "bicep": "// ", "terraform": "# "}.items():
        printed = az(f"{EXPORT} --format {name.upper()} -o json")
        assert printed.out.startswith(start), name
        # Somebody else's settings are told, and are in the code.
        assert printed.err.count("WARNING: ") == printed.err.count(" The code holds that, too.\n") == 2, name
        az(f"{EXPORT} --format {name} --output-file old")
        assert (az.folder / "old").read_bytes() == printed.out.encode("ascii"), name
    assert json.loads(az(f"{EXPORT} --format arm").out)["parameters"]["clusterName"]["defaultValue"] == "c1"
    assert az(f"{EXPORT} --format arm -o none").out == ""


def test_what_code_cannot_recreate_is_said(az, marked, stored):
    stored()["identity"] = {"type": "SystemAssigned", "principalId": "p", "tenantId": "t"}
    stored()["properties"]["displayName"] = "cafe\u0301"
    bicep = az(f"{EXPORT} --format bicep")
    assert "WARNING: The assignment has a system-ass" in bicep.err
    assert "cafe" not in bicep.err
    terraform = az(f"{EXPORT} --format terraform")
    assert r"'cafe\u0301'" in terraform.err


def test_without_an_assignment_it_ends_with_3(az, plain, box, cluster):
    missing = az(f"{EXPORT} --format bicep", code=3)
    assert (missing.out, len(missing.errors)) == ("", 1)
    assert "'c1' has no safeguards assignment" in missing.errors[0]
    assert "az aks update -g rg -n c1 --safeguards-level Warning" in missing.err.splitlines()
    nowhere = az("aks safeguards export -g rg -n none --format arm", code=3)
    assert nowhere.errors == plain("aks show -g rg -n none", code=3).errors
    az("aks safeguards create -g rg -n c1 --level Warn")
    managed = az(f"{EXPORT} --format bicep", code=3)
    assert "AKS itself manages" in managed.errors[0]
    assert "az aks safeguards show -g rg -n c1" in managed.err.splitlines()


def test_a_file_that_cannot_be_written_and_a_format_that_is_none(az, marked):
    failed = az(f"{EXPORT} --format arm --output-file nowhere/a.json", code=1)
    assert failed.errors == ["ERROR: The file 'nowhere/a.json' could not be written: No such file or directory."]
    assert "az aks safeguards export -g rg -n c1 --format arm" in failed.err.splitlines()
    assert "'yaml'" in az(f"{EXPORT} --format yaml", code=2).err
    assert "--format" in az(EXPORT, code=2).err


def test_another_definition_is_left_alone(az, marked, stored):
    stored()["properties"]["policyDefinitionId"] = "/providers/Microsoft.Authorization/policySetDefinitions/other"
    refused = az(f"{EXPORT} --format arm", code=1)
    assert "not the deployment safeguards initiative" in refused.errors[0]
