# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What the answers of Azure Policy amount to, with names that people know."""

from __future__ import annotations

import pytest

from azext_safeguards.domain.assignment.intent import Change
from azext_safeguards.domain.assignment.reading import read_assignment
from azext_safeguards.domain.compliance.components import component_of, kind_of, records_of_state
from azext_safeguards.domain.compliance.found import Nothing
from azext_safeguards.domain.compliance.states import Counts, State, counted, state_of
from azext_safeguards.domain.compliance.summary import compliance_of
from azext_safeguards.domain.initiative.catalog import Definitions
from azext_safeguards.domain.initiative.definition import MemberKind
from azext_safeguards.domain.initiative.member_names import MemberNames
from azext_safeguards.domain.level import Level
from tests.unit.bodies import CLUSTER_ID, NAME, foreign_assignment, updated

OWNER = f"{CLUSTER_ID}/providers/Microsoft.Authorization/policyAssignments/{NAME}".lower()
PROBES, LATEST, MUTATES = "ensureProbesConfiguredInKubernetesCluster", "imagesDoNotUseLatest", "resourceCPULimits"
PROBES_GUID = "b1a9997f-2883-4f12-bdff-2280f99b5915"


def assignment(level=Level.ENFORCEMENT, body=None):
    return read_assignment(body or updated(None, Change(level, "v2.0.0")), Definitions())


def state(reference, result="Compliant", at="2026-03-01T10:00:00Z", **more):
    return {
        "policyAssignmentId": OWNER,
        "policyDefinitionReferenceId": reference.lower(),
        "complianceState": result,
        "timestamp": at,
        **more,
    }


def the_others(one, *told):
    """States of a policy each that comply, for all of an assignment that judge and of which nothing is told."""
    judging = [member for member in one.definition.members if member.kind is MemberKind.VALIDATOR]
    told = {item["policyDefinitionReferenceId"] for item in told}
    return [*map(state, (member.reference_id for member in judging if member.reference_id.lower() not in told))]


def component(reference, identifier, result="NonCompliant", kind="pod", reason="", **more):
    record = state(reference, result, componentId=identifier, componentType=kind, **more)
    record["componentName"] = identifier.rpartition("/")[2]
    if reason:
        record["policyEvaluationDetails"] = {"reason": reason}
    return record


def summary(*members):
    return {
        "value": [{"policyAssignments": [{"policyAssignmentId": OWNER.upper(), "policyDefinitions": list(members)}]}]
    }


def counted_member(reference, **counts):
    details = [{"complianceState": name, "count": count} for name, count in counts.items()]
    results = {"nonCompliantResources": counts.get("noncompliant", 0), "resourceDetails": details}
    return {"policyDefinitionReferenceId": reference.lower(), "effect": "deny", "results": results}


def by_name(compliance):
    return {policy.name: policy for policy in compliance.policies}


def test_names_states_and_counts():
    found = compliance_of(
        assignment(),
        summary(counted_member(PROBES, noncompliant=1), counted_member(LATEST, compliant=1)),
        [state(PROBES, "NonCompliant"), state(LATEST, at="2026-03-01T11:00:00Z")],
        [
            component(PROBES, "shop/web", kind="deployment", reason=" no probes "),
            component(PROBES, "shop/db", "Compliant"),
            component(PROBES, "default/web", "Exempt"),
            component(LATEST, "shop/web", "Compliant", kind="deployment"),
        ],
    )
    assert found.state is State.NON_COMPLIANT
    assert found.last_scan == "2026-03-01T11:00:00Z"
    probes = by_name(found)["probes"]
    assert (probes.reference_id, probes.effect, probes.action) == (PROBES, "Deny", "denies")
    assert probes.resources == Counts(non_compliant=1)
    assert probes.components == Counts(compliant=1, non_compliant=1, exempt=1)
    assert by_name(found)["no-latest-tag"].components == Counts(compliant=1)
    assert by_name(found)["csi-storage"].components is None
    assert by_name(found)["csi-storage"].state is State.NOT_EVALUATED
    assert [(item.namespace, item.objects, item.policies) for item in found.namespaces] == [
        ("default", Counts(exempt=1), ()),
        ("shop", Counts(compliant=1, non_compliant=1), ("probes",)),
    ]
    assert found.objects == Counts(compliant=1, non_compliant=1, exempt=1)
    assert [(item.kind, item.namespace, item.name, item.message) for item in found.findings] == [
        ("Pod", "default", "web", ""),
        ("Deployment", "shop", "web", "no probes"),
    ]


def test_every_policy_that_acts_is_there_and_none_that_is_off():
    first = updated(None, Change(Level.ENFORCEMENT, "v1.0.0"))
    found = compliance_of(assignment(body=first), {}, [state(LATEST, "NonCompliant")], [component(LATEST, "a/b")])
    assert len(found.policies) == 11
    assert "no-latest-tag" not in by_name(found)
    assert found.findings == ()
    off = compliance_of(assignment(Level.OFF), {}, [state(PROBES, "NonCompliant")], [component(PROBES, "a/b")])
    assert (off.policies, off.state, off.nothing) == ((), State.NOTHING_TO_JUDGE, Nothing.OFF)
    assert off.findings == ()


@pytest.mark.parametrize(
    ("result", "whole"),
    [
        ("Compliant", State.NOT_EVALUATED),
        ("Exempt", State.NOT_EVALUATED),
        ("Unknown", State.UNKNOWN),
        ("NonCompliant", State.NON_COMPLIANT),
    ],
)
def test_what_is_evaluated_in_part_is_not_said_to_comply(result, whole):
    found = compliance_of(assignment(), {}, [state(PROBES, result)], [])
    assert (found.state, len(found.judged), len(found.unevaluated)) == (whole, 13, 12)
    assert compliance_of(assignment(), {}, the_others(assignment()), []).unevaluated == ()
    # Of nothing at all it is said otherwise.
    assert compliance_of(assignment(), {}, [], []).unevaluated == ()


def test_what_only_mutates_or_announces_finds_no_fault():
    found = compliance_of(
        assignment(),
        {},
        [
            state(MUTATES, "NonCompliant"),
            state("printMutationsAnnotations", "NonCompliant"),
            *the_others(assignment()),
        ],
        [component(MUTATES, "a/b"), component("printMutationsAnnotations", "a/b")],
    )
    assert found.state is State.COMPLIANT
    assert (found.findings, found.namespaces) == ((), ())
    assert by_name(found)["mutate-cpu-limits"].action == "mutates"
    assert not by_name(found)["mutate-cpu-limits"].judges
    assert by_name(found)["mutation-notices"].action == "announces"


@pytest.mark.parametrize(
    ("level", "mode", "action"),
    [
        (Level.ENFORCEMENT, "Default", "denies"),
        (Level.WARNING, "Default", "warns"),
        (Level.ENFORCEMENT, "DoNotEnforce", "reports"),
    ],
)
def test_what_a_policy_does(level, mode, action):
    body = updated(None, Change(level, "v2.0.0"))
    body["properties"]["enforcementMode"] = mode
    assert by_name(compliance_of(assignment(body=body), {}, [], None))["probes"].action == action


def test_records_of_other_assignments_are_left_out():
    other = {"policyAssignmentId": "/subscriptions/x/providers/microsoft.authorization/policyassignments/other"}
    found = compliance_of(
        assignment(),
        {"value": [{"policyAssignments": [{**other, "policyDefinitions": [counted_member(PROBES, noncompliant=1)]}]}]},
        [state(PROBES, "NonCompliant", **other)],
        [component(PROBES, "a/b", **other)],
    )
    assert found.state is State.NOT_EVALUATED
    assert (found.last_scan, found.findings) == ("", ())


def test_nothing_is_known_before_the_first_scan():
    found = compliance_of(assignment(), {"value": [{"policyAssignments": None}]}, [], [])
    assert (found.state, found.last_scan, found.knows_objects) == (State.NOT_EVALUATED, "", True)
    assert {policy.state for policy in found.policies} == {State.NOT_EVALUATED}
    assert not compliance_of(assignment(), {}, [], None).knows_objects


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ({"states": [state(PROBES, "NonCompliant")]}, State.NON_COMPLIANT),
        ({"members": [counted_member(PROBES, noncompliant=1, compliant=3)]}, State.NON_COMPLIANT),
        ({"members": [counted_member(PROBES, compliant=1)]}, State.COMPLIANT),
        ({"components": [component(PROBES, "a/b", "Compliant"), component(PROBES, "a/c")]}, State.NON_COMPLIANT),
        ({"states": [state(PROBES, "Exempt")], "components": [component(PROBES, "a/b")]}, State.EXEMPT),
        ({"states": [state(PROBES, "Conflict")]}, State.UNKNOWN),
        ({"states": [state(PROBES, "NotStarted")]}, State.NOT_EVALUATED),
    ],
)
def test_the_state_of_a_policy_comes_from_whoever_knows_it(records, expected):
    found = compliance_of(
        assignment(), summary(*records.get("members", ())), records.get("states", ()), records.get("components")
    )
    assert by_name(found)["probes"].state is expected


def test_a_summary_that_names_only_what_fails_counts_too():
    member = {"policyDefinitionReferenceId": PROBES.lower(), "results": {"nonCompliantResources": 1}}
    found = by_name(compliance_of(assignment(), summary(member), [], None))["probes"]
    assert (found.resources, found.state) == (Counts(non_compliant=1), State.NON_COMPLIANT)


def test_a_policy_with_as_many_records_as_there_may_be_is_truncated():
    records = [component(PROBES, f"a/p{number}") for number in range(500)]
    assert by_name(compliance_of(assignment(), {}, [], records))["probes"].truncated
    assert not by_name(compliance_of(assignment(), {}, [], records[1:]))["probes"].truncated


def test_an_object_counts_once_whatever_many_policies_say():
    records = [
        component(PROBES, "a/b", "Compliant"),
        component(LATEST, "a/b"),
        component("uniqueServiceSelectors", "a/b"),
    ]
    found = compliance_of(assignment(), {}, [], records)
    assert found.objects == Counts(non_compliant=1)
    assert found.namespaces[0].policies == ("no-latest-tag", "unique-selectors")


def test_nobody_sees_guids_or_lower_case_reference_ids():
    names = MemberNames(assignment().definition)
    for record in (
        {"policyDefinitionReferenceId": PROBES.lower()},
        {"policyDefinitionReferenceId": PROBES.upper(), "policyDefinitionId": "x"},
        {"policyDefinitionId": f"/providers/microsoft.authorization/policydefinitions/{PROBES_GUID.upper()}"},
    ):
        assert names.reference(record) == PROBES
    assert names.reference({"policyDefinitionReferenceId": "SomethingNew"}) == "SomethingNew"
    assert names.reference({"policyDefinitionId": "/x/11111111-2222-3333-4444-555555555555"}) == "(unknown policy)"


def test_an_unknown_pin_still_gives_known_names():
    body = foreign_assignment(pin="9.9.*")
    found = compliance_of(assignment(body=body), {}, [state(PROBES, "NonCompliant"), state("newOne")], [])
    assert sorted(by_name(found)) == ["newone", "probes"]


@pytest.mark.parametrize(
    ("identifier", "namespace", "name"),
    [
        ("default/test-pod", "default", "test-pod"),
        ("node-1", "", "node-1"),
        ("/api/v1/namespaces/shop/pods/web", "shop", "web"),
        ("Pod/shop/web", "shop", "web"),
        ("", "", ""),
    ],
)
def test_ids_of_components(identifier, namespace, name):
    found = component_of(component(PROBES, identifier), MemberNames(None))
    assert (found.namespace, found.name) == (namespace, name)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("pod", "Pod"),
        ("STATEFULSET", "StatefulSet"),
        ("apps/v1/deployment", "Deployment"),
        ("myThing", "MyThing"),
        ("", ""),
    ],
)
def test_kinds_have_their_own_capitals(text, kind):
    assert kind_of(text) == kind


def test_components_of_policy_states_read_like_those_of_their_own():
    record = state(
        PROBES, "NonCompliant", components=[{"id": "a/b", "type": "pod", "name": "b", "complianceState": "x"}]
    )
    found = component_of(records_of_state(record)[0], MemberNames(None))
    assert (found.policy, found.kind, found.namespace, found.state) == ("probes", "Pod", "a", State.UNKNOWN)
    assert records_of_state(state(PROBES)) == []


def test_states_and_counts():
    assert state_of("noncompliant") is State.NON_COMPLIANT
    assert state_of(None) is State.UNKNOWN
    assert counted([]).worst is None
    assert counted([State.EXEMPT]).worst is State.EXEMPT
    assert counted([State.EXEMPT, State.COMPLIANT]).worst is State.COMPLIANT
    assert counted([State.COMPLIANT, State.NOT_EVALUATED]).worst is State.UNKNOWN
