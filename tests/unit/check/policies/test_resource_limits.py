# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
import pytest

from azext_safeguards.check.policies.resource_limits import POLICY
from tests.unit.check.policies.table import Case, containers, table


def at(*path, index=0, key="containers"):
    return ("spec", key, index, "resources", "limits", *path)


def limited(cpu="200m", memory="1Gi"):
    return containers(f"{{name: a, resources: {{limits: {{cpu: {cpu}, memory: {memory}}}}}}}")


NONE = ("container <a> has no resource limits", at())
NO_CPU, NO_MEMORY = ("container <a> has no cpu limit", at("cpu")), ("container <a> has no memory limit", at("memory"))


def unparsed(resource, value):
    return (f"container <a> {resource} limit <{value}> could not be parsed", at(resource))


def above(resource, value, most):
    return (f"container <a> {resource} limit <{value}> is higher than the maximum allowed of <{most}>", at(resource))


test_resource_limits = table(
    POLICY,
    {"cpuLimit": "200m", "memoryLimit": "1Gi"},
    [
        Case("at the maximum", limited()),
        Case("no resources", containers("{name: a}"), [NONE]),
        Case("resources null", containers("{name: a, resources: null}"), [NONE]),
        Case("only requests", containers("{name: a, resources: {requests: {cpu: 1}}}"), [NONE]),
        Case("limits empty", containers("{name: a, resources: {limits: {}}}"), [NO_CPU, NO_MEMORY]),
        Case("limits null", containers("{name: a, resources: {limits: null}}"), [NO_CPU, NO_MEMORY]),
        Case("limits false", containers("{name: a, resources: {limits: false}}"), [NONE, NO_CPU, NO_MEMORY]),
        Case("cpu missing", containers("{name: a, resources: {limits: {memory: 1Gi}}}"), [NO_CPU]),
        Case("memory missing", containers("{name: a, resources: {limits: {cpu: 100m}}}"), [NO_MEMORY]),
        Case("cpu null", limited(cpu="null"), [unparsed("cpu", "null")]),
        Case("cpu empty", limited(cpu='""'), [NO_CPU, unparsed("cpu", "")]),
        Case("cpu false", limited(cpu="false"), [NO_CPU, unparsed("cpu", "false")]),
        Case("memory is a list", limited(memory="[1, a]"), [unparsed("memory", '[1, "a"]')]),
        Case("cpu above", limited(cpu="201m"), [above("cpu", "201m", "200m")]),
        Case("cpu above as a number", limited(cpu="0.5"), [above("cpu", "0.5", "200m")]),
        Case("cpu equal as a number", limited(cpu="0.2")),
        Case("cpu equal as text", limited(cpu='"0.2"')),
        Case("cpu with decimals of m", limited(cpu="200.1m"), [above("cpu", "200.1m", "200m")]),
        Case("memory above", limited(memory="1.1Gi"), [above("memory", "1.1Gi", "1Gi")]),
        Case("memory equal in Mi", limited(memory="1024Mi")),
        Case("memory equal in bytes", limited(memory="1073741824")),
        Case("memory one byte more", limited(memory="1073741825"), [above("memory", "1073741825", "1Gi")]),
        Case("decimal unit is less", limited(memory="1G")),
        Case("no unit of Kubernetes", limited(memory="1GB"), [unparsed("memory", "1GB")]),
        Case("exponents of Kubernetes are not read", limited(cpu='"1e3"'), [unparsed("cpu", "1e3")]),
        Case("maximum as a number", limited(), [above("cpu", "200m", "0.1")], {"cpuLimit": 0.1}),
        Case("maximum nobody can read", limited(cpu="64"), parameters={"cpuLimit": "many"}),
        Case("no maximum", limited(cpu="64"), parameters={"cpuLimit": None}),
        Case(
            "init containers count, ephemeral ones do not",
            "spec: {containers: [{name: e, resources: {limits: {cpu: 1m, memory: 1}}}],"
            " initContainers: [{name: i}], ephemeralContainers: [{name: p}]}",
            [("container <i> has no resource limits", at(key="initContainers"))],
        ),
        Case("one message for a name twice", "spec: {containers: [{name: a}], initContainers: [{name: a}]}", [NONE]),
        Case("excluded name", containers("{name: a}"), parameters={"excludedContainers": ["a"]}),
        Case("excluded image", containers("{name: a, image: b:1}"), parameters={"excludedImages": ["b*"]}),
        Case("nameless container", containers("{image: b}")),
        Case("spec is a list", "spec: [1]"),
    ],
)


def test_the_parameters_are_those_of_the_definition():
    assert set(POLICY.parameters) == {"cpuLimit", "memoryLimit", "excludedContainers", "excludedImages"}


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("9" * 400, "could not be parsed"),
        ("9" * 10_000, "could not be parsed"),
        ("1e999999999m", "could not be parsed"),
        ("0." + "1" * 10_000, None),
    ],
)
def test_endless_numbers_are_judged_at_once(value, said):
    pod = {"spec": {"containers": [{"name": "a", "resources": {"limits": {"cpu": value, "memory": value}}}]}}
    expected = [f"container <a> {name} limit <{value}> {said}" for name in ("cpu", "memory") if said]
    assert [message for message, _ in POLICY.rule(pod, {"cpuLimit": "1", "memoryLimit": "1"})] == expected
