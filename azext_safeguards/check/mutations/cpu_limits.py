# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""mutate-cpu-limits: a container without a CPU limit gets 500m.

Source: MicrosoftDocs/azure-aks-docs, articles/aks/deployment-safeguards.md at 03e0f3b74; the mutation file itself is
not published, so that init containers are left alone.
"""

from __future__ import annotations

from collections.abc import Iterable

from azext_safeguards.check.mutations.container_fields import missing_fields
from azext_safeguards.check.mutations.mutation import Change, Mutation
from azext_safeguards.check.policies.policy import Object
from azext_safeguards.domain.initiative.records import members


def _changes(pod: Object) -> Iterable[Change]:
    return missing_fields(pod, "containers", ("resources", "limits", "cpu"), "500m")


MUTATION = Mutation(
    **members("mutate-cpu-limits"),
    changes=_changes,
)
