# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
from azext_safeguards.check.policies.image_pull_secrets import POLICY
from tests.unit.check.policies.table import Case, containers, table


def says(pod="my-pod", namespace="default"):
    text = f"{pod} in {namespace} does not have imagePullSecrets. Unauthenticated image pulls are not recommended."
    return [(text, ("spec", "imagePullSecrets"))]


ONE = containers("{name: a, image: x:1}")

test_image_pull_secrets = table(
    POLICY,
    {},
    [
        Case("none", ONE, says()),
        Case("namespace is named", "metadata: {name: p, namespace: n}\n" + ONE, says("p", "n")),
        Case("there", "spec: {imagePullSecrets: [{name: s}], containers: [{name: a}]}"),
        Case("the key counts", "spec: {imagePullSecrets: null, containers: [{name: a}]}"),
        Case("once for a Pod", containers("{name: a}", "{name: b}"), says()),
        Case("init container", containers("{name: a}", key="initContainers"), says()),
        Case("ephemeral container", containers("{name: a}", key="ephemeralContainers"), says()),
        Case("no containers", "spec: {containers: []}"),
        Case("all excluded", ONE, parameters={"excludedImages": ["x:*"]}),
        Case(
            "some excluded", containers("{name: a, image: x}", "{name: b, image: y}"), says(), {"excludedImages": ["x"]}
        ),
        Case("whatever stands for a container", "spec: {containers: [null]}", says()),
        Case("no name", "metadata: {}\n" + ONE),
        Case("no namespace", "metadata: {name: p}\n" + ONE, says("p")),
    ],
)
