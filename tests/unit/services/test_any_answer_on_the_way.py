# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Whole operations against the sandbox, one of whose answers is changed on the way: none ends in a surprise."""

from __future__ import annotations

import os
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from azure.core.exceptions import AzureError

from azext_safeguards.domain.assignment.intent import Change
from azext_safeguards.domain.choices.changing import PolicySet
from azext_safeguards.domain.choices.choice import Choice
from azext_safeguards.domain.cluster import ClusterRef
from azext_safeguards.domain.errors import SafeguardsError
from azext_safeguards.domain.level import Level
from azext_safeguards.domain.migration.settings import Target
from azext_safeguards.services import lookup, migration
from azext_safeguards.services.apply import write
from azext_safeguards.services.arm import ArmClient
from azext_safeguards.services.compliance import StatesUnreadError, read_compliance
from azext_safeguards.services.diagnosis import diagnose_cluster
from azext_safeguards.services.fleet import Tenant, list_fleet
from azext_safeguards.services.migration import MigrationTimeout, make_move, plan_move
from azext_safeguards.services.planning import plan_change, read_profile
from azext_safeguards.services.policy_rows import list_policies
from azext_safeguards.services.registration import RegistrationTimeout, register
from azext_safeguards.services.snapshot import take_snapshot
from sandbox import Sandbox
from tests.unit.bodies import foreign_assignment, updated
from tests.unit.mutating import mutated, places
from tests.unit.services.sandboxed import sandboxed

pytestmark = pytest.mark.exhaustive

OURS = (AzureError, SafeguardsError, StatesUnreadError, RegistrationTimeout, MigrationTimeout)
# How often each operation is run; more by the variable, to look further than a test run needs to.
WAYS = int(os.environ.get("SAFEGUARDS_FUZZ_WAYS", "30"))


def change(wanted: Change) -> Callable[[ArmClient, ClusterRef], Any]:
    def run(arm: ArmClient, cluster: ClusterRef) -> Any:
        plan = plan_change(arm, cluster, take_snapshot(arm, cluster, full=wanted.level is not Level.OFF), wanted)
        assert all(str(item) for item in plan.differences)
        return write(arm, cluster, plan).profile

    return run


def move(arm: ArmClient, cluster: ClusterRef) -> Any:
    return make_move(arm, cluster, plan_move(arm, cluster, Target.MANAGED), timeout=1)


OPERATIONS: dict[str, Callable[[ArmClient, ClusterRef], Any]] = {
    "enforce": change(Change(Level.ENFORCEMENT, None, ("a",))),
    "off": change(Change(Level.OFF)),
    "choose": change(Change(policies=PolicySet(("probes",), Choice.OFF))),
    "profile": read_profile,
    "policies": list_policies,
    "compliance": read_compliance,
    "diagnose": diagnose_cluster,
    "graph": lambda arm, cluster: list_fleet([Tenant(arm, (cluster.subscription,))]),
    "lists": lambda arm, cluster: list_fleet([Tenant(arm, (cluster.subscription,))], live=True),
    "register": lambda arm, _: register(arm, timeout=0, sleep=lambda _: None),
    "migrate": move,
}


@pytest.fixture
def box(monkeypatch):
    monkeypatch.setattr(lookup, "_PAUSE_SECONDS", 0)
    monkeypatch.setattr(migration, "_POLL_SECONDS", 0)
    return Sandbox()


def prepare(box: Sandbox) -> ClusterRef:
    box.reset()
    box.features.set_state("SafeguardsPreview", "Registered")
    identifier = box.add_cluster("rg", "c1", azure_policy=True)
    body = updated(foreign_assignment(metadata={"team": {"a": [1]}}), Change(Level.WARNING, "v2.0.0"))
    box.backends.assignments.put(identifier, body["name"], {"properties": body["properties"]}, "2023-04-01")
    return ClusterRef(box.subscription_id, "rg", "c1")


@pytest.mark.parametrize("name", list(OPERATIONS))
def test_a_changed_answer_ends_in_a_result_or_in_an_error_of_ours(box, name, monkeypatch):
    run, random, answer = OPERATIONS[name], Random(name), box.answer
    prepare(box)
    run(sandboxed(box), prepare(box))
    asked = len(box.journal)
    failed = 0
    for way in range(WAYS):
        cluster = prepare(box)
        chosen, met = random.randrange(asked), []

        def changed(request: Any, chosen: int = chosen, met: list[Any] = met) -> Any:
            response = answer(request)
            met.append(request)
            if len(met) - 1 == chosen and response is not None and isinstance(response.body, dict):
                at = places(response.body)
                response.body = mutated(response.body, at, random) if at else []
            return response

        monkeypatch.setattr(box, "answer", changed)
        try:
            run(sandboxed(box), cluster)
        except OURS:
            failed += 1
        except Exception as error:
            request = met[chosen] if chosen < len(met) else None
            raise AssertionError(f"{name}, way {way}: {type(error).__name__}: {error} after {request}") from error
        assert box.crashes == []
    assert failed < WAYS
