# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""mutate-max-unavailable: a disruption budget gets maxUnavailable 1.

Source: MicrosoftDocs/azure-aks-docs, articles/aks/deployment-safeguards.md at 03e0f3b74, which states no condition.
A budget with minAvailable is left alone here, because one with both would be refused by Kubernetes.
"""

from __future__ import annotations

from collections.abc import Iterator

from azext_safeguards.check.mutations.mutation import Change, Mutation
from azext_safeguards.check.policies.policy import Object
from azext_safeguards.domain.initiative.records import members

_FIELD = "maxUnavailable"


def _changes(budget: Object) -> Iterator[Change]:
    spec = budget.get("spec")
    if isinstance(spec, dict) and spec.get("minAvailable") is None:
        current = spec.get(_FIELD)
        if isinstance(current, bool) or current != 1:
            yield Change(("spec", _FIELD), 1)


MUTATION = Mutation(
    **members("mutate-max-unavailable"),
    changes=_changes,
)
