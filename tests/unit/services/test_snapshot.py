# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
import threading

import pytest
from azure.core.exceptions import HttpResponseError, ServiceRequestError

from azext_safeguards.domain.cluster import ClusterRef
from azext_safeguards.services.snapshot import outcome, take_snapshot
from tests.unit.bodies import CLUSTER_ID, INITIATIVE, NAME, SUBSCRIPTION
from tests.unit.services.resource_manager import Answer, ResourceManager, client, error

CLUSTER = ClusterRef(SUBSCRIPTION, "rg", "c1")
ASSIGNMENT = f"{CLUSTER_ID}/providers/Microsoft.Authorization/policyAssignments/{NAME}"
FEATURE = (
    f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Features/providers/Microsoft.ContainerService"
    "/features/SafeguardsPreview"
)
MANAGED = f"{CLUSTER_ID}/providers/Microsoft.ContainerService/deploymentSafeguards/default"
PROVIDER = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.PolicyInsights"
PERMISSIONS = "/providers/Microsoft.Authorization/permissions"
GROUP_ID = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg"
READS = {
    "assignment": (ASSIGNMENT, "2023-04-01"),
    "cluster": (CLUSTER_ID, "2024-09-01"),
    "feature": (FEATURE, "2021-07-01"),
    "managed": (MANAGED, "2025-07-01"),
    "initiative": (INITIATIVE, "2023-04-01"),
    "provider": (PROVIDER, "2020-06-01"),
    "exemptions": (f"{CLUSTER_ID}/providers/Microsoft.Authorization/policyExemptions", "2022-07-01-preview"),
    "assignments": (f"{CLUSTER_ID}/providers/Microsoft.Authorization/policyAssignments", "2023-04-01"),
    "permissions": (CLUSTER_ID + PERMISSIONS, "2022-05-01-preview"),
    "permissions on the group": (GROUP_ID + PERMISSIONS, "2022-05-01-preview"),
}


def requested(service):
    return sorted((call.method, call.path, call.query["api-version"]) for call in service.calls)


def expected(*names):
    return sorted(("GET", *READS[name]) for name in names)


# What is read beside the others and waited for last.
AROUND = ("exemptions", "assignments")


def test_a_level_that_acts_reads_seven_things_and_what_others_put_beside():
    service = ResourceManager()
    take_snapshot(client(service), CLUSTER).around.result()
    assert requested(service) == expected(
        "assignment", "cluster", "feature", "managed", "initiative", "provider", "permissions", *AROUND
    )


def test_off_reads_the_cluster_and_the_assignment_and_what_others_put_beside():
    service = ResourceManager()
    found = take_snapshot(client(service), CLUSTER, full=False)
    found.around.result()
    assert requested(service) == expected("assignment", "cluster", *AROUND)
    assert (found.feature, found.managed, found.initiative) == (None, None, None)


def test_a_cluster_yet_to_be_created_is_no_fact_and_permissions_are_those_on_its_group():
    service = ResourceManager()
    found = take_snapshot(client(service), CLUSTER, creating=True)
    assert requested(service) == expected(
        "assignment", "cluster", "feature", "managed", "initiative", "provider", "permissions on the group"
    )
    assert found.facts.cluster is None


def test_the_cluster_is_read_with_the_api_version_of_the_installed_command():
    service = ResourceManager()
    take_snapshot(client(service), CLUSTER, cluster_api="2026-06-01", full=False)
    assert ("GET", CLUSTER_ID, "2026-06-01") in requested(service)


def test_values_are_kept_as_they_came():
    service = ResourceManager()
    known = {"policyDefinitionId": INITIATIVE, "policyDefinitions": [], "level": "Warn"}
    body = {"properties": {**known, "unknown": {"deep": [None]}}, "x": 1}
    for path in (ASSIGNMENT, CLUSTER_ID, MANAGED, INITIATIVE):
        service.on("GET", path, Answer(200, body))
    service.on("GET", FEATURE, Answer(200, {"properties": {"state": "Registering"}}))
    service.on("GET", PROVIDER, Answer(200, {"registrationState": "Registering"}))
    service.on("GET", CLUSTER_ID + PERMISSIONS, Answer(200, {"value": [{"actions": ["*"], "notActions": []}]}))
    found = take_snapshot(client(service), CLUSTER)
    assert found.policy_insights.value == "Registering"
    assert found.permissions.value == [{"actions": ["*"], "notActions": []}]
    assert found.assignment.value == found.cluster.value == found.managed.value == found.initiative.value == body
    assert found.feature.value == "Registering"
    assert found.facts.cluster == body


def test_the_reads_run_at_the_same_time():
    barrier = threading.Barrier(9, timeout=5)

    class Waiting(ResourceManager):
        def send(self, request, **kwargs):
            barrier.wait()
            return super().send(request, **kwargs)

    service = Waiting()
    take_snapshot(client(service), CLUSTER).around.result()
    assert len(service.calls) == 9


def test_one_failure_does_not_keep_the_other_reads_from_being_known():
    service = ResourceManager().on("GET", FEATURE, error(403, "AuthorizationFailed", "no permission"))
    service.on("GET", CLUSTER_ID, Answer(200, {"name": "c1", "properties": {}}))
    found = take_snapshot(client(service), CLUSTER)
    assert (found.feature.status, found.feature.failed, found.feature.value) == (403, True, None)
    assert "no permission" in found.feature.error
    assert found.cluster.value == {"name": "c1", "properties": {}}
    assert (found.assignment.status, found.assignment.failed) == (404, False)


@pytest.mark.parametrize("path", [READS[name][0] for name in ("assignment", "managed", "feature")])
def test_what_an_unregistered_provider_has_is_absent_and_nothing_is_registered(path):
    service = ResourceManager().on("GET", path, error(409, "MissingSubscriptionRegistration"))
    found = take_snapshot(client(service), CLUSTER)
    assert {call.method for call in service.calls} == {"GET"}
    found.around.result()
    assert len(service.calls) == 9
    read = next(
        item
        for item, name in ((found.assignment, "assignment"), (found.managed, "managed"), (found.feature, "feature"))
        if READS[name][0] == path
    )
    assert (read.value, read.status, read.failed) == (None, 404, False)


def test_another_conflict_is_a_failure():
    service = ResourceManager().on("GET", MANAGED, error(409, "Conflict"))
    found = take_snapshot(client(service), CLUSTER)
    assert (found.managed.status, found.managed.failed) == (409, True)


def test_a_failure_without_an_answer_has_no_status():
    def reader():
        raise ServiceRequestError("refused")

    read = outcome(reader)
    assert (read.status, read.failed, read.error) == (0, True, "refused")


def test_what_is_no_failure_of_azure_is_not_swallowed():
    def reader():
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        outcome(reader)


def test_a_failure_keeps_the_exception_for_whoever_raises_it():
    raised = HttpResponseError(message="x")

    def reader():
        raise raised

    assert outcome(reader).raised is raised
