# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Reading a fleet: few requests, every page, and the lists where Resource Graph does not answer."""

from __future__ import annotations

import copy
from dataclasses import replace

import pytest
from azure.core.exceptions import ClientAuthenticationError

from azext_safeguards.domain.assignment.intent import Change
from azext_safeguards.domain.assignment.overrides import fingerprint
from azext_safeguards.domain.cluster import ClusterRef
from azext_safeguards.domain.level import Level
from azext_safeguards.domain.owners import Owner
from azext_safeguards.services.fleet import Tenant, list_fleet
from azext_safeguards.services.resources import put_assignment
from sandbox import Sandbox
from tests.unit.bodies import NAME, effect_override, rendered, updated
from tests.unit.services.sandboxed import sandboxed

pytestmark = pytest.mark.exhaustive

SECOND = "5a4dbc00-2222-4000-8000-000000000000"


def written(level, version="v2.0.0"):
    return updated(None, Change(level, version))


@pytest.fixture
def box():
    return Sandbox()


@pytest.fixture
def tenant(box):
    box.add_subscription(SECOND, "Second")
    return Tenant(sandboxed(box), (box.subscription_id, SECOND))


def _assignment(box, cluster):
    return box.assignments[f"{cluster}/providers/Microsoft.Authorization/policyAssignments/{NAME}"]


def _sent(box):
    return [f"{record.method} {record.path.rpartition('/')[2]}" for record in box.journal]


@pytest.mark.parametrize("live", [False, True])
def test_rows(box, tenant, live):
    box.add_clusters(5, groups=2, body=written(Level.ENFORCEMENT))
    far = box.add_clusters(3, subscription=SECOND, groups=1, body=written(Level.WARNING, "v3.0.0"))
    _assignment(box, far[1])["properties"]["overrides"].append(effect_override("Deny", "imagesDoNotUseLatest"))
    _assignment(box, far[2])["properties"]["policyDefinitionId"] = "/providers/Microsoft.Authorization/x/y"
    box.page_size = 2
    fleet = list_fleet([tenant], live=live)
    assert fleet.failures == {}
    assert fleet.notes == []
    names = [(row.cluster.ref.subscription, row.cluster.ref.resource_group, row.cluster.ref.name) for row in fleet.rows]
    assert names == sorted(names)
    assert len(names) == 8
    found = {row.cluster.ref.name: row for row in fleet.rows if row.cluster.ref.subscription == SECOND}
    assert found["fleet-00000"].safeguards.level is Level.WARNING
    assert found["fleet-00000"].safeguards.version == "v3.0.0"
    assert found["fleet-00000"].non_compliant == 0
    assert found["fleet-00001"].safeguards.choices == ("no-latest-tag=Deny",)
    # A list is filtered by definition, so that what is assigned instead is seen by Resource Graph alone.
    assert found["fleet-00002"].owner is (None if live else Owner.OTHER)
    assert found["fleet-00002"].non_compliant is None


@pytest.mark.parametrize("live", [False, True])
def test_a_group_whose_name_a_url_escapes(box, tenant, live):
    cluster = ClusterRef.from_id(box.add_cluster("my(group)-ä", "c1"))
    put_assignment(tenant.arm, cluster, rendered(None, Change(Level.ENFORCEMENT)).body)
    (row,) = list_fleet([tenant], live=live).rows
    assert (row.owner, row.safeguards.level, row.non_compliant) == (Owner.ASSIGNMENT, Level.ENFORCEMENT, 0)


def test_pages_of_a_thousand(box, tenant):
    box.add_clusters(1001, body=written(Level.WARNING))
    assert len(list_fleet([tenant]).rows) == 1001
    assert _sent(box) == ["POST resources"] * 6
    tops = [record.body["options"]["$top"] for record in box.journal]
    assert tops == [1000] * 6


def test_many_subscriptions_are_asked_a_thousand_at_a_time(box):
    others = tuple(f"5a4dbc00-3333-4000-8000-{number:012}" for number in range(1500))
    assert list_fleet([Tenant(sandboxed(box), (box.subscription_id, *others))]).rows == []
    assert [len(record.body["subscriptions"]) for record in box.journal] == [1000, 501]


@pytest.mark.parametrize("live", [False, True])
def test_a_version_that_is_newer_than_the_bundled_one_is_no_drift(box, tenant, live):
    newer = copy.deepcopy(box.initiative.versions["3.0.0"])
    newer["version"] = "3.0.1"
    newer["policyDefinitions"].append({**newer["policyDefinitions"][0], "policyDefinitionReferenceId": "brandNew"})
    box.initiative.versions = {"3.0.1": newer, **box.initiative.versions}
    body = written(Level.ENFORCEMENT, "v3.0.0")
    body["properties"]["overrides"][1]["selectors"][0]["in"].append("brandNew")
    body["properties"]["metadata"]["safeguardsOverrides"] = ",".join(map(fingerprint, body["properties"]["overrides"]))
    spoilt = copy.deepcopy(body)
    spoilt["properties"]["parameters"]["warn"]["value"] = False
    box.add_clusters(5, body=body)
    box.add_clusters(5, body=written(Level.ENFORCEMENT, "v3.0.0"), prefix="older")
    box.add_clusters(1, subscription=SECOND, body=spoilt)
    rows = list_fleet([tenant], live=live).rows
    assert [row.safeguards.drift for row in rows] == [()] * 10 + [("parameters.warn",)]
    assert sum("policySetDefinitions" in record.path for record in box.journal) == (2 if live else 1)


def test_an_unknown_version_of_the_initiative_is_fetched_once(box, tenant):
    newer = copy.deepcopy(box.initiative.versions["3.0.0"])
    newer["version"] = "9.9.9"
    box.initiative.versions = {"9.9.9": newer, **box.initiative.versions}
    body = written(Level.WARNING)
    body["properties"]["definitionVersion"] = "9.9.*"
    body["properties"]["metadata"] = {}
    box.add_clusters(20, body=body)
    for number, identifier in enumerate(box.clusters):
        _assignment(box, identifier)["properties"]["description"] = f"number {number}"
    rows = list_fleet([tenant]).rows
    assert {row.safeguards.version for row in rows} == {"9.9.*"}
    assert len([name for name in _sent(box) if name.startswith("GET")]) <= 2


@pytest.mark.parametrize("answer", [{"status": 403}, {"status": 404}, {"status": 500}, {"drop": "before"}], ids=str)
def test_lists_where_resource_graph_does_not_answer(box, tenant, answer):
    box.add_clusters(3, body=written(Level.WARNING))
    expected = list_fleet([tenant]).rows
    box.faults.add(method="POST", path="ResourceGraph", times=None, **answer)
    fleet = list_fleet([tenant])
    # How old compliance is, no list tells.
    assert fleet.rows == [replace(row, last_scan="") for row in expected]
    assert fleet.notes[0].startswith("Resource Graph did not answer")


def test_a_page_that_is_lost_on_the_way_is_no_shorter_list(box, tenant):
    box.add_clusters(1500, body=written(Level.WARNING))
    box.faults.add(method="POST", path="ResourceGraph", status=403, after=1, times=None)
    assert len(list_fleet([tenant]).rows) == 1500


def test_a_refused_sign_in_is_not_gone_around(box, tenant):
    box.faults.add(method="POST", path="ResourceGraph", status=401, times=None)
    with pytest.raises(ClientAuthenticationError):
        list_fleet([tenant])


def test_a_provider_that_was_never_registered_has_no_clusters(box, tenant):
    box.add_clusters(3, body=written(Level.WARNING))
    box.backends.subscriptions[SECOND].providers.set_state("Microsoft.ContainerService", "NotRegistered")
    fleet = list_fleet([tenant], live=True)
    assert (len(fleet.rows), fleet.failures) == (3, {})


def test_progress(box, tenant):
    box.add_clusters(1500, body=written(Level.WARNING))
    told = []
    list_fleet([tenant], progress=lambda *what: told.append(what))
    assert told[:2] == [("Clusters", 1000, 1500), ("Clusters", 1500, 1500)]
    assert told[2:] == [
        ("Assignments", 1000, 1500),
        ("Assignments", 1500, 1500),
        ("Compliance", 1000, 1500),
        ("Compliance", 1500, 1500),
    ]


def test_pages_are_read_one_after_the_other(box, tenant):
    """A page is worked off before the next is asked for, and of its bodies little is kept."""
    body = written(Level.WARNING)
    body["properties"]["description"] = "long " * 2000
    box.add_clusters(1200, body=body)
    asked_at = []
    rows = list_fleet([tenant], progress=lambda what, done, _: asked_at.append((what, done, len(box.journal)))).rows
    assert asked_at[2:4] == [("Assignments", 1000, 3), ("Assignments", 1200, 4)]
    assert max(len(repr(row)) for row in rows) < 1000


def test_how_old_the_compliance_of_a_cluster_is(box, tenant):
    places = [box.add_cluster("rg", name) for name in ("late", "fresh", "away", "never")]
    body = {"properties": written(Level.WARNING)["properties"]}
    put = box.backends.assignments.put
    for place in places[:3]:
        put(place, NAME, body, "2025-03-01")
    box.compliance.states(f"/subscriptions/{box.subscription_id}")
    put(places[0], NAME, body, "2025-03-01")
    put(places[2], NAME, {"properties": {**body["properties"], "notScopes": [places[2]]}}, "2025-03-01")
    box.compliance.first_scan = 3600
    put(places[3], NAME, body, "2025-03-01")
    rows = {row.cluster.ref.name: row for row in list_fleet([tenant]).rows}
    assert {name: (row.non_compliant, row.is_outdated) for name, row in rows.items()} == {
        "late": (0, True),
        "fresh": (0, False),
        "away": (None, None),
        "never": (None, None),
    }
    late = rows["late"]
    assert late.last_scan < late.last_write == _assignment(box, places[0])["systemData"]["lastModifiedAt"]
    # Lists do not say when it was.
    by_lists = {row.cluster.ref.name: row for row in list_fleet([tenant], live=True).rows}
    assert (by_lists["late"].non_compliant, by_lists["late"].is_outdated, by_lists["late"].last_scan) == (0, None, "")
