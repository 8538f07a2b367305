# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What others put beside the assignment is told with a change, costs no round trip, and never fails or delays one."""

import copy
import threading

import pytest

from azext_safeguards.domain.assignment.intent import Change
from azext_safeguards.domain.level import Level
from azext_safeguards.domain.namespaces import NamespaceEdit
from azext_safeguards.domain.suspension import Resume, Suspend, Suspension
from azext_safeguards.services.around import AroundReading, nothing_acts
from azext_safeguards.services.namespaces import plan_namespaces
from azext_safeguards.services.policy_rows import list_policies, plan_suspension
from tests.unit.bodies import CLUSTER_ID, NAME, updated
from tests.unit.services.ready import CLUSTER, ENFORCEMENT, OFF, RAW_CLUSTER, WARNING, Service, change, plan
from tests.unit.services.resource_manager import Answer, client, error

AUTHORIZATION = f"{CLUSTER_ID}/providers/Microsoft.Authorization"
ASSIGNMENTS, EXEMPTIONS = f"{AUTHORIZATION}/policyAssignments", f"{AUTHORIZATION}/policyExemptions"
GROUP = CLUSTER_ID.rpartition("/providers/")[0]
ELSEWHERE, EXEMPTS = "also assigned elsewhere", "exempts every policy"


def others(service):
    """Has a group's assignment and an exemption of ours reach the cluster."""
    wide = copy.deepcopy(updated(None, ENFORCEMENT))
    wide["id"], wide["name"] = f"{GROUP}/providers/Microsoft.Authorization/policyAssignments/wide", "wide"
    wide["properties"]["scope"] = GROUP
    service.on("GET", ASSIGNMENTS, Answer(200, {"value": [wide]}))
    item = {"id": f"{EXEMPTIONS}/pause", "name": "pause", "properties": {"policyAssignmentId": f"{ASSIGNMENTS}/{NAME}"}}
    service.on("GET", EXEMPTIONS, Answer(200, {"value": [item]}))
    return service


def failing(service, answer):
    return service.on("GET", ASSIGNMENTS, answer).on("GET", EXEMPTIONS, answer)


@pytest.mark.parametrize(
    "wanted", [WARNING, Change(version="v1.0.0"), Change(excluded_namespaces=("a",)), Change(suspension=Resume())]
)
def test_a_change_tells_both(wanted):
    start = updated(None, ENFORCEMENT, Change(suspension=Suspend(Suspension("me", "now"))))
    said = " ".join(plan(others(Service(start)), wanted).warnings)
    assert (said.count(ELSEWHERE), said.count(EXEMPTS)) == (1, 1)


def test_off_tells_last_what_goes_on_and_no_exemption():
    planned = plan(others(Service(updated(None, ENFORCEMENT))), OFF)
    assert planned.warnings == ()
    (said,) = planned.told_last()
    assert "'wide' at" in said
    assert "13 deny, 6 mutate" in said
    (said,) = plan(others(Service()), OFF).told_last()
    assert ELSEWHERE in said


def test_while_off_an_exemption_is_not_told():
    said = plan(others(Service(updated(None, ENFORCEMENT, OFF))), Change(excluded_namespaces=("a",))).warnings
    assert [ELSEWHERE in text for text in said] == [True]


@pytest.mark.parametrize("answer", [error(403, "AuthorizationFailed"), error(500, "X"), Answer(200, ["x"]), OSError()])
def test_what_could_not_be_read_is_silent_but_where_nothing_is_to_act(answer):
    service = failing(Service(updated(None, ENFORCEMENT)), answer)
    assert change(service, WARNING)[0].warnings == ()
    planned = plan(failing(Service(updated(None, ENFORCEMENT)), answer), OFF)
    assert planned.warnings == ()
    (said,) = planned.told_last()
    assert said.startswith("Whether the same initiative reaches the cluster 'c1' from elsewhere could not be read (")


def test_they_are_tried_once():
    service = failing(Service(updated(None, ENFORCEMENT)), error(503, "X", headers={"Retry-After": "30"}))
    AroundReading(client(service), CLUSTER).result()
    assert len(service.calls) == 2
    assert service.sleeps == []


def test_what_hangs_is_not_waited_for():
    free = threading.Event()

    class Hanging(Service):
        def send(self, request, **kwargs):
            if "policyExemptions" in request.url:
                free.wait(30)
            return super().send(request, **kwargs)

    reading = AroundReading(client(others(Hanging())), CLUSTER)
    found = reading.result(0.05)
    free.set()
    assert found.exemptions.error == "no answer came in time"
    assert found.exempted == frozenset()


def test_a_namespace_is_left_out_with_the_word_of_both():
    planned = plan_namespaces(client(others(Service(updated(None, ENFORCEMENT)))), CLUSTER, NamespaceEdit(added=("a",)))
    said = " ".join(planned.warnings)
    assert (said.count(ELSEWHERE), said.count(EXEMPTS)) == (1, 1)


def test_suspending_waits_for_neither_and_tells_what_goes_on():
    service = others(Service(updated(None, ENFORCEMENT)))
    planned = plan_suspension(client(service), CLUSTER, Suspend(Suspension("me", "now")))
    assert planned.warnings == ()
    (said,) = nothing_acts(AroundReading(client(service), CLUSTER).result(), planned.definitions)
    assert ELSEWHERE in said


def test_the_list_of_policies_tells_both_and_has_what_is_exempted_off():
    rows, said = list_policies(client(others(Service(updated(None, ENFORCEMENT)))), CLUSTER)
    assert {row.does for row in rows} == {"off"}
    assert {row.origin for row in rows if row.effect != "Disabled"} == {"exemption"}
    assert [any(part in text for text in said) for part in (ELSEWHERE, EXEMPTS)] == [True, True]
    off, said = list_policies(client(others(Service(updated(None, ENFORCEMENT, Change(Level.OFF))))), CLUSTER)
    assert [ELSEWHERE in text for text in said] == [True]
    assert off


@pytest.mark.parametrize(("place", "does"), [("eastus", {"off"}), ("westus", {"deny", "mutate"})])
def test_an_exemption_for_a_location_takes_the_clusters_word_for_where_it_is(place, does):
    service = others(Service(updated(None, ENFORCEMENT)))
    service.on("GET", CLUSTER_ID, Answer(200, {**RAW_CLUSTER, "location": "eastus"}))
    selected = [{"name": "place", "selectors": [{"kind": "resourceLocation", "in": [place]}]}]
    about = {"policyAssignmentId": f"{ASSIGNMENTS}/{NAME}", "resourceSelectors": selected}
    item = {"id": f"{EXEMPTIONS}/pause", "name": "pause", "properties": about}
    service.on("GET", EXEMPTIONS, Answer(200, {"value": [item]}))
    rows, said = list_policies(client(service), CLUSTER)
    assert {row.does for row in rows} - {"warn", "audit"} == does
    assert any(EXEMPTS in text for text in said) == (place == "eastus")
    assert [call.path for call in service.calls].count(CLUSTER_ID) == 1
