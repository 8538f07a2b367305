# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""mutate-cpu-limits: a container without a CPU limit gets 500m.

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
    return missing_fields(pod, "containers", ("resources", "limits", "cpu"), "500m")


MUTATION = Mutation(
    short="mutate-cpu-limits",
    reference_id="resourceCPULimits",
    title=title_of("mutate-cpu-limits"),
    why="A container without a CPU limit can slow down all others on its node.",
    docs="https://learn.microsoft.com/azure/aks/deployment-safeguards",
    kinds=frozenset({POD}),
    changes=_changes,
    seen_by=frozenset({"resource-limits", "resource-requests"}),
)
