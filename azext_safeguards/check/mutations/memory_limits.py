# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""mutate-memory-limits: a container without a memory limit gets 500Mi.

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
    return missing_fields(pod, "containers", ("resources", "limits", "memory"), "500Mi")


MUTATION = Mutation(
    **members("mutate-memory-limits"),
    changes=_changes,
)
