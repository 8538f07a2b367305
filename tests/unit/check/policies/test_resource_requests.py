# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
from azext_safeguards.check.policies.resource_requests import POLICY
from tests.unit.check.policies.table import Case, containers, table


def at(*path, key="containers"):
    return ("spec", key, 0, "resources", "requests", *path)


NONE = ("container <a> has no resource requests", at())
NO_CPU = ("container <a> has no cpu request", at("cpu"))
NO_MEMORY = ("container <a> has no memory request", at("memory"))

test_resource_requests = table(
    POLICY,
    {},
    [
        Case("both there", containers("{name: a, resources: {requests: {cpu: 64, memory: 1Ti}}}")),
        Case("nothing", containers("{name: a}"), [NONE]),
        Case("only limits", containers("{name: a, resources: {limits: {cpu: 1, memory: 1Gi}}}"), [NONE]),
        Case("empty", containers("{name: a, resources: {requests: {}}}"), [NO_CPU, NO_MEMORY]),
        Case("no memory", containers("{name: a, resources: {requests: {cpu: 1m}}}"), [NO_MEMORY]),
        Case(
            "unreadable",
            containers("{name: a, resources: {requests: {cpu: x, memory: 1gi}}}"),
            [
                ("container <a> cpu request <x> could not be parsed", at("cpu")),
                ("container <a> memory request <1gi> could not be parsed", at("memory")),
            ],
        ),
        Case(
            "init container",
            containers("{name: i}", key="initContainers"),
            [("container <i> has no resource requests", at(key="initContainers"))],
        ),
        Case("excluded image", containers("{name: a, image: x}"), parameters={"excludedImages": ["x"]}),
        Case("names are not excluded", containers("{name: a}"), [NONE], {"excludedContainers": ["a"]}),
    ],
)
