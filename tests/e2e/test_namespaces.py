# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""`az aks safeguards namespace`: single namespaces, on a real az."""

from __future__ import annotations

import threading
import time

import pytest

OURS = "aks-deployment-safeguards-policy-assignment"
NAMESPACE = "aks safeguards namespace"
ON_C1 = "-g rg -n c1"
SYSTEM = ["kube-system", "calico-system", "tigera-system", "gatekeeper-system"]


@pytest.fixture
def listed(warm, cluster):
    """The cluster c1 at Enforcement, with two namespaces left alone."""
    warm(f"aks update {ON_C1} --safeguards-level Enforcement --safeguards-excluded-ns ns1,team-*")


def excluded(stored):
    return stored()["properties"]["parameters"]["excludedNamespaces"]["value"]


def test_one_is_added_and_the_others_stay(warm, listed, stored):
    done = warm(f"{NAMESPACE} add ns2 {ON_C1}")
    assert done.writes == ["PUT assignment"]
    assert done.json["excludedNamespacesBefore"] == ["ns1", "team-*"]
    assert done.json["excludedNamespaces"] == ["ns1", "team-*", "ns2"]
    assert done.json["systemExcludedNamespaces"] == SYSTEM
    assert done.err == ""
    assert excluded(stored) == [*SYSTEM, "ns1", "team-*", "ns2"]
    again = warm(f"{NAMESPACE} add ns2 {ON_C1}")
    assert again.writes == []
    assert "ns2 is excluded already." in again.err
    rows = warm(f"{NAMESPACE} list {ON_C1}").json
    assert [row["namespace"] for row in rows] == [*SYSTEM, "ns1", "team-*", "ns2"]
    assert [row["owner"] for row in rows] == ["system"] * 4 + ["user"] * 3


def test_one_is_removed_and_the_others_stay(warm, listed, stored):
    done = warm(f"{NAMESPACE} remove ns1,team-a kube-system {ON_C1} -o table")
    assert [row.split() for row in done.out.splitlines()[2:]] == [["ns1", "removed"], ["team-*"]]
    assert "team-a stays excluded by team-*." in done.err
    assert "kube-system stays excluded: it is the system's." in done.err
    assert excluded(stored) == [*SYSTEM, "team-*"]


def test_a_dry_run_writes_nothing(warm, listed, stored):
    done = warm(f"{NAMESPACE} add ns2 {ON_C1} --dry-run")
    assert done.writes == []
    assert [(item["field"], item["before"], item["after"]) for item in done.json["changes"]] == [
        ("excluded namespaces", "ns1, team-*", "ns1, team-*, ns2")
    ]
    assert "excluded namespaces" in warm(f"{NAMESPACE} add ns2 {ON_C1} --dry-run -o table").out
    assert excluded(stored) == [*SYSTEM, "ns1", "team-*"]


def test_what_somebody_else_adds_meanwhile_is_not_lost(warm, box, listed, stored):
    fault = box.faults.add("PUT", OURS, status=412)
    writer = threading.Thread(target=_add_when_struck, args=(fault, stored))
    writer.start()
    box.faults.add("GET", OURS, latency=0.3, after=1)
    done = warm(f"{NAMESPACE} add ns2 {ON_C1}")
    writer.join(10)
    assert done.sent.count("PUT assignment") == 2
    assert excluded(stored) == [*SYSTEM, "ns1", "team-*", "theirs", "ns2"]


def _add_when_struck(fault, stored):
    deadline = time.monotonic() + 20
    while not fault.hits and time.monotonic() < deadline:
        time.sleep(0.005)
    excluded(stored).append("theirs")


def test_several_clusters(warm, box, listed, stored):
    first = stored()["id"].split("/providers/Microsoft.Authorization")[0]
    second = f"{first}x"
    done = warm(f"{NAMESPACE} add ns2 --ids {first} {second}", code=1)
    assert [item["result"] for item in done.json] == ["Changed", "Failed"]
    assert done.json[0]["excludedNamespaces"] == ["ns1", "team-*", "ns2"]
    assert f"az {NAMESPACE} add ns2 --ids" in done.err


@pytest.mark.parametrize("given", ["", "NS", "a_b", "'*'"])
def test_names_that_are_none(warm, listed, given):
    done = warm(f"{NAMESPACE} add {given} {ON_C1}", code=None)
    assert done.code == 1
    assert done.writes == []


def test_where_aks_manages_the_command_holds_the_whole_list(warm, box, cluster):
    box.add_deployment_safeguards(cluster, "Enforce", ["a", "b"])
    assert [row["namespace"] for row in warm(f"{NAMESPACE} list {ON_C1}").json] == ["a", "b"]
    added = warm(f"{NAMESPACE} add c {ON_C1}", code=1)
    assert "az aks safeguards update -g rg -n c1 --excluded-ns a b c" in added.err
    removed = warm(f"{NAMESPACE} remove a b {ON_C1}", code=1)
    assert "--excluded-ns '[]'" in removed.err


def test_without_safeguards(warm, cluster):
    done = warm(f"{NAMESPACE} add a {ON_C1}", code=3)
    assert "no safeguards assignment" in done.errors[0]
