# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""`az aks safeguards suspend` and `resume`: nothing is enforced for a while, and everything else stays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from azext_safeguards.cli.az.remedies import told

if TYPE_CHECKING:
    from collections.abc import Callable

    from azext_safeguards.cli.many.outcomes import Done, Warn
    from azext_safeguards.domain.cluster import ClusterRef
    from azext_safeguards.domain.suspension import SuspensionChange
    from azext_safeguards.services.arm import ArmClient


def suspend(
    cmd: Any,
    resource_group_name: str | None = None,
    name: str | None = None,
    ids: list[str] | None = None,
    reason: str | None = None,
    dry_run: bool | None = None,
) -> Any:
    """Stops enforcing the safeguards of clusters, and records who did it, when and why."""
    from datetime import datetime, timezone

    from azext_safeguards.cli.az.clients import account_name
    from azext_safeguards.cli.many.chosen import chosen_clusters
    from azext_safeguards.domain.suspension import Suspend, Suspension

    clusters = chosen_clusters(cmd, resource_group_name, name, ids)
    at = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    why = (reason or "").strip()

    def change_of(cluster: ClusterRef) -> Suspend:
        return Suspend(Suspension(account_name(cmd.cli_ctx, cluster.subscription), at, why))

    return _change(cmd, clusters, change_of, {"--reason": reason}, dry_run)


def resume(
    cmd: Any,
    resource_group_name: str | None = None,
    name: str | None = None,
    ids: list[str] | None = None,
    dry_run: bool | None = None,
) -> Any:
    """Has the safeguards of clusters enforced again."""
    from azext_safeguards.cli.many.chosen import chosen_clusters
    from azext_safeguards.domain.suspension import Resume

    return _change(cmd, chosen_clusters(cmd, resource_group_name, name, ids), lambda _: Resume(), {}, dry_run)


def _change(
    cmd: Any,
    clusters: list[ClusterRef],
    change_of: Callable[[ClusterRef], SuspensionChange],
    options: dict[str, Any],
    dry_run: bool | None,
) -> Any:
    """Suspends or resumes on some clusters, or shows what would change; returns their profiles."""
    from azext_safeguards.cli.many.chosen import repeated
    from azext_safeguards.cli.many.outcomes import change_clusters
    from azext_safeguards.domain.shell import quoted

    said = "".join(f" {option} {quoted(value)}" for option, value in options.items() if value)
    return change_clusters(
        cmd,
        clusters,
        lambda arm, cluster, warn: _change_one(
            arm, cluster, warn, change_of(cluster), f"az {cmd.name} {cluster.arguments}{said}", dry_run
        ),
        repeated(cmd.name, {**options, "--dry-run": dry_run}),
        dry_run=dry_run,
    )


def _change_one(
    arm: ArmClient, cluster: ClusterRef, warn: Warn, change: SuspensionChange, command: str, dry_run: bool | None
) -> Done:
    """Plans a suspension or its end for a cluster and, unless it is only to be shown, writes it."""
    from azure.core.exceptions import ResourceNotFoundError

    from azext_safeguards.cli.az.errors import absent, cli_errors, nobody
    from azext_safeguards.cli.az.plans import write_plan
    from azext_safeguards.cli.az.remedies import tell_going_on
    from azext_safeguards.cli.many.outcomes import Done
    from azext_safeguards.cli.profile._format import profile_output
    from azext_safeguards.domain.suspension import Suspend
    from azext_safeguards.services.beside import BesideReading
    from azext_safeguards.services.owners import is_absent
    from azext_safeguards.services.policy_rows import plan_suspension
    from azext_safeguards.services.settling import REPEATED, settle

    with cli_errors(repeat=command):
        # Suspending must work while everything else is broken, so it waits for nothing but the assignment.
        reading = BesideReading(arm, cluster) if isinstance(change, Suspend) else None
        try:
            plan = plan_suspension(arm, cluster, change)
        except ResourceNotFoundError as error:
            if reading is None:
                raise absent(error, cluster, arm, "so there is nothing to resume") from error
            if not is_absent(error):
                raise
            raise nobody(reading.aks.alone(), cluster, "so there is nothing to suspend") from error
        cluster = plan.named(cluster)

        def tell_what_goes_on() -> None:
            if reading is not None:
                beside = reading.result().spelled(cluster.id)
                tell_going_on(beside.going_on(plan.definitions, plan.location), cluster, warn)

        for warning in plan.warnings:
            warn(told(warning, cluster))
        if dry_run:
            tell_what_goes_on()
            return Done(None, plan.writes, plan)
        written = write_plan(arm, cluster, plan)
    with cli_errors(
        "The change was written, but could not be read back:",
        repeat=f"az aks safeguards profile show {cluster.arguments}",
    ):
        written = settle(arm, cluster, plan, written)
    if written.repeated:
        warn(REPEATED)
    tell_what_goes_on()
    if written.assignment is None or written.profile is None:
        raise LookupError(cluster.id)
    return Done(profile_output(written.profile, dict(written.assignment.body), cluster), plan.writes, plan)
