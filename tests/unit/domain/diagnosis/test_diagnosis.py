# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The checks of a diagnosis, from facts alone."""

import copy
import dataclasses
from datetime import datetime, timedelta, timezone

import pytest
from azure.core.exceptions import HttpResponseError

from azext_safeguards.cli.az.remedies import commands
from azext_safeguards.domain.assignment.intent import Change
from azext_safeguards.domain.assignment.profile import profile_of
from azext_safeguards.domain.assignment.reading import read_assignment
from azext_safeguards.domain.cluster import ClusterRef
from azext_safeguards.domain.diagnosis import Evidence, Status, diagnose
from azext_safeguards.domain.diagnosis.evidence import first_line
from azext_safeguards.domain.initiative.catalog import Definitions, bundled
from azext_safeguards.domain.level import Level
from azext_safeguards.domain.read import Read
from tests.published_lists import FIRST_LIST
from tests.unit.bodies import CLUSTER_ID, NAME, SUBSCRIPTION, effect_override, foreign_assignment, updated

# The bodies were written on 2026-01-02 and 2026-02-03.
NOW = datetime(2026, 3, 1, tzinfo=timezone.utc)
FAILED = Read(None, 403, "(AuthorizationFailed) no", HttpResponseError(message="no"))
MISSING = Read(None, 404, "gone", HttpResponseError(message="gone"))
ENFORCED = updated(None, Change(Level.ENFORCEMENT))
RUNNING = {
    "sku": {"name": "Base"},
    "properties": {
        "provisioningState": "Succeeded",
        "powerState": {"code": "Running"},
        "addonProfiles": {"azurepolicy": {"enabled": True}},
    },
}


def evidence(body=ENFORCED, **changes):
    """A healthy cluster but for the changes."""
    definitions = Definitions(tuple(bundled()))
    assignment = read_assignment(body, definitions) if body else None
    healthy = Evidence(
        cluster=RUNNING,
        ref=ClusterRef(SUBSCRIPTION, "rg", "c1"),
        feature=Read("Registered"),
        container_service=Read("Registered"),
        policy_insights=Read("Registered"),
        managed=MISSING,
        assignment=assignment,
        profile=profile_of(assignment, definitions) if assignment else None,
        unreadable="",
        foreign_definition="",
        definitions=definitions,
        exemptions=Read([]),
        assignments=Read([body] if body else []),
        last_state=Read("2026-02-28T00:00:00Z"),
        now=NOW,
    )
    return dataclasses.replace(healthy, **changes)


def first(given):
    return next(check for check in diagnose(given) if check.status is not Status.OK)


def unwell(given):
    return [(check.name, check.status.value) for check in diagnose(given) if check.status is not Status.OK]


def changed(**properties):
    body = copy.deepcopy(ENFORCED)
    body["properties"].update(properties)
    return body


def with_parameter(name, value):
    body = copy.deepcopy(ENFORCED)
    body["properties"]["parameters"][name] = {"value": value}
    return body


def test_a_healthy_cluster_has_18_checks_that_are_ok():
    checks = diagnose(evidence())
    assert len(checks) == 18
    assert [check for check in checks if check.status is not Status.OK] == []
    assert all(check.seen and not check.todo for check in checks)


@pytest.mark.parametrize(
    ("name", "check"),
    [
        ("feature", "feature"),
        ("container_service", "provider Microsoft.ContainerService"),
        ("policy_insights", "provider Microsoft.PolicyInsights"),
        ("managed", "managed safeguards"),
        ("exemptions", "exemptions"),
        ("assignments", "other assignments"),
        ("last_state", "compliance"),
    ],
)
def test_what_cannot_be_read_is_unknown_and_nothing_else(name, check):
    assert unwell(evidence(**{name: FAILED})) == [(check, "unknown")]


def test_a_cloud_whose_versions_cannot_be_read_is_unknown():
    given = evidence()
    assert ("definition version", "unknown") in unwell(dataclasses.replace(given, definitions=Definitions()))


@pytest.mark.parametrize(
    ("power", "state", "status"),
    [
        ("Running", "Succeeded", None),
        ("running", "Updating", None),
        ("Stopped", "Succeeded", "problem"),
        ("Running", "Failed", "problem"),
        ("Running", "Deleting", "problem"),
        ("Running", "Canceled", "problem"),
    ],
)
def test_a_cluster(power, state, status):
    cluster = copy.deepcopy(RUNNING)
    cluster["properties"].update(powerState={"code": power}, provisioningState=state)
    assert unwell(evidence(cluster=cluster)) == ([("cluster", status)] if status else [])


def test_a_cluster_that_says_nothing_of_its_power_runs():
    cluster = copy.deepcopy(RUNNING)
    del cluster["properties"]["powerState"]
    assert unwell(evidence(cluster=cluster)) == []


@pytest.mark.parametrize("state", ["NotRegistered", "Registering", "Pending"])
def test_a_feature_or_provider_that_is_not_registered(state):
    assert unwell(evidence(feature=Read(state))) == [("feature", "problem")]
    assert commands(first(evidence(feature=Read(state))).todo) == ("az aks safeguards register",)
    cause = first(evidence(policy_insights=Read(state)))
    assert (cause.status, commands(cause.todo)) == (
        Status.PROBLEM,
        ("az provider register --namespace Microsoft.PolicyInsights --wait",),
    )


def test_a_feature_that_was_retired_is_ok():
    assert unwell(evidence(feature=MISSING)) == []


def test_commands_name_another_subscription():
    ref = ClusterRef(SUBSCRIPTION, "rg", "c1", explicit_subscription=True)
    assert commands(first(evidence(feature=Read("NotRegistered"), ref=ref)).todo) == (
        f"az aks safeguards register --subscription {SUBSCRIPTION}",
    )


def test_managed_safeguards_alone_are_a_warning_and_beside_ours_a_problem():
    managed = Read({"properties": {"level": "Enforce"}})
    assert unwell(evidence(None, managed=managed)) == [("managed safeguards", "warning")]
    assert unwell(evidence(managed=managed)) == [("managed safeguards", "problem")]
    assert "Enforce" in first(evidence(managed=managed)).seen


def test_without_an_assignment_only_what_does_not_need_one_is_checked():
    checks = diagnose(evidence(None))
    assert [check.name for check in checks][-2:] == ["assignment", "other assignments"]
    assert commands(checks[-2].todo) == ("az aks update -g rg -n c1 --safeguards-level Warning",)


def test_another_definition_is_a_problem():
    cause = first(evidence(None, foreign_definition="It assigns something else."))
    assert (cause.name, cause.status, cause.seen) == ("assignment", Status.PROBLEM, "It assigns something else.")


def test_an_assignment_that_cannot_be_read_is_unknown():
    assert unwell(evidence(None, unreadable="no permission")) == [("assignment", "unknown")]


def test_off_is_one_problem_and_not_also_its_mode():
    given = evidence(updated(None, Change(Level.WARNING), Change(Level.OFF)))
    assert unwell(given)[0] == ("level", "problem")
    assert "enforcement mode" not in [name for name, _ in unwell(given)]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("effect", "Disabled"),
        ("warn", False),
        ("effectForMutationPolicies", "Disabled"),
        ("excludedNamespaces", ["kube-system"]),
    ],
)
def test_drift_names_the_field_and_both_values(name, value):
    cause = first(evidence(with_parameter(name, value)))
    assert (cause.name, cause.status) == ("drift", Status.PROBLEM)
    assert f"parameters.{name} is {value}, not " in cause.seen


def test_what_others_made_cannot_drift():
    given = evidence(foreign_assignment(overrides=[]))
    assert [check.status for check in diagnose(given) if check.name == "drift"] == [Status.OK]


@pytest.mark.parametrize("pin", ["9.9.*", "2.7.*", "4.*.*"])
def test_a_pin_that_selects_nothing(pin):
    assert first(evidence(changed(definitionVersion=pin))).name == "definition version"


def test_parameters_that_are_not_the_definitions():
    body = with_parameter("typo", 1)
    del body["properties"]["parameters"]["cpuLimit"]
    cause = first(evidence(body))
    assert cause.name == "parameters"
    assert cause.seen == (
        "The assignment lacks cpuLimit, which the definition requires "
        "and holds typo, which the definition does not declare."
    )


@pytest.mark.parametrize(("value", "weakens"), [("Disabled", True), ("Audit", True), ("Deny", False)])
def test_a_foreign_override_under_enforcement(value, weakens):
    body = changed()
    body["properties"]["overrides"] = [*body["properties"]["overrides"], effect_override(value, FIRST_LIST[6])]
    found = [name for name, status in unwell(evidence(body)) if status == "problem"]
    assert ("overrides" in found) is weakens


@pytest.mark.parametrize(
    ("expires", "counts"),
    [
        (None, True),
        ("2026-03-01T00:00:01Z", True),
        ("2026-03-01T00:00:00Z", False),
        ("2026-02-28T23:59:59+00:00", False),
        ("2026-03-01T01:00:00.1234567+02:00", False),
        ("2026-02-28T23:00:00-05:00", True),
    ],
)
def test_an_exemption_counts_until_it_expires(expires, counts):
    item = {
        "id": f"{CLUSTER_ID}/providers/Microsoft.Authorization/policyExemptions/pause",
        "name": "pause",
        "properties": {"policyAssignmentId": ENFORCED["id"].upper(), "expiresOn": expires},
    }
    given = evidence(exemptions=Read([item]))
    assert unwell(given) == ([("exemptions", "problem")] if counts else [])
    item["properties"]["policyAssignmentId"] = ENFORCED["id"].replace(NAME, "another")
    assert unwell(given) == []


@pytest.mark.parametrize(
    ("created", "updated_", "status"),
    [
        (timedelta(minutes=34), None, "warning"),
        (timedelta(minutes=36), None, None),
        (timedelta(days=3), timedelta(minutes=14), "warning"),
        (timedelta(days=3), timedelta(minutes=16), None),
        (timedelta(minutes=34), timedelta(minutes=30), "warning"),
    ],
)
def test_the_age(created, updated_, status):
    body = copy.deepcopy(ENFORCED)
    body["properties"]["metadata"].update(
        createdOn=(NOW - created).isoformat(), updatedOn=(NOW - updated_).isoformat() if updated_ else None
    )
    assert unwell(evidence(body, last_state=Read(NOW.isoformat()))) == ([("age", status)] if status else [])


def test_no_compliance_data_is_a_warning():
    assert unwell(evidence(last_state=Read(""))) == [("compliance", "warning")]
    before = evidence(last_state=Read("2026-02-03T04:05:06.788Z"))
    assert unwell(before) == [("compliance", "warning")]
    assert unwell(evidence(last_state=Read("2026-02-03T04:05:06.789Z"))) == []


def test_the_order_is_that_of_causes():
    given = evidence(changed(enforcementMode="DoNotEnforce"), feature=Read("Pending"), last_state=Read(""))
    assert [name for name, _ in unwell(given)] == ["feature", "enforcement mode", "compliance"]


def test_what_a_service_says_is_cut_to_a_line():
    assert first_line("one\ntwo") == "one"
    assert first_line("x" * 121) == "x" * 117 + "..."
    assert first_line("  ") == "there is none"
