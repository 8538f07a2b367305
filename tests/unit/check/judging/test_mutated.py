# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Objects after the mutations, with the originals as they were."""

from __future__ import annotations

import copy
from typing import Any

from azext_safeguards.check.judging.mutated import Mutator, apply
from azext_safeguards.check.mutations.mutation import Change
from azext_safeguards.check.policies.policy import POD

BUDGET = ("policy", "PodDisruptionBudget")


def test_mutations_act_on_their_kinds_only():
    mutator = Mutator(["mutate-cpu-limits", "mutate-max-unavailable"])
    assert mutator.kinds == {POD, BUDGET}
    assert mutator.acts_on(POD)
    assert not mutator.acts_on(("apps", "Deployment"))
    assert not Mutator([]).kinds
    node = {"kind": "Node"}
    assert mutator.mutate(node, ("", "Node")) == (node, (), [])


def test_those_that_changed_something_are_named_in_order():
    mutator = Mutator(["mutate-cpu-limits", "mutate-memory-limits", "mutate-read-only-root"])
    pod: dict[str, Any] = {
        "spec": {"containers": [{"name": "a", "resources": {"limits": {"cpu": "1"}}}, {"name": "b"}]},
    }
    before = copy.deepcopy(pod)
    mutated, names, _ = mutator.mutate(pod, POD)
    assert names == ("mutate-cpu-limits", "mutate-memory-limits", "mutate-read-only-root")
    first, second = mutated["spec"]["containers"]
    assert first["resources"]["limits"] == {"cpu": "1", "memory": "500Mi"}
    assert second["resources"]["limits"] == {"cpu": "500m", "memory": "500Mi"}
    assert pod == before
    assert mutator.mutate(mutated, POD) == (mutated, (), [])


def test_a_value_that_stands_in_two_places_is_changed_in_one():
    # As aliases of YAML give it: both containers are one and the same value.
    shared = {"name": "a", "resources": {"limits": {}}}
    pod = {"spec": {"containers": [shared, shared]}}
    changed = apply(pod, [Change(("spec", "containers", 0, "resources", "limits", "cpu"), "1")])
    assert [one["resources"]["limits"] for one in changed["spec"]["containers"]] == [{"cpu": "1"}, {}]
    assert shared["resources"] == {"limits": {}}


def test_fields_are_removed_and_what_did_not_change_is_shared():
    node = {"metadata": {"name": "n"}, "spec": {"taints": [{"key": "a"}, {"key": "b"}], "x": None}}
    changed = apply(node, [Change(("spec", "taints", 0), None), Change(("spec", "x"), None), Change(("gone",), None)])
    assert changed == {"metadata": {"name": "n"}, "spec": {"taints": [{"key": "b"}]}}
    assert changed["metadata"] is node["metadata"]
    assert node["spec"] == {"taints": [{"key": "a"}, {"key": "b"}], "x": None}


def test_mutations_that_no_acting_policy_can_see_are_left_out():
    names = ["mutate-cpu-limits", "mutate-read-only-root"]
    pod = {"spec": {"containers": [{"name": "a"}]}}
    assert Mutator(names, frozenset({"resource-limits"})).mutate(pod, POD)[1] == ("mutate-cpu-limits",)
    assert not Mutator(names, frozenset({"probes"})).kinds
    assert Mutator(names).mutate(pod, POD)[1] == tuple(names)
