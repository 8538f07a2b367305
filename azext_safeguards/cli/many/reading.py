# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""A command that shows something of one or several clusters: what each has, and each one's own error.

az's own --ids makes a warning of what fails for one of several clusters, and ends with 0.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from azext_safeguards.cli.az.output import tell
from azext_safeguards.cli.many.chosen import Repeat, clients_for
from azext_safeguards.cli.many.outcomes import Warn, hints, labels, said, tell_all, work_on

if TYPE_CHECKING:
    from azext_safeguards.domain.cluster import ClusterRef
    from azext_safeguards.services.arm import ArmClient
    from azext_safeguards.services.many import Outcome

# How many errors are worded on stderr; the output has all.
_NAMED = 10


@dataclass(frozen=True)
class Found:
    """What a cluster has."""

    output: Any
    """What the command prints when it is about that cluster alone."""
    failure: str = ""
    """What the command ends with exit code 1 for, though it could be read; empty where it does not."""
    ways_on: list[str] = field(default_factory=list)
    """Commands that help with the failure."""


Read = Callable[["ArmClient", "ClusterRef", Warn], Found]


def read_clusters(cmd: Any, clusters: Sequence[ClusterRef], read: Read, repeat: Repeat, rows: str | None = None) -> Any:
    """Reads something of each cluster, some at a time.

    :param read: gets the client, the cluster and whom to tell warnings; raises az's errors.
    :param repeat: makes the command that shows the same of some clusters.
    :param rows: the member of an element that holds what is a list for one cluster; None where it is an object.
    :returns: for one cluster what it has; for several a list with an element for each, in order: its names, `error` and
        `todo`, and what it has. az ends with 1 when any could not be read or has a failure.
    :raises azure.cli.core.azclierror.AzCLIError: the error itself, when there is one cluster.
    """
    from azext_safeguards.cli.az.exit_codes import fail_after_output

    clients = clients_for(cmd.cli_ctx, clusters)
    if len(clusters) == 1:
        found = read(clients[clusters[0].subscription.lower()], clusters[0], partial(tell, cmd.cli_ctx))
        if found.failure:
            fail_after_output(cmd.cli_ctx, found.failure, found.ways_on)
        return found.output
    warnings: dict[str, list[str]] = {cluster.id: [] for cluster in clusters}
    outcomes, _ = work_on(
        cmd.cli_ctx,
        clusters,
        lambda cluster: read(clients[cluster.subscription.lower()], cluster, warnings[cluster.id].append),
        "Reading",
    )
    tell_all(cmd.cli_ctx, clusters, warnings)
    _fail(cmd.cli_ctx, outcomes, repeat)
    return [_element(outcome, rows) for outcome in outcomes]


def _fail(cli_ctx: Any, outcomes: Sequence[Outcome[Found]], repeat: Repeat) -> None:
    """Has az end with 1 where something is to be said of some clusters, with what that is."""
    from azext_safeguards.cli.az.exit_codes import fail_after_output

    unread = [outcome for outcome in outcomes if outcome.error is not None]
    failing = [outcome for outcome in outcomes if outcome.result is not None and outcome.result.failure]
    if not unread and not failing:
        return
    names = labels([outcome.cluster for outcome in outcomes])
    concerned = [*unread, *failing]
    lines = [f"  {names[outcome.cluster.id]}: {_why(outcome)}" for outcome in concerned[:_NAMED]]
    if len(concerned) > _NAMED:
        lines.append(f"  and {len(concerned) - _NAMED} more, which the output has")
    counted = [f"{len(unread)} could not be read"] if unread else []
    counted += [f"{len(failing)} failed"] if failing else []
    ways_on = [way for outcome in concerned[:_NAMED] for way in _ways_on(outcome)]
    again = [repeat([outcome.cluster for outcome in unread])] if unread else []
    message = f"Of {len(outcomes)} clusters {' and '.join(counted)}:"
    fail_after_output(cli_ctx, "\n".join([message, *lines]), list(dict.fromkeys([*ways_on, *again])))


def _why(outcome: Outcome[Found]) -> str:
    if outcome.error is not None:
        return said(outcome.error)
    return outcome.result.failure if outcome.result else ""


def _ways_on(outcome: Outcome[Found]) -> list[str]:
    if outcome.error is not None:
        return hints(outcome)
    return outcome.result.ways_on if outcome.result else []


def _element(outcome: Outcome[Found], rows: str | None) -> dict[str, Any]:
    cluster, error = outcome.cluster, outcome.error
    found = outcome.result.output if outcome.result is not None else None
    shown = {rows: found} if rows else dict(found or {})
    return {
        "id": cluster.plain_id,
        "cluster": cluster.name,
        "resourceGroup": cluster.resource_group,
        "subscription": cluster.subscription,
        **shown,
        "error": said(error) if error else None,
        "todo": _ways_on(outcome),
    }
