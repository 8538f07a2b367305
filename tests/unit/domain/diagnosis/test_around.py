# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What others put beside the assignment is told with what it does, and not where it does nothing on the cluster."""

import copy
from datetime import datetime, timezone

import pytest

from azext_safeguards.cli.az.remedies import command
from azext_safeguards.domain.assignment.intent import Change
from azext_safeguards.domain.cluster import ClusterRef
from azext_safeguards.domain.diagnosis.around import assigned_elsewhere, exempted, exemptions_of, selects
from azext_safeguards.domain.initiative.catalog import Definitions
from azext_safeguards.domain.level import Level
from tests.unit.bodies import CLUSTER_ID, NAME, SUBSCRIPTION, updated

NOW = datetime(2026, 3, 1, tzinfo=timezone.utc)
REF = ClusterRef(SUBSCRIPTION, "rg", "c1")
OWN = f"{CLUSTER_ID}/providers/Microsoft.Authorization/policyAssignments/{NAME}"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg"
SUBSCRIPTION_ID = f"/subscriptions/{SUBSCRIPTION}"
MANAGEMENT_GROUP = "/providers/Microsoft.Management/managementGroups/corp"


def at(scope, level=Level.ENFORCEMENT, name="baseline", **properties):
    """The initiative assigned at another scope, at what a level of ours does."""
    body = copy.deepcopy(updated(None, Change(level)))
    body["id"] = f"{scope}/providers/Microsoft.Authorization/policyAssignments/{name}"
    body["name"] = name
    body["properties"].update({"scope": scope, **properties})
    return body


def exemption(assignment=OWN, references=(), expires=None, scope=CLUSTER_ID):
    return {
        "id": f"{scope}/providers/Microsoft.Authorization/policyExemptions/pause",
        "name": "pause",
        "properties": {
            "policyAssignmentId": assignment,
            "policyDefinitionReferenceIds": list(references),
            "expiresOn": expires,
        },
    }


def seen(items, exemptions=(), location=None):
    found = assigned_elsewhere(
        [updated(None, Change(Level.OFF)), *items], exemptions, OWN, REF, Definitions(), NOW, location
    )
    return [one.seen for one in found]


@pytest.mark.parametrize("scope", [GROUP, SUBSCRIPTION_ID, MANAGEMENT_GROUP, CLUSTER_ID])
def test_the_effect_that_another_assignment_has_is_told(scope):
    (found,) = assigned_elsewhere([at(scope)], [], OWN, REF, Definitions(), NOW)
    assert found.seen == (
        "The same initiative is also assigned elsewhere, and acts on its own: "
        f"'baseline' at {scope}, where policies 13 deny, 6 mutate."
    )
    assert command(found.way) == f"az policy assignment show --name baseline --scope {scope}"


def test_each_one_is_told_and_ours_is_not():
    assert len(seen([at(GROUP), at(SUBSCRIPTION_ID, Level.WARNING, "warn")])) == 2
    assert seen([]) == []
    (text,) = seen([at(GROUP, Level.WARNING)])
    assert text.endswith("where policies 13 warn.")


@pytest.mark.parametrize(
    ("properties", "end"),
    [
        ({"enforcementMode": "DoNotEnforce"}, "where nothing is enforced (DoNotEnforce): 13 audit."),
        ({"definitionVersion": "9.9.*"}, "where what it does is not known (definition version '9.9.*')."),
        ({"parameters": {"excludedNamespaces": {"value": 5}}}, "where what it does is not known."),
    ],
)
def test_what_another_assignment_does_when_it_is_no_usual_one(properties, end):
    (text,) = seen([at(GROUP, **properties)])
    assert text.endswith(end)


WEST = [{"name": "west", "selectors": [{"kind": "resourceLocation", "in": ["westus"]}]}]


@pytest.mark.parametrize(
    "item",
    [
        at(GROUP, notScopes=[CLUSTER_ID]),
        at(SUBSCRIPTION_ID, notScopes=[GROUP.upper()]),
        at(GROUP, resourceSelectors=WEST),
        at(GROUP, Level.OFF, enforcementMode="Default"),
    ],
    ids=["cluster", "group", "selector", "disabled"],
)
def test_what_does_nothing_on_the_cluster_is_not_told(item):
    assert seen([item], location="eastus") == []


def test_an_exemption_of_the_other_assignment_counts_for_it():
    item = at(GROUP)
    assert seen([item], [exemption(item["id"])]) == []
    (text,) = seen([item], [exemption(item["id"], ["imagesDoNotUseLatest"])])
    assert "12 deny" in text
    (text,) = seen([item], [exemption(item["id"], expires="2026-02-01T00:00:00Z"), exemption(OWN)])
    assert "13 deny" in text


def test_an_exemption_of_ours_is_told_with_what_it_exempts_and_until_when():
    items = [
        exemption(references=["ensureProbesConfiguredInKubernetesCluster"], expires="2026-04-01T00:00:00Z"),
        exemption(scope=GROUP),
        exemption(expires="2026-02-01T00:00:00Z"),
        exemption(f"{GROUP}/providers/Microsoft.Authorization/policyAssignments/other"),
    ]
    one, other = exemptions_of(items, OWN, NOW)
    assert one.seen == (
        "The policy exemption 'pause' exempts probes until 2026-04-01T00:00:00Z, so that they are off on the cluster."
    )
    assert "exempts every policy, so" in other.seen
    assert command(other.way) == f"az policy exemption show --name pause --scope {GROUP}"
    assert exempted(items, OWN, NOW) == {"ensureprobesconfiguredinkubernetescluster", "*"}


WEST = {"selectors": [{"kind": "resourceLocation", "in": ["West US"]}]}
EAST = {"selectors": [{"kind": "resourceLocation", "in": ["eastus"]}]}


@pytest.mark.parametrize(
    ("selectors", "is_selected"),
    [
        ([], True),
        ([WEST], False),
        ([WEST, EAST], True),
        ([{"selectors": [{"kind": "resourceLocation", "notIn": ["East US"]}]}], False),
        ([{"selectors": [{"kind": "resourceType", "in": ["Microsoft.ContainerService/managedClusters"]}]}], True),
        ([{"selectors": [{"kind": "resourceType", "in": ["Microsoft.Compute/virtualMachines"]}]}], False),
        ([{"selectors": [*EAST["selectors"], {"kind": "resourceType", "in": ["a/b"]}]}], False),
    ],
)
def test_an_exemption_that_does_not_select_the_cluster_exempts_nothing(selectors, is_selected):
    assert selects({"properties": {"resourceSelectors": selectors}}, "eastus") == is_selected


def test_what_lacks_name_and_scope_has_them_from_its_id_in_whatever_case():
    other = at(GROUP)
    other["id"] = f"{GROUP}/PROVIDERS/microsoft.authorization/policyassignments/Wide"
    del other["name"], other["properties"]["scope"]
    (found,) = assigned_elsewhere([other], [], OWN, REF, Definitions(), NOW)
    assert f"'Wide' at {GROUP}, where" in found.seen
    assert command(found.way) == f"az policy assignment show --name Wide --scope {GROUP}"
    item = {"id": f"{GROUP}/providers/microsoft.authorization/policyexemptions/pause"}
    (found,) = exemptions_of([{**item, "properties": {"policyAssignmentId": OWN.upper()}}], OWN, NOW)
    assert command(found.way) == f"az policy exemption show --name pause --scope {GROUP}"
