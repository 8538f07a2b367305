# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Ctrl-C during `aks create` and `aks update`: what exists by then, and the command that goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from knack.log import get_logger

if TYPE_CHECKING:
    from azext_safeguards.domain.cluster import ClusterRef
    from azext_safeguards.services.planning import Plan

logger = get_logger(__name__)

# Whoever stops a command waits no longer than this to hear what it did.
_PATIENCE_SECONDS = 10
_FINAL = ("succeeded", "failed", "canceled")


@contextmanager
def nothing_done(sentence: str, command: str) -> Iterator[None]:
    """Says at Ctrl-C that nothing was done yet, and the command that does it."""
    with _told(lambda: f"{sentence} To go on: {command}", f"{sentence} To go on: {command}"):
        yield


@dataclass(frozen=True)
class Begun:
    """A command that may have begun to change something."""

    cli_ctx: Any
    cluster: ClusterRef
    cluster_api: str
    plan: Plan
    finish: str
    """The command that writes the assignment."""
    again: str = ""
    """What to do where there is no cluster; for `aks create` alone."""
    touches_cluster: bool = True
    """Whether the cluster itself is being changed, too."""

    @contextmanager
    def told(self) -> Iterator[None]:
        """Looks at Ctrl-C for what exists, and says it."""
        name = self.cluster.name
        unknown = f"It is not known how far it came for the cluster '{name}'. To go on: {self.finish}"
        with _told(self._found, unknown):
            yield

    def _found(self) -> str:
        """What exists by now, and the command that goes on."""
        from azext_safeguards.cli.az.clients import arm_client
        from azext_safeguards.domain.assignment.comparison import says_the_same
        from azext_safeguards.services import resources
        from azext_safeguards.services.snapshot import outcome, says_absent
        from azext_safeguards.services.waves import at_once

        arm = arm_client(self.cli_ctx, retry_total=0, read_timeout=_PATIENCE_SECONDS)
        reads = at_once(
            {
                "cluster": lambda: outcome(lambda: resources.get_cluster(arm, self.cluster, self.cluster_api)),
                "assignment": lambda: outcome(lambda: resources.get_assignment(arm, self.cluster)),
            }
        )
        cluster, assignment = reads["cluster"], reads["assignment"]
        name = self.cluster.name
        if cluster.value is None:
            if cluster.failed or not self.again:
                return f"It is not known how far it came for the cluster '{name}'. To go on: {self.finish}"
            return f"There is no cluster '{name}' by now. {self.again}"
        there = (
            f"The cluster '{name}' is {_state(cluster.value)}" if self.touches_cluster else "The cluster is as it was"
        )
        rendering = self.plan.rendering
        if rendering is None or (assignment.value is not None and says_the_same(assignment.value, rendering.body)):
            wait = f" To wait for it: az aks wait {self.cluster.arguments} --{'created' if self.again else 'updated'}"
            is_busy = self.touches_cluster and _state(cluster.value).lower() not in _FINAL
            return f"{there}, and its safeguards are as they were asked for.{wait if is_busy else ''}"
        if assignment.value is None and not says_absent(assignment.raised):
            return f"{there}; whether its safeguards were changed is not known. To go on: {self.finish}"
        return f"{there}; its safeguards are not changed. To go on: {self.finish}"


def _state(cluster: Any) -> str:
    return str((cluster.get("properties") or {}).get("provisioningState") or "in an unknown state")


@contextmanager
def _told(find: Callable[[], str], unknown: str) -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        try:
            said = find()
        except KeyboardInterrupt:
            # Whoever is in such a hurry gets the command all the same.
            said = unknown
        except Exception as error:  # pylint: disable=broad-except
            logger.debug("safeguards: what exists could not be read: %s", error)
            said = unknown
        logger.warning("Interrupted. %s", said)
        raise
