# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""A move between owners: ends right whatever happens on the way, and leaves no moment without safeguards."""

from __future__ import annotations

import time

import pytest
from azure.core.exceptions import AzureError

from azext_safeguards.cli.az.remedies import commands
from azext_safeguards.domain.assignment.intent import Change
from azext_safeguards.domain.cluster import ClusterRef
from azext_safeguards.domain.errors import PreflightError, SafeguardsError
from azext_safeguards.domain.level import Level
from azext_safeguards.domain.migration import MigrationError, Target
from azext_safeguards.services import migration
from azext_safeguards.services.apply import apply_plan
from azext_safeguards.services.migration import MigrationTimeout, make_move, plan_move
from azext_safeguards.services.planning import plan_change, read_profile
from azext_safeguards.services.snapshot import take_snapshot
from sandbox import Sandbox

pytestmark = pytest.mark.usefixtures("no_waiting")

# What a move is found to do on the wire, less its reads at the start: each of these is made to fail in each way.
TO_MANAGED = [("PUT", "deploymentSafeguards"), ("GET", "deploymentSafeguards"), ("DELETE", "policyAssignments")]
TO_ASSIGNMENT = [("PUT", "policyAssignments"), ("DELETE", "deploymentSafeguards"), ("GET", "deploymentSafeguards")]
READS = [("GET", "managedClusters/c1$"), ("GET", "policyAssignments"), ("GET", "deploymentSafeguards")]
WAYS = [{"status": 500}, {"status": 409}, {"status": 403}, {"drop": "before"}, {"drop": "after"}]


class Watched(Sandbox):
    """A sandbox that notes after every request which safeguards the cluster has, and can end the caller there."""

    def __init__(self):
        super().__init__()
        self.seen, self.kill_after = [], None

    def answer(self, request):
        response = super().answer(request)
        self.seen.append((bool(self.assignments), bool(self.deployment_safeguards)))
        if self.kill_after is not None and request.method != "GET":
            self.kill_after -= 1
            if self.kill_after < 0:
                self.kill_after = None
                raise KeyboardInterrupt
        return response


@pytest.fixture
def box():
    made = Watched()
    made.features.set_state("SafeguardsPreview", "Registered")
    made.add_cluster("rg", "c1")
    return made


@pytest.fixture
def assigned(box, arm, ref):
    def give(level=Level.ENFORCEMENT, version="v1.0.0", namespaces=("a", "b-*")):
        change = Change(level, version, namespaces)
        apply_plan(arm, ref, plan_change(arm, ref, take_snapshot(arm, ref), change))
        box.seen.clear()

    return give


@pytest.fixture
def managed(box, ref):
    def give(level="Enforce", namespaces=("a", "b-*")):
        box.add_deployment_safeguards(next(iter(box.clusters)), level, list(namespaces))
        box.seen.clear()

    return give


def move(arm, ref, target, **options):
    plan = plan_move(arm, ref, target)
    return plan, make_move(arm, ref, plan, **options)


def is_managed(box, level="Enforce", namespaces=("a", "b-*")):
    assert len(box.assignments) == 0
    (found,) = box.deployment_safeguards.values()
    properties = found["properties"]
    assert (properties["level"], properties["excludedNamespaces"]) == (level, list(namespaces))
    assert properties["provisioningState"] == "Succeeded"


def is_assigned(box, arm, ref, level=Level.ENFORCEMENT, version="v2.0.0", namespaces=("a", "b-*")):
    assert len(box.deployment_safeguards) == 0
    profile, _ = read_profile(arm, ref)
    assert (profile.level, profile.version, profile.excluded_namespaces) == (level, version, namespaces)
    assert profile.drift == ()


def never_bare(box):
    assert box.seen
    assert (False, False) not in box.seen


@pytest.mark.parametrize(("level", "expected"), [(Level.WARNING, "Warn"), (Level.ENFORCEMENT, "Enforce")])
def test_to_managed(box, arm, ref, assigned, level, expected):
    assigned(level)
    plan, done = move(arm, ref, Target.MANAGED)
    assert plan.lost == ("the version (v1.0.0)",)
    assert done == ["put managed safeguards in place", "remove the assignment"]
    is_managed(box, expected)
    never_bare(box)
    assert move(arm, ref, Target.MANAGED)[1] == []


@pytest.mark.parametrize(("level", "expected"), [("Warn", Level.WARNING), ("Enforce", Level.ENFORCEMENT)])
def test_to_assignment(box, arm, ref, managed, level, expected):
    managed(level)
    plan, done = move(arm, ref, Target.ASSIGNMENT)
    assert plan.lost == ()
    assert done == ["write the assignment", "remove the managed safeguards"]
    is_assigned(box, arm, ref, expected)
    never_bare(box)
    assert move(arm, ref, Target.ASSIGNMENT)[1] == []


@pytest.mark.exhaustive
@pytest.mark.parametrize("way", WAYS, ids=str)
@pytest.mark.parametrize("times", [1, 5, 30])
@pytest.mark.parametrize(("method", "path"), [*TO_MANAGED, *READS])
def test_faults_on_the_way_to_managed(box, arm, ref, assigned, method, path, times, way):
    assigned()
    fault = box.faults.add(method=method, path=path, times=times, **way)
    try:
        move(arm, ref, Target.MANAGED)
    except (AzureError, SafeguardsError):
        assert len(box.assignments) + len(box.deployment_safeguards) >= 1
    assert fault.hits >= 1
    box.faults.clear()
    move(arm, ref, Target.MANAGED)
    is_managed(box)
    never_bare(box)


@pytest.mark.exhaustive
@pytest.mark.parametrize("way", WAYS, ids=str)
@pytest.mark.parametrize("times", [1, 5, 30])
@pytest.mark.parametrize(("method", "path"), [*TO_ASSIGNMENT, *READS])
def test_faults_on_the_way_to_an_assignment(box, arm, ref, managed, method, path, times, way):
    managed()
    fault = box.faults.add(method=method, path=path, times=times, **way)
    try:
        move(arm, ref, Target.ASSIGNMENT)
    except (AzureError, SafeguardsError):
        assert len(box.assignments) + len(box.deployment_safeguards) >= 1
    assert fault.hits >= 1
    box.faults.clear()
    move(arm, ref, Target.ASSIGNMENT)
    is_assigned(box, arm, ref)
    never_bare(box)


@pytest.mark.parametrize("operation", [{"method": "PUT"}, {"method": "DELETE"}], ids=str)
def test_operations_that_fail_in_aks(box, arm, ref, assigned, managed, operation):
    target = Target.MANAGED if operation["method"] == "PUT" else Target.ASSIGNMENT
    (assigned if target is Target.MANAGED else managed)()
    box.faults.add(path="deploymentSafeguards", operation="Failed", times=9, **operation)
    with pytest.raises(MigrationError, match="AKS could not"):
        move(arm, ref, target)
    box.faults.clear()
    move(arm, ref, target)
    if target is Target.MANAGED:
        is_managed(box)
    else:
        is_assigned(box, arm, ref)
    never_bare(box)


@pytest.mark.parametrize("writes", range(2))
@pytest.mark.parametrize("target", Target)
def test_killed_after_each_write(box, arm, ref, assigned, managed, target, writes):
    (assigned if target is Target.MANAGED else managed)()
    box.kill_after = writes
    with pytest.raises(KeyboardInterrupt):
        move(arm, ref, target)
    never_bare(box)
    move(arm, ref, target)
    if target is Target.MANAGED:
        is_managed(box)
    else:
        is_assigned(box, arm, ref)
    never_bare(box)


@pytest.mark.parametrize("writes", range(2))
def test_a_killed_move_can_be_taken_back(box, arm, ref, assigned, writes):
    assigned()
    box.kill_after = writes
    with pytest.raises(KeyboardInterrupt):
        move(arm, ref, Target.MANAGED)
    move(arm, ref, Target.ASSIGNMENT)
    # The version is known as long as the assignment was not removed.
    is_assigned(box, arm, ref, version="v2.0.0" if writes else "v1.0.0")
    never_bare(box)


def test_what_the_other_can_not_hold_is_named(box, arm, ref, assigned, managed):
    assigned()
    (body,) = box.assignments.values()
    properties = body["properties"]
    properties["parameters"]["cpuLimit"] = {"value": "2"}
    properties["notScopes"] = ["/x"]
    properties["enforcementMode"] = "DoNotEnforce"
    properties["overrides"].append(
        {
            "kind": "policyEffect",
            "value": "Audit",
            "selectors": [{"kind": "policyDefinitionReferenceId", "in": ["uniqueServiceSelectors"]}],
        }
    )
    assert plan_move(arm, ref, Target.MANAGED).lost == (
        "the version (v1.0.0)",
        "what single policies are set to (unique-selectors=Audit)",
        "parameters (cpuLimit)",
        "excluded scopes",
        "that it is not enforced (DoNotEnforce)",
    )
    properties["metadata"]["safeguardsChoices"] = "Warn:probes;Off:mutate-cpu-limits,later"
    properties["metadata"]["safeguardsSuspended"] = '{"by": "me", "at": "2026-01-02T03:04:05Z", "reason": "INC-1"}'
    lost = plan_move(arm, ref, Target.MANAGED).lost
    assert lost[3:] == (
        "what you chose for another version (later=Off)",
        "excluded scopes",
        "that it is suspended by me at 2026-01-02T03:04:05Z: INC-1",
    )
    managed()
    box.deployment_safeguards[next(iter(box.clusters))]["properties"]["podSecurityStandardsLevel"] = "Baseline"
    (lost,) = plan_move(arm, ref, Target.ASSIGNMENT, "v2.0.0").lost
    assert lost == "the Pod Security level (Baseline), which only v3.0.0 of the assignment has"
    # Managed safeguards that are there already keep theirs.
    move(arm, ref, Target.MANAGED)
    (found,) = box.deployment_safeguards.values()
    assert found["properties"]["podSecurityStandardsLevel"] == "Baseline"


def test_refusals(box, arm, ref, assigned, managed):
    with pytest.raises(MigrationError, match="has neither"):
        plan_move(arm, ref, Target.MANAGED)
    assigned(Level.WARNING)
    change = Change(Level.OFF)
    apply_plan(arm, ref, plan_change(arm, ref, take_snapshot(arm, ref, full=False), change))
    with pytest.raises(MigrationError, match="at the level Off"):
        plan_move(arm, ref, Target.MANAGED)
    box.add_cluster("rg", "auto", sku="Automatic")
    for target in Target:
        with pytest.raises(MigrationError, match="AKS Automatic"):
            plan_move(arm, ClusterRef(box.subscription_id, "rg", "auto"), target)
    bare = box.add_cluster("rg", "bare", azure_policy=False)
    box.add_deployment_safeguards(bare)
    with pytest.raises(PreflightError, match="azure-policy add-on"):
        plan_move(arm, ClusterRef(box.subscription_id, "rg", "bare"), Target.ASSIGNMENT)
    writes = [record for record in box.journal if record.method in ("PUT", "DELETE") and "bare" in record.path]
    assert writes == []


def test_what_could_not_be_read_is_not_taken_for_absent(box, arm, ref, assigned):
    assigned()
    for status in (403, 404, 500):
        box.faults.add(method="GET", path="deploymentSafeguards", status=status, code="Elsewhere", times=9)
        with pytest.raises(AzureError):
            plan_move(arm, ref, Target.MANAGED)
        box.faults.clear()


def test_the_wait_has_an_end(box, arm, ref, assigned, monkeypatch):
    assigned()
    box.polls = 1000
    now = iter(range(0, 10**6, 60))
    monkeypatch.setattr(migration.time, "monotonic", lambda: next(now))
    with pytest.raises(MigrationTimeout, match="still creating"):
        move(arm, ref, Target.MANAGED, timeout=600)
    assert len(box.assignments) == 1


def test_overlap_counts_from_the_write_of_the_assignment(box, arm, ref, managed, monkeypatch):
    slept = []
    monkeypatch.setattr(time, "sleep", slept.append)
    managed()
    box.kill_after = 1
    with pytest.raises(KeyboardInterrupt):
        move(arm, ref, Target.ASSIGNMENT, overlap=600)
    assert max(slept) == pytest.approx(600, abs=5)
    slept.clear()
    (body,) = box.assignments.values()
    body["properties"]["metadata"]["createdOn"] = "2020-01-01T00:00:00.0000000Z"
    body["properties"]["metadata"]["updatedOn"] = None
    move(arm, ref, Target.ASSIGNMENT, overlap=600)
    assert max(slept, default=0) < 60
    is_assigned(box, arm, ref)


@pytest.mark.parametrize("target", Target)
def test_what_vanishes_while_both_are_kept_is_not_relied_on(box, arm, ref, assigned, managed, monkeypatch, target):
    (assigned if target is Target.MANAGED else managed)()
    plan = plan_move(arm, ref, target)
    new = box.deployment_safeguards if target is Target.MANAGED else box.assignments

    def wait(seconds):
        if seconds > 500:
            new.clear()

    monkeypatch.setattr(time, "sleep", wait)
    with pytest.raises((MigrationError, AzureError)):
        make_move(arm, ref, plan, overlap=600)
    assert len(box.assignments) + len(box.deployment_safeguards) == 1
    move(arm, ref, target)
    never_bare(box)


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("resourceSelectors", [{"name": "west", "selectors": [{"kind": "resourceLocation", "in": ["westus"]}]}]),
        ("notScopes", ["/subscriptions/{0.subscription}/resourceGroups/RG"]),
    ],
)
def test_an_assignment_that_is_kept_away_from_the_cluster_is_not_relied_on(
    box, arm, ref, assigned, managed, member, value
):
    assigned()
    (body,) = box.assignments.values()
    body["properties"][member] = [item.format(ref) if isinstance(item, str) else item for item in value]
    managed()
    with pytest.raises(MigrationError, match=member) as refused:
        plan_move(arm, ref, Target.ASSIGNMENT)
    assert commands(refused.value.remedies)[0].endswith(f"--query {member}")
    body["properties"].pop(member)
    move(arm, ref, Target.ASSIGNMENT)
    is_assigned(box, arm, ref, version="v1.0.0")


def test_an_assignment_that_is_suspended_while_both_are_kept_is_not_relied_on(box, arm, ref, managed, monkeypatch):
    def suspend(seconds):
        if seconds > 500:
            (body,) = box.assignments.values()
            body["properties"]["enforcementMode"] = "DoNotEnforce"

    managed()
    plan = plan_move(arm, ref, Target.ASSIGNMENT)
    monkeypatch.setattr(time, "sleep", suspend)
    with pytest.raises(MigrationError, match="not enforced by now"):
        make_move(arm, ref, plan, overlap=600)
    assert len(box.deployment_safeguards) == 1
    monkeypatch.setattr(time, "sleep", lambda _: None)
    move(arm, ref, Target.ASSIGNMENT)
    is_assigned(box, arm, ref)
