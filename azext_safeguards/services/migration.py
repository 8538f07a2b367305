# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Moves a cluster between AKS's managed safeguards and an assignment, so that it can be interrupted anywhere."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from typing import Any

from azext_safeguards.domain import migration as moves
from azext_safeguards.domain.assignment.intent import Change
from azext_safeguards.domain.assignment.profile import profile_of
from azext_safeguards.domain.assignment.reading import pins_to_know, read_assignment
from azext_safeguards.domain.cluster import ClusterRef
from azext_safeguards.domain.initiative.catalog import Definitions
from azext_safeguards.domain.managed import Managed
from azext_safeguards.domain.migration import Target
from azext_safeguards.domain.read import Read
from azext_safeguards.domain.remedies import remedy
from azext_safeguards.services import resources
from azext_safeguards.services.apply import apply_plan
from azext_safeguards.services.arm import ArmClient
from azext_safeguards.services.lookup import delete_assignment
from azext_safeguards.services.planning import Plan, fetch_definition, offered_definitions, plan_change
from azext_safeguards.services.snapshot import Snapshot, outcome, says_absent, take_snapshot

# AKS names no time to wait between two looks at an operation of these (Azure/azure-cli-extensions,
# test_aks_deployment_safeguards recording).
_POLL_SECONDS = 5
# How often a write of managed safeguards is tried when something else works on them.
_ATTEMPTS = 3

Say = Callable[[str], None]


class MigrationTimeout(Exception):
    """Managed safeguards did not settle in time; what was begun goes on in Azure."""


@dataclass(frozen=True)
class Move:
    """A move that has passed every check; nothing was written yet."""

    target: Target
    lost: tuple[str, ...]
    """What will be lost, in words."""
    warnings: tuple[str, ...] = ()
    settings: Managed | None = None
    """What managed safeguards are to be set to; None where they are in place, or are not the target."""
    plan: Plan | None = None
    """What is to be written on the assignment; None where it is in place, or is not the target."""
    removes: bool = False
    """Whether the other one is there to be removed."""

    @property
    def steps(self) -> list[str]:
        """What it will do, in order and in words; nothing where the cluster is there already."""
        put = "put managed safeguards in place" if self.target is Target.MANAGED else "write the assignment"
        remove = "remove the assignment" if self.target is Target.MANAGED else "remove the managed safeguards"
        puts = self.settings is not None or (self.plan is not None and self.plan.writes)
        return [*([put] if puts else []), *([remove] if self.removes else [])]


def plan_move(arm: ArmClient, cluster: ClusterRef, target: Target, version: str | None = None) -> Move:
    """What a move has to do, going by what is there.

    :param version: for a move to an assignment, the version to give it.
    :raises SafeguardsError: for everything that is refused.
    :raises azure.core.exceptions.AzureError: when a read failed that must not.
    """
    snapshot = take_snapshot(arm, cluster)
    found = snapshot.cluster.value
    if found is None:
        raise snapshot.cluster.raised or LookupError(cluster.id)
    moves.refuse_automatic(found, cluster)
    managed, assignment = _known(snapshot.managed), _known(snapshot.assignment)
    if managed is None and assignment is None:
        raise moves.nothing_to_move(cluster)
    if target is Target.MANAGED:
        return _to_managed(arm, cluster, snapshot, managed, assignment)
    return _to_assignment(arm, cluster, snapshot, managed, version)


def _to_managed(
    arm: ArmClient,
    cluster: ClusterRef,
    snapshot: Snapshot,
    managed: Mapping[str, Any] | None,
    body: Mapping[str, Any] | None,
) -> Move:
    if body is None:
        return Move(Target.MANAGED, ())
    offered = snapshot.initiative
    definitions = Definitions() if offered is None or offered.failed else offered_definitions(offered.value)
    for pin in pins_to_know(body):
        fetch_definition(arm, definitions, pin, must_exist=False)
    assignment = read_assignment(body, definitions, (snapshot.cluster.value or {}).get("location"))
    profile = profile_of(assignment, definitions)
    wanted = moves.managed_settings(profile, managed, cluster)
    return Move(
        Target.MANAGED,
        tuple(moves.lost_with_assignment(assignment, profile)),
        tuple(moves.other_with_managed(assignment, profile, wanted)),
        settings=None if moves.has_settings(managed, wanted) else wanted,
        removes=True,
    )


def _to_assignment(
    arm: ArmClient, cluster: ClusterRef, snapshot: Snapshot, managed: Mapping[str, Any] | None, version: str | None
) -> Move:
    if managed is None:
        change = Change(version=version)
        plan = plan_change(arm, cluster, snapshot, change) if version else None
        return Move(Target.ASSIGNMENT, (), plan.warnings if plan else (), plan=plan)
    # The one problem that a move goes around is the other owner; everything else must be in order.
    alone = replace(snapshot, managed=Read(None, 404))
    plan = plan_change(arm, cluster, alone, moves.change_for(managed, version, cluster))
    moves.refuse_kept_away(plan.assignment, cluster)
    intent = plan.rendering.intent if plan.rendering else None
    given = intent.version if intent else None
    lost = moves.lost_with_managed(managed, given)
    changed = "; ".join(map(str, plan.differences)) if plan.assignment else ""
    there = (f"An assignment is there already and changes: {changed}.",) if changed else ()
    warnings = (*there, *plan.warnings, *plan.consequences, *moves.other_with_assignment(managed, version, given))
    return Move(Target.ASSIGNMENT, tuple(lost), warnings, plan=plan, removes=True)


def _known(read: Read[Mapping[str, Any]] | None) -> Mapping[str, Any] | None:
    """What a read found, or None where there surely is nothing: a move must not go by what it could not read."""
    if read is None or (read.value is None and read.raised is None):
        return None
    if read.raised and (read.failed or not _says_absent(read.raised)):
        raise read.raised
    return read.value


def _says_absent(error: Any) -> bool:
    """Whether a 404 is one of the policy service, of AKS or of Resource Manager, rather than of something on the way.

    Which code AKS answers with where there are no managed safeguards is not recorded; clients go by the 404 alone.
    """
    return says_absent(error) or getattr(getattr(error, "error", None), "code", "") == "NotFound"


def make_move(
    arm: ArmClient,
    cluster: ClusterRef,
    move: Move,
    *,
    overlap: float = 0,
    timeout: float = 1800,
    say: Say | None = None,
) -> list[str]:
    """Does what a move says: puts the new one in place, and removes the other one once the new one is there.

    :param overlap: how many seconds both are to be in place before the old one is removed.
    :param timeout: how many seconds to wait for AKS in all.
    :param say: is told what is going on.
    :returns: what was done, in words.
    :raises azure.core.exceptions.AzureError: when a request failed; the same move finishes the job.
    :raises MigrationError: when AKS ended with a failure.
    :raises MigrationTimeout: when AKS was not ready in time.
    """
    until = time.monotonic() + timeout
    say = say or (lambda _: None)
    if move.settings is not None:
        say("Putting managed safeguards in place")
        _put_managed(arm, cluster, move.settings, until)
    if move.plan is not None:
        say("Writing the assignment")
        apply_plan(arm, cluster, move.plan)
    if move.removes:
        _overlap(arm, cluster, move.target, overlap, say)
        _check_new(arm, cluster, move.target, until)
        say("Removing what was there before")
        if move.target is Target.MANAGED:
            delete_assignment(arm, cluster)
        else:
            _delete_managed(arm, cluster, until)
    return move.steps


def _check_new(arm: ArmClient, cluster: ClusterRef, target: Target, until: float) -> None:
    """Makes sure that the new safeguards are there at this moment: asking and waiting may have taken long.

    :raises MigrationError: when AKS's are gone or failed meanwhile, or nobody enforces the assignment any more.
    :raises azure.core.exceptions.AzureError: when the assignment is gone, or a read failed.
    """
    if target is Target.ASSIGNMENT:
        moves.refuse_unenforced(resources.get_assignment(arm, cluster), cluster)
        return
    state = moves.state_of(_settled(arm, cluster, until))
    if state != "succeeded":
        raise moves.MigrationError(
            f"The managed safeguards of the cluster '{cluster.name}' are {state or 'gone'} by now, so the assignment "
            "was left in place.",
            [remedy("migrate", cluster=cluster, to="managed", yes=True)],
        )


def _overlap(arm: ArmClient, cluster: ClusterRef, target: Target, seconds: float, say: Say) -> None:
    """Waits until both have been in place for a while, going by the time of the assignment's last write.

    An interrupted move that is started again so waits only for the rest. For managed safeguards AKS tells no time.
    """
    if seconds <= 0:
        return
    left = seconds
    if target is Target.ASSIGNMENT:
        metadata = (resources.get_assignment(arm, cluster).get("properties") or {}).get("metadata") or {}
        left -= _age(str(metadata.get("updatedOn") or metadata.get("createdOn") or ""))
    say(f"Keeping both for {max(0, round(left / 60))} minutes")
    if left > 0:
        time.sleep(left)


def _age(stamp: str) -> float:
    """How many seconds ago a time of the service was; 0 for one that can't be read."""
    try:
        # The service writes seven digits of a second, one more than Python takes.
        then = datetime.fromisoformat(f"{stamp[:19]}+00:00")
    except ValueError:
        return 0
    return max(0.0, (datetime.now(timezone.utc) - then).total_seconds())


def _put_managed(arm: ArmClient, cluster: ClusterRef, wanted: Managed, until: float) -> None:
    """Puts managed safeguards in place and waits for them; what an earlier run began is waited for first."""
    from azure.core.exceptions import AzureError

    for attempt in range(_ATTEMPTS):
        found = _settled(arm, cluster, until)
        if moves.has_settings(found, wanted):
            return
        try:
            resources.put_managed_safeguards(arm, cluster, wanted.body)
        except AzureError as error:
            # It may have been taken all the same, or something else is at work: what is there tells.
            if attempt == _ATTEMPTS - 1 or not _may_be_taken(error):
                raise
    found = _settled(arm, cluster, until)
    if not moves.has_settings(found, wanted):
        raise moves.MigrationError(
            f"AKS could not put managed safeguards in place on the cluster '{cluster.name}' "
            f"({moves.state_of(found) or 'none'}); the assignment is still there.",
            [
                remedy("show-managed", cluster=cluster),
                remedy("migrate", cluster=cluster, to="managed", yes=True),
            ],
        )


def _delete_managed(arm: ArmClient, cluster: ClusterRef, until: float) -> None:
    """Deletes managed safeguards and waits until they are gone."""
    from azure.core.exceptions import AzureError

    for attempt in range(_ATTEMPTS):
        if _settled(arm, cluster, until) is None:
            return
        try:
            resources.delete_managed_safeguards(arm, cluster)
        except AzureError as error:
            if attempt == _ATTEMPTS - 1 or not _may_be_taken(error):
                raise
    found = _settled(arm, cluster, until)
    if found is not None:
        raise moves.MigrationError(
            f"AKS could not remove the managed safeguards of the cluster '{cluster.name}' ({moves.state_of(found)}); "
            "the assignment is in place, too.",
            [remedy("migrate", cluster=cluster, to="assignment", yes=True)],
        )


def _may_be_taken(error: Any) -> bool:
    """Whether a write may have been taken, or is worth another look: no answer, a conflict, a failing service."""
    status = getattr(error, "status_code", None)
    return status is None or status in (409, 412) or status >= 500


def _settled(arm: ArmClient, cluster: ClusterRef, until: float) -> Mapping[str, Any] | None:
    """Managed safeguards once nothing works on them any more; None where there are none.

    :raises MigrationTimeout: when the time is over.
    """
    while True:
        managed = _known(outcome(lambda: resources.get_managed_safeguards(arm, cluster)))
        state = moves.state_of(managed)
        if not state or state in moves.FINAL_STATES:
            return managed
        if time.monotonic() >= until:
            raise MigrationTimeout(f"The managed safeguards of the cluster '{cluster.name}' are still {state}")
        time.sleep(_POLL_SECONDS)
