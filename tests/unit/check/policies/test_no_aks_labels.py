# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
from azext_safeguards.check.policies.no_aks_labels import POLICY
from tests.unit.check.policies.table import Case, table


def labelled(labels):
    return f"{{metadata: {{name: x, labels: {{{labels}}}}}}}"


def says(key, reserved='{"kubernetes.azure.com"}'):
    return (f"Label <{reserved}> is reserved for AKS use only", ("metadata", "labels", key))


MODE = "kubernetes.azure.com/mode"

test_no_aks_labels = table(
    POLICY,
    {"labels": ["kubernetes.azure.com"]},
    [
        Case("the prefix itself", labelled("kubernetes.azure.com: x"), [says("kubernetes.azure.com")]),
        Case("a label under it", labelled(f"{MODE}: user"), [says(MODE)]),
        Case("in a value", labelled("a: kubernetes.azure.com"), [says("a")]),
        Case("own labels", labelled("app: x, app.kubernetes.io/name: y, azure.workload.identity/use: 'true'")),
        Case("said once", labelled(f"{MODE}: user, kubernetes.azure.com/x: y"), [says(MODE)]),
        Case(
            "several entries are printed as a set",
            labelled("my-label: x"),
            [says("my-label", '{"label", "my"}')],
            {"labels": ["my", "label", "other", ""]},
        ),
        Case("annotations are not read", f"{{metadata: {{annotations: {{{MODE}: x}}}}}}"),
        Case("nothing reserved", labelled(f"{MODE}: user"), parameters={"labels": []}),
        Case("values that are no text", labelled(f"{MODE}: 5")),
        Case("labels are a list", "{metadata: {labels: [kubernetes.azure.com]}}"),
    ],
)
