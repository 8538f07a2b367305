# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
from azext_safeguards.check.policies.pre_stop_hook import POLICY
from tests.unit.check.policies.table import Case, table


def workload(container, key="containers"):
    return f"{{kind: Deployment, spec: {{template: {{spec: {{{key}: [{container}]}}}}}}}}"


def says(key="containers"):
    text = (
        "Container: a does not include a Pre-stop hook. Neglecting to use Pre-stop hooks can lead to abrupt "
        "termination of processes, potentially causing data corruption, lost transactions, or degraded user "
        "experiences during pod shutdowns. Please use Pre-stop hooks in your manifests"
    )
    return [(text, ("spec", "template", "spec", key, 0, "lifecycle", "preStop"))]


test_pre_stop_hook = table(
    POLICY,
    {},
    [
        Case("none", workload("{name: a}"), says()),
        Case("there", workload("{name: a, lifecycle: {preStop: {sleep: {seconds: 5}}}}")),
        Case("the key counts", workload("{name: a, lifecycle: {preStop: null}}")),
        Case("another hook", workload("{name: a, lifecycle: {postStart: {}}}"), says()),
        Case("init container", workload("{name: a}", "initContainers"), says("initContainers")),
        Case("nameless", workload("{image: x}")),
        Case("no template", "{kind: Deployment, spec: {}}"),
    ],
)
