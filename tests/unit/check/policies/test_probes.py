# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
from azext_safeguards.check.policies.probes import POLICY
from tests.unit.check.policies.table import Case, containers, table

BOTH = '["readinessProbe", "livenessProbe"]'


def says(container, probe, index=0, required=BOTH, pod="my-pod"):
    text = f"Container <{container}> in your Pod <{pod}> has no <{probe}>. Required probes: {required}"
    return (text, ("spec", "containers", index, probe))


R, L = says("a", "readinessProbe"), says("a", "livenessProbe")
OK = "{httpGet: {path: /}}"

test_probes = table(
    POLICY,
    {"requiredProbes": ["readinessProbe", "livenessProbe"]},
    [
        Case("both missing", containers("{name: a}"), [R, L]),
        Case("both there", containers(f"{{name: a, readinessProbe: {OK}, livenessProbe: {OK}}}")),
        Case("one missing", containers(f"{{name: a, livenessProbe: {OK}}}"), [R]),
        Case("empty", containers(f"{{name: a, readinessProbe: {{}}, livenessProbe: {OK}}}"), [R]),
        Case("null", containers(f"{{name: a, readinessProbe: null, livenessProbe: {OK}}}"), [R]),
        Case("only gRPC", containers(f"{{name: a, readinessProbe: {{grpc: {{port: 1}}}}, livenessProbe: {OK}}}"), [R]),
        Case(
            "exec and tcpSocket", containers("{name: a, readinessProbe: {exec: {}}, livenessProbe: {tcpSocket: null}}")
        ),
        Case("handler false", containers(f"{{name: a, readinessProbe: {{exec: false}}, livenessProbe: {OK}}}"), [R]),
        Case("init containers are left alone", containers("{name: a}", key="initContainers")),
        Case("ephemeral containers are left alone", containers("{name: a}", key="ephemeralContainers")),
        Case(
            "two containers",
            containers(f"{{name: x, readinessProbe: {OK}, livenessProbe: {OK}}}", "{name: a}"),
            [says("a", "readinessProbe", 1), says("a", "livenessProbe", 1)],
        ),
        Case("one message for two containers of a name", containers("{name: a}", "{name: a}"), [R, L]),
        Case("excluded name", containers("{name: a}"), parameters={"excludedContainers": ["a"]}),
        Case("name excluded exactly", containers("{name: a}"), [R, L], {"excludedContainers": ["A", "a*", "aa"]}),
        Case("excluded image", containers("{name: a, image: x:1}"), parameters={"excludedImages": ["x:1"]}),
        Case("excluded prefix", containers("{name: a, image: x:1}"), parameters={"excludedImages": ["x*"]}),
        Case("star elsewhere", containers("{name: a, image: x:1}"), [R, L], {"excludedImages": ["*:1", "x*1"]}),
        Case("image case counts", containers("{name: a, image: X:1}"), [R, L], {"excludedImages": ["x*"]}),
        Case(
            "other probes required",
            containers("{name: a}"),
            [says("a", "startupProbe", required='["startupProbe"]')],
            {"requiredProbes": ["startupProbe"]},
        ),
        Case("none required", containers("{name: a}"), parameters={"requiredProbes": []}),
        Case("no container name", containers("{image: x}")),
        Case("no Pod name", "metadata: {}\n" + containers("{name: a}")),
        Case(
            "numbers are printed as they are",
            "metadata: {name: 7}\n" + containers("{name: 1.5}"),
            [says("1.5", "readinessProbe", pod="7"), says("1.5", "livenessProbe", pod="7")],
        ),
        Case("no spec", "kind: Pod"),
        Case("no containers", "spec: {containers: []}"),
        Case("containers that are none", "spec: {containers: [1, null, text]}"),
    ],
)
