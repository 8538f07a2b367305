# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""mutate-read-only-root-init: init containers get a root file system that they cannot write to.

Source: MicrosoftDocs/azure-aks-docs, articles/aks/deployment-safeguards.md at 03e0f3b74: where the field is not set,
and on Linux.
"""

from __future__ import annotations

from collections.abc import Iterable

from azext_safeguards.check.mutations.container_fields import missing_fields, runs_on_windows
from azext_safeguards.check.mutations.mutation import Change, Mutation
from azext_safeguards.check.policies.policy import Object
from azext_safeguards.domain.initiative.records import members


def _changes(pod: Object) -> Iterable[Change]:
    if runs_on_windows(pod):
        return ()
    return missing_fields(pod, "initContainers", ("securityContext", "readOnlyRootFilesystem"), True)


MUTATION = Mutation(
    **members("mutate-read-only-root-init"),
    changes=_changes,
)
