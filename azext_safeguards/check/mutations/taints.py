# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""mutate-taints: the taint CriticalAddonsOnly is taken off nodes that are not of a system pool.

Source: Azure/azure-policy, MutateReservedSystemPoolTaints.json, and MicrosoftDocs/azure-aks-docs,
articles/aks/deployment-safeguards.md; the mutation file itself is not published.
"""

from __future__ import annotations

from collections.abc import Iterator

from azext_safeguards.check.mutations.mutation import Change, Mutation
from azext_safeguards.check.policies.policy import Object
from azext_safeguards.check.rego.values import get
from azext_safeguards.domain.initiative.records import members

_TAINT = "CriticalAddonsOnly"


def _changes(node: Object) -> Iterator[Change]:
    taints = get(node, "spec", "taints")
    if not isinstance(taints, list):
        return
    if get(node, "metadata", "labels", "kubernetes.azure.com/mode") in ("system", "System"):
        return
    # From the last, so that the indices of the others stay what they are.
    for index in reversed(range(len(taints))):
        if get(taints[index], "key") == _TAINT:
            yield Change(("spec", "taints", index), None)


MUTATION = Mutation(
    **members("mutate-taints"),
    changes=_changes,
)
