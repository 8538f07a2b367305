# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What happens around `az aks create`, `update` and `show`: the order of work, and what is said when it fails."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from knack.log import get_logger

from azext_safeguards.cli.az.clients import arm_client, cluster_ref
from azext_safeguards.cli.az.errors import cli_errors, reason, write_failed
from azext_safeguards.cli.az.models import as_model, cluster_api, waited, with_profile
from azext_safeguards.cli.az.output import tell
from azext_safeguards.cli.az.plans import RUN_AGAIN, show_plan
from azext_safeguards.cli.az.remedies import flags, told
from azext_safeguards.cli.flags.aks_beside import AksBeside, ShownBeside
from azext_safeguards.cli.flags.interrupts import Begun, nothing_done
from azext_safeguards.domain.assignment.intent import Change
from azext_safeguards.domain.assignment.others import SetByOthers
from azext_safeguards.domain.assignment.profile import Profile
from azext_safeguards.domain.cluster import ClusterRef
from azext_safeguards.domain.errors import LevelRequiredError, SafeguardsError
from azext_safeguards.domain.initiative.catalog import parse_version
from azext_safeguards.domain.level import Level, parse_level
from azext_safeguards.domain.namespaces import one_list, parse_namespaces
from azext_safeguards.domain.preflight import automatic_create
from azext_safeguards.domain.remedies import remedy
from azext_safeguards.services.apply import apply_plan
from azext_safeguards.services.arm import ArmClient
from azext_safeguards.services.planning import Plan, plan_change, read_profile
from azext_safeguards.services.resources import get_cluster
from azext_safeguards.services.snapshot import Snapshot, outcome, take_snapshot
from azext_safeguards.services.waves import PATIENCE_SECONDS, meanwhile

logger = get_logger(__name__)


@dataclass(frozen=True)
class Order:
    """One run of `aks create` or `aks update` with at least one of our flags."""

    cmd: Any
    arguments: Mapping[str, Any]
    """The installed command's own arguments, as they were before it ran."""
    change: Change
    run_installed: Callable[[], Any]
    """Runs the installed handler."""
    dry_run: bool = False
    """Whether to show what would change, and to write nothing."""

    @property
    def no_wait(self) -> bool:
        """Whether the user does not want to wait for the cluster."""
        return bool(self.arguments.get("no_wait"))

    def cluster(self) -> ClusterRef:
        """The cluster that the command is about."""
        return cluster_ref(self.cmd.cli_ctx, self.arguments["resource_group_name"], self.arguments["name"])

    def ways_on(self, cluster: ClusterRef) -> list[str]:
        """The commands to run when the assignment could not be written."""
        commands = [self.finishing_command(cluster)]
        if self.change.level is Level.OFF:
            # Where the service no longer takes the assignment as it is, removing it turns safeguards off, too.
            commands.append(f"az aks safeguards profile delete {cluster.arguments}")
        return commands

    def finishing_command(self, cluster: ClusterRef) -> str:
        """The command that writes the assignment when this one could not."""
        return f"az aks update {cluster.arguments} {' '.join(flags(self.change))}"


def change_of(level: str | None, version: str | None, excluded_ns: str | list[str] | None) -> Change:
    """The change that the flags ask for.

    The parser's validators refuse bad values earlier; they are read again here because az skips argument validators
    where the installed command has a validator of its own.

    :raises azure.cli.core.azclierror.InvalidArgumentValueError: for a value that is none.
    """
    with cli_errors():
        return Change(
            parse_level(level) if level is not None else None,
            parse_version(version) if version is not None else None,
            parse_namespaces(_one_list(excluded_ns)) if excluded_ns is not None else None,
        )


def _one_list(given: str | list[str]) -> str:
    """The list of namespaces, which the validator made one text unless az left it out."""
    return one_list([given] if isinstance(given, str) else given)


def update(order: Order, *, only_safeguards: bool) -> Any:
    """`aks update` with our flags: reads and checks, then the installed command if it has work, then the assignment.

    :param only_safeguards: whether nothing else was asked for; then the cluster is not touched.
    :returns: the cluster as the installed command returns it, with `safeguardsProfile`; what would change for a dry
        run.
    """
    with cli_errors():
        cluster = order.cluster()
        _refuse_automatic(order, cluster)
        arm = arm_client(order.cmd.cli_ctx)
    finish = order.finishing_command(cluster)
    aks = AksBeside(order.cmd.cli_ctx, cluster, order.change.level)
    with (
        nothing_done("Nothing was changed.", finish),
        cli_errors("Nothing was changed, because a read failed:", finish),
    ):
        snapshot = _read(order, arm, cluster)
        cluster = cluster.spelled((snapshot.cluster.value or {}).get("id"))
        plan = plan_change(arm, cluster, snapshot, order.change)
        unknown = aks.refuse_off_of_nothing(plan, snapshot.cluster.value)
    finish = order.finishing_command(cluster)
    _say(order, plan, cluster)
    _tell(order, unknown)
    if order.dry_run:
        last = [text for text in (aks.told_after(plan, snapshot.cluster.value), *plan.told_last()) if text]
        for text in last:
            _tell(order, text, cluster)
        said = [told(text, cluster) for text in (*plan.warnings, *last)]
        return show_plan(order.cmd, plan, said, cluster)
    begun = Begun(order.cmd.cli_ctx, cluster, cluster_api(order.cmd), plan, finish, touches_cluster=not only_safeguards)
    with begun.told():
        if only_safeguards:
            # What can fail without a request is done before the write.
            model = as_model(order.cmd, snapshot.cluster.value or {})
            profile = _write(order, arm, cluster, plan, "The cluster itself was not touched.")
            result = with_profile(model, profile, lambda _: aks.others_after(plan, snapshot))
        else:
            result = _update_all(order, arm, cluster, plan, lambda _: aks.others_after(plan, snapshot))
    if result is not None or order.no_wait:
        for text in (aks.told_after(plan, snapshot.cluster.value), *plan.told_last()):
            _tell(order, text, cluster)
    return result


def _update_all(
    order: Order,
    arm: ArmClient,
    cluster: ClusterRef,
    plan: Plan,
    beside: Callable[[Mapping[str, Any]], tuple[SetByOthers, ...]],
) -> Any:
    """Runs the installed command, which has work of its own, and then writes the assignment; see `with_profile`."""
    result = order.run_installed()
    if result is None and not order.no_wait:
        # The user declined what the installed command asked, so nothing is to be done.
        return None
    result = result if order.no_wait else waited(order.cmd, result)
    done = f"The cluster '{cluster.name}' was updated."
    if not order.no_wait:
        # Minutes may have passed: what somebody put on the assignment meanwhile must survive.
        plan = _again(order, arm, cluster, done)
    return with_profile(result, _write(order, arm, cluster, plan, done), beside)


def create(order: Order) -> Any:
    """`aks create` with our flags: reads and checks, the installed command, the assignment once that was accepted.

    An assignment is an extension resource and does not need the cluster to be ready, so it is written before the
    wait; if the service does not take it yet, it is written after.

    :returns: the cluster as the installed command returns it, with `safeguardsProfile`.
    """
    with cli_errors():
        if order.change.level is None:
            raise LevelRequiredError(
                "A new cluster has no deployment safeguards yet, so --safeguards-level must be given as well.",
                [remedy("paste", text="Add to the command: --safeguards-level Warning")],
            )
        cluster = order.cluster()
        _refuse_automatic(order, cluster)
        arm = arm_client(order.cmd.cli_ctx)
        enables_addon = "azure-policy" in _addons(order.arguments.get("enable_addons"))
    failed = cli_errors("Nothing was created, because a read failed:", RUN_AGAIN)
    with nothing_done("Nothing was created.", RUN_AGAIN), failed:
        snapshot = take_snapshot(
            arm, cluster, cluster_api=cluster_api(order.cmd), full=order.change.level.is_on, creating=True
        )
        plan = plan_change(arm, cluster, snapshot, order.change, enables_addon)
    _say(order, plan, cluster)
    begun = Begun(
        order.cmd.cli_ctx, cluster, cluster_api(order.cmd), plan, order.finishing_command(cluster), again=RUN_AGAIN
    )
    with begun.told():
        # What could not be read may be there; then it is not this command's to change.
        return _create(order, arm, cluster, plan, is_new=snapshot.cluster.status == 404)


def _create(order: Order, arm: ArmClient, cluster: ClusterRef, plan: Plan, *, is_new: bool) -> Any:
    """Runs the installed command, writes the assignment as soon as there is a cluster, and waits for that."""
    try:
        result = order.run_installed()
    except Exception:
        # The installed command may fail in what it does after the cluster was created, such as role assignments.
        if is_new:
            _write_after_failure(order, arm, cluster, plan)
        raise
    if result is None and not _exists(order.cmd, arm, cluster):
        # The user declined what the installed command asked: there is no cluster to put an assignment on.
        return None
    if order.no_wait:
        done = f"The cluster '{cluster.name}' is being created."
        return with_profile(result, _write(order, arm, cluster, plan, done))
    early, failure = _write_early(arm, cluster, plan)
    try:
        result = waited(order.cmd, result)
    except Exception:
        if failure is not None:
            said = f"The safeguards assignment of '{cluster.name}' was not written either: {reason(failure)}"
            logger.warning("%s Then: %s", said, order.finishing_command(cluster))
        raise
    done = f"The cluster '{cluster.name}' was created."
    if failure is not None:
        # Minutes have passed, and what refused the first write may have been somebody else's.
        early = _write(order, arm, cluster, _again(order, arm, cluster, done), done)
    return with_profile(result, early)


def show(cmd: Any, arguments: Mapping[str, Any], run_installed: Callable[[], Any]) -> Any:
    """`aks show` with `safeguardsProfile`, read beside the cluster; without it where the read fails or takes long.

    Where there is an assignment, AKS's own safeguards are asked for as well: nothing acts beside one that is not there.
    """
    found: list[Profile] = []
    aks: list[ShownBeside] = []

    def read() -> None:
        try:
            cluster = cluster_ref(cmd.cli_ctx, arguments["resource_group_name"], arguments["name"])
            arm = arm_client(cmd.cli_ctx, retry_total=0)
            found.append(read_profile(arm, cluster)[0])
            aks.append(ShownBeside(arm, cluster))
        except Exception as error:  # pylint: disable=broad-except
            # The cluster is what was asked for; its output must not depend on ours.
            logger.debug("safeguards: no profile for this cluster: %s", error)

    reader = meanwhile(read)
    result = run_installed()
    until = time.monotonic() + PATIENCE_SECONDS
    reader.join(PATIENCE_SECONDS)

    def beside(body: Mapping[str, Any]) -> tuple[SetByOthers, ...]:
        return aks[0].told(body, until - time.monotonic()) if aks else ()

    return with_profile(result, found[0], beside) if found else result


def _read(order: Order, arm: ArmClient, cluster: ClusterRef) -> Snapshot:
    """Reads everything that a change of an existing cluster needs; the cluster is there.

    :raises azure.core.exceptions.AzureError: what reading the cluster raised, so that a cluster that does not exist is
        reported as the installed command reports it.
    """
    full = order.change.level is not Level.OFF
    snapshot = take_snapshot(arm, cluster, cluster_api=cluster_api(order.cmd), full=full)
    if snapshot.cluster.value is None:
        raise snapshot.cluster.raised or LookupError(cluster.id)
    return snapshot


def _refuse_automatic(order: Order, cluster: ClusterRef) -> None:
    """Refuses a level that acts on a cluster that the command line makes AKS Automatic.

    :raises PreflightError: before any request.
    """
    level = order.change.level
    if (level is None or level.is_on) and str(order.arguments.get("sku") or "").lower() == "automatic":
        raise automatic_create(order.change, cluster)


def _again(order: Order, arm: ArmClient, cluster: ClusterRef, done: str) -> Plan:
    from azure.core.exceptions import AzureError

    try:
        return plan_change(arm, cluster, _read(order, arm, cluster), order.change)
    except (AzureError, SafeguardsError) as error:
        raise write_failed(error, done, order.ways_on(cluster)) from error


def _write(order: Order, arm: ArmClient, cluster: ClusterRef, plan: Plan, done: str) -> Profile | None:
    from azure.core.exceptions import AzureError

    try:
        return apply_plan(arm, cluster, plan)
    except (AzureError, SafeguardsError) as error:
        raise write_failed(error, done, order.ways_on(cluster)) from error


def _write_early(arm: ArmClient, cluster: ClusterRef, plan: Plan) -> tuple[Profile | None, Exception | None]:
    """Writes the assignment while the cluster is still being made; or why it could not be written by now."""
    try:
        return apply_plan(arm, cluster, plan), None
    except Exception as error:  # pylint: disable=broad-except
        # The second try, with the cluster ready, is the one that reports; nothing of ours may end the wait for it.
        logger.debug("safeguards: the assignment was not written yet: %s", error, exc_info=True)
        return None, error


def _write_after_failure(order: Order, arm: ArmClient, cluster: ClusterRef, plan: Plan) -> None:
    """Writes the assignment if there is a cluster although the installed command failed; its failure is the error."""
    if not _exists(order.cmd, arm, cluster):
        return
    failure = _write_early(arm, cluster, plan)[1]
    if failure is None:
        logger.warning("The cluster '%s' exists and its safeguards assignment was written.", cluster.name)
        return
    said = f"The cluster '{cluster.name}' exists without its safeguards assignment: {reason(failure)}"
    logger.warning("%s Then: %s", said, order.finishing_command(cluster))


def _exists(cmd: Any, arm: ArmClient, cluster: ClusterRef) -> bool:
    return outcome(lambda: get_cluster(arm, cluster, cluster_api(cmd))).value is not None


def _say(order: Order, plan: Plan, cluster: ClusterRef) -> None:
    for warning in plan.warnings:
        _tell(order, warning, cluster)


def _tell(order: Order, caution: str, cluster: ClusterRef | None = None) -> None:
    if caution:
        tell(order.cmd.cli_ctx, told(caution, cluster))


def _addons(enabled: Any) -> set[str]:
    """The add-ons of `--enable-addons`, which is one comma-separated text or a list of such."""
    texts = enabled if isinstance(enabled, list) else [enabled or ""]
    return {name.strip().lower() for text in texts for name in str(text).split(",")}
