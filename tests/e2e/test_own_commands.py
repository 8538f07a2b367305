# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""`az aks safeguards profile` and `version`, and core's own commands beside them."""

from __future__ import annotations

import json

import pytest

SHOW = "aks safeguards profile show -g rg -n c1"
DELETE = "aks safeguards profile delete -g rg -n c1"
ENFORCED = {
    "allowed-images": "Deny",
    "anti-affinity": "Deny",
    "csi-storage": "Deny",
    "image-pull-secrets": "Deny",
    "mutate-cpu-limits": "Mutate",
    "mutate-max-unavailable": "Mutate",
    "mutate-memory-limits": "Mutate",
    "mutate-read-only-root": "Mutate",
    "mutate-read-only-root-init": "Mutate",
    "mutate-taints": "Mutate",
    "mutation-notices": "Audit",
    "no-aks-labels": "Deny",
    "no-latest-tag": "Deny",
    "no-node-edits": "Deny",
    "pod-disruption-budgets": "Deny",
    "pre-stop-hook": "Deny",
    "probes": "Deny",
    "reserved-taints": "Deny",
    "resource-limits": "Deny",
    "unique-selectors": "Deny",
}


@pytest.fixture
def enforced(az, cluster):
    az("aks update -g rg -n c1 --safeguards-level Enforcement --safeguards-excluded-ns a,b")


WORDS = {"Deny": "deny", "Mutate": "mutate", "Audit": "warn", "Disabled": "off"}


def test_show(az, enforced, stored):
    shown = az(SHOW)
    assert sorted(shown.sent) == ["GET assignment", "GET assignments", "GET exemptions", "GET managed"]
    assert shown.json == {
        "level": "Enforcement",
        "version": "v2.0.0",
        "excludedNamespaces": ["a", "b"],
        "systemExcludedNamespaces": ["kube-system", "calico-system", "tigera-system", "gatekeeper-system"],
        "definitionVersion": "2.1.*",
        "enforcementMode": "Default",
        "policies": ENFORCED,
        "doesByPolicy": {name: WORDS[effect] for name, effect in ENFORCED.items()},
        "drift": [],
        "choices": {},
        "chosen": {},
        "podSecurity": "Off",
        "owner": "Assignment",
        "suspended": None,
        "setByOthers": [],
        "unread": [],
        "cluster": "c1",
        "resourceGroup": "rg",
        "assignmentId": stored()["id"],
    }


def test_show_in_a_table(az, enforced):
    head, line, row = az(f"{SHOW} -o table").out.splitlines()
    assert head.split() == [
        "Cluster", "ResourceGroup", "Level", "Version", "ExcludedNamespaces", "Policies",
    ]  # fmt: skip
    assert set(line) == {"-", " "}
    assert row.split() == [
        "c1",
        "rg",
        "Enforcement",
        "v2.0.0",
        "a,b",
        *["13", "deny,", "6", "mutate,", "1", "warn"],
    ]


def test_show_by_ids(az, enforced, cluster):
    assert az(f"aks safeguards profile show --ids {cluster} --query level -o tsv").out == "Enforcement\n"


def test_show_of_what_is_not_there_ends_with_3(az, plain, cluster):
    missing = az(SHOW, code=3)
    assert len(missing.errors) == 1
    assert "'c1' has no safeguards assignment" in missing.errors[0]
    assert "az aks update -g rg -n c1 --safeguards-level Warning" in missing.err.splitlines()
    nowhere = az("aks safeguards profile show -g rg -n none", code=3)
    assert nowhere.errors == plain("aks show -g rg -n none", code=3).errors
    assert nowhere.out == ""


def test_delete_asks_and_without_a_terminal_refuses(az, enforced, stored):
    refused = az(DELETE, code=None)
    assert "--yes" in refused.err
    assert refused.requests == []
    assert stored()


def test_delete_with_yes_removes_the_assignment_and_nothing_else(az, box, enforced, cluster, stored):
    other = box.add_cluster("rg", "c2")
    az("aks update -g rg -n c2 --safeguards-level Warning")
    deleted = az(f"{DELETE} --yes")
    assert (deleted.out, deleted.writes) == ("", ["DELETE assignment"])
    assert stored() is None
    assert stored("rg", "c2")
    assert {cluster, other} == set(box.clusters)


def test_deleting_twice_is_no_error_and_says_that_there_was_nothing(az, enforced):
    az(f"{DELETE} --yes")
    again = az(f"{DELETE} --yes")
    assert again.writes == []
    assert "nothing was deleted" in again.err


def test_deleting_on_a_cluster_that_does_not_exist_is_the_error_of_core(az, plain, box):
    box.add_group("rg")
    failed = az("aks safeguards profile delete -g rg -n none --yes", code=3)
    assert failed.errors == plain("aks show -g rg -n none", code=3).errors
    assert failed.writes == []


def test_a_delete_that_is_refused_is_an_error(az, box, enforced, stored):
    box.faults.add("DELETE", "policyAssignments", status=403, times=None)
    failed = az(f"{DELETE} --yes", code=None)
    assert "AuthorizationFailed" in failed.errors[0]
    assert stored()


def test_version_list_needs_no_request(az, box):
    listed = az("aks safeguards version list")
    assert [(item["name"], item["isDefault"], item["definitionVersion"]) for item in listed.json] == [
        ("v1.0.0", False, "2.1.*"),
        ("v2.0.0", True, "2.1.*"),
        ("v3.0.0", False, "3.0.*"),
    ]
    assert [len(item["policies"]) for item in listed.json] == [11, 20, 12]
    assert len(box.journal) == 0
    table = az("aks safeguards version list -o table").out.splitlines()
    assert [line.split()[0] for line in table] == ["Name", "------", "v1.0.0", "v2.0.0", "v3.0.0"]


def test_every_version_that_is_listed_is_taken(az, cluster):
    names = az("aks safeguards version list --query [].name -o json")
    for name in json.loads(names.out):
        done = az(f"aks update -g rg -n c1 --safeguards-level Warning --safeguards-version {name}")
        assert done.profile["version"] == name


def test_the_commands_that_core_has_there_still_work(az, box, cluster):
    az("aks safeguards create -g rg -n c1 --level Warn")
    assert az("aks safeguards show -g rg -n c1").json["properties"]["level"] == "Warn"
    az("aks safeguards update -g rg -n c1 --level Enforce")
    assert az("aks safeguards list -g rg -n c1").json[0]["properties"]["level"] == "Enforce"
    az("aks safeguards wait -g rg -n c1 --exists")
    az("aks safeguards delete -g rg -n c1 --yes")
    assert not box.deployment_safeguards
    assert not box.assignments
