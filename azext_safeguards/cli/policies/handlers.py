# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""`az aks safeguards policy`: choose and see what single policies do, one thin function for each command."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from knack.log import get_logger

from azext_safeguards.cli.az.remedies import told
from azext_safeguards.domain.remedies import Note
from azext_safeguards.domain.shell import quoted, words

if TYPE_CHECKING:
    from collections.abc import Callable

    from azext_safeguards.cli.many.outcomes import Done, Warn
    from azext_safeguards.domain.assignment.rows import PolicyRow
    from azext_safeguards.domain.cluster import ClusterRef
    from azext_safeguards.services.arm import ArmClient

logger = get_logger(__name__)


def policy_list(
    cmd: Any,
    resource_group_name: str | None = None,
    name: str | None = None,
    ids: list[str] | None = None,
    version: str | None = None,
) -> list[dict[str, Any]]:
    """What each policy does on clusters, or the policies of a version, for which nothing is requested."""
    from azure.cli.core.azclierror import MutuallyExclusiveArgumentError, RequiredArgumentMissingError

    from azext_safeguards.cli.az.errors import cli_errors

    examples = ["az aks safeguards policy list -g GROUP -n NAME", "az aks safeguards policy list --version v2.0.0"]
    if version is not None and (name or ids):
        raise MutuallyExclusiveArgumentError(
            "--version lists the policies of a version, not those of a cluster; give one of the two.",
            recommendation=examples,
        )
    if version is not None:
        from azext_safeguards.domain.assignment.rows import version_rows
        from azext_safeguards.domain.initiative.catalog import PROFILE_VERSIONS, Definitions, parse_version

        with cli_errors():
            profile = PROFILE_VERSIONS[parse_version(version)]
            definition = Definitions().get(profile.pin)
        return version_rows(profile, definition) if definition else []
    if not ids and (not name or not resource_group_name):
        raise RequiredArgumentMissingError(
            "Either clusters (--resource-group and --name, or --ids) or --version must be given.",
            recommendation=examples,
        )
    from azext_safeguards.cli.many.chosen import chosen_clusters, repeated
    from azext_safeguards.cli.many.reading import Found, read_clusters

    def read(arm: ArmClient, cluster: ClusterRef, warn: Warn) -> Found:
        return Found(_rows(cluster, lambda: _acting_rows(arm, cluster), warn))

    clusters = chosen_clusters(cmd, resource_group_name, name, ids)
    listed: list[dict[str, Any]] = read_clusters(cmd, clusters, read, repeated(cmd.name, {}), "policies")
    return listed


def policy_set(
    cmd: Any,
    resource_group_name: str | None = None,
    name: str | None = None,
    ids: list[str] | None = None,
    policy: list[str] | None = None,
    effect: str | None = None,
    param: list[str] | None = None,
    allowed_registry: list[str] | None = None,
    pod_security: str | None = None,
    dry_run: bool | None = None,
) -> Any:
    """Chooses what some policies do, or their parameters, beside the level; or Pod Security as a group."""
    from azext_safeguards.cli.az.errors import cli_errors
    from azext_safeguards.cli.many.chosen import chosen_clusters
    from azext_safeguards.domain.choices.changing import check_early

    clusters = chosen_clusters(cmd, resource_group_name, name, ids)
    options = {"--policy": policy, "--effect": effect, "--param": param, "--allowed-registry": allowed_registry}
    if pod_security is not None:
        change = _switch(pod_security, effect, options)
        options = {"--pod-security": pod_security, **options}
    else:
        change = _asked(cmd, policy, effect, param, allowed_registry)
    with cli_errors():
        check_early(change)
    return _change(cmd, clusters, change, options, dry_run)


def policy_reset(
    cmd: Any,
    resource_group_name: str | None = None,
    name: str | None = None,
    ids: list[str] | None = None,
    policy: list[str] | None = None,
    reset_all: bool | None = None,
    dry_run: bool | None = None,
) -> Any:
    """Takes back what was chosen for some policies, or for all."""
    from azure.cli.core.azclierror import MutuallyExclusiveArgumentError, RequiredArgumentMissingError

    from azext_safeguards.cli.many.chosen import chosen_clusters, repeated
    from azext_safeguards.domain.choices.changing import PolicyReset

    clusters = chosen_clusters(cmd, resource_group_name, name, ids)
    if policy and reset_all:
        raise MutuallyExclusiveArgumentError(
            "--all resets every policy, so --policy can't be given with it.", recommendation=["Leave one of them out."]
        )
    if not policy and not reset_all:
        raise RequiredArgumentMissingError(
            "Which policies to reset must be given by --policy or --all.",
            recommendation=[
                repeated(cmd.name, {"--all": True})(clusters)
                if ids
                else f"az aks safeguards policy reset {clusters[0].arguments} --all"
            ],
        )
    options = {"--policy": policy, "--all": reset_all}
    return _change(cmd, clusters, PolicyReset(None if reset_all else _names(policy)), options, dry_run)


def _asked(
    cmd: Any,
    policy: list[str] | None,
    effect: str | None,
    param: list[str] | None,
    allowed_registry: list[str] | None,
) -> Any:
    """The change that the arguments of `policy set` ask for.

    :raises azure.cli.core.azclierror.AzCLIError: when something is missing or is no value.
    """
    from azure.cli.core.azclierror import RequiredArgumentMissingError

    from azext_safeguards.cli.az.errors import cli_errors
    from azext_safeguards.cli.az.registries import images_pattern
    from azext_safeguards.domain.choices.changing import PolicySet
    from azext_safeguards.domain.choices.choice import parse_choice
    from azext_safeguards.domain.choices.values import IMAGES

    parameters = _parameters(param or [])
    names = _names(policy)
    with cli_errors():
        if allowed_registry:
            parameters[IMAGES] = images_pattern(cmd.cli_ctx, allowed_registry, parameters)
            names = names or ("allowed-images",)
        if not names:
            raise RequiredArgumentMissingError(
                "Which policies to set must be given by --policy.",
                recommendation=["--policy probes", "az aks safeguards policy list --version v2.0.0 -o table"],
            )
        if effect is None and not parameters:
            raise RequiredArgumentMissingError(
                "There is nothing to set: give --effect, --param or --allowed-registry.",
                recommendation=[f"--policy {words(names)} --effect Off"],
            )
        return PolicySet(names, parse_choice(effect) if effect is not None else None, parameters)


def _switch(level: str, effect: str | None, options: dict[str, Any]) -> Any:
    """The change that `policy set --pod-security` asks for.

    :raises azure.cli.core.azclierror.AzCLIError: beside options about single policies, and for a value that is none.
    """
    from azure.cli.core.azclierror import MutuallyExclusiveArgumentError

    from azext_safeguards.cli.az.errors import cli_errors
    from azext_safeguards.domain.choices.changing import PodSecuritySet
    from azext_safeguards.domain.choices.choice import parse_choice
    from azext_safeguards.domain.choices.pod_security import pod_security

    single = [name for name, value in options.items() if value and name != "--effect"]
    if single:
        raise MutuallyExclusiveArgumentError(
            f"--pod-security sets its policies as a group, and {', '.join(single)} single ones; give one at a time.",
            recommendation=[f"--pod-security {level}, then a second command with {single[0]}"],
        )
    with cli_errors():
        return PodSecuritySet(pod_security(level, parse_choice(effect) if effect is not None else None))


def _names(policy: list[str] | None) -> tuple[str, ...]:
    """The policies of `--policy a b` or `--policy a,b`."""
    return tuple(dict.fromkeys(name.strip() for item in policy or () for name in item.split(",") if name.strip()))


def _parameters(param: list[str]) -> dict[str, Any]:
    from azure.cli.core.azclierror import InvalidArgumentValueError

    parameters: dict[str, Any] = {}
    for item in param:
        key, equals, value = item.partition("=")
        if not equals or not key.strip():
            raise InvalidArgumentValueError(f"'{item}' is not NAME=VALUE.", recommendation=["--param cpuLimit=2"])
        if key.strip().lower() in {given.lower() for given in parameters}:
            raise InvalidArgumentValueError(
                f"The parameter '{key.strip()}' is given twice.",
                recommendation=[f"--param {quoted(f'{key.strip()}=VALUE')}", """--param 'NAME=["one","two"]'"""],
            )
        parameters[key.strip()] = value
    return parameters


def _change(cmd: Any, clusters: list[ClusterRef], policies: Any, options: dict[str, Any], dry_run: bool | None) -> Any:
    """Changes choices on some clusters, or shows the changes; returns what the policies do then."""
    from azext_safeguards.cli.many.chosen import repeated
    from azext_safeguards.cli.many.outcomes import change_clusters

    return change_clusters(
        cmd,
        clusters,
        lambda arm, cluster, warn: _change_one(arm, cluster, warn, policies, dry_run),
        repeated(cmd.name, {**options, "--dry-run": dry_run}),
        dry_run=dry_run,
        members=lambda rows: {"policies": rows},
    )


def _change_one(arm: ArmClient, cluster: ClusterRef, warn: Warn, policies: Any, dry_run: bool | None) -> Done:
    """Plans a change of choices for a cluster and, unless it is only to be shown, writes it."""
    from azure.core.exceptions import ResourceNotFoundError

    from azext_safeguards.cli.az.errors import absent, cli_errors
    from azext_safeguards.cli.az.plans import RUN_AGAIN, write_plan
    from azext_safeguards.cli.many.outcomes import Done
    from azext_safeguards.domain.assignment.intent import Change
    from azext_safeguards.services.planning import plan_change
    from azext_safeguards.services.policy_rows import policies_after
    from azext_safeguards.services.snapshot import take_snapshot

    with cli_errors("What is set for the policies is as it was:", RUN_AGAIN):
        snapshot = take_snapshot(arm, cluster)
        if snapshot.cluster.value is None:
            raise snapshot.cluster.raised or LookupError(cluster.id)
        cluster = cluster.spelled(snapshot.cluster.value.get("id"))
        plan = plan_change(arm, cluster, snapshot, Change(policies=policies))
    for warning in plan.warnings:
        warn(told(warning, cluster))
    if dry_run:
        return Done(None, plan.writes, plan)
    if not plan.writes:
        warn(Note("Everything is set like this already; nothing was written."))
    written = write_plan(arm, cluster, plan)
    done = "What is set for the policies was written, but could not be read back:" if plan.writes else ""

    def read() -> tuple[list[PolicyRow], list[str]]:
        try:
            return policies_after(arm, cluster, plan, written)
        except ResourceNotFoundError as error:
            raise absent(error, cluster, arm) from error

    rows = _rows(cluster, read, warn, done)
    named = {item.lower() for item in policies.policies or ()}
    shown = [row for row in rows if not named or {row["name"].lower(), row["referenceId"].lower()} & named]
    return Done(shown, plan.writes, plan)


def _acting_rows(arm: ArmClient, cluster: ClusterRef) -> tuple[list[PolicyRow], list[str]]:
    """What each policy does, whoever makes it act, and what is to be told beside it."""
    from azext_safeguards.cli.az.errors import nobody
    from azext_safeguards.domain.acting.rows import rows_of_aks
    from azext_safeguards.domain.diagnosis.around import as_set_by_others
    from azext_safeguards.domain.owners import read_only
    from azext_safeguards.services.owners import owned
    from azext_safeguards.services.policy_rows import list_policies

    found = owned(arm, cluster, lambda: list_policies(arm, cluster))
    if found.assigned is None:
        if not found.aks.acts:
            raise nobody(found.aks, cluster) from found.absence
        return rows_of_aks(found.aks), [read_only(found.aks, cluster)]
    rows, warnings = found.assigned
    return rows, [*(one.caution for one in as_set_by_others(found.aks, cluster)), *warnings]


def _rows(
    cluster: ClusterRef, read: Callable[[], tuple[list[PolicyRow], list[str]]], warn: Warn, done: str = ""
) -> list[dict[str, Any]]:
    """What each policy does on a cluster, as objects to print.

    :param read: reads the rows, and what is to be told beside them.
    :param done: what was done before, a sentence.
    """
    from azext_safeguards.cli.az.errors import cli_errors
    from azext_safeguards.cli.policies._format import policy_output

    with cli_errors(done, repeat=f"az aks safeguards policy list {cluster.arguments}"):
        rows, warnings = read()
    for warning in warnings:
        warn(told(warning, cluster))
    return [policy_output(row) for row in rows]
