# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The commands that are about many clusters: `profile list` and `profile copy`."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from knack.log import get_logger

from azext_safeguards.domain.remedies import remedy
from azext_safeguards.domain.shell import quoted, words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from azext_safeguards.cli.many.outcomes import Warn
    from azext_safeguards.cli.many.reading import Found
    from azext_safeguards.domain.cluster import ClusterRef
    from azext_safeguards.services.arm import ArmClient

logger = get_logger(__name__)


def profile_show(
    cmd: Any, resource_group_name: str | None = None, name: str | None = None, ids: list[str] | None = None
) -> Any:
    """The safeguards of clusters, from the assignments that are there, or else AKS's own."""
    from azext_safeguards.cli.many.chosen import chosen_clusters, repeated
    from azext_safeguards.cli.many.reading import read_clusters

    clusters = chosen_clusters(cmd, resource_group_name, name, ids)
    return read_clusters(cmd, clusters, _show, repeated(cmd.name, {}))


def _show(arm: ArmClient, cluster: ClusterRef, warn: Warn) -> Found:
    """The safeguards of a cluster."""
    from azext_safeguards.cli.az.errors import cli_errors, nobody
    from azext_safeguards.cli.az.remedies import tell_others, told
    from azext_safeguards.cli.many.reading import Found
    from azext_safeguards.cli.profile._format import aks_output, profile_output
    from azext_safeguards.domain.initiative.catalog import Definitions
    from azext_safeguards.domain.owners import read_only
    from azext_safeguards.services.beside import with_beside
    from azext_safeguards.services.planning import read_profile

    with cli_errors(repeat=f"az aks safeguards profile show {cluster.arguments}"):
        found = with_beside(arm, cluster, lambda: read_profile(arm, cluster))
        if found.assigned is None:
            side = found.beside.aks
            if not side.acts:
                raise nobody(side, cluster) from found.absence
            warn(told(read_only(side, cluster)))
            return Found(aks_output(side, cluster))
    profile, body = found.assigned
    cluster, beside = cluster.spelled(body.get("id")), found.beside.spelled(body.get("id"))
    others = beside.that_matters(profile.level, Definitions())
    tell_others([*profile.others, *others], cluster, warn)
    return Found(profile_output(profile, body, cluster, beside, others))


def profile_list(
    cmd: Any,
    resource_group_name: str | None = None,
    all_subscriptions: bool = False,
    live: bool = False,
    ask_aks: bool = False,
    report_format: str | None = None,
    report_file: str | None = None,
    report_dir: str | None = None,
) -> list[dict[str, Any]] | None:
    """Every cluster of a subscription, or of all, with its safeguards."""
    from azext_safeguards.cli.az.errors import cli_errors
    from azext_safeguards.cli.az.output import refuse_query, say_files
    from azext_safeguards.cli.az.pages import command_line
    from azext_safeguards.cli.az.progress import progress_bar
    from azext_safeguards.cli.profile._format import row_output
    from azext_safeguards.cli.profile.page import fleet_target, write_fleet
    from azext_safeguards.services.fleet import list_fleet

    if report_format:
        refuse_query(cmd.cli_ctx, f"--format {report_format}")
    target = fleet_target(report_format, report_file, report_dir)
    tenants, names = _tenants(cmd.cli_ctx, all_subscriptions)
    first = tenants[0].subscriptions[0]
    with cli_errors():
        _check_group(first, resource_group_name)
    with cli_errors(repeat=command_line(cmd.cli_ctx)), progress_bar(cmd.cli_ctx, "Clusters") as progress:
        fleet = list_fleet(tenants, resource_group_name, live=live, asks_aks=ask_aks, progress=progress)
    for note in fleet.notes:
        logger.warning(note)
    if not fleet.rows and not fleet.failures and resource_group_name and not all_subscriptions:
        # Resource Graph knows no difference between an empty group and none.
        tenants[0].arm.get(f"/subscriptions/{first}/resourceGroups/{resource_group_name}", "2021-04-01")
    _report_failures(cmd.cli_ctx, fleet.failures, len(names))
    rows = [row_output(row, names.get(row.cluster.ref.subscription.lower())) for row in fleet.rows]
    if target is None:
        return rows
    arms = {name.lower(): tenant.arm for tenant in tenants for name in tenant.subscriptions}
    files = write_fleet(cmd.cli_ctx, rows, arms, fleet.failures, names, fleet.notes, target)
    say_files(cmd.cli_ctx, files, _summary(rows))
    return None


def _summary(rows: Sequence[Mapping[str, Any]]) -> str:
    """How many clusters are at which level, in a line."""
    levels = Counter(f"at {row['level'] or 'no level'}" if row["owner"] else "without safeguards" for row in rows)
    parts = ", ".join(f"{count} {level}" for level, count in sorted(levels.items()))
    return f"{len(rows)} clusters: {parts}" if rows else "There are no clusters."


def profile_copy(cmd: Any, source_id: str, target_ids: list[str], dry_run: bool = False) -> list[dict[str, Any]]:
    """Gives clusters the settings of another; what is not ours on them stays."""
    from azext_safeguards.cli.az.errors import cli_errors
    from azext_safeguards.cli.many.chosen import clients_for, clusters_of
    from azext_safeguards.cli.many.outcomes import summarize, work_on
    from azext_safeguards.cli.profile._format import copied_output
    from azext_safeguards.domain.cluster import ClusterRef
    from azext_safeguards.domain.errors import InvalidValueError
    from azext_safeguards.services.copying import give_settings, settings_of

    def again(clusters: Sequence[ClusterRef]) -> str:
        ids = words(cluster.id for cluster in clusters)
        return f"az aks safeguards profile copy --from {quoted(source.id)} --to {ids}"

    with cli_errors():
        source, targets = ClusterRef.from_id(source_id), clusters_of(target_ids)
        if source.id.lower() in {target.id.lower() for target in targets}:
            raise InvalidValueError(
                f"The cluster '{source.name}' is the source and can't be a target, too.", [remedy("list-clusters")]
            )
    clients = clients_for(cmd.cli_ctx, [source, *targets])
    with cli_errors("Nothing was changed.", repeat=again(targets)):
        change = settings_of(clients[source.subscription.lower()], source)
    outcomes, stopped = work_on(
        cmd.cli_ctx, targets, lambda target: give_settings(clients, target, change, dry_run=dry_run), "Copying"
    )
    return summarize(
        cmd.cli_ctx,
        outcomes,
        lambda copied: copied_output(copied, dry_run=dry_run),
        again,
        dry_run=dry_run,
        stopped=stopped,
    )


def _tenants(cli_ctx: Any, everywhere: bool) -> tuple[list[Any], dict[str, str]]:
    """The subscriptions to look at by tenant, each with a client, and the names of all by id in lower case."""
    from azure.cli.core._profile import Profile
    from azure.cli.core.commands.client_factory import get_subscription_id

    from azext_safeguards.cli.az.clients import arm_client
    from azext_safeguards.services.fleet import Tenant

    accounts = Profile(cli_ctx=cli_ctx).load_cached_subscriptions()
    # A sign-in to a tenant without subscriptions is an account whose id is the tenant's.
    known = [item for item in accounts if item["state"] == "Enabled" and item["id"] != item["tenantId"]]
    if not everywhere:
        chosen = get_subscription_id(cli_ctx)
        names = {item["id"].lower(): str(item["name"]) for item in known if item["id"].lower() == chosen.lower()}
        return [Tenant(arm_client(cli_ctx), (chosen,))], names
    by_tenant: dict[str, list[str]] = {}
    for item in sorted(known, key=lambda item: str(item["id"])):
        by_tenant.setdefault(str(item["tenantId"]), []).append(str(item["id"]))
    tenants = [Tenant(arm_client(cli_ctx, subscription_id=ids[0]), tuple(ids)) for ids in by_tenant.values()]
    return tenants, {item["id"].lower(): str(item["name"]) for item in known}


def _check_group(subscription: str, group: str | None) -> None:
    """Refuses what could not be a group's name before it can reach a URL or a query.

    :raises InvalidValueError: for such a name.
    """
    from azext_safeguards.domain.cluster import ClusterRef

    if group is not None:
        ClusterRef(subscription, group, "any")


def _report_failures(cli_ctx: Any, failures: dict[str, Exception], total: int) -> None:
    """Has az end with exit code 1 where a subscription could not be read; what was read is printed.

    :raises Exception: the failure itself, where nothing else was to be read.
    """
    from azext_safeguards.cli.az.exit_codes import fail_after_output

    if not failures:
        return
    if total <= 1:
        raise next(iter(failures.values()))
    said = "; ".join(f"{name}: {' '.join(str(error).split())}" for name, error in failures.items())
    commands = [f"az aks safeguards profile list --subscription {quoted(name)}" for name in failures]
    fail_after_output(cli_ctx, f"{len(failures)} of {total} subscriptions could not be read: {said}", commands)
