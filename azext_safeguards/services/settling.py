# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Two writers at once: whoever changes single things of an assignment looks whether the change is still there."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from azext_safeguards.domain.assignment.comparison import says_the_same
from azext_safeguards.domain.cluster import ClusterRef
from azext_safeguards.domain.errors import SafeguardsError
from azext_safeguards.domain.remedies import remedy
from azext_safeguards.services import resources
from azext_safeguards.services.apply import Written, write
from azext_safeguards.services.arm import ArmClient
from azext_safeguards.services.planning import Plan, plan_again
from azext_safeguards.services.snapshot import outcome, says_absent

# How often a change that somebody else undoes is made again.
_ATTEMPTS = 3
REPEATED = "Somebody else changed the safeguards at the same time; this change was made again on top of theirs."


class UndoneError(SafeguardsError):
    """A change was written, and somebody else's write undid it."""


def settle(
    arm: ArmClient, cluster: ClusterRef, plan: Plan, written: Written, sleep: Callable[[float], None] | None = None
) -> Written:
    """Reads back what was written once whoever planned on the same state must have written, too.

    A change that is not there any more is made again on what the other one left. Costs one read, and a pause as long
    as planning took.

    :param plan: the plan that was written.
    :param written: what `write` returned for it.
    :returns: what is there now.
    :raises UndoneError: when somebody keeps undoing it, or removed the assignment.
    :raises azure.core.exceptions.AzureError: when it could not be read back, or not be written again.
    :raises SafeguardsError: when what the other one left refuses the change.
    """
    for attempt in range(_ATTEMPTS):
        if not written.wrote or written.assignment is None:
            return written
        (sleep or time.sleep)(written.quiet)
        read_at = time.monotonic()
        read = outcome(lambda: resources.get_assignment(arm, cluster))
        if read.value is None:
            if read.raised is not None and not says_absent(read.raised):
                raise read.raised
            raise UndoneError(
                f"The change was written, and then somebody removed the assignment of the cluster '{cluster.name}'.",
                [remedy("set-level", cluster=cluster, level="Warning")],
            )
        if says_the_same(read.value, written.assignment.body):
            return written
        again = plan_again(arm, plan, read.value)
        if not again.writes:
            # Somebody wrote after us, with our change in mind.
            return replace(written, assignment=again.assignment)
        if attempt == _ATTEMPTS - 1:
            break
        written = replace(write(arm, cluster, replace(again, read_at=read_at)), repeated=True)
    raise UndoneError(
        f"The change was written {_ATTEMPTS} times, and each time somebody else's write undid it; it is not known "
        "what is set now."
    )
