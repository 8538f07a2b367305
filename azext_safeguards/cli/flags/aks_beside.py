# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""AKS's own safeguards beside `--safeguards-level Off`, and beside `aks show`: read meanwhile, told when it is done.

Off never waits for them nor fails by them where there is an assignment of ours to turn off. Where there is none, that
they go on is the answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from azext_safeguards.cli.az.clients import arm_client
from azext_safeguards.domain.assignment.others import SetByOthers
from azext_safeguards.domain.cluster import ClusterRef
from azext_safeguards.domain.diagnosis.around import as_set_by_others
from azext_safeguards.domain.errors import SafeguardsError
from azext_safeguards.domain.level import Level
from azext_safeguards.domain.owners import AksSide, beside, not_turned_off
from azext_safeguards.services.arm import ArmClient
from azext_safeguards.services.owners import AksSideReading, aks_side
from azext_safeguards.services.planning import Plan
from azext_safeguards.services.snapshot import Snapshot
from azext_safeguards.services.waves import PATIENCE_SECONDS

# How long Off waits for the word where there is nothing of ours to turn off.
_OFF_PATIENCE_SECONDS = 10.0


class AksBeside:
    """The read that goes on while safeguards are turned off; nothing for any other change, whose own reads tell.

    :param cli_ctx: az's context.
    :param level: the level that is asked for.
    """

    def __init__(self, cli_ctx: Any, cluster: ClusterRef, level: Level | None) -> None:
        self._cluster = cluster
        self._reading: AksSideReading | None = None
        self._side: AksSide | None = None
        if level is Level.OFF:
            # Asked once, so that a service that fails is not asked for minutes.
            self._reading = AksSideReading(arm_client(cli_ctx, retry_total=0), cluster, has_cluster=True)

    def refuse_off_of_nothing(self, plan: Plan, body: Mapping[str, Any] | None) -> str:
        """Refuses Off where there is no assignment and AKS enforces safeguards.

        :param body: the cluster's JSON.
        :returns: what is to be told instead, where that is not known; mostly nothing.
        :raises PreflightError: where AKS surely does.
        """
        if self._reading is None or plan.rendering is not None:
            return ""
        side = self._reading.result(_OFF_PATIENCE_SECONDS, lambda: body)
        if side.acts:
            raise not_turned_off(side, self._named(body))
        return beside(side, self._named(body))

    def told_after(self, plan: Plan, body: Mapping[str, Any] | None) -> str:
        """What is to be told once our assignment is off and AKS's own safeguards go on; mostly nothing."""
        if self._reading is None or plan.rendering is None:
            return ""
        return beside(self._known(self._reading, body), self._named(body))

    def others_after(self, plan: Plan, snapshot: Snapshot) -> tuple[SetByOthers, ...]:
        """AKS's own safeguards as a member of what the command prints, where they act beside the assignment."""
        body = snapshot.cluster.value
        if plan.rendering is None:
            return ()
        if self._reading is not None:
            return as_set_by_others(self._known(self._reading, body), self._named(body))
        return as_set_by_others(aks_side(snapshot.managed, body), self._named(body)) if snapshot.managed else ()

    def _known(self, reading: AksSideReading, body: Mapping[str, Any] | None) -> AksSide:
        """AKS's part, waited for once."""
        if self._side is None:
            self._side = reading.result(PATIENCE_SECONDS, lambda: body)
        return self._side

    def _named(self, body: Mapping[str, Any] | None) -> ClusterRef:
        """The cluster with its names in Azure's case."""
        return self._cluster.spelled((body or {}).get("id"))


class ShownBeside:
    """The read that goes on while `aks show` is answered: never a failure, and nothing where no answer came in time."""

    def __init__(self, arm: ArmClient, cluster: ClusterRef) -> None:
        self._cluster = cluster
        self._reading = AksSideReading(arm, cluster, has_cluster=True)

    def told(self, body: Mapping[str, Any], patience: float) -> tuple[SetByOthers, ...]:
        """AKS's own safeguards, where they act.

        :param body: the cluster, as az prints it.
        :param patience: how many seconds to wait at most.
        """
        try:
            side = self._reading.result(max(patience, 0), lambda: body)
        except SafeguardsError:
            # The cluster has a shape that is not known here, and is printed all the same.
            return ()
        return as_set_by_others(side, self._cluster.spelled(body.get("id")))
