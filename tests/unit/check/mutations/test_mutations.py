# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
import copy

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from azext_safeguards.check.judging.mutated import apply
from azext_safeguards.check.mutations import NAMES, REGISTRY
from azext_safeguards.domain.initiative.names import SHORT_NAMES

LIMIT = ("resources", "limits")
ROOT = ("securityContext", "readOnlyRootFilesystem")


def at(*field, index=0, key="containers"):
    return ("spec", key, index, *field)


CASES = [
    ("mutate-cpu-limits", "{spec: {containers: [{name: a}]}}", [(at(*LIMIT, "cpu"), "500m")]),
    ("mutate-cpu-limits", "{spec: {containers: [{resources: null}]}}", [(at(*LIMIT, "cpu"), "500m")]),
    ("mutate-cpu-limits", "{spec: {containers: [{resources: {limits: {memory: 1}}}]}}", [(at(*LIMIT, "cpu"), "500m")]),
    ("mutate-cpu-limits", "{spec: {containers: [{resources: {limits: {cpu: 9}}}]}}", []),
    ("mutate-cpu-limits", "{spec: {containers: [{resources: text}]}}", []),
    ("mutate-cpu-limits", "{spec: {initContainers: [{name: a}]}}", []),
    (
        "mutate-memory-limits",
        "{spec: {containers: [{}, {}]}}",
        [(at(*LIMIT, "memory", index=i), "500Mi") for i in (0, 1)],
    ),
    ("mutate-memory-limits", "{spec: {containers: [{resources: {limits: {memory: 1}}}]}}", []),
    ("mutate-read-only-root", "{spec: {containers: [{name: a}], initContainers: [{}]}}", [(at(*ROOT), True)]),
    ("mutate-read-only-root", "{spec: {containers: [{securityContext: {readOnlyRootFilesystem: false}}]}}", []),
    ("mutate-read-only-root", "{spec: {os: {name: windows}, containers: [{name: a}]}}", []),
    ("mutate-read-only-root", "{spec: {nodeSelector: {kubernetes.io/os: windows}, containers: [{name: a}]}}", []),
    ("mutate-read-only-root-init", "{spec: {initContainers: [{}]}}", [(at(*ROOT, key="initContainers"), True)]),
    ("mutate-read-only-root-init", "{spec: {containers: [{}]}}", []),
    ("mutate-read-only-root-init", "{spec: {os: {name: windows}, initContainers: [{}]}}", []),
    ("mutate-max-unavailable", "{spec: {maxUnavailable: 0}}", [(("spec", "maxUnavailable"), 1)]),
    ("mutate-max-unavailable", "{spec: {}}", [(("spec", "maxUnavailable"), 1)]),
    ("mutate-max-unavailable", "{spec: {maxUnavailable: '50%'}}", [(("spec", "maxUnavailable"), 1)]),
    ("mutate-max-unavailable", "{spec: {maxUnavailable: 1}}", []),
    ("mutate-max-unavailable", "{spec: {minAvailable: 1}}", []),
    (
        "mutate-taints",
        "{spec: {taints: [{key: CriticalAddonsOnly}, {key: a}, {key: CriticalAddonsOnly}]}}",
        [(("spec", "taints", 2), None), (("spec", "taints", 0), None)],
    ),
    (
        "mutate-taints",
        "{metadata: {labels: {kubernetes.azure.com/mode: system}}, spec: {taints: [{key: CriticalAddonsOnly}]}}",
        [],
    ),
]


@pytest.mark.parametrize(("short", "manifest", "changes"), CASES)
def test_changes(short, manifest, changes):
    assert [(change.path, change.value) for change in REGISTRY[short].changes(yaml.safe_load(manifest))] == changes


@pytest.mark.parametrize(("short", "manifest", "changes"), CASES)
def test_nothing_is_changed_twice(short, manifest, changes):
    before = yaml.safe_load(manifest)
    after = apply(before, REGISTRY[short].changes(before))
    assert list(REGISTRY[short].changes(after)) == []
    assert before == yaml.safe_load(manifest)
    assert (after != before) == bool(changes)


def test_taints_that_stay_are_those_of_others():
    node = yaml.safe_load("{spec: {taints: [{key: CriticalAddonsOnly}, {key: a}, {key: CriticalAddonsOnly}]}}")
    assert apply(node, REGISTRY["mutate-taints"].changes(node)) == {"spec": {"taints": [{"key": "a"}]}}


@pytest.mark.parametrize("mutation", REGISTRY.values(), ids=REGISTRY)
def test_names_are_those_of_the_initiative(mutation):
    assert SHORT_NAMES[mutation.reference_id] == mutation.short


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["containers", "resources", "limits", "cpu", "taints", "key", "os", "maxUnavailable"]),
            inner,
        )
    ),
    max_leaves=20,
)


@pytest.mark.parametrize("mutation", REGISTRY.values(), ids=REGISTRY)
@given(spec=VALUES)
def test_no_shape_of_json_breaks_a_mutation(mutation, spec):
    one, same = {"spec": spec}, {"spec": copy.deepcopy(spec)}
    changes = list(mutation.changes(one))
    assert one == same, "what it would change is told before anything is changed"
    apply(one, changes)
    assert list(mutation.changes(same)) == changes


def test_each_module_has_the_mutation_that_it_is_called_after():
    assert tuple(REGISTRY) == NAMES
