# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Everything that a command must know before it writes, read in one wave of concurrent requests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from azext_safeguards.domain.cluster import ClusterRef
from azext_safeguards.domain.preflight import Facts, Read
from azext_safeguards.services import resources
from azext_safeguards.services.arm import ArmClient

Reader = Callable[[], Any]


@dataclass(frozen=True)
class Snapshot:
    """The outcome of each read; what was not asked for is None."""

    assignment: Read[Mapping[str, Any]]
    cluster: Read[Mapping[str, Any]] | None = None
    feature: Read[str] | None = None
    managed: Read[Mapping[str, Any]] | None = None
    initiative: Read[Mapping[str, Any]] | None = None

    @property
    def facts(self) -> Facts:
        """What preflight looks at."""
        return Facts(self.cluster.value if self.cluster else None, self.feature, self.managed)


def take_snapshot(
    arm: ArmClient,
    cluster: ClusterRef,
    *,
    cluster_api: str | None = resources.CLUSTER_API,
    full: bool = True,
) -> Snapshot:
    """Reads what a change needs, all at the same time; writes nothing.

    :param cluster_api: the API version to read the cluster with, or None when there is no cluster yet.
    :param full: whether to read what a level that acts depends on: the feature, AKS's managed safeguards and the
        initiative. Turning safeguards off needs none of them.
    """
    readers: dict[str, Reader] = {"assignment": lambda: resources.get_assignment(arm, cluster)}
    if cluster_api is not None:
        readers["cluster"] = lambda: resources.get_cluster(arm, cluster, cluster_api)
    if full:
        readers["feature"] = lambda: resources.get_feature_state(arm)
        readers["managed"] = lambda: resources.get_managed_safeguards(arm, cluster)
        readers["initiative"] = lambda: resources.get_initiative(arm)
    with ThreadPoolExecutor(max_workers=len(readers)) as pool:
        futures = {name: pool.submit(outcome, reader) for name, reader in readers.items()}
        return Snapshot(**{name: future.result() for name, future in futures.items()})


def outcome(reader: Reader) -> Read[Any]:
    """The outcome of one read, with a failure as a value so that the other reads go on."""
    from azure.core.exceptions import AzureError, HttpResponseError

    try:
        return Read(reader())
    except HttpResponseError as error:
        status = error.status_code or 0
        if status == 404 or _is_unregistered(error):
            return Read(None, 404, error.message, error)
        return Read(None, status, error.message, error)
    except AzureError as error:
        return Read(None, 0, error.message, error)


def _is_unregistered(error: Any) -> bool:
    """Whether the subscription never registered the provider: then nothing of that provider exists in it."""
    return bool(getattr(getattr(error, "error", None), "code", "") == "MissingSubscriptionRegistration")
