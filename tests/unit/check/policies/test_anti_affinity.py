# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
from azext_safeguards.check.policies.anti_affinity import POLICY
from tests.unit.check.policies.table import Case, table

PLACE = ("spec", "template", "spec", "topologySpreadConstraints")


def workload(replicas="2", pod="{}", kind="Deployment"):
    return f"{{kind: {kind}, spec: {{replicas: {replicas}, template: {{spec: {pod}}}}}}}"


def says(replicas="2", kind="Deployment"):
    text = (
        f"{kind} with {replicas} replicas should have either podAntiAffinity or topologySpreadConstraints set "
        "to avoid disruptions due to nodes crashing"
    )
    return [(text, PLACE)]


test_anti_affinity = table(
    POLICY,
    {},
    [
        Case("two replicas", workload(), says()),
        Case("kind is named", workload(kind="StatefulSet", replicas="30"), says("30", "StatefulSet")),
        Case("one replica", workload("1")),
        Case("none", workload("0")),
        Case("absent", "{kind: Deployment, spec: {template: {spec: {}}}}"),
        Case("null", workload("null")),
        Case("true", workload("true")),
        Case("text is more than any number", workload('"1"'), says("%!d(string=1)")),
        Case("a fraction", workload("1.5"), says("%!d(float64=1.5)")),
        Case("a list", workload("[1]"), says("%!d(string=[1])")),
        Case("anti-affinity", workload(pod="{affinity: {podAntiAffinity: {}}}")),
        Case("spread", workload(pod="{topologySpreadConstraints: [{maxSkew: 1}]}")),
        Case("empty spread", workload(pod="{topologySpreadConstraints: []}")),
        Case("null is something", workload(pod="{affinity: {podAntiAffinity: null}}")),
        Case("false is nothing", workload(pod="{affinity: {podAntiAffinity: false}}"), says()),
        Case("node affinity is not enough", workload(pod="{affinity: {nodeAffinity: {}, podAffinity: {}}}"), says()),
        Case("no template", "{kind: Deployment, spec: {replicas: 2}}"),
        Case("no Pod spec", "{kind: Deployment, spec: {replicas: 2, template: {}}}"),
        Case("spec is text", "{kind: Deployment, spec: x}"),
    ],
)
