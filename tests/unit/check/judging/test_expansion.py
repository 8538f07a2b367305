# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The Pod that each kind of workload implies."""

from __future__ import annotations

import copy

import pytest

from azext_safeguards.check.judging.expansion import TEMPLATES, implied_pod

TEMPLATE = {"metadata": {"name": "own", "namespace": "own", "labels": {"a": "b"}}, "spec": {"containers": []}}


def test_the_workloads_of_kubernetes_and_nothing_else():
    kinds = {"Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job", "CronJob", "ReplicationController"}
    assert {kind for _, kind in TEMPLATES} == kinds
    assert ("", "Deployment") not in TEMPLATES


@pytest.mark.parametrize(("kind", "path"), TEMPLATES.items(), ids=lambda item: item[-1])
def test_a_workload_implies_a_pod_of_its_namespace(kind, path):
    workload = TEMPLATE
    for step in reversed(path):
        workload = {step: workload}
    before = copy.deepcopy(workload)
    pod = implied_pod(workload, path, "My-Web", "team")
    assert pod == {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "my-web-pod", "namespace": "team", "labels": {"a": "b"}},
        "spec": {"containers": []},
    }
    assert workload == before


@pytest.mark.parametrize("workload", [{}, {"spec": None}, {"spec": []}, {"spec": {"template": []}}, {"spec": {"x": 1}}])
def test_without_a_template_there_is_no_pod(workload):
    assert implied_pod(workload, ("spec", "template"), "w", "n") is None


@pytest.mark.parametrize("metadata", [None, [], "text"])
def test_a_template_with_odd_metadata_is_a_pod_all_the_same(metadata):
    workload = {"spec": {"template": {"metadata": metadata}}}
    pod = implied_pod(workload, ("spec", "template"), "w", "n")
    assert pod
    assert pod["metadata"] == {"name": "w-pod", "namespace": "n"}
