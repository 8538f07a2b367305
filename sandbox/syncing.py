# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""When the add-on of a cluster learns of a change: at once, or as on Azure only some time after it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sandbox.authorization.exemptions import Exemptions
from sandbox.authorization.models import Assignments
from sandbox.containerservice.models import Clusters, has_add_on
from sandbox.containerservice.safeguards import Safeguards
from sandbox.core.clock import Clock
from sandbox.core.ids import fold

Json = dict[str, Any]


class Seen(NamedTuple):
    """What an add-on acts on."""

    assignments: dict[str, Json]
    """By id."""
    exemptions: dict[str, Json]
    managed: dict[str, Json]
    """Managed safeguards by the folded id of their cluster."""
    add_ons: frozenset[str]
    """The folded ids of the clusters whose add-on is enabled."""


class Syncing:
    """What add-ons know, with a delay that is 0 by default."""

    def __init__(
        self, assignments: Assignments, exemptions: Exemptions, safeguards: Safeguards, clusters: Clusters, clock: Clock
    ) -> None:
        self._assignments = assignments
        self._exemptions = exemptions
        self._safeguards = safeguards
        self._clusters = clusters
        self._clock = clock
        self._delay = 0.0
        self._history: list[tuple[datetime, Seen]] = []

    @property
    def delay(self) -> float:
        """Seconds from a change to the moment when it takes hold; in Azure up to 15 minutes, 20 for the first."""
        return self._delay

    @delay.setter
    def delay(self, value: float) -> None:
        self._delay = value
        self._history = [(datetime.min.replace(tzinfo=self._clock.now().tzinfo), self._now())] if value else []

    def note(self) -> None:
        """Note that something may have changed."""
        if self._delay:
            now = self._now()
            if now != self._history[-1][1]:
                self._history.append((self._clock.now(), now))

    def seen(self) -> Seen:
        """Return what add-ons know at present."""
        if not self._delay:
            return self._now()
        since = self._clock.now() - timedelta(seconds=self._delay)
        while len(self._history) > 1 and self._history[1][0] <= since:
            del self._history[0]
        return self._history[0][1]

    def _now(self) -> Seen:
        managed = {fold(key.partition("/providers/Microsoft.ContainerService/deploymentSafeguards")[0]): item
                   for key, item in self._safeguards.items.items()}  # fmt: skip
        on = frozenset(fold(key) for key, cluster in self._clusters.items.items() if has_add_on(cluster))
        return Seen(dict(self._assignments.items.items()), dict(self._exemptions.items.items()), managed, on)
