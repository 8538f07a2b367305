# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What stands beside an assignment, whoever put it there: AKS's own safeguards, exemptions, the initiative elsewhere.

All of it is read at the same time as the assignment, and never fails or delays what that is read for.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Generic, TypeVar

from azext_safeguards.domain.assignment.others import SetByOthers
from azext_safeguards.domain.cluster import ClusterRef
from azext_safeguards.domain.diagnosis.around import BESIDE, as_set_by_others
from azext_safeguards.domain.initiative.catalog import Definitions
from azext_safeguards.domain.level import Level
from azext_safeguards.domain.owners import AksSide, beside
from azext_safeguards.services.arm import ArmClient
from azext_safeguards.services.around import Around, AroundReading, nothing_acts
from azext_safeguards.services.owners import AksSideReading, owned
from azext_safeguards.services.waves import PATIENCE_SECONDS

if TYPE_CHECKING:
    from azure.core.exceptions import ResourceNotFoundError

T = TypeVar("T")


@dataclass(frozen=True)
class Beside:
    """What was read of it."""

    cluster: ClusterRef
    aks: AksSide
    around: Around

    def that_matters(
        self, level: Level | None, definitions: Definitions, location: str | None = None
    ) -> tuple[SetByOthers, ...]:
        """What of it acts on its own, or keeps an assignment of a level from acting; AKS's own first."""
        around = self.around.that_matters(level, definitions, location)
        return (*as_set_by_others(self.aks, self.cluster), *around)

    @property
    def lacking(self) -> list[str]:
        """What could not be read, in Azure's words."""
        return [*([BESIDE] if self.aks.unread and self.aks.managed is None else []), *self.around.lacking]

    def spelled(self, identifier: object) -> Beside:
        """The same with the cluster's names as an id that Azure wrote has them."""
        named = self.cluster.spelled(identifier)
        return replace(self, cluster=named, around=replace(self.around, cluster=named))

    def going_on(self, definitions: Definitions, location: str | None = None, *, alone: bool = False) -> Sequence[str]:
        """What is to be told with a change after which nothing of our assignment acts; see `owners.beside`.

        That it is not known is told, too: somebody may rely on it.

        :param alone: whether there is no assignment.
        """
        said = beside(self.aks, self.cluster, alone=alone)
        return [*([said] if said else []), *nothing_acts(self.around, definitions, location)]


class BesideReading:
    """Reads that go on beside something else that must not wait for them."""

    def __init__(self, arm: ArmClient, cluster: ClusterRef) -> None:
        self._cluster = cluster
        self.aks = AksSideReading(arm, cluster)
        self._around = AroundReading(arm, cluster)

    def result(self, aks: AksSide | None = None) -> Beside:
        """What is known by now, or soon.

        :param aks: AKS's part, where it was waited for.
        """
        until = time.monotonic() + PATIENCE_SECONDS
        side = aks or self.aks.result(PATIENCE_SECONDS)
        return Beside(self._cluster, side, self._around.result(max(until - time.monotonic(), 0)))


@dataclass(frozen=True)
class Assigned(Generic[T]):
    """An assignment with what stands beside it, or what is there without one."""

    assigned: T | None
    """What was read of the assignment; None where there is none."""
    beside: Beside
    absence: ResourceNotFoundError | None = None
    """What said that there is no assignment."""


def with_beside(arm: ArmClient, cluster: ClusterRef, load: Callable[[], T]) -> Assigned[T]:
    """What `load` reads of the assignment and what stands beside it, read at once; errors as of `owners.owned`."""
    reading = BesideReading(arm, cluster)
    found = owned(arm, cluster, load, reading.aks)
    return Assigned(found.assigned, reading.result(found.aks), found.absence)
