# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Everything that a command must know before it writes, read in one wave of concurrent requests."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from azext_safeguards.domain.cluster import ClusterRef
from azext_safeguards.domain.preflight import POLICY_INSIGHTS, Facts
from azext_safeguards.domain.read import Read
from azext_safeguards.services import resources
from azext_safeguards.services.answers import UnusableAnswerError
from azext_safeguards.services.arm import ArmClient
from azext_safeguards.services.around import AroundReading
from azext_safeguards.services.waves import at_once

Reader = Callable[[], Any]

# What says that the subscription itself can't be seen, and so nothing about what is in it.
_NO_SUBSCRIPTION = ("SubscriptionNotFound", "InvalidSubscriptionId", "MissingSubscription")


@dataclass(frozen=True)
class Snapshot:
    """The outcome of each read; what was not asked for is None."""

    assignment: Read[Mapping[str, Any]]
    cluster: Read[Mapping[str, Any]]
    creating: bool = False
    """Whether the cluster is yet to be created."""
    feature: Read[str] | None = None
    managed: Read[Mapping[str, Any]] | None = None
    initiative: Read[Mapping[str, Any]] | None = None
    policy_insights: Read[str] | None = None
    permissions: Read[Sequence[Mapping[str, Any]]] | None = None
    read_at: float = 0.0
    """When reading began, by the monotonic clock."""
    around: AroundReading | None = None
    """What others put beside the assignment; may be under way still."""

    @property
    def facts(self) -> Facts:
        """What preflight looks at."""
        cluster = None if self.creating else self.cluster.value
        return Facts(cluster, self.feature, self.managed, self.policy_insights, self.permissions)


def take_snapshot(
    arm: ArmClient,
    cluster: ClusterRef,
    *,
    cluster_api: str = resources.CLUSTER_API,
    full: bool = True,
    creating: bool = False,
) -> Snapshot:
    """Reads what a change needs, all at the same time; writes nothing.

    What others put beside the assignment is read, too, and not waited for.

    :param cluster_api: the API version to read the cluster with.
    :param full: whether to read what a level that acts depends on: the feature, the policy provider, permissions,
        AKS's managed safeguards and the initiative. Turning safeguards off needs none of them.
    :param creating: whether the cluster is yet to be created; then permissions are those on its resource group.
    """
    readers: dict[str, Reader] = {
        "assignment": lambda: resources.get_assignment(arm, cluster),
        "cluster": lambda: resources.get_cluster(arm, cluster, cluster_api),
    }
    if full:
        readers["feature"] = lambda: resources.get_feature_state(arm)
        readers["managed"] = lambda: resources.get_managed_safeguards(arm, cluster)
        readers["initiative"] = lambda: resources.get_initiative(arm)
        readers["policy_insights"] = lambda: resources.get_provider_state(arm, POLICY_INSIGHTS)
        scope = cluster.group_id if creating else cluster.id
        readers["permissions"] = lambda: resources.get_permissions(arm, scope)
    read_at = time.monotonic()
    # Of a cluster yet to be created nothing can be asked.
    around = None if creating else AroundReading(arm, cluster)
    reads = at_once({name: partial(outcome, reader) for name, reader in readers.items()})
    return Snapshot(creating=creating, read_at=read_at, around=around, **reads)


def outcome(reader: Reader) -> Read[Any]:
    """The outcome of one read, with a failure as a value so that the other reads go on."""
    from azure.core.exceptions import AzureError, HttpResponseError

    try:
        return Read(reader())
    except HttpResponseError as error:
        status = error.status_code or 0
        if isinstance(error, UnusableAnswerError) or _code(error) in _NO_SUBSCRIPTION:
            # Its status says nothing: a proxy's 404 is no absence, and its 403 no lack of a permission.
            return Read(None, 0, error.message, error)
        if status == 404 or is_unregistered(error):
            return Read(None, 404, error.message, error)
        return Read(None, status, error.message, error)
    except AzureError as error:
        return Read(None, 0, error.message, error)


def says_absent(error: Any) -> bool:
    """Whether a 404 for an assignment on a cluster that exists says that the assignment does not.

    PolicyAssignmentNotFound is what clients of Azure Policy match (Azure/azure-powershell); ResourceNotFound is what
    Resource Manager answers for any resource. A 404 of something on the way says neither.
    """
    return is_unregistered(error) or _code(error) in ("PolicyAssignmentNotFound", "ResourceNotFound")


def is_unregistered(error: Any) -> bool:
    """Whether the subscription never registered the provider: then nothing of that provider exists in it."""
    return _code(error) == "MissingSubscriptionRegistration"


def _code(error: Any) -> str:
    return str(getattr(getattr(error, "error", None), "code", "") or "")
