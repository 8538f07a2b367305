# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Recorded answers, changed in more than 50,000 ways: readers refuse in a sentence or read, and nothing else.

Where a changed assignment is read, a write that follows must hold everything on it that is not ours.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timezone
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any

import pytest

from azext_safeguards.domain.assignment.differences import differences
from azext_safeguards.domain.assignment.intent import Change, is_our_key
from azext_safeguards.domain.assignment.others import set_by_others
from azext_safeguards.domain.assignment.parameters import REQUIRED_VALUES
from azext_safeguards.domain.assignment.profile import profile_of
from azext_safeguards.domain.assignment.reading import outgrows, pins_to_know, read_assignment
from azext_safeguards.domain.assignment.render import render
from azext_safeguards.domain.assignment.rows import policy_rows
from azext_safeguards.domain.choices.changing import PolicySet
from azext_safeguards.domain.choices.choice import Choice
from azext_safeguards.domain.cluster import ClusterRef
from azext_safeguards.domain.compliance.components import records_of_state
from azext_safeguards.domain.compliance.summary import compliance_of
from azext_safeguards.domain.diagnosis.around import (
    assigned_elsewhere,
    exempted,
    exemptions_of,
    selects,
    selects_by_location,
)
from azext_safeguards.domain.errors import SafeguardsError
from azext_safeguards.domain.fleet.rows import cluster_of, safeguards_of
from azext_safeguards.domain.initiative.catalog import Definitions
from azext_safeguards.domain.initiative.definition import INITIATIVE_ID, from_arm
from azext_safeguards.domain.level import Level
from azext_safeguards.domain.managed import checked_managed
from azext_safeguards.domain.permissions import READ_ASSIGNMENT, allows
from azext_safeguards.domain.preflight import has_policy_addon, is_automatic
from azext_safeguards.domain.suspension import Suspend, Suspension
from sandbox import Sandbox
from tests.unit.bodies import CLUSTER_ID, SUBSCRIPTION, effect_override, foreign_assignment, updated
from tests.unit.mutating import mutated, places
from tests.unit.recorded_definitions import arm_body
from tests.unit.services.sandboxed import sandboxed

pytestmark = pytest.mark.exhaustive

FACTS = Path(__file__).parents[1] / "facts" / "answers.jsonl"
NOW = datetime(2026, 11, 28, tzinfo=timezone.utc)
REF = ClusterRef(SUBSCRIPTION, "rg", "c1")
OURS = {"effect", "warn", "effectformutationpolicies", "excludednamespaces"}
SERVICE = {"createdBy", "createdOn", "updatedBy", "updatedOn"}
# How often the answers of a kind are changed in all. What is read from them costs more or less.
WAYS = {
    "assignment": 21_000, "write": 5_000, "definition": 5_000, "summary": 6_000, "states": 6_000, "permissions": 4_000,
    "exemption": 3_000, "cluster": 3_000, "managed": 1_000,
}  # fmt: skip
CHANGES = (
    Change(Level.OFF),
    Change(Level.ENFORCEMENT),
    Change(Level.WARNING, "v3.0.0"),
    Change(excluded_namespaces=("a",)),
    Change(policies=PolicySet(("probes",), Choice.OFF)),
    Change(suspension=Suspend(Suspension("me", "now", "why"))),
)


@lru_cache(maxsize=1)
def recorded() -> dict[str, list[Any]]:
    """The recorded answers, and what the sandbox answers to the same requests, by kind."""
    found: dict[str, list[Any]] = {}
    for line in FACTS.read_text(encoding="utf-8").splitlines():
        item = json.loads(line)
        found.setdefault(item["kind"], []).append(item["body"])
    assignments = [
        {**body, "properties": {**body["properties"], "policyDefinitionId": INITIATIVE_ID}}
        for body in found["assignment"]
    ]
    theirs = foreign_assignment(
        overrides=[effect_override("Disabled", "uniqueServiceSelectors")], metadata={"team": {"a": [1]}}
    )
    theirs["properties"]["notScopes"] = [f"{CLUSTER_ID}/x"]
    theirs["properties"]["nonComplianceMessages"] = [{"message": "no"}]
    theirs["properties"]["resourceSelectors"] = [
        {"name": "n", "selectors": [{"kind": "resourceLocation", "in": ["x"]}]}
    ]
    limit = Change(policies=PolicySet(("resource-limits",), None, {"memoryLimit": "2Gi"}))
    chosen = updated(theirs, Change(Level.ENFORCEMENT), CHANGES[4], limit, CHANGES[5])
    found["assignment"] = [*assignments, theirs, chosen, updated(None, Change(Level.WARNING))]
    found["definition"] += [arm_body("3.0.0", versions=["3.0.0", "2.1.1"]), arm_body("2.1.1")]
    return {**found, **_of_sandbox(chosen)}


def _of_sandbox(assignment: Any) -> dict[str, list[Any]]:
    box = Sandbox()
    cluster = box.add_cluster("rg", "c1", azure_policy=True)
    arm = sandboxed(box)
    policies = f"{cluster}/providers/Microsoft.Authorization"
    name = assignment["name"]
    body = updated(None, Change(Level.WARNING))
    arm.put(f"{policies}/policyAssignments/{name}", "2023-04-01", {"properties": body["properties"]})
    box.load_manifests(
        cluster, "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: c, image: 'x:latest'}]}"
    )
    exemption = {
        "properties": {
            "policyAssignmentId": f"{policies}/policyAssignments/{name}",
            "exemptionCategory": "Waiver",
            "resourceSelectors": [{"name": "a", "selectors": [{"kind": "resourceLocation", "in": ["eastus"]}]}],
        }
    }
    arm.put(f"{policies}/policyExemptions/e", "2022-07-01-preview", exemption)
    box.clock.advance(900)
    insights = f"{cluster}/providers/Microsoft.PolicyInsights"
    query = {"$expand": "PolicyEvaluationDetails"}
    states = arm.post_all(f"{insights}/policyStates/latest/queryResults", "2019-10-01")
    components = arm.post_all(f"{insights}/componentPolicyStates/latest/queryResults", "2022-04-01", query)
    return {
        "summary": [arm.post(f"{insights}/policyStates/latest/summarize", "2019-10-01")],
        "states": [{"states": states[:4], "components": components[:6]}],
        "permissions": [arm.list_all(f"{policies}/permissions", "2022-05-01-preview")],
        "exemption": [arm.get(f"{policies}/policyExemptions/e", "2022-07-01-preview")],
        "cluster": [arm.get(cluster, "2024-09-01")],
    }


def _read(body: Any) -> Any:
    return read_assignment(body, Definitions(), "westeurope")


def _written(body: Any, change: Change) -> None:
    """Renders a change on a changed assignment; what is not ours must be in what is sent, or be told as lost."""
    assignment = _read(body)
    rendering = render(assignment, change, Definitions())
    sent, found = rendering.body, assignment.properties
    json.dumps(sent)
    kept = sent["properties"]
    for name in ("displayName", "description", "notScopes", "resourceSelectors"):
        assert _same(kept.get(name), found.get(name)), name
    for name in ("identity", "location"):
        assert _same(sent.get(name), body.get(name)), name
    told = " ".join(str(warning) for warning in rendering.warnings)
    for name, value in (found.get("metadata") or {}).items():
        assert is_our_key(name) or name in SERVICE or _same(kept["metadata"].get(name), value), name
    chosen = {name.lower() for name in assignment.intent.choices.parameters}
    for name, value in (found.get("parameters") or {}).items():
        if name.lower() not in OURS | chosen:
            # What holds our own value for a parameter without a default is lost to nobody.
            ours = _same(value, {"value": REQUIRED_VALUES.get(name)})
            assert _same(kept["parameters"].get(name), value) or name in told or ours, name
    taken = change.policies is not None
    for override in assignment.overrides.foreign:
        assert taken or any(_same(override, item) for item in kept.get("overrides") or ()) or "no policy" in told
    for message in found.get("nonComplianceMessages") or ():
        assert any(_same(message, item) for item in kept["nonComplianceMessages"]) or "no policy" in told


def _same(left: Any, right: Any) -> bool:
    """Whether two values are the same JSON; NaN is the same as NaN here."""
    return json.dumps(left, sort_keys=True) == json.dumps(right, sort_keys=True)


def _profile(body: Any) -> None:
    assignment = _read(body)
    profile = profile_of(assignment, Definitions())
    json.dumps([profile.as_cluster_member(), str(profile.suspension)])


ASSIGNMENT_READERS: tuple[Callable[[Any], Any], ...] = (
    _read,
    pins_to_know,
    lambda body: outgrows(body, Definitions()),
    _profile,
    lambda body: policy_rows(_read(body)),
    lambda body: set_by_others(_read(body)),
    lambda body: safeguards_of(body, Definitions(), None),
    lambda body: assigned_elsewhere([body], [], "/x", REF, Definitions(), NOW),
    _read,
)


def _differ(body: Any) -> None:
    rendering = render(_read(body), CHANGES[1], Definitions())
    assert all(str(item) for item in differences(_read(body), rendering.body, Definitions()))


def _summary(body: Any) -> None:
    compliance_of(_assignment(), body, [], None)


def _states(body: Any) -> None:
    states, components = body.get("states"), body.get("components")
    compliance_of(_assignment(), {}, [] if states is None else states, components)
    for item in states or ():
        records_of_state(item)


@lru_cache(maxsize=1)
def _assignment() -> Any:
    return _read(updated(None, Change(Level.WARNING)))


READERS: dict[str, tuple[Callable[[Any], Any], ...]] = {
    "assignment": ASSIGNMENT_READERS,
    "write": (*(lambda body, change=change: _written(body, change) for change in CHANGES), _differ),
    "definition": (from_arm,),
    "summary": (_summary,),
    "states": (_states,),
    "permissions": (lambda listed: allows(listed, READ_ASSIGNMENT),),
    "exemption": (
        lambda item: exempted([item], "/x", NOW),
        lambda item: exemptions_of([item], "", NOW),
        # Only what has the shape is asked whether it selects a cluster.
        lambda item: (exempted([item], "/x", NOW), selects_by_location(item), selects(item, "eastus")),
    ),
    "cluster": (cluster_of, has_policy_addon, is_automatic),
    "managed": (checked_managed,),
}


@pytest.mark.parametrize("kind", list(WAYS))
def test_a_changed_answer_is_read_or_refused_in_a_sentence(kind):
    random, readers = Random(kind), READERS[kind]
    bodies = [(body, places(body)) for body in recorded()["assignment" if kind == "write" else kind]]
    refused = 0
    for number in range(WAYS[kind]):
        body, at = bodies[number % len(bodies)]
        changed = mutated(body, at, random)
        said = "."
        try:
            readers[number % len(readers)](changed)
        except SafeguardsError as error:
            refused += 1
            said = error.message
        except Exception as error:
            raise AssertionError(
                f"{kind}, way {number}: {type(error).__name__}: {error}\n{str(changed)[:3000]}"
            ) from error
        assert said.endswith("."), said
    # Were all of them refused, or none, nothing would be proved.
    assert 0 < refused < WAYS[kind]


def test_it_is_more_than_fifty_thousand_ways():
    assert sum(WAYS.values()) > 50_000
