# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Finds out whose safeguards a cluster has: its assignment's, with AKS's own beside it, or AKS's own alone.

AKS's part is one GET, and the cluster's where it is not at hand.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from azext_safeguards.domain.cluster import ClusterRef
from azext_safeguards.domain.managed import read_managed
from azext_safeguards.domain.owners import AksSide
from azext_safeguards.domain.preflight import is_automatic
from azext_safeguards.domain.read import Read
from azext_safeguards.services import resources
from azext_safeguards.services.arm import ArmClient
from azext_safeguards.services.snapshot import outcome
from azext_safeguards.services.waves import PATIENCE_SECONDS, meanwhile

if TYPE_CHECKING:
    from azure.core.exceptions import ResourceNotFoundError

T = TypeVar("T")


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
    return AksSideReading(arm, cluster, has_cluster=known is not None).alone(lambda: known)


class AksSideReading:
    """A read that goes on beside something else that must not wait for it.

    :param has_cluster: whether whoever asks for the result has the cluster's JSON. Where AKS enforces safeguards it is
        read as well if not: on AKS Automatic nothing turns them off, and no command may be named that would.
    """

    def __init__(self, arm: ArmClient, cluster: ClusterRef, *, has_cluster: bool = False) -> None:
        self._found: list[Read[Mapping[str, Any]]] = []
        self._cluster: Mapping[str, Any] | None = None
        self._arm, self._ref = arm, cluster

        def read() -> None:
            found = outcome(lambda: resources.get_managed_safeguards(arm, cluster))
            if found.value is not None and not has_cluster:
                self._cluster = self._read_cluster()
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

    def _read_cluster(self) -> Mapping[str, Any] | None:
        return outcome(lambda: resources.get_cluster(self._arm, self._ref)).value

    def alone(self, cluster: Callable[[], Mapping[str, Any] | None] = lambda: None) -> AksSide:
        """AKS's part where it is all that there is, so that it is waited for.

        The cluster is read where it was not: AKS Automatic has safeguards of AKS's own, read or not.

        :param cluster: gives the cluster's JSON, where it is known by now.
        """
        self._reader.join()
        if self._cluster is None and cluster() is None:
            self._cluster = self._read_cluster()
        return self.result(None, cluster)


@dataclass(frozen=True)
class Owned(Generic[T]):
    """Whose safeguards a cluster has."""

    assigned: T | None
    """What was read of the assignment; None where there is none."""
    aks: AksSide
    """AKS's part: beside the assignment, or instead of it."""
    absence: ResourceNotFoundError | None = None
    """What said that there is no assignment."""
    reading: AksSideReading | None = None
    """The read that AKS's part is from, for whoever reads the assignment again."""


def owned(
    arm: ArmClient, cluster: ClusterRef, load: Callable[[], T], reading: AksSideReading | None = None
) -> Owned[T]:
    """The assignment, with AKS's own safeguards beside it; else these: decided here alone, with one read of each.

    Beside an assignment AKS's part is not waited for long; where there is none, it is the answer.

    :param load: reads what is wanted of the assignment.
    :param reading: AKS's part, where it is being read already.
    :raises Exception: whatever `load` raises but the absence of the assignment.
    """
    from azure.core.exceptions import ResourceNotFoundError

    reading = reading or AksSideReading(arm, cluster)
    try:
        assigned = load()
    except ResourceNotFoundError as error:
        if not is_absent(error):
            raise
        return Owned(None, reading.alone(), error, reading)
    return Owned(assigned, reading.result(PATIENCE_SECONDS), None, reading)


def is_absent(error: BaseException) -> bool:
    """Whether a 404 says that the assignment is missing, not the cluster or its group."""
    return getattr(getattr(error, "error", None), "code", None) == "PolicyAssignmentNotFound"
