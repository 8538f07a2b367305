# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
from azext_safeguards.check.policies.no_node_edits import POLICY
from tests.unit.check.policies.table import Case, table

TEXT = "Tainting or labelling individual nodes is not recommended. Please use AZ cli to taint/label nodepools instead"

test_no_node_edits = table(
    POLICY,
    {},
    [
        Case("labels", "{metadata: {labels: {a: b}}}", [(TEXT, ("metadata", "labels"))]),
        Case("taints", "{spec: {taints: [{key: a}]}}", [(TEXT, ("spec", "taints"))]),
        Case("once for both", "{metadata: {labels: {a: b}}, spec: {taints: [{key: a}]}}", [(TEXT, ("spec", "taints"))]),
        Case("neither", "{metadata: {labels: {}}, spec: {taints: []}}"),
        Case("nothing", "{}"),
    ],
)
