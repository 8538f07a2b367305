# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Reading compliance: one wave, every page, what a cloud does not have; and scans that one waits for."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError

from azext_safeguards.domain.assignment.intent import Change
from azext_safeguards.domain.cluster import ClusterRef
from azext_safeguards.domain.compliance.found import Nothing
from azext_safeguards.domain.compliance.states import Counts, State
from azext_safeguards.domain.level import Level
from azext_safeguards.services.compliance import ScanTimeout, StatesUnreadError, read_compliance, scan
from azext_safeguards.services.planning import load_assignment
from sandbox import Sandbox
from sandbox.core.http import Response
from tests.unit.bodies import NAME, updated
from tests.unit.services.sandboxed import sandboxed

POD = {"apiVersion": "v1", "kind": "Pod", "spec": {"containers": [{"name": "c", "image": "x:latest"}]}}
STATES, COMPONENTS = "/policyStates/latest/queryResults", "/componentPolicyStates/latest/queryResults"
TRIGGER = "/policyStates/latest/triggerEvaluation"


def pods(*names):
    items = [{**POD, "metadata": {"name": name, "namespace": "shop"}} for name in names]
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": items}, indent=1)


@pytest.fixture
def box():
    box = Sandbox()
    identifier = box.add_cluster("rg", "c1")
    body = updated(None, Change(Level.WARNING, "v2.0.0"))
    sent = {"properties": {**body["properties"], "scope": identifier}}
    box.backends.assignments.put(identifier, NAME, sent, "2023-04-01")
    box.load_manifests(identifier, pods("a", "b", "c"))
    box.clock.advance(900)
    yield box
    assert box.crashes == []


@pytest.fixture
def cluster(box):
    return ClusterRef(box.subscription_id, "rg", "c1")


def found(reading):
    policy = next(policy for policy in reading.compliance.policies if policy.name == "no-latest-tag")
    return policy.components


def test_six_requests_at_once_are_enough(box, cluster):
    reading = read_compliance(sandboxed(box), cluster)
    assert reading.compliance.state is State.NON_COMPLIANT
    assert found(reading) == Counts(non_compliant=3)
    assert reading.objects_error is None
    assert len(box.journal) == 6
    assert any("latest" in item.message for item in reading.compliance.findings)


@pytest.mark.parametrize("size", [1, 2, 7])
def test_pages_are_followed_to_the_end(box, cluster, size):
    whole = read_compliance(sandboxed(box), cluster)
    box.page_size = size
    assert read_compliance(sandboxed(box), cluster).compliance == whole.compliance


@pytest.mark.parametrize("status", [400, 404])
def test_a_cloud_without_component_states_still_names_the_objects(box, cluster, status):
    box.faults.add("POST", COMPONENTS, status=status, times=None)
    reading = read_compliance(sandboxed(box), cluster)
    assert found(reading) == Counts(non_compliant=3)
    assert {item.message for item in reading.compliance.findings} == {""}
    assert reading.objects_error is None


@pytest.mark.parametrize("status", [403, 500])
def test_objects_that_cannot_be_read_leave_the_policies(box, cluster, status):
    box.faults.add("POST", COMPONENTS, status=status, times=None)
    reading = read_compliance(sandboxed(box), cluster)
    assert reading.objects_error.status_code == status
    assert reading.compliance.state is State.NON_COMPLIANT
    assert (found(reading), reading.compliance.knows_objects) == (None, False)


@pytest.mark.parametrize("path", [STATES.replace("queryResults", "summarize"), "[^t]" + STATES])
def test_states_that_cannot_be_read_are_an_error(box, cluster, path):
    box.faults.add("POST", path, status=404, times=None)
    with pytest.raises(StatesUnreadError):
        read_compliance(sandboxed(box), cluster)


def test_no_assignment_is_the_error_that_counts(box, cluster):
    box.assignments.clear()
    box.faults.add("POST", "PolicyInsights", status=500, times=None)
    with pytest.raises(ResourceNotFoundError):
        read_compliance(sandboxed(box), cluster)


def test_a_next_page_elsewhere_or_again_is_refused(box, cluster, monkeypatch):
    whole = box.answer
    for link in ("https://evil.example/x", "https://management.azure.com/same?api-version=2019-10-01"):

        def answer(request, link=link):
            if "policyStates/latest/queryResults" in request.path or request.path == "/same":
                return Response(200, {"value": [], "@odata.nextLink": link})
            return whole(request)

        monkeypatch.setattr(box, "answer", answer)
        with pytest.raises(StatesUnreadError, match="next page"):
            read_compliance(sandboxed(box), cluster)


def test_a_scan_is_waited_for(box, cluster):
    box.compliance.scan_seconds = 100
    box.load_manifests(f"{cluster.id}", pods("d"))
    slept = []

    def sleep(seconds):
        slept.append(seconds)
        box.clock.advance(60)

    said = []
    scan(sandboxed(box), cluster, wait=True, timeout=1000, say=said.append, sleep=sleep)
    assert slept == [0.1, 0.1]
    assert said == ["Waiting for the scan"] * 2
    assert found(read_compliance(sandboxed(box), cluster)) == Counts(non_compliant=4)


def test_a_scan_need_not_be_waited_for(box, cluster):
    scan(sandboxed(box), cluster, wait=False, timeout=0)
    assert [record.path.rpartition("/")[2] for record in box.journal] == ["triggerEvaluation"]


def test_a_scan_that_takes_too_long(box, cluster):
    box.compliance.scan_seconds = 1e6
    with pytest.raises(ScanTimeout):
        scan(sandboxed(box), cluster, wait=True, timeout=0.2)


@pytest.mark.parametrize(
    ("answers", "outcome"),
    [
        ([Response(200)], None),
        ([Response(202)], HttpResponseError),
        ([Response(202, None, {"Location": "https://evil.example/x"})], HttpResponseError),
        ([Response(202, None, {"Location": "https://management.azure.com/x"}), Response(200, {})], None),
        ([Response(202, None, {"Location": "https://management.azure.com/x", "Retry-After": "3"}), Response(202),
          Response(200, {"status": "Succeeded"})], None),
        ([Response(202, None, {"Location": "https://management.azure.com/x"}), Response(200, {"status": "Failed"})],
         HttpResponseError),
        ([Response(202, None, {"Location": "https://management.azure.com/x"}), Response(404, {})], HttpResponseError),
    ],
)  # fmt: skip
def test_how_a_scan_may_go(box, cluster, monkeypatch, answers, outcome):
    queue = list(answers)
    monkeypatch.setattr(box, "answer", lambda request: queue.pop(0))
    slept = []
    if outcome is None:
        scan(sandboxed(box), cluster, wait=True, timeout=1000, sleep=slept.append)
        assert queue == []
        assert all(pause in (3, 10) for pause in slept)
    else:
        with pytest.raises(outcome):
            scan(sandboxed(box), cluster, wait=True, timeout=1000, sleep=slept.append)


def exempt(box, cluster, *references, category="Waiver", expires=None):
    (owner,) = box.assignments
    properties = {"policyAssignmentId": owner, "exemptionCategory": category, "expiresOn": expires}
    if references:
        properties["policyDefinitionReferenceIds"] = list(references)
    box.backends.exemptions.put(cluster.id, "one", {"properties": properties})


def told(box, cluster):
    """What `no-latest-tag` does and why, its state, and whether the scan is outdated."""
    compliance = read_compliance(sandboxed(box), cluster).compliance
    policy = next(policy for policy in compliance.policies if policy.name == "no-latest-tag")
    return policy.does, policy.origin, policy.state, compliance.currency.is_outdated


@pytest.mark.parametrize(("references", "category"), [((), "Waiver"), (("imagesDoNotUseLatest",), "Mitigated")])
def test_an_exemption_comes_and_ends(box, cluster, references, category):
    assert told(box, cluster) == ("warn", "level", State.NON_COMPLIANT, False)
    ends = (box.clock.now() + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M:%SZ")
    exempt(box, cluster, *references, category=category, expires=ends)
    assert told(box, cluster) == ("off", "exemption", State.EXEMPT, True)
    box.clock.advance(900)
    assert told(box, cluster) == ("off", "exemption", State.EXEMPT, False)


def test_an_exemption_that_has_ended_counts_for_nothing(box, cluster):
    exempt(box, cluster, expires="2020-01-01T00:00:00Z")
    box.clock.advance(900)
    assert told(box, cluster) == ("warn", "level", State.NON_COMPLIANT, False)


def test_an_exemption_that_was_deleted_is_seen_by_what_it_left(box, cluster):
    exempt(box, cluster)
    box.clock.advance(900)
    assert told(box, cluster)[3] is False
    box.backends.exemptions.delete(cluster.id, "one")
    assert told(box, cluster) == ("warn", "level", State.EXEMPT, True)
    box.clock.advance(900)
    assert told(box, cluster) == ("warn", "level", State.NON_COMPLIANT, False)


def test_exemptions_that_cannot_be_read_are_said_not_to_be(box, cluster):
    exempt(box, cluster)
    box.faults.add("GET", "policyExemptions", status=403, times=None)
    reading = read_compliance(sandboxed(box), cluster)
    assert reading.exemptions_error.status_code == 403
    assert reading.compliance.state is State.NON_COMPLIANT


@pytest.mark.parametrize(
    "member",
    [
        {"notScopes": ["GROUP"]},
        {"resourceSelectors": [{"name": "x", "selectors": [{"kind": "resourceLocation", "in": ["westeurope"]}]}]},
    ],
    ids=["notScopes", "resourceSelectors"],
)
def test_an_assignment_that_misses_the_cluster(box, cluster, member):
    (body,) = box.assignments.values()
    given = {name: [cluster.group_id] if value == ["GROUP"] else value for name, value in member.items()}
    sent = {"properties": {**body["properties"], **given}}
    box.backends.assignments.put(cluster.id, NAME, sent, "2023-04-01")
    compliance = read_compliance(sandboxed(box), cluster).compliance
    assert (compliance.state, compliance.nothing) == (State.NOTHING_TO_JUDGE, Nothing.KEPT_AWAY)
    assert next(iter(member)) in compliance.away
    box.clock.advance(900)
    assert read_compliance(sandboxed(box), cluster).compliance.state is State.NOTHING_TO_JUDGE


def test_an_assignment_read_a_moment_ago_is_not_read_again(box, cluster):
    arm = sandboxed(box)
    loaded = load_assignment(arm, cluster)
    whole = read_compliance(arm, cluster).compliance
    box.journal.clear()
    assert read_compliance(arm, cluster, loaded).compliance == whole
    # The exemptions and the other assignments are.
    assert [record.method for record in box.journal].count("GET") == 2
