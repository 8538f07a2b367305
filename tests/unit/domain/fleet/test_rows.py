# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""A cluster as a row: who owns its safeguards, and what in them differs from the level."""

from __future__ import annotations

from dataclasses import replace

import pytest

from azext_safeguards.domain.assignment.intent import Change
from azext_safeguards.domain.assignment.reading import read_assignment
from azext_safeguards.domain.choices.changing import PolicyReplace, PolicySet
from azext_safeguards.domain.choices.choice import Choice
from azext_safeguards.domain.choices.recorded import Choices
from azext_safeguards.domain.cluster import ClusterRef
from azext_safeguards.domain.errors import InvalidValueError
from azext_safeguards.domain.fleet.copying import NothingToCopyError, change_of
from azext_safeguards.domain.fleet.rows import Row, Safeguards, cluster_of, in_order, safeguards_of
from azext_safeguards.domain.initiative.catalog import PROFILE_VERSIONS, Definitions
from azext_safeguards.domain.level import Level
from azext_safeguards.domain.managed import Managed
from azext_safeguards.domain.owners import Owner
from azext_safeguards.domain.suspension import Suspend, Suspension
from tests.unit.bodies import CLUSTER_ID, effect_override, effect_parameters, foreign_assignment, updated

REF = ClusterRef.from_id(CLUSTER_ID)


def _read(body):
    return safeguards_of(body, Definitions(), "eastus")


@pytest.mark.parametrize("version", PROFILE_VERSIONS)
@pytest.mark.parametrize("level", Level)
def test_what_was_set_has_no_choices_and_no_drift(level, version):
    body = updated(None, Change(Level.WARNING, version, ("a", "b")), Change(level))
    found = _read(body)
    assert found == Safeguards(
        Owner.ASSIGNMENT, level, version, "DoNotEnforce" if level is Level.OFF else "Default", 2, (), ()
    )
    copied = Change(level, version, ("a", "b"), PolicyReplace(Choices()))
    assert change_of(read_assignment(body, Definitions()), REF) == copied


def test_what_somebody_changed():
    body = updated(None, Change(Level.ENFORCEMENT))
    body["properties"]["overrides"].append(
        effect_override("Disabled", "imagesDoNotUseLatest", "uniqueServiceSelectors")
    )
    body["properties"]["parameters"]["excludedNamespaces"]["value"].append("kube-system")
    found = _read(body)
    assert found.choices == ("no-latest-tag=Disabled", "unique-selectors=Disabled")
    assert found.drift == ("parameters.excludedNamespaces",)


@pytest.mark.parametrize("version", PROFILE_VERSIONS)
@pytest.mark.parametrize("level", [Level.WARNING, Level.ENFORCEMENT])
def test_choices_and_a_suspension_leave_the_level_what_it_is(level, version):
    chosen = [
        Change(policies=PolicySet(("probes", "csi-storage"), Choice.OFF)),
        Change(policies=PolicySet(("allowed-images",), None, {"allowedContainerImagesRegex": "^a/.+$"})),
        Change(policies=PolicySet(("unique-selectors",), Choice.DENY)),
    ]
    who = Suspension("me@example.com", "2026-01-02T03:04:05Z", "INC-1")
    body = updated(None, Change(level, version), *chosen)
    found = _read(body)
    denies = ("unique-selectors=Deny",) if level is Level.WARNING else ()
    assert found == Safeguards(
        Owner.ASSIGNMENT, level, version, "Default", 0,
        ("csi-storage=Disabled", "probes=Disabled", *denies, "allowedContainerImagesRegex=^a/.+$"),
    )  # fmt: skip
    suspended = _read(updated(body, Change(suspension=Suspend(who))))
    assert suspended == replace(found, enforcement_mode="DoNotEnforce", suspension=who)


def test_an_override_for_another_place_is_no_choice():
    body = updated(None, Change(Level.ENFORCEMENT))
    override = effect_override("Audit", "imagesDoNotUseLatest")
    override["selectors"].append({"kind": "resourceLocation", "in": ["westus"]})
    body["properties"]["overrides"].append(override)
    assert _read(body).choices == ()
    assert safeguards_of(body, Definitions(), "West US").choices == ("no-latest-tag=Audit",)


def test_what_others_made():
    foreign = foreign_assignment(pin="1.7.*-preview", parameters=effect_parameters("Audit", True))
    assert (_read(foreign).owner, _read(foreign).version) == (Owner.ASSIGNMENT, "1.7.*-preview")
    with pytest.raises(NothingToCopyError):
        change_of(read_assignment(foreign, Definitions()), REF)
    foreign["properties"]["policyDefinitionId"] = "/providers/Microsoft.Authorization/policyDefinitions/x"
    assert _read(foreign) == Safeguards(Owner.OTHER)


def test_clusters():
    item = {
        "id": CLUSTER_ID.replace("resourceGroups", "resourcegroups"),
        "location": "eastus",
        "sku": {"name": "Automatic"},
        "properties": {"addonProfiles": {"azurePolicy": {"enabled": True}}, "provisioningState": "Succeeded"},
    }
    found = cluster_of(item)
    assert (found.ref.id, found.addon, found.automatic, found.provisioning_state) == (
        CLUSTER_ID,
        True,
        True,
        "Succeeded",
    )
    bare = cluster_of({"id": CLUSTER_ID, "sku": None, "properties": {"addonProfiles": None}})
    assert (bare.addon, bare.automatic) == (False, False)
    assert Row(found, None, None).owner is Owner.MANAGED
    assert Row(bare, None, None).owner is None
    assert Row(bare, Safeguards(Owner.OTHER), None).owner is Owner.OTHER
    ours = Safeguards(Owner.ASSIGNMENT, Level.OFF)
    beside = Row(found, ours, None, managed=Managed("Enforce"))
    assert (beside.owner, beside.level) == (Owner.ASSIGNMENT, "Off"), "as profile show tells it"
    elsewhere = Row(found, Safeguards(Owner.OTHER), None)
    assert (elsewhere.owner, elsewhere.level) == (Owner.MANAGED, "Enforce")
    assert [one.what for one in Row(found, ours, None).others] == ["deploymentSafeguards"]
    assert Row(bare, ours, None).others == Row(found, None, None).others == ()
    assert "at level Warn" in Row(bare, ours, None, managed=Managed("Warn")).others[0].seen
    with pytest.raises(InvalidValueError):
        cluster_of({"id": "/subscriptions/x"})


def test_order_does_not_depend_on_case_or_on_the_list():
    names = ["a/B", "A/c", "b/A", "B/b"]
    rows = [
        Row(cluster_of({"id": CLUSTER_ID.replace("/rg/", f"/{group}/").replace("c1", name)}), None, None)
        for group, name in (text.split("/") for text in names)
    ]
    for given in (rows, rows[::-1]):
        assert [f"{row.cluster.ref.resource_group}/{row.cluster.ref.name}" for row in in_order(given)] == names
