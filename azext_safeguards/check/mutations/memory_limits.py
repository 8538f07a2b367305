# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""mutate-memory-limits: a container without a memory limit gets 500Mi.

Source: MicrosoftDocs/azure-aks-docs, articles/aks/deployment-safeguards.md at 03e0f3b74; the mutation file itself is
not published, so that init containers are left alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from azext_safeguards.check.mutations.container_fields import missing_fields
from azext_safeguards.check.mutations.mutation import Change, Mutation
from azext_safeguards.check.policies.policy import POD, Object
from azext_safeguards.domain.initiative.titles import title_of


def _changes(pod: Object) -> Iterator[Change]:
    return missing_fields(pod, "containers", ("resources", "limits", "memory"), "500Mi")


MUTATION = Mutation(
    short="mutate-memory-limits",
    reference_id="resourceMemoryLimits",
    title=title_of("mutate-memory-limits"),
    why="A container without a memory limit can take the memory of its node until others are killed.",
    docs="https://learn.microsoft.com/azure/aks/deployment-safeguards",
    kinds=frozenset({POD}),
    changes=_changes,
    seen_by=frozenset({"resource-limits", "resource-requests"}),
)
