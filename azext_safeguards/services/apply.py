# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Writing a plan, so that it is written once and whole whatever happens to requests and answers on the way."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from azure.core.exceptions import AzureError

from azext_safeguards.domain.assignment.comparison import says_the_same
from azext_safeguards.domain.assignment.profile import Profile, profile_of
from azext_safeguards.domain.assignment.reading import Assignment, read_assignment
from azext_safeguards.domain.assignment.render import Rendering
from azext_safeguards.domain.cluster import ClusterRef
from azext_safeguards.domain.initiative.catalog import Definitions
from azext_safeguards.domain.read import Read
from azext_safeguards.services import resources
from azext_safeguards.services.arm import ArmClient
from azext_safeguards.services.lookup import is_refusal, looked_up
from azext_safeguards.services.planning import Plan, plan_again
from azext_safeguards.services.refused import is_conflict
from azext_safeguards.services.snapshot import outcome

# How often a write is tried when somebody else writes at the same time.
_ATTEMPTS = 3
# The time between our read and our write, with some more for writers that are slower than we.
_MARGIN = 1.5
_LONGEST_QUIET_SECONDS = 3.0


@dataclass(frozen=True)
class Written:
    """What is on a cluster after a plan was applied."""

    assignment: Assignment | None
    """None when the cluster has no assignment."""
    definitions: Definitions
    wrote: bool
    """Whether anything was sent."""
    quiet: float = 0.0
    """For how many more seconds a write that was planned on the same state may still arrive."""
    repeated: bool = False
    """Whether somebody else's write had undone it, so that it was made again."""

    @property
    def profile(self) -> Profile | None:
        """The profile; None when the cluster has no assignment."""
        return profile_of(self.assignment, self.definitions) if self.assignment else None


def apply_plan(arm: ArmClient, cluster: ClusterRef, plan: Plan) -> Profile | None:
    """Writes what a plan says, as `write`; returns the profile as it is afterwards, None for no assignment."""
    return write(arm, cluster, plan).profile


def write(arm: ArmClient, cluster: ClusterRef, plan: Plan) -> Written:
    """Writes what a plan says, if it says anything.

    A write that meets another one (409, 412) is planned anew on what the other one left, so that neither is lost. A
    write whose answer did not come is looked for: it may have been taken.

    :raises azure.core.exceptions.AzureError: when it was not written; NotKnownError when nobody can say.
    :raises SafeguardsError: when what another write left refuses the change.
    """
    assignment, rendering = plan.assignment, plan.rendering
    read_at = plan.read_at
    for attempt in range(_ATTEMPTS):
        if rendering is None or not rendering.changes:
            break
        sent_at = time.monotonic()
        written, conflict = _put(arm, cluster, rendering, is_last=attempt == _ATTEMPTS - 1)
        if not conflict:
            found = read_assignment(written, plan.definitions, plan.location)
            return Written(found, plan.definitions, True, _quiet(read_at, sent_at, time.monotonic()))
        read_at = time.monotonic()
        again = plan_again(arm, plan, _assignment(arm, cluster))
        assignment, rendering = again.assignment, again.rendering
    return Written(assignment, plan.definitions, False)


def _quiet(read_at: float, sent_at: float, answered_at: float) -> float:
    """For how long after our write somebody's may arrive that does not know of it.

    Whoever read before our write was taken writes about as long after that as we wrote after our own read. Assignments
    have no entity tag (recorded: Azure/azure-powershell, PolicyAssignmentCRUD), so that no write can be made to depend
    on what it was planned on.
    """
    if not read_at:
        return 0.0
    return min(max(0.0, _MARGIN * (sent_at - read_at) - (answered_at - sent_at)), _LONGEST_QUIET_SECONDS)


def _put(arm: ArmClient, cluster: ClusterRef, rendering: Rendering, *, is_last: bool) -> tuple[dict[str, Any], bool]:
    """Sends a body once (the client repeats it as it is); returns what is there then, and whether it met a conflict."""
    try:
        return resources.put_assignment(arm, cluster, rendering.body), False
    except AzureError as error:
        if not is_refusal(error):
            return _found(arm, cluster, rendering, error), False
        if is_conflict(error) and not is_last:
            return {}, True
        raise


def _found(arm: ArmClient, cluster: ClusterRef, rendering: Rendering, error: AzureError) -> dict[str, Any]:
    """The assignment, if it is as it was to be written in spite of a failure; errors as `looked_up`."""

    def is_written(found: Mapping[str, Any] | None) -> bool:
        return found is not None and says_the_same(found, rendering.body)

    return dict(looked_up(arm, cluster, error, is_written) or {})


def _assignment(arm: ArmClient, cluster: ClusterRef) -> Mapping[str, Any] | None:
    read: Read[Mapping[str, Any]] = outcome(lambda: resources.get_assignment(arm, cluster))
    if read.failed and read.raised:
        raise read.raised
    return read.value
