# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
from azext_safeguards.check.policies.reserved_taints import POLICY
from tests.unit.check.policies.table import Case, table


def node(*keys, mode=None):
    labels = f"{{kubernetes.azure.com/mode: {mode}}}" if mode else "{}"
    taints = ", ".join(f"{{key: {key}, effect: NoSchedule}}" for key in keys)
    return f"{{metadata: {{name: n, labels: {labels}}}, spec: {{taints: [{taints}]}}}}"


def says(key="CriticalAddonsOnly", index=0):
    return (f"Taint with key <{key}> is reserved for the system pool only", ("spec", "taints", index, "key"))


test_reserved_taints = table(
    POLICY,
    {"reservedTaints": ["CriticalAddonsOnly"]},
    [
        Case("reserved", node("CriticalAddonsOnly"), [says()]),
        Case("second taint", node("mine", "CriticalAddonsOnly"), [says(index=1)]),
        Case("another", node("mine")),
        Case("case counts", node("criticaladdonsonly")),
        Case("matches anywhere", node("my-CriticalAddonsOnly-2"), [says("my-CriticalAddonsOnly-2")]),
        Case("an expression", node("Critical"), [says("Critical")], {"reservedTaints": ["^Crit.*l$"]}),
        Case("said once", node("CriticalAddonsOnly", "CriticalAddonsOnly"), [says()]),
        Case("system pool", node("CriticalAddonsOnly", mode="system")),
        Case("System pool", node("CriticalAddonsOnly", mode="System")),
        Case("user pool", node("CriticalAddonsOnly", mode="user"), [says()]),
        Case("SYSTEM is no system pool", node("CriticalAddonsOnly", mode="SYSTEM"), [says()]),
        Case("nothing reserved", node("CriticalAddonsOnly"), parameters={"reservedTaints": []}),
        Case("an expression that RE2 refuses", node("CriticalAddonsOnly"), parameters={"reservedTaints": ["["]}),
        Case("no labels", "{spec: {taints: [{key: CriticalAddonsOnly}]}}", [says()]),
        Case("keys that are none", "{spec: {taints: [{key: 5}, {}, null, x]}}"),
        Case("no taints", "{spec: {}}"),
    ],
)
