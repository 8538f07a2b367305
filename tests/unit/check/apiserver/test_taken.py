# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Objects that an API server takes, odd as they look: each was tried with Kubernetes 1.34's own code."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from azext_safeguards.check.apiserver.receiving import receive
from azext_safeguards.check.judging.word_by_word import admit

_TAKEN = {
    "a budget may have any name that a path can hold": """
        apiVersion: policy/v1
        kind: PodDisruptionBudget
        metadata: {name: Web_Budget}
        spec: {minAvailable: 1, selector: {matchLabels: {app: a}}}
    """,
    "ports of the node are not filled in in templates": """
        apiVersion: apps/v1
        kind: DaemonSet
        metadata: {name: d}
        spec:
          selector: {matchLabels: {app: a}}
          template:
            metadata: {labels: {app: a}}
            spec:
              hostNetwork: true
              containers: [{name: c, image: i, ports: [{containerPort: 80}, {containerPort: 80, name: again}]}]
    """,
    "an empty restartPolicy of a container is none": """
        apiVersion: v1
        kind: Pod
        metadata: {name: p}
        spec:
          initContainers: [{name: i, image: i, restartPolicy: ""}]
          containers: [{name: c, image: i}]
    """,
    "a namespace of what is in none is taken away": """
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRole
        metadata: {name: a, namespace: Any_Name}
        rules: []
    """,
    "the configuration of a tool is no object": """
        apiVersion: kind.x-k8s.io/v1alpha4
        kind: Cluster
        nodes: [{role: worker}]
    """,
}


@pytest.mark.parametrize("text", _TAKEN.values(), ids=_TAKEN.keys())
def test_is_taken(text: str) -> None:
    document: dict[str, Any] = yaml.safe_load(text)
    assert [one.cluster for one in receive(document).refusals] == []


def test_policies_see_the_type_of_a_path_on_the_node() -> None:
    # Policies print the whole volume: HostPath volume {"hostPath": {"path": "/", "type": ""}, "name": "v"}.
    volumes = [{"name": "v", "hostPath": {"path": "/"}}]
    spec = {"containers": [{"name": "c", "image": "i"}], "volumes": volumes}
    received = receive({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": spec})
    assert received.object
    assert received.object["spec"]["volumes"] == [{"name": "v", "hostPath": {"path": "/", "type": ""}}]


@pytest.mark.parametrize(("labels", "shown"), [({}, "{}"), (None, "null")])
def test_an_empty_mapping_is_told_from_none(labels: dict[str, str] | None, shown: str) -> None:
    # Tried with Kubernetes 1.34's own code.
    template = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "c", "image": "i"}]}}
    spec = {"selector": {"matchLabels": {"a": "b"}}, "template": template}
    document = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "d"}, "spec": spec}
    text = f"spec.template.metadata.labels: Invalid value: {shown}: `selector` does not match template `labels`"
    assert [one.cluster for one in receive(document).refusals] == [text]
    assert [one.cluster for one in admit(document, "default")[1]] == [text]


def test_a_job_selects_its_pods_itself() -> None:
    template = {"metadata": {"labels": {"a": "b"}}, "spec": {"restartPolicy": "Never", "containers": []}}
    template["spec"]["containers"].append({"name": "c", "image": "i"})  # type: ignore[attr-defined, index]
    job = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "j"}, "spec": {"template": template}}
    assert receive(job).refusals == ()
    job["spec"]["selector"] = {"matchLabels": {"a": "b"}}  # type: ignore[index]
    (refusal,) = receive(job).refusals
    assert refusal.cluster.endswith("`selector` not auto-generated")
    job["spec"]["manualSelector"] = True  # type: ignore[index]
    assert receive(job).refusals == ()


def test_numbers_of_thousands_of_digits_are_read() -> None:
    digits = "9" * 5000
    budget = {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": "p"}}
    (refusal,) = receive({**budget, "spec": {"minAvailable": f"{digits}%", "selector": {}}}).refusals
    assert refusal.cluster.endswith("must not be greater than 100%")
    assert receive({**budget, "spec": {"minAvailable": "0" * 5000 + "%", "selector": {}}}).refusals == ()
    block = {"podSelector": {}, "ingress": [{"from": [{"ipBlock": {"cidr": f"10.0.0.0/{digits}"}}]}]}
    policy = {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": "p"}, "spec": block}
    assert "must be a valid CIDR value" in receive(policy).refusals[0].cluster
    annotations = {"controller.kubernetes.io/pod-deletion-cost": digits}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p", "annotations": annotations}}
    pod["spec"] = {"containers": [{"name": "c", "image": "i"}]}
    assert receive(pod).refusals[0].cluster.endswith("must be a 32bit integer")
