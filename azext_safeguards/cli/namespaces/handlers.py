# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""`az aks safeguards namespace`: one thin function for each command."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from azext_safeguards.cli.az.remedies import told

if TYPE_CHECKING:
    from azext_safeguards.cli.many.outcomes import Done, Warn
    from azext_safeguards.domain.cluster import ClusterRef
    from azext_safeguards.domain.managed import Managed
    from azext_safeguards.domain.namespaces import NamespaceEdit
    from azext_safeguards.services.arm import ArmClient


def namespace_list(
    cmd: Any, resource_group_name: str | None = None, name: str | None = None, ids: list[str] | None = None
) -> Any:
    """The namespaces that are left alone: the system's, then the users', in the order of the list."""
    from azext_safeguards.cli.many.chosen import chosen_clusters, repeated
    from azext_safeguards.cli.many.reading import Found, read_clusters

    clusters = chosen_clusters(cmd, resource_group_name, name, ids)
    return read_clusters(
        cmd,
        clusters,
        lambda arm, cluster, warn: Found(_listed(arm, cluster, warn)),
        repeated(cmd.name, {}),
        "namespaces",
    )


def _listed(arm: ArmClient, cluster: ClusterRef, warn: Warn) -> list[dict[str, Any]]:
    """The namespaces of a cluster that are left alone."""
    from azext_safeguards.cli.az.errors import cli_errors, nobody
    from azext_safeguards.cli.az.remedies import tell_others
    from azext_safeguards.domain.diagnosis.around import as_set_by_others
    from azext_safeguards.domain.namespaces import SYSTEM_NAMESPACES
    from azext_safeguards.services.owners import owned
    from azext_safeguards.services.planning import load_assignment

    with cli_errors(repeat=f"az aks safeguards namespace list {cluster.arguments}"):
        found = owned(arm, cluster, lambda: load_assignment(arm, cluster))
        if found.assigned is None and found.aks.managed is None:
            raise nobody(found.aks, cluster) from found.absence
        if found.assigned is None:
            managed = found.aks.managed
            return [{"namespace": one, "owner": "user"} for one in managed.excluded_namespaces] if managed else []
    assignment, _ = found.assigned
    cluster = cluster.spelled(assignment.body.get("id"))
    tell_others(as_set_by_others(found.aks, cluster), cluster, warn)
    listed = assignment.excluded_namespaces
    system = [one for one in SYSTEM_NAMESPACES if one in listed]
    whose = [(one, "system") for one in system] + [(one, "user") for one in assignment.user_namespaces]
    return [{"namespace": one, "owner": owner} for one, owner in whose]


def namespace_add(
    cmd: Any,
    namespaces: list[str] | None = None,
    resource_group_name: str | None = None,
    name: str | None = None,
    ids: list[str] | None = None,
    dry_run: bool | None = None,
) -> Any:
    """Leaves namespaces alone, beside those that are left alone already."""
    from azext_safeguards.domain.namespaces import NamespaceEdit

    return _change(cmd, namespaces, resource_group_name, name, ids, dry_run, lambda names: NamespaceEdit(added=names))


def namespace_remove(
    cmd: Any,
    namespaces: list[str] | None = None,
    resource_group_name: str | None = None,
    name: str | None = None,
    ids: list[str] | None = None,
    dry_run: bool | None = None,
) -> Any:
    """Has namespaces checked again."""
    from azext_safeguards.domain.namespaces import NamespaceEdit

    return _change(cmd, namespaces, resource_group_name, name, ids, dry_run, lambda names: NamespaceEdit(removed=names))


def _change(
    cmd: Any,
    namespaces: list[str] | None,
    group: str | None,
    name: str | None,
    ids: list[str] | None,
    dry_run: bool | None,
    edit_of: Any,
) -> Any:
    """Changes the list of some clusters, or shows what would change."""
    from azext_safeguards.cli.az.errors import cli_errors
    from azext_safeguards.cli.many.chosen import chosen_clusters, repeated
    from azext_safeguards.cli.many.outcomes import change_clusters
    from azext_safeguards.domain.namespaces import named_namespaces
    from azext_safeguards.domain.shell import words

    clusters = chosen_clusters(cmd, group, name, ids)
    with cli_errors():
        names = named_namespaces(namespaces or ())
    # The names come first: behind --ids they would be taken for ids.
    command = f"{cmd.name} {words(names)}"
    edit: NamespaceEdit = edit_of(names)
    return change_clusters(
        cmd,
        clusters,
        lambda arm, cluster, warn: _change_one(arm, cluster, warn, edit, f"az {command}", dry_run),
        repeated(command, {"--dry-run": dry_run}),
        dry_run=dry_run,
    )


def _change_one(
    arm: ArmClient, cluster: ClusterRef, warn: Warn, edit: NamespaceEdit, command: str, dry_run: bool | None
) -> Done:
    """Plans the change for a cluster and, unless it is only to be shown, writes it."""
    from azext_safeguards.cli.az.errors import cli_errors, nobody
    from azext_safeguards.cli.az.plans import write_plan
    from azext_safeguards.cli.az.remedies import tell_others
    from azext_safeguards.cli.many.outcomes import Done
    from azext_safeguards.domain.diagnosis.around import as_set_by_others
    from azext_safeguards.domain.namespaces import SYSTEM_NAMESPACES
    from azext_safeguards.services.namespaces import plan_namespaces
    from azext_safeguards.services.owners import owned
    from azext_safeguards.services.planning import load_assignment

    with cli_errors(repeat=f"{command} {cluster.arguments}"):
        found = owned(arm, cluster, lambda: plan_namespaces(arm, cluster, edit))
        plan, managed = found.assigned, found.aks.managed
        if plan is None:
            raise (
                _managed_instead(managed, cluster, edit) if managed else nobody(found.aks, cluster)
            ) from found.absence
        cluster = plan.named(cluster)
        tell_others(as_set_by_others(found.aks, cluster), cluster, warn)
        for warning in plan.warnings:
            warn(told(warning, cluster))
        if dry_run:
            return Done(None, plan.writes, plan)
        write_plan(arm, cluster, plan)
        assignment, _ = load_assignment(arm, cluster)
    output = {
        "cluster": cluster.name,
        "resourceGroup": cluster.resource_group,
        "excludedNamespacesBefore": list(plan.assignment.user_namespaces) if plan.assignment else [],
        "excludedNamespaces": list(assignment.user_namespaces),
        "systemExcludedNamespaces": [one for one in assignment.excluded_namespaces if one in SYSTEM_NAMESPACES],
    }
    return Done(output, plan.writes, plan)


def _managed_instead(managed: Managed, cluster: ClusterRef, edit: NamespaceEdit) -> Exception:
    """The error for a cluster whose safeguards AKS manages, with the command that holds the whole list."""
    from azure.cli.core.azclierror import ArgumentUsageError

    from azext_safeguards.cli.az.remedies import command
    from azext_safeguards.domain.remedies import remedy

    now = managed.excluded_namespaces
    after = edit.applied(now)
    if set(after) == set(now):
        todo = command(remedy("show-managed", cluster=cluster))
    else:
        todo = command(remedy("update-managed", cluster=cluster, level=None, namespaces=after))
    listed = ", ".join(now) or "none"
    refused: Exception = ArgumentUsageError(
        f"AKS manages the safeguards of the cluster '{cluster.name}', with a list of its own. Excluded there now: "
        f"{listed}. The command holds the whole list.",
        recommendation=[todo],
    )
    return refused
