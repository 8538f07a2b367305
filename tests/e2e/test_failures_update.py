# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What `aks update` says and leaves behind when something fails."""

from __future__ import annotations

import pytest

UPDATE = "aks update -g rg -n c1"
REPEAT = "az aks update -g rg -n c1 --safeguards-level Enforcement --safeguards-excluded-ns a"
FLAGS = "--safeguards-level Enforcement --safeguards-excluded-ns a"


@pytest.mark.parametrize(
    ("status", "code"), [(403, "AuthorizationFailed"), (409, "Conflict"), (400, "InvalidRequestContent")]
)
def test_a_refused_write_changes_nothing_and_names_the_command_to_repeat(az, box, cluster, stored, status, code):
    box.faults.add("PUT", "policyAssignments", status=status, code=code, times=None)
    failed = az(f"{UPDATE} {FLAGS}", code=None)
    assert len(failed.errors) == 1
    assert "not written" in failed.errors[0]
    assert code in failed.err
    assert REPEAT in failed.err.splitlines()
    assert (failed.out, stored()) == ("", None)
    box.faults.clear()
    assert az(REPEAT.removeprefix("az ")).profile["level"] == "Enforcement"


@pytest.mark.parametrize("no_wait", ["", "--no-wait"])
def test_an_updated_cluster_with_a_refused_assignment_says_so(az, box, cluster, stored, no_wait):
    box.faults.add("PUT", "policyAssignments", status=403, times=None)
    failed = az(f"{UPDATE} {FLAGS} --tags a=b {no_wait}", code=None)
    assert failed.writes == ["PUT cluster", "PUT assignment"]
    assert "The cluster 'c1'" in failed.errors[0]
    assert "not written" in failed.errors[0]
    # What is left to do does not repeat what was done.
    assert REPEAT in failed.err.splitlines()
    assert box.clusters[cluster]["tags"] == {"a": "b"}


def test_a_write_whose_answer_is_lost_is_looked_up_and_reported_as_what_it_was(az, box, cluster, stored):
    box.faults.add("PUT", "policyAssignments", drop="after", times=None)
    done = az(f"{UPDATE} {FLAGS}")
    assert stored()["properties"]["metadata"]["safeguardsLevel"] == "Enforcement"
    assert (done.profile["level"], done.profile["excludedNamespaces"]) == ("Enforcement", ["a"])


def test_a_write_that_never_arrived_is_looked_up_and_told_as_not_done(az, box, cluster, stored):
    box.faults.add("PUT", "policyAssignments", drop="before", times=None)
    failed = az(f"{UPDATE} {FLAGS}", code=None)
    assert len(failed.errors) == 1
    assert "The safeguards assignment was not written:" in failed.errors[0]
    assert failed.sent[-1] == "GET assignment"
    assert REPEAT in failed.err.splitlines()
    assert (failed.out, stored()) == ("", None)


def test_a_server_that_stumbles_once_is_asked_again(az, box, cluster, stored):
    box.faults.add("PUT", "policyAssignments", status=503, headers={"Retry-After": "1"})
    box.faults.add("GET", "policySetDefinitions", status=429, headers={"Retry-After": "1"})
    done = az(f"{UPDATE} {FLAGS}")
    assert done.sent.count("PUT assignment") == 2
    assert done.profile["level"] == "Enforcement"


def test_a_cluster_update_that_is_refused_leaves_the_safeguards_alone(az, plain, box, cluster, stored):
    box.faults.add("PUT", "managedClusters/c1$", status=409, code="OperationNotAllowed", times=None)
    without = plain(f"{UPDATE} --tags a=b", code=None)
    failed = az(f"{UPDATE} {FLAGS} --tags a=b", code=without.code)
    assert failed.errors == without.errors
    assert stored() is None


def test_a_refusal_comes_before_the_cluster_is_updated(az, box, cluster, stored):
    box.features.set_state("SafeguardsPreview", "NotRegistered")
    refused = az(f"{UPDATE} {FLAGS} --tags a=b", code=None)
    assert refused.writes == []
    assert not box.clusters[cluster].get("tags")


def test_a_login_that_expired_says_so(az, box, cluster):
    box.faults.add("PUT", "policyAssignments", status=401, times=None)
    failed = az(f"{UPDATE} {FLAGS}", code=None)
    assert "az login" in failed.err
