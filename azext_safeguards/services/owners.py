# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Finds out whether AKS enforces safeguards of its own: one GET, and the cluster where it is not at hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from azext_safeguards.domain.cluster import ClusterRef
from azext_safeguards.domain.managed import read_managed
from azext_safeguards.domain.owners import AksSide
from azext_safeguards.domain.preflight import is_automatic
from azext_safeguards.domain.read import Read
from azext_safeguards.services import resources
from azext_safeguards.services.arm import ArmClient
from azext_safeguards.services.snapshot import outcome
from azext_safeguards.services.waves import meanwhile


def aks_side(managed: Read[Mapping[str, Any]], cluster: Mapping[str, Any] | None) -> AksSide:
    """AKS's part, from what was read.

    :param managed: the outcome of reading the managed resource.
    :param cluster: the cluster's JSON; None where it was not read.
    """
    automatic = cluster is not None and is_automatic(cluster)
    if managed.value is not None:
        return AksSide(automatic, read_managed(managed.value))
    return AksSide(automatic, None, (managed.error or "no answer came") if managed.failed else "")


def read_aks_side(arm: ArmClient, cluster: ClusterRef, known: Mapping[str, Any] | None = None) -> AksSide:
    """Reads AKS's part; what can't be read is told by the value and raises nothing.

    :param known: the cluster's JSON, where it is at hand.
    """
    reading = AksSideReading(arm, cluster, has_cluster=True)
    body = known if known is not None else outcome(lambda: resources.get_cluster(arm, cluster)).value
    return reading.result(None, lambda: body)


class AksSideReading:
    """A read that goes on beside something else that must not wait for it.

    :param has_cluster: whether whoever asks for the result has the cluster's JSON. Where AKS enforces safeguards it is
        read as well if not: on AKS Automatic nothing turns them off, and no command may be named that would.
    """

    def __init__(self, arm: ArmClient, cluster: ClusterRef, *, has_cluster: bool = False) -> None:
        self._found: list[Read[Mapping[str, Any]]] = []
        self._cluster: Mapping[str, Any] | None = None

        def read() -> None:
            found = outcome(lambda: resources.get_managed_safeguards(arm, cluster))
            if found.value is not None and not has_cluster:
                self._cluster = outcome(lambda: resources.get_cluster(arm, cluster)).value
            self._found.append(found)

        self._reader = meanwhile(read)

    def result(self, patience: float | None, cluster: Callable[[], Mapping[str, Any] | None] = lambda: None) -> AksSide:
        """AKS's part once it is known.

        :param patience: how many seconds to wait at most; None: until the answer is there, or surely none comes.
        :param cluster: gives the cluster's JSON, where it is known by now.
        """
        self._reader.join(patience)
        body = cluster() or self._cluster
        if not self._found:
            return AksSide(body is not None and is_automatic(body), None, "no answer came in time")
        side = aks_side(self._found[0], body)
        return replace(side, unread="the cluster could not be read") if side.managed and body is None else side
