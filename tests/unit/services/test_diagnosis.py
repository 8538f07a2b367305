# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What a diagnosis reads, and what it makes of reads that fail."""

import copy
import threading
from datetime import datetime, timezone

import pytest
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError

from azext_safeguards.domain.level import Level
from azext_safeguards.services.diagnosis import collect, diagnose_cluster
from tests.unit.bodies import CLUSTER_ID, INITIATIVE, NAME, SUBSCRIPTION, foreign_assignment, updated
from tests.unit.recorded_definitions import arm_body
from tests.unit.services.ready import ASSIGNMENT, CLUSTER, ENFORCEMENT, FEATURE, MANAGED, PROVIDER, Service
from tests.unit.services.resource_manager import Answer, client, error

NOW = datetime(2026, 3, 1, tzinfo=timezone.utc)
AUTHORIZATION = f"{CLUSTER_ID}/providers/Microsoft.Authorization"
AKS = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.ContainerService"
STATES = f"{CLUSTER_ID}/providers/Microsoft.PolicyInsights/policyStates/latest/queryResults"
ENFORCED = updated(None, ENFORCEMENT)
READS = {
    ("GET", CLUSTER_ID, "2024-09-01"),
    ("GET", ASSIGNMENT, "2023-04-01"),
    ("GET", INITIATIVE, "2023-04-01"),
    ("GET", FEATURE, "2021-07-01"),
    ("GET", AKS, "2020-06-01"),
    ("GET", PROVIDER, "2020-06-01"),
    ("GET", MANAGED, "2025-07-01"),
    ("GET", f"{AUTHORIZATION}/policyExemptions", "2022-07-01-preview"),
    ("GET", f"{AUTHORIZATION}/policyAssignments", "2023-04-01"),
    ("POST", STATES, "2019-10-01"),
}


def service(body=ENFORCED, kind=Service):
    made = kind(body)
    made.on("GET", AKS, Answer(200, {"registrationState": "Registered"}))
    made.on("GET", f"{AUTHORIZATION}/policyExemptions", Answer(200, {"value": []}))
    made.on("GET", f"{AUTHORIZATION}/policyAssignments", Answer(200, {"value": [body] if body else []}))
    made.on("POST", STATES, Answer(200, {"value": [{"timestamp": "2026-02-28T00:00:00Z"}]}))
    return made


def statuses(made):
    checks = diagnose_cluster(client(made, retry_total=0), CLUSTER, NOW)
    return {check.name: check.status.value for check in checks}


def test_ten_reads_and_no_write():
    made = service()
    assert set(statuses(made).values()) == {"ok"}
    assert {(call.method, call.path, call.query["api-version"]) for call in made.calls} == READS
    assert len(made.calls) == 10


def test_the_reads_run_at_the_same_time():
    barrier = threading.Barrier(10, timeout=5)

    class Waiting(Service):
        def send(self, request, **kwargs):
            barrier.wait()
            return super().send(request, **kwargs)

    assert set(statuses(service(kind=Waiting)).values()) == {"ok"}


def test_the_queries():
    made = service()
    statuses(made)
    queries = {call.path: call.query for call in made.calls}
    assert queries[f"{AUTHORIZATION}/policyAssignments"]["$filter"] == f"policyDefinitionId eq '{INITIATIVE}'"
    assert queries[STATES]["$filter"] == f"policyAssignmentName eq '{NAME}'"
    assert (queries[STATES]["$top"], queries[STATES]["$orderby"]) == ("1", "timestamp desc")
    assert "$filter" not in queries[f"{AUTHORIZATION}/policyExemptions"]


def test_a_pin_that_is_not_bundled_costs_one_more_read():
    pinned = foreign_assignment(pin="1.5.*-preview")
    made = service(pinned)
    old = arm_body("1.6.0-preview")
    old["properties"]["version"] = "1.5.0-preview"
    made.on("GET", f"{INITIATIVE}/versions/1.5.0-preview", Answer(200, old))
    assert statuses(made)["definition version"] == "ok"
    assert len(made.calls) == 11


def test_what_the_filter_let_through_all_the_same_does_not_count():
    other = copy.deepcopy(ENFORCED)
    other["id"], other["name"] = "/subscriptions/x/other", "other"
    other["properties"]["policyDefinitionId"] = "/providers/Microsoft.Authorization/policySetDefinitions/other"
    made = service()
    made.on("GET", f"{AUTHORIZATION}/policyAssignments", Answer(200, {"value": [ENFORCED, other]}))
    assert statuses(made)["other assignments"] == "ok"


@pytest.mark.parametrize("status", [401, 403, 409, 429, 500])
@pytest.mark.parametrize(
    ("method", "path", "check"),
    [
        ("GET", FEATURE, "feature"),
        ("GET", AKS, "provider Microsoft.ContainerService"),
        ("GET", PROVIDER, "provider Microsoft.PolicyInsights"),
        ("GET", MANAGED, "managed safeguards"),
        ("GET", ASSIGNMENT, "assignment"),
        ("GET", INITIATIVE, "definition version"),
        ("GET", f"{AUTHORIZATION}/policyExemptions", "exemptions"),
        ("GET", f"{AUTHORIZATION}/policyAssignments", "other assignments"),
        ("POST", STATES, "compliance"),
    ],
)
def test_a_read_that_fails_is_one_unknown(status, method, path, check):
    made = service()
    made.on(method, path, error(status, "Broken"))
    found = statuses(made)
    assert found[check] == "unknown"
    assert set(found.values()) == {"ok", "unknown"}


@pytest.mark.parametrize(("status", "kind"), [(404, ResourceNotFoundError), (403, HttpResponseError)])
def test_without_the_cluster_there_is_nothing_to_diagnose(status, kind):
    made = service()
    made.on("GET", CLUSTER_ID, error(status, "ResourceNotFound"))
    with pytest.raises(kind):
        statuses(made)


def test_another_definition_is_a_problem_and_not_a_failure():
    body = foreign_assignment()
    body["properties"]["policyDefinitionId"] = "/providers/Microsoft.Authorization/policyDefinitions/x"
    made = service()
    made.on("GET", ASSIGNMENT, Answer(200, body))
    assert statuses(made)["assignment"] == "problem"


def test_the_evidence_holds_the_profile_and_the_time():
    given = collect(client(service()), CLUSTER, NOW)
    assert (given.profile.level, given.now) == (Level.ENFORCEMENT, NOW)
    assert given.assignment_id == ASSIGNMENT.lower()
    assert given.last_state.value == "2026-02-28T00:00:00Z"
