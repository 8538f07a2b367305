# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Writing a plan, so that it is written once and whole whatever happens to requests and answers on the way."""

from __future__ import annotations

from typing import Any

from azext_safeguards.domain.assignment.comparison import says_the_same
from azext_safeguards.domain.assignment.profile import Profile, profile_of
from azext_safeguards.domain.assignment.reading import Assignment, read_assignment
from azext_safeguards.domain.assignment.render import Rendering, render
from azext_safeguards.domain.cluster import ClusterRef
from azext_safeguards.services import resources
from azext_safeguards.services.arm import ArmClient
from azext_safeguards.services.planning import Plan
from azext_safeguards.services.snapshot import outcome

# How often a write is tried when somebody else writes at the same time.
_ATTEMPTS = 3
_CONFLICTS = (409, 412)


def apply_plan(arm: ArmClient, cluster: ClusterRef, plan: Plan) -> Profile | None:
    """Writes what a plan says, if it says anything.

    A write that meets another one (409, 412) is planned anew on what the other one left, so that neither is lost. A
    write whose answer did not come is looked for: it may have been taken.

    :returns: the profile as it is afterwards; None when the cluster has no assignment.
    :raises azure.core.exceptions.AzureError: when it was not written.
    :raises SafeguardsError: when what another write left refuses the change.
    """
    assignment, rendering = plan.assignment, plan.rendering
    for attempt in range(_ATTEMPTS):
        if rendering is None or not rendering.changes:
            break
        written, conflict = _put(arm, cluster, rendering, is_last=attempt == _ATTEMPTS - 1)
        if not conflict:
            assignment = read_assignment(written, plan.definitions, plan.location)
            break
        assignment = _assignment(arm, cluster, plan)
        rendering = render(assignment, plan.change, plan.definitions)
    return profile_of(assignment, plan.definitions) if assignment else None


def _put(arm: ArmClient, cluster: ClusterRef, rendering: Rendering, *, is_last: bool) -> tuple[dict[str, Any], bool]:
    """Sends a body once (the client repeats it as it is); returns what is there then, and whether it met a conflict."""
    from azure.core.exceptions import AzureError, HttpResponseError

    try:
        return resources.put_assignment(arm, cluster, rendering.body), False
    except HttpResponseError as error:
        if error.status_code in _CONFLICTS and not is_last:
            return {}, True
        if error.status_code is not None and 400 <= error.status_code < 500:
            raise
        return _found(arm, cluster, rendering, error), False
    except AzureError as error:
        return _found(arm, cluster, rendering, error), False


def _found(arm: ArmClient, cluster: ClusterRef, rendering: Rendering, error: Exception) -> dict[str, Any]:
    """The assignment, if it is as it was to be written in spite of a failure; else raises that failure."""
    read = outcome(lambda: resources.get_assignment(arm, cluster))
    if read.value is not None and says_the_same(read.value, rendering.body):
        return dict(read.value)
    raise error


def _assignment(arm: ArmClient, cluster: ClusterRef, plan: Plan) -> Assignment | None:
    read = outcome(lambda: resources.get_assignment(arm, cluster))
    if read.failed and read.raised:
        raise read.raised
    return read_assignment(read.value, plan.definitions, plan.location) if read.value is not None else None
