# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The requests mutator: each shape of requests and limits, worked out by hand from AKS's documentation."""

import pytest

from azext_safeguards.check.judging.mutated import by_webhooks
from azext_safeguards.check.policies.workloads import POD_PLACES
from azext_safeguards.domain.acting.records import REQUESTS

DEPLOYMENT = ("apps", "Deployment")
# Request, limit -> request, limit; None where there is none.
CPU = [
    ((None, None), ("500m", "500m")),
    (("50m", None), ("100m", None)),
    (("200m", None), ("200m", None)),
    ((None, "50m"), ("100m", "100m")),
    ((None, "1"), ("1", "1")),
    (("50m", "50m"), ("100m", "100m")),
    (("50m", "2"), ("100m", "2")),
    (("2", "1"), ("1", "1")),
    (("200m", "50m"), ("100m", "100m")),
    (("100m", "100m"), ("100m", "100m")),
    (("250m", "1"), ("250m", "1")),
    (("0", "0"), ("100m", "100m")),
    (("0.1", "1e3"), ("0.1", "1e3")),
]
MEMORY = [
    ((None, None), ("2048Mi", "2048Mi")),
    (("64Mi", None), ("100Mi", None)),
    (("128Mi", None), ("128Mi", None)),
    ((None, "64Mi"), (None, "100Mi")),
    ((None, "1Gi"), (None, "1Gi")),
    (("64Mi", "64Mi"), ("100Mi", "100Mi")),
    (("64Mi", "1Gi"), ("100Mi", "1Gi")),
    (("2Gi", "1Gi"), ("1Gi", "1Gi")),
    (("100M", "1Gi"), ("100Mi", "1Gi")),
    (("105M", "1Gi"), ("105M", "1Gi")),
    (("100Mi", "100Mi"), ("100Mi", "100Mi")),
]


def resources(resource, request, limit):
    found = {"requests": {resource: request}, "limits": {resource: limit}}
    return {name: amounts for name, amounts in found.items() if amounts[resource] is not None}


def workload(kind, containers, key="containers"):
    item = {"spec": {key: containers}}
    for step in reversed(POD_PLACES[kind]):
        item = {step: item}
    return {"kind": kind[1], "metadata": {"name": "web"}, **item}


def containers_of(item, kind, key="containers"):
    for step in (*POD_PLACES[kind], "spec", key):
        item = item[step]
    return item


def mutated(kind, containers, key="containers"):
    return containers_of(by_webhooks((REQUESTS,), workload(kind, containers, key), kind).content, kind, key)


def amounts(container, resource):
    return tuple(container.get("resources", {}).get(name, {}).get(resource) for name in ("requests", "limits"))


@pytest.mark.parametrize("kind", POD_PLACES)
@pytest.mark.parametrize(
    ("resource", "before", "after"),
    [*(("cpu", *one) for one in CPU), *(("memory", *one) for one in MEMORY)],
)
def test_each_shape_in_each_kind(kind, resource, before, after):
    container = {"name": "c", "resources": resources(resource, *before)}
    assert amounts(mutated(kind, [container])[0], resource) == after


@pytest.mark.parametrize("cpu", CPU)
@pytest.mark.parametrize("memory", MEMORY)
def test_the_two_resources_do_not_meet(cpu, memory):
    given = {
        name: {
            resource: amount
            for resource, amount in (("cpu", cpu[0][index]), ("memory", memory[0][index]))
            if amount is not None
        }
        for index, name in enumerate(("requests", "limits"))
    }
    (container,) = mutated(DEPLOYMENT, [{"name": "c", "resources": given}])
    assert (amounts(container, "cpu"), amounts(container, "memory")) == (cpu[1], memory[1])


@pytest.mark.parametrize("given", [{}, {"resources": None}, {"resources": {}}, {"resources": {"limits": None}}])
def test_no_resources_at_all(given):
    (container,) = mutated(DEPLOYMENT, [{"name": "c", **given}])
    both = {"cpu": "500m", "memory": "2048Mi"}
    assert container["resources"] == {"requests": both, "limits": both}


def test_init_containers_too_and_every_container():
    given = [{"name": "a"}, {"name": "b"}]
    assert all(amounts(one, "cpu") == ("500m", "500m") for one in mutated(DEPLOYMENT, given))
    assert all(amounts(one, "memory")[0] == "2048Mi" for one in mutated(DEPLOYMENT, given, "initContainers"))
    assert mutated(DEPLOYMENT, given, "ephemeralContainers") == given


def test_other_resources_and_claims_stay():
    given = {"requests": {"nvidia.com/gpu": "1"}, "limits": {"nvidia.com/gpu": "1"}, "claims": [{"name": "x"}]}
    (container,) = mutated(("", "Pod"), [{"name": "c", "resources": given}])
    assert container["resources"]["requests"] == {"nvidia.com/gpu": "1", "cpu": "500m", "memory": "2048Mi"}
    assert container["resources"]["claims"] == [{"name": "x"}]


def test_what_is_right_is_left_and_nothing_is_said():
    both = {"requests": {"cpu": "200m", "memory": "1Gi"}, "limits": {"cpu": "1", "memory": "1Gi"}}
    found = by_webhooks((REQUESTS,), workload(DEPLOYMENT, [{"name": "c", "resources": both}]), DEPLOYMENT)
    assert (found.names, found.changes) == ((), [])


@pytest.mark.parametrize("odd", [{"cpu": "many"}, {"cpu": ["1"]}])
def test_what_is_no_amount_is_left_to_the_api_server(odd):
    (container,) = mutated(DEPLOYMENT, [{"name": "c", "resources": {"requests": odd}}])
    assert container["resources"]["requests"]["cpu"] == odd["cpu"]


@pytest.mark.parametrize("kind", [("", "Service"), ("batch", "Deployment"), ("apps", "ControllerRevision")])
def test_other_kinds_are_left_alone(kind):
    item = {"kind": kind[1], "spec": {"template": {"spec": {"containers": [{"name": "c"}]}}}}
    assert by_webhooks((REQUESTS,), item, kind).content is item
