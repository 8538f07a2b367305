# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""One piece of work for many clusters: some at a time, with every result and every failure kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from typing import Generic, TypeVar

from azext_safeguards.domain.cluster import ClusterRef
from azext_safeguards.domain.errors import SafeguardsError

T = TypeVar("T")

# Azure Resource Manager lets a caller write 200 times at once and 10 times a second after that (learn.microsoft.com,
# "Understand how Azure Resource Manager throttles requests"); each of these needs some reads, and one write.
AT_A_TIME = 8


@dataclass(frozen=True)
class Outcome(Generic[T]):
    """How the work for one cluster ended: with a result, or with the failure that was raised."""

    cluster: ClusterRef
    result: T | None = None
    error: Exception | None = None


def for_each(
    clusters: Sequence[ClusterRef],
    work: Callable[[ClusterRef], T],
    *,
    at_a_time: int = AT_A_TIME,
    told: Callable[[int, int], None] | None = None,
) -> list[Outcome[T]]:
    """Does something for each cluster, some at a time; one that fails keeps no other from its turn.

    Ctrl-C lets what has begun end and begins nothing more.

    :param work: is called in threads, once for each cluster; refusals and failed requests are kept as its outcome.
    :param at_a_time: how many to work on at the same time.
    :param told: is told how many have ended, and how many there are, in the calling thread.
    :returns: the outcomes, in the order of the clusters.
    :raises Exception: anything else that the work raises, once what has begun has ended.
    """
    outcomes: dict[int, Outcome[T]] = {}
    with ThreadPoolExecutor(max_workers=max(1, at_a_time)) as pool:
        futures = {pool.submit(_outcome, cluster, work): number for number, cluster in enumerate(clusters)}
        try:
            for future in as_completed(futures):
                outcomes[futures[future]] = future.result()
                if told:
                    told(len(outcomes), len(clusters))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return [outcomes[number] for number in range(len(clusters))]


def _outcome(cluster: ClusterRef, work: Callable[[ClusterRef], T]) -> Outcome[T]:
    from azure.core.exceptions import AzureError

    try:
        return Outcome(cluster, work(cluster))
    except (SafeguardsError, AzureError) as error:
        return Outcome(cluster, error=error)
