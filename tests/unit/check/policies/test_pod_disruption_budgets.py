# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
from azext_safeguards.check.policies.pod_disruption_budgets import POLICY
from tests.unit.check.policies.table import Case, table

UNAVAILABLE = [
    (
        "PodDisruptionBudget <b> has maxUnavailable of 0, only positive integers are allowed for maxUnavailable",
        ("spec", "maxUnavailable"),
    )
]


def budget(fields, labels="{app: a}"):
    return f"{{metadata: {{name: b, namespace: n}}, spec: {{{fields}, selector: {{matchLabels: {labels}}}}}}}"


def workload(replicas="2", labels="{app: a}", kind="Deployment", version="apps/v1"):
    return (
        f"{{apiVersion: {version}, kind: {kind}, metadata: {{name: w, namespace: n}},"
        f" spec: {{replicas: {replicas}, selector: {{matchLabels: {labels}}}}}}}"
    )


def says(least, replicas, kind="Deployment"):
    text = (
        f"PodDisruptionBudget b specifies minAvailable of {least}, but matching {kind} w has {replicas} replicas. "
        f"minAvailable should be less than {replicas}"
    )
    return [(text, ("spec", "minAvailable"))]


test_pod_disruption_budgets = table(
    POLICY,
    {},
    [
        Case("nothing may be unavailable", budget("maxUnavailable: 0"), UNAVAILABLE),
        Case("one may", budget("maxUnavailable: 1")),
        Case("a percentage passes, even of nothing", budget('maxUnavailable: "0%"')),
        Case("null", budget("maxUnavailable: null"), UNAVAILABLE),
        Case("less than none", budget("maxUnavailable: -1"), UNAVAILABLE),
        Case("not said", budget("minAvailable: 1")),
        Case("no spec", "{metadata: {name: b}}", UNAVAILABLE),
        Case("all must be available", budget("minAvailable: 2"), says(2, 2), others=workload()),
        Case("more than there are", budget("minAvailable: 3"), says(3, 2), others=workload()),
        Case("one may go", budget("minAvailable: 1"), others=workload()),
        Case("a percentage", budget('minAvailable: "50%"'), says("%!d(string=50%)", 2), others=workload()),
        Case("text is more than numbers", budget("minAvailable: 2"), others=workload('"1"')),
        Case("other labels", budget("minAvailable: 2"), others=workload(labels="{app: b}")),
        Case("more labels", budget("minAvailable: 2"), others=workload(labels="{app: a, tier: b}")),
        Case("no labels at all", budget("minAvailable: 2", "{}"), says(2, 2), others=workload(labels="{}")),
        Case("no replicas said", budget("minAvailable: 2"), others=workload().replace("replicas: 2, ", "")),
        Case("StatefulSet", budget("minAvailable: 2"), says(2, 2, "StatefulSet"), others=workload(kind="StatefulSet")),
        Case("ReplicaSet", budget("minAvailable: 2"), says(2, 2, "ReplicaSet"), others=workload(kind="ReplicaSet")),
        Case("DaemonSet", budget("minAvailable: 2"), others=workload(kind="DaemonSet")),
        Case("old version", budget("minAvailable: 2"), others=workload(version="apps/v1beta1")),
    ],
)
