# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""--ids on what shows and lists: each cluster's own error, the exit code, a Cluster column."""

from __future__ import annotations

import pytest

from .warm_az import WarmAz

SHOWN = ["profile show", "compliance show", "compliance show --details", "diagnose", "policy list", "namespace list"]


@pytest.fixture(scope="module")
def warm(installed):
    with WarmAz(installed) as az:
        yield az


@pytest.fixture
def three(warm, box, cluster):
    """Ids of a cluster with safeguards, of one that is not there, and of one whose assignment can't be read."""
    forbidden = box.add_cluster("rg", "held")
    for name in ("c1", "held"):
        warm(f"aks update -g rg -n {name} --safeguards-level Enforcement")
    box.faults.add("GET", "/held/.*policyAssignments", status=403, code="AuthorizationFailed", times=None)
    return [cluster, cluster.replace("/c1", "/gone"), forbidden]


@pytest.mark.parametrize("command", SHOWN)
def test_each_has_its_own_error(warm, three, command):
    line = f"aks safeguards {command} --ids {' '.join(three)}"
    done = warm(line, code=1)
    assert [item["cluster"] for item in done.json] == ["c1", "gone", "held"]
    assert [item["id"].lower() for item in done.json] == [item.lower() for item in three]
    if command != "diagnose":
        good, gone, held = done.json
        assert good["error"] is None
        assert "gone" in gone["error"]
        assert "AuthorizationFailed" in held["error"] or "permission" in held["error"]
        assert "2 could not be read" in done.errors[0]
        again = done.err.splitlines()[-1]
        assert again.startswith(f"az aks safeguards {command.split(' --')[0]} --ids")
        assert "/c1" not in again.split()
    assert "  gone: " in done.err
    table = warm(f"{line} -o table", code=1).out.splitlines()
    assert table[0].split()[0] == "Cluster"
    assert max(map(len, table)) <= 120
    assert {row.split()[0] for row in table[2:]} >= {"gone", "held"}
    if command != "compliance show --details":
        assert "c1" in {row.split()[0] for row in table[2:]}


@pytest.mark.parametrize("command", SHOWN)
def test_one_by_its_id_is_as_by_its_name(warm, cluster, command):
    warm("aks update -g rg -n c1 --safeguards-level Warning")
    named = warm(f"aks safeguards {command} -g rg -n c1").json
    assert warm(f"aks safeguards {command} --ids {cluster}").json == named


def test_names_beside_ids_are_refused(warm, cluster):
    assert "--name can't be given with it" in warm(f"aks safeguards profile show -n c1 --ids {cluster}", code=1).err
    page = warm(f"aks safeguards compliance show --ids {cluster} {cluster}2 --format html --report-file p", code=1)
    assert "profile list --format html" in page.err
    assert page.requests == []
