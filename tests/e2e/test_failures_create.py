# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What `aks create` does when something fails on the way."""

from __future__ import annotations

import copy

import pytest

CREATE = "aks create -g rg -n c1 --no-ssh-key --enable-addons azure-policy"


@pytest.fixture(autouse=True)
def group(box):
    box.add_group("rg")


@pytest.mark.parametrize(
    ("flags", "rest"),
    [
        ("--safeguards-level Warning", "--safeguards-level Warning"),
        (
            "--safeguards-level enforcement --safeguards-version 1.0.0 --safeguards-excluded-ns 'a, team-*'",
            "--safeguards-level Enforcement --safeguards-version v1.0.0 --safeguards-excluded-ns 'a,team-*'",
        ),
        ("--safeguards-level Warning --no-wait", "--safeguards-level Warning"),
    ],
)
def test_a_refused_assignment_says_that_the_cluster_exists_and_how_to_finish(az, box, stored, flags, rest):
    fault = box.faults.add("PUT", "policyAssignments", status=403, times=None)
    failed = az(f"{CREATE} {flags}", code=None)
    assert len(failed.errors) == 1
    assert "The cluster 'c1'" in failed.errors[0]
    assert "AuthorizationFailed" in failed.err
    assert fault.hits
    assert len(box.clusters) == 1
    command = f"az aks update -g rg -n c1 {rest}"
    assert command in failed.err.splitlines()
    box.faults.clear()
    assert az(command.removeprefix("az ")).profile["level"] in rest
    assert stored()


def test_an_assignment_that_comes_too_early_is_written_once_the_cluster_is_ready(az, box, stored):
    box.faults.add("PUT", "policyAssignments", status=404, code="ResourceNotFound")
    done = az(f"{CREATE} --safeguards-level Warning")
    assert done.writes == ["PUT cluster", "PUT assignment", "PUT assignment"]
    assert [record.status for record in done.requests if record.method == "PUT"] == [201, 404, 201]
    assert done.profile["level"] == "Warning"
    assert done.err == ""
    assert stored()


def test_the_assignment_does_not_wait_for_the_cluster(az, box, stored):
    box.polls = 40
    done = az(f"{CREATE} --safeguards-level Warning")
    last_poll = max(record.started for record in done.requests if "/operations/" in record.path)
    written = next(record for record in done.requests if record.method == "PUT" and "policyAss" in record.path)
    assert written.finished < last_poll
    assert done.json["provisioningState"] == "Succeeded"
    assert done.profile["level"] == "Warning"


def test_no_wait_returns_after_the_assignment_while_the_cluster_is_being_made(az, box, stored):
    box.polls = 1000
    done = az(f"{CREATE} --safeguards-level Enforcement --no-wait")
    assert done.writes == ["PUT cluster", "PUT assignment"]
    assert stored()["properties"]["metadata"]["safeguardsLevel"] == "Enforcement"
    (cluster,) = box.clusters.values()
    assert cluster["properties"]["provisioningState"] == "Creating"


def test_a_throttled_write_is_repeated(az, box, stored):
    box.faults.add("PUT", "policyAssignments", status=429, headers={"Retry-After": "1"})
    assert az(f"{CREATE} --safeguards-level Warning").profile["level"] == "Warning"
    assert stored()


def test_a_cluster_that_the_service_refuses_gets_no_assignment(az, plain, box, stored):
    box.faults.add("PUT", "managedClusters/c1$", status=400, code="QuotaExceeded", message="No quota.", times=None)
    without = plain(CREATE, code=None)
    failed = az(f"{CREATE} --safeguards-level Warning", code=without.code)
    assert failed.err == without.err
    assert failed.writes == ["PUT cluster"]
    assert (len(box.clusters), stored()) == (0, None)


def test_a_creation_that_fails_in_the_service_is_the_error_of_core(az, plain, box):
    box.faults.add("PUT", "managedClusters/c1$", operation="Failed", times=None)
    without = plain(CREATE, code=None)
    box.clusters.clear()
    failed = az(f"{CREATE} --safeguards-level Warning", code=without.code)
    assert failed.errors == without.errors


def test_what_core_does_after_the_creation_may_fail_and_the_assignment_is_there_all_the_same(az, box, stored):
    box.faults.add("PUT", "dataCollectionRuleAssociations", status=400, code="AssociationRefused", times=None)
    failed = az(f"{CREATE},monitoring --safeguards-level Warning", code=None)
    assert "AssociationRefused" in failed.err
    assert len(box.clusters) == 1
    assert stored()["properties"]["metadata"]["safeguardsLevel"] == "Warning"
    assert "The cluster 'c1' exists" in failed.err


def test_creating_a_cluster_that_exists_leaves_its_safeguards_alone(az, plain, box, stored):
    box.add_cluster("rg", "c1")
    az("aks update -g rg -n c1 --safeguards-level Warning")
    before = copy.deepcopy(stored())
    without = plain(CREATE, code=None)
    failed = az(f"{CREATE} --safeguards-level Enforcement", code=without.code)
    assert failed.errors == without.errors
    assert failed.writes == []
    assert stored() == before
