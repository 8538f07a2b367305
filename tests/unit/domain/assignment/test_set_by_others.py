# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What somebody else set on the assignment is told: with every change, and in what is shown."""

import copy

import pytest

from azext_safeguards.cli.az.remedies import told
from azext_safeguards.domain.acting.assigned import acting_by
from azext_safeguards.domain.assignment.intent import Change
from azext_safeguards.domain.assignment.others import kept_away, set_by_others
from azext_safeguards.domain.assignment.reading import read_assignment
from azext_safeguards.domain.assignment.rows import policy_rows
from azext_safeguards.domain.choices.changing import PolicyReset, PolicySet
from azext_safeguards.domain.choices.choice import Choice
from azext_safeguards.domain.cluster import ClusterRef
from azext_safeguards.domain.fleet.rows import safeguards_of
from azext_safeguards.domain.initiative.catalog import Definitions
from azext_safeguards.domain.level import Level
from azext_safeguards.domain.suspension import Resume, Suspend, Suspension
from tests.unit.bodies import CLUSTER_ID, NAME, SUBSCRIPTION, effect_override, foreign_assignment, profile, rendered
from tests.unit.bodies import updated as after

REF = ClusterRef(SUBSCRIPTION, "rg", "c1")
ENFORCED = after(None, Change(Level.ENFORCEMENT))
SUSPEND, RESUME = Change(suspension=Suspend(Suspension("me", "now"))), Change(suspension=Resume())
WITHOUT_LEVEL = [
    Change(version="v1.0.0"),
    Change(excluded_namespaces=("a",)),
    Change(policies=PolicySet(("probes",), Choice.OFF, {})),
    Change(policies=PolicyReset(None)),
]


def with_(body=ENFORCED, **properties):
    body = copy.deepcopy(body)
    body["properties"].update(properties)
    return body


def read(body, location=None):
    return read_assignment(body, Definitions(), location)


NOT_ENFORCED = with_(enforcementMode="DoNotEnforce")
SAYS = "Somebody had set the enforcement mode of the assignment to DoNotEnforce; "


@pytest.mark.parametrize("change", WITHOUT_LEVEL)
def test_a_mode_that_stays_is_told_with_what_ends_it(change):
    (text,) = [text for text in rendered(NOT_ENFORCED, change).warnings if "DoNotEnforce" in text]
    assert told(text, REF) == (
        "Somebody set the enforcement mode of the assignment to DoNotEnforce: nothing is enforced, policies only "
        "report. To end that: az aks safeguards resume -g rg -n c1"
    )
    assert rendered(NOT_ENFORCED, change).body["properties"]["enforcementMode"] == "DoNotEnforce"


@pytest.mark.parametrize(
    ("change", "end"),
    [
        (Change(Level.WARNING), "giving a level ends that."),
        (Change(Level.ENFORCEMENT, "v3.0.0", ()), "giving a level ends that."),
        (Change(Level.OFF), "safeguards are Off now."),
        (RESUME, "resuming ends that."),
        (SUSPEND, "it counts as suspended now, and resuming ends that, too."),
    ],
)
@pytest.mark.parametrize("body", [NOT_ENFORCED, foreign_assignment(mode="DoNotEnforce", overrides=[])])
def test_a_mode_that_a_change_ends_is_told(change, end, body):
    assert SAYS + end in rendered(body, change).warnings


def test_what_is_shown_has_the_mode_and_it_drifted():
    found = profile(NOT_ENFORCED)
    assert [(item.field, item.expected, item.actual) for item in found.drift] == [
        ("enforcementMode", "Default", "DoNotEnforce")
    ]
    member = found.as_cluster_member()
    assert (member["level"], member["enforcementMode"]) == ("Enforcement", "DoNotEnforce")
    (item,) = member["setByOthers"]
    assert (item["what"], "nothing is enforced" in item["seen"]) == ("enforcementMode", True)
    assert safeguards_of(NOT_ENFORCED, Definitions(), None).others == found.others


def test_a_mode_drifts_where_the_definition_is_not_known_and_not_where_it_is_ours():
    unknown = with_(NOT_ENFORCED, definitionVersion="9.9.*")
    assert [item.field for item in profile(unknown).drift][:1] == ["enforcementMode"]
    assert profile(after(ENFORCED, SUSPEND)).drift == ()
    assert profile(after(ENFORCED, Change(Level.OFF))).drift == ()
    off = with_(after(ENFORCED, Change(Level.OFF)), enforcementMode="Default")
    assert [(item.field, item.expected) for item in profile(off).drift] == [("enforcementMode", "DoNotEnforce")]


@pytest.mark.parametrize("body", [ENFORCED, after(ENFORCED, SUSPEND), after(ENFORCED, Change(Level.OFF))])
def test_what_we_set_is_nobody_elses(body):
    assert set_by_others(read(body)) == ()
    assert not any("omebody" in text for text in rendered(body, Change(Level.WARNING)).warnings)


def test_a_mode_of_later_versions_of_azure_is_told_and_ended_by_a_level():
    enrolled = with_(enforcementMode="Enroll")
    (found,) = set_by_others(read(enrolled))
    assert told(found.caution, REF) == (
        "Somebody set the enforcement mode of the assignment to Enroll. "
        "To end that: az aks update -g rg -n c1 --safeguards-level Enforcement"
    )
    assert any("Enroll; giving a level" in text for text in rendered(enrolled, Change(Level.WARNING)).warnings)


GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/RG"
WEST = [{"name": "west", "selectors": [{"kind": "resourceLocation", "in": ["westus"]}]}]


@pytest.mark.parametrize("scope", [CLUSTER_ID.upper(), f"{GROUP}/", GROUP, f"/subscriptions/{SUBSCRIPTION}"])
def test_excluded_scopes_that_hold_the_cluster_are_told(scope):
    body = with_(notScopes=["/subscriptions/x", scope])
    found = profile(body)
    (told_,) = found.others
    assert told_.seen == f"The assignment excludes the cluster by its notScopes: {scope}. It does nothing there."
    assert told(told_.caution).endswith(
        f"See: az policy assignment show --name {NAME} --scope {CLUSTER_ID} --query notScopes"
    )
    assert set(found.does.values()) == {"off"}
    assert found.as_cluster_member()["setByOthers"] == [{"what": "notScopes", "seen": told_.seen}]


@pytest.mark.parametrize("scope", [f"{CLUSTER_ID}/nodePools/a", f"{CLUSTER_ID}1", f"{GROUP}2", "/subscriptions/x", ""])
def test_excluded_scopes_beside_the_cluster_are_not(scope):
    assert kept_away(read(with_(notScopes=[scope]))) == ""


def test_resource_selectors_count_where_the_cluster_is_known_to_be_elsewhere():
    body = with_(resourceSelectors=WEST)
    (found,) = set_by_others(read(body, "eastus"))
    assert found.seen == "None of the assignment's resourceSelectors selects the cluster: west. It does nothing there."
    assert set_by_others(read(body, "West US")) == set_by_others(read(body)) == ()


def test_what_is_kept_away_does_nothing_in_rows_and_in_checks():
    assignment = read(with_(notScopes=[CLUSTER_ID]))
    rows = {row.name: (row.does, row.origin) for row in policy_rows(assignment)}
    assert rows["probes"] == ("off", "notScopes")
    acting = acting_by(assignment)
    assert not acting.is_enforced
    assert {member.does for member in acting.members} == {"off"}


@pytest.mark.parametrize("change", [*WITHOUT_LEVEL, Change(Level.WARNING), RESUME])
def test_what_keeps_a_change_from_doing_anything_is_told_with_it(change):
    body = with_(notScopes=[CLUSTER_ID], enforcementMode="DoNotEnforce")
    body["properties"]["overrides"].append(effect_override("Disabled", "uniqueServiceSelectors"))
    said = " ".join(rendered(body, change).warnings)
    for part in ("by its notScopes", "overrides on the assignment decide: unique-selectors (Disabled)", "DoNotEnforce"):
        assert said.count(part) == 1, part


@pytest.mark.parametrize("change", [Change(Level.OFF), SUSPEND])
def test_where_nothing_is_to_act_that_is_not_told(change):
    body = with_(notScopes=[CLUSTER_ID])
    body["properties"]["overrides"].append(effect_override("Disabled", "uniqueServiceSelectors"))
    assert rendered(body, change).warnings == ()


def test_overrides_are_shown_where_they_decide_something_else_than_the_level():
    body = with_(overrides=[*ENFORCED["properties"]["overrides"], effect_override("Audit", "uniqueServiceSelectors")])
    (found,) = profile(body).others
    assert (found.what, "unique-selectors (Audit)" in found.seen) == ("overrides", True)
    same = with_(overrides=[*ENFORCED["properties"]["overrides"], effect_override("Deny", "uniqueServiceSelectors")])
    assert profile(same).others == ()
