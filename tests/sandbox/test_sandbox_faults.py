# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Faults on chosen requests."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from sandbox.core.faults import Fault, parse_fault


def test_status_with_retry_after_a_number_of_times(send, box, path, body):
    fault = box.faults.add(
        method="PUT", path=r"policyAssignments", status=429, headers={"Retry-After": "1"}, times=2, after=1
    )
    answers = [send("PUT", path, body) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [201, 429, 429, 201]
    assert answers[1].headers["Retry-After"] == "1"
    error = answers[1].json()["error"]
    assert error["code"] == "SubscriptionRequestsThrottled"
    assert f"Number of 'write' requests for subscription '{box.subscription_id}'" in error["message"]
    assert fault.hits == 2
    assert [record.status for record in box.journal] == [201, 429, 429, 201]


@pytest.mark.parametrize("status", [401, 403, 404, 409, 412, 500, 502, 503, 504])
def test_every_status_has_an_azure_shaped_body(send, box, path, status):
    box.faults.add(status=status)
    answer = send("GET", path)
    assert answer.status_code == status
    assert set(answer.json()["error"]) == {"code", "message"}


def test_code_message_and_body_can_be_given(send, box, path):
    box.faults.add(status=409, code="Mine", message="so be it")
    assert send("GET", path).json() == {"error": {"code": "Mine", "message": "so be it"}}
    box.faults.add(status=500, body={"free": "form"})
    assert send("GET", path).json() == {"free": "form"}


def test_always_and_clear(send, box, path):
    box.faults.add("GET", status=503, times=None)
    assert {send("GET", path).status_code for _ in range(5)} == {503}
    box.faults.clear()
    assert send("GET", path).status_code == 404


def test_host_and_query_narrow(send, box, path):
    box.faults.add(status=500, host="login")
    box.faults.add(status=500, query="api-version=2099")
    assert send("GET", path).status_code == 404


@pytest.mark.parametrize(("drop", "exists"), [("before", False), ("after", True)])
def test_dropped_connections(send, box, path, body, drop, exists):
    box.faults.add("PUT", "policyAssignments", drop=drop)
    with pytest.raises(requests.exceptions.ConnectionError):
        send("PUT", path, body)
    assert (path in box.assignments) is exists
    assert box.journal[-1].status is None
    assert send("PUT", path, body).status_code == 201


def test_what_is_under_way_does_not_reach_the_fresh_state(send, box, path, body):
    fault = box.faults.add("DELETE", "policyAssignments", latency=0.3)
    with ThreadPoolExecutor() as pool:
        late = pool.submit(send, "DELETE", path)
        while not fault.hits:
            time.sleep(0.01)
        box.reset()
        box.add_cluster("rg", "c1")
        assert send("PUT", path, body).status_code == 201
        with pytest.raises(requests.ConnectionError):
            late.result()
    assert send("GET", path).status_code == 200


def test_latency(send, box, path):
    box.latency = 0.05
    box.faults.add("GET", "policyAssignments", latency=0.1)
    start = time.monotonic()
    assert send("GET", path).status_code == 404
    assert time.monotonic() - start >= 0.15


def test_an_operation_that_fails(send, box, cluster):
    box.polls = 1
    box.faults.add("PUT", r"managedClusters/c1$", operation="Failed", code="Boom", message="no capacity")
    body = {"location": "eastus", "properties": {"agentPoolProfiles": [{"name": "n"}]}}
    answer = send("PUT", cluster, body, api="2026-06-01")
    assert answer.json()["properties"]["provisioningState"] == "Updating"
    status = requests_path(answer.headers["azure-asyncoperation"])
    polled = send("GET", status, api=None).json()
    assert (polled["status"], polled["error"]) == ("Failed", {"code": "Boom", "message": "no capacity"})
    assert send("GET", cluster, api="2026-06-01").json()["properties"]["provisioningState"] == "Failed"


def requests_path(url):
    return url.partition("management.azure.com")[2]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "needs one of"),
        ({"status": 200}, "between 400 and 599"),
        ({"drop": "sometimes"}, "drop must be"),
        ({"status": 500, "path": "("}, "not a regular expression"),
    ],
)
def test_faults_that_make_no_sense(options, message):
    with pytest.raises(ValueError, match=message):
        Fault(**options)


def test_faults_as_text():
    parsed = parse_fault("put policyAssignments status=429 times=always header.Retry-After=2 latency=0.5")
    assert parsed == {
        "method": "PUT",
        "path": "policyAssignments",
        "status": 429,
        "times": None,
        "latency": 0.5,
        "headers": {"Retry-After": "2"},
    }
    for text in ("", "PUT", "PUT x", "PUT x status=many", "PUT x color=red", "PUT x y status=500"):
        with pytest.raises(ValueError):  # noqa: PT011
            parse_fault(text)
