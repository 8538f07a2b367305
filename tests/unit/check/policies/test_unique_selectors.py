# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
from azext_safeguards.check.policies.unique_selectors import POLICY
from tests.unit.check.policies.table import Case, table


def service(selector="{app: a}", *ports, name="s"):
    listed = ", ".join(f"{{port: {port}, targetPort: 1}}" for port in ports)
    return f"{{metadata: {{name: {name}, namespace: n}}, spec: {{selector: {selector}, ports: [{listed}]}}}}"


def says(*names):
    text = "same selector as service <{}> in namespace <n> with overlapping ports"
    return [(text.format(name), ("spec", "selector")) for name in names]


OTHER = service("{app: a}", 80, 443, name="t")

test_unique_selectors = table(
    POLICY,
    {},
    [
        Case("same selector and port", service("{app: a}", 80), says("t"), others=OTHER),
        Case("one port in common", service("{app: a}", 8080, 443), says("t"), others=OTHER),
        Case("other port", service("{app: a}", 81), others=OTHER),
        Case("other selector", service("{app: b}", 80), others=OTHER),
        Case("more labels", service("{app: a, tier: b}", 80), others=OTHER),
        Case(
            "order does not count",
            service("{b: '1', a: '2'}", 80),
            says("t"),
            others=service("{a: '2', b: '1'}", 80, name="t"),
        ),
        Case(
            "two others",
            service("{app: a}", 80),
            says("t", "u"),
            others=OTHER + "\n---\n" + OTHER.replace("t,", "u,", 1),
        ),
        Case("none has a selector", service("null", 80), says("t"), others=service("null", 80, name="t")),
        Case("values that are no text drop out", service("{app: a, n: 1}", 80), says("t"), others=OTHER),
        Case("text and number are different ports", service("{app: a}", "'80'"), others=OTHER),
        Case("no ports", service("{app: a}"), others=service("{app: a}", name="t")),
        Case("alone", service("{app: a}", 80)),
    ],
)
