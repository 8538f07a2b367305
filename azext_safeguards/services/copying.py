# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""One cluster's settings given to others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from azext_safeguards.domain.assignment.differences import Difference
from azext_safeguards.domain.assignment.intent import Change
from azext_safeguards.domain.assignment.reading import read_assignment
from azext_safeguards.domain.cluster import ClusterRef
from azext_safeguards.domain.fleet.copying import NothingToCopyError, change_of
from azext_safeguards.domain.initiative.catalog import Definitions
from azext_safeguards.domain.level import Level
from azext_safeguards.domain.owners import unread_besides
from azext_safeguards.domain.remedies import remedy
from azext_safeguards.services.apply import apply_plan
from azext_safeguards.services.arm import ArmClient
from azext_safeguards.services.owners import read_aks_side
from azext_safeguards.services.planning import plan_change, read_profile
from azext_safeguards.services.snapshot import says_absent, take_snapshot


@dataclass(frozen=True)
class Copied:
    """What copying did to one cluster, or would do."""

    changed: bool
    differences: tuple[Difference, ...]
    warnings: tuple[str, ...]


def settings_of(arm: ArmClient, source: ClusterRef) -> Change:
    """The change that gives a cluster the settings of another.

    :param source: the cluster to copy from.
    :raises NothingToCopyError: when it has no assignment, or one that can't be copied.
    :raises ForeignDefinitionError: when the assignment of that name assigns something else.
    :raises azure.core.exceptions.AzureError: when it could not be read, or the cluster does not exist.
    """
    from azure.core.exceptions import ResourceNotFoundError

    try:
        _, body = read_profile(arm, source)
    except ResourceNotFoundError as error:
        if not says_absent(error) or getattr(error.error, "code", "") == "ResourceNotFound":
            raise
        side = read_aks_side(arm, source)
        if side.acts:
            raise NothingToCopyError(
                f"AKS itself manages the deployment safeguards of the cluster '{source.name}'; it has no assignment "
                "that could be copied.",
                [remedy("show-managed", cluster=source)],
            ) from error
        ways = [remedy("show-managed", cluster=source)] if side.unread else []
        raise NothingToCopyError(
            f"The cluster '{source.name}' has no safeguards assignment to copy.{unread_besides(side)}",
            [*ways, remedy("set-level", cluster=source, level="Warning")],
        ) from error
    return change_of(read_assignment(body, Definitions()), source)


def give_settings(clients: Mapping[str, ArmClient], target: ClusterRef, change: Change, *, dry_run: bool) -> Copied:
    """Gives a cluster settings, after every check; what is not ours on it stays.

    :param clients: a client for each subscription, by id in lower case.
    :param dry_run: whether to only say what would change.
    :raises SafeguardsError: for everything that is refused.
    :raises azure.core.exceptions.AzureError: when a request failed.
    """
    arm = clients[target.subscription.lower()]
    snapshot = take_snapshot(arm, target, full=change.level is not Level.OFF)
    if snapshot.cluster.value is None:
        raise snapshot.cluster.raised or LookupError(target.id)
    plan = plan_change(arm, target, snapshot, change)
    differences = tuple(plan.differences)
    said = (*plan.warnings, *plan.consequences) if dry_run else plan.warnings
    if not dry_run:
        apply_plan(arm, target, plan)
    return Copied(plan.writes, differences, (*said, *plan.told_last()))
