# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
import pytest

from azext_safeguards.check.judging.mutated import by_webhooks
from azext_safeguards.domain.acting.records import SPREAD

KINDS = [("apps", kind) for kind in ("Deployment", "StatefulSet", "ReplicaSet")]
HOST = "kubernetes.io/hostname"


def workload(labels=None, own_labels=None, name="web", **spec):
    return {
        "metadata": {"name": name, **({"labels": own_labels} if own_labels else {})},
        "spec": {
            "template": {**({"metadata": {"labels": labels}} if labels else {}), "spec": {"containers": [], **spec}}
        },
    }


def mutated(item, kind=KINDS[0]):
    return by_webhooks((SPREAD,), item, kind)


def wanted(label, value):
    selector = {"matchLabels": {label: value}}
    term = {"labelSelector": selector, "topologyKey": HOST}
    return {
        "containers": [],
        "affinity": {
            "podAntiAffinity": {
                "preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 100, "podAffinityTerm": term}]
            }
        },
        "topologySpreadConstraints": [
            {"maxSkew": 1, "topologyKey": HOST, "whenUnsatisfiable": "ScheduleAnyway", "labelSelector": selector}
        ],
    }


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("labels", "label", "value"),
    [
        ({"app": "shop", "app.kubernetes.io/name": "other"}, "app", "shop"),
        ({"app.kubernetes.io/name": "shop", "tier": "x"}, "app.kubernetes.io/name", "shop"),
    ],
)
def test_the_pods_are_found_by_their_label(kind, labels, label, value):
    found = mutated(workload(labels), kind)
    assert found.names == (SPREAD,)
    assert found.content["spec"]["template"] == {"metadata": {"labels": labels}, "spec": wanted(label, value)}


@pytest.mark.parametrize("labels", [None, {"tier": "x"}, {"app": ""}])
def test_without_a_label_one_is_made_of_the_name(labels):
    template = mutated(workload(labels)).content["spec"]["template"]
    assert template["metadata"]["labels"] == {**(labels or {}), "default-antiaffinity-applabel": "web"}
    assert template["spec"] == wanted("default-antiaffinity-applabel", "web")


def test_labels_of_the_workload_find_no_pods():
    template = mutated(workload({"tier": "x"}, {"app": "web"})).content["spec"]["template"]
    assert template["spec"] == wanted("default-antiaffinity-applabel", "web")


@pytest.mark.parametrize(
    "spec",
    [
        {"topologySpreadConstraints": [{"maxSkew": 2}]},
        {"affinity": {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [{}]}}},
        {"affinity": {"podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [{}]}}},
    ],
)
def test_any_rule_of_its_own_is_enough(spec):
    item = workload({"app": "a"}, **spec)
    assert mutated(item).content is item


@pytest.mark.parametrize(
    "spec",
    [
        {"affinity": {"nodeAffinity": {"x": 1}}},
        {"affinity": {"podAntiAffinity": {}}},
        {"topologySpreadConstraints": []},
    ],
)
def test_other_affinities_are_no_such_rule(spec):
    found = mutated(workload({"app": "a"}, **spec)).content["spec"]["template"]["spec"]
    assert len(found["topologySpreadConstraints"]) == 1
    assert found["affinity"].get("nodeAffinity") == spec.get("affinity", {}).get("nodeAffinity")


def test_what_aks_manages_and_what_has_no_name_is_skipped():
    assert mutated(workload({"app": "a"}, {"kubernetes.azure.com/managedby": "aks"})).changes == []
    assert mutated(workload({"app": "a"}, {"kubernetes.azure.com/managedby": "me"})).changes
    assert mutated(workload({"tier": "x"}, name="")).changes == []


@pytest.mark.parametrize("kind", [("apps", "DaemonSet"), ("batch", "Job"), ("", "Pod"), ("", "ReplicationController")])
def test_other_kinds_are_left_alone(kind):
    assert mutated(workload({"app": "a"}), kind).changes == []
