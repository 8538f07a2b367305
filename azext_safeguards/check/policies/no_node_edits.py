# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""no-node-edits: labels and taints are set on node pools, not on single nodes.

Source of the text: Azure/draft, restricted-node-edits/template.yaml. The template compares a Node with what it was
and looks at who changes it, neither of which a manifest tells; so a Node manifest that has labels or taints is taken
for an edit of them.
"""

from __future__ import annotations

from collections.abc import Iterable

from azext_safeguards.check.policies.policy import Object, Parameters, Policy, Violation
from azext_safeguards.check.rego.values import get
from azext_safeguards.domain.initiative.records import members

_MESSAGE = (
    "Tainting or labelling individual nodes is not recommended. Please use AZ cli to taint/label nodepools instead"
)


def _rule(node: Object, parameters: Parameters) -> Iterable[Violation]:
    del parameters
    for path in (("spec", "taints"), ("metadata", "labels")):
        value = get(node, *path)
        if isinstance(value, dict | list) and value:
            return (Violation(_MESSAGE, path),)
    return ()


POLICY = Policy(
    **members("no-node-edits"),
    rule=_rule,
    offline="whether labels or taints of the node change, and whether who applies it is one of allowedUsers or in one "
    "of allowedGroups; both let it pass on a cluster",
)
