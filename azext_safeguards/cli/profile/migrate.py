# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""`az aks safeguards profile migrate`: moves clusters between AKS's managed safeguards and an assignment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from knack.log import get_logger

from azext_safeguards.cli.az.remedies import told
from azext_safeguards.domain.remedies import remedy

if TYPE_CHECKING:
    from azext_safeguards.cli.many.chosen import Repeat
    from azext_safeguards.domain.cluster import ClusterRef
    from azext_safeguards.domain.migration import Target
    from azext_safeguards.services.arm import ArmClient
    from azext_safeguards.services.migration import Move, Say

logger = get_logger(__name__)

_NO_WAIT_WARNING = (
    "Azure needs up to 35 minutes to bring new safeguards into a cluster, and the old ones leave it sooner. "
    "Next time, --overlap 35 keeps both for that long."
)


@dataclass(frozen=True)
class _Order:
    """What was asked for, for every cluster."""

    cli_ctx: Any
    target: Target
    version: str | None
    overlap: int
    timeout: int
    clients: Mapping[str, ArmClient]
    repeat: Repeat
    """Makes the command that does it again for some clusters by their ids."""
    only: str | None = None
    """That command where the cluster is named by --resource-group and --name."""

    def again(self, cluster: ClusterRef) -> str:
        """The command that does it again for one cluster."""
        return self.only or self.repeat([cluster])

    def arm(self, cluster: ClusterRef) -> ArmClient:
        return self.clients[cluster.subscription.lower()]


def profile_migrate(
    cmd: Any,
    to: str,
    resource_group_name: str | None = None,
    name: str | None = None,
    ids: list[str] | None = None,
    version: str | None = None,
    overlap: int = 0,
    timeout: int = 1800,
    dry_run: bool = False,
    yes: bool = False,
) -> Any:
    """Moves clusters between AKS's managed safeguards and an assignment, with level and namespaces kept."""
    from azext_safeguards.cli.az.errors import cli_errors
    from azext_safeguards.cli.many.chosen import chosen_clusters, clients_for, repeated
    from azext_safeguards.domain.errors import InvalidValueError
    from azext_safeguards.domain.initiative.catalog import parse_version
    from azext_safeguards.domain.migration import Target

    clusters = chosen_clusters(cmd, resource_group_name, name, ids)
    target = Target(to.lower())
    only = None if ids else f"az {cmd.name} {clusters[0].arguments} --to {target.value}"
    with cli_errors():
        if version and target is Target.MANAGED:
            raise InvalidValueError(
                "AKS's managed safeguards have no version, so --safeguards-version goes with --to assignment only.",
                [remedy("paste", text=only or repeated(cmd.name, {"--to": target.value})(clusters))],
            )
        chosen = parse_version(version) if version else None
    if only and chosen:
        only += f" --safeguards-version {chosen}"
    repeat = repeated(
        cmd.name,
        {
            "--to": target.value,
            "--safeguards-version": chosen,
            "--overlap": str(overlap) if overlap else None,
        },
    )
    clients = clients_for(cmd.cli_ctx, clusters)
    order = _Order(cmd.cli_ctx, target, chosen, overlap, timeout, clients, repeat, only)
    return _move_one(order, clusters[0], dry_run, yes) if len(clusters) == 1 else _move(order, clusters, dry_run, yes)


def _move_one(order: _Order, cluster: ClusterRef, dry_run: bool, yes: bool) -> dict[str, Any]:
    from azext_safeguards.cli.profile._format import move_output
    from azext_safeguards.domain.migration import question

    move = _plan(order, cluster)
    for warning in move.warnings:
        logger.warning(told(warning, cluster))
    if dry_run or not move.steps:
        return move_output(move, cluster, done=[])
    if move.lost:
        _confirm(order, question(order.target, cluster, move.lost), order.again(cluster), yes)
    progress = order.cli_ctx.get_progress_controller()
    progress.begin(message="Moving")
    try:
        done = _make(order, cluster, move, say=lambda text: progress.add(message=text))
    finally:
        progress.end()
    if move.removes and not order.overlap:
        logger.warning(_NO_WAIT_WARNING)
    return move_output(move, cluster, done=done)


def _move(order: _Order, clusters: Sequence[ClusterRef], dry_run: bool, yes: bool) -> list[dict[str, Any]]:
    """Checks all clusters, asks once about everything that would be lost, and moves those that passed."""
    from azext_safeguards.cli.many.outcomes import summarize, tell_all, work_on
    from azext_safeguards.services.many import NotBegunError, Outcome

    outcomes, stopped = work_on(order.cli_ctx, clusters, lambda cluster: _plan(order, cluster), "Checking")
    tell_all(
        order.cli_ctx,
        clusters,
        {
            item.cluster.id: [told(text, item.cluster) for text in item.result.warnings] if item.result else ()
            for item in outcomes
        },
    )
    if not dry_run:
        moves = {item.cluster.id: item.result for item in outcomes if item.result and item.result.steps}
        made: list[Outcome[Any]]
        if stopped:
            made = [
                Outcome(cluster, error=NotBegunError("It was not begun."))
                for cluster in clusters
                if cluster.id in moves
            ]
        else:
            _confirm_all(order, clusters, moves, yes)
            concerned = [cluster for cluster in clusters if cluster.id in moves]
            made, stopped = work_on(
                order.cli_ctx, concerned, lambda cluster: _made(order, cluster, moves[cluster.id]), "Moving"
            )
        by_id = {item.cluster.id: item for item in made}
        outcomes = [by_id.get(item.cluster.id, item) for item in outcomes]
        if not order.overlap and any(item.result and item.result.removes for item in made):
            logger.warning(_NO_WAIT_WARNING)
    flags = " --dry-run" if dry_run else " --yes" if yes else ""
    return summarize(
        order.cli_ctx,
        outcomes,
        lambda move: _members(move, dry_run),
        lambda left: f"{order.repeat(left)}{flags}",
        dry_run=dry_run,
        stopped=stopped,
    )


def _members(move: Move, dry_run: bool) -> dict[str, Any]:
    """What is said of a cluster beside its names."""
    word = ("WouldChange" if dry_run else "Changed") if move.steps else "Unchanged"
    return {
        "result": word,
        "changes": move.steps,
        "to": move.target.value,
        "steps": move.steps,
        "done": [] if dry_run else move.steps,
        "lost": list(move.lost) if move.steps else [],
    }


def _plan(order: _Order, cluster: ClusterRef) -> Move:
    from azext_safeguards.cli.az.errors import cli_errors
    from azext_safeguards.services.migration import plan_move

    with cli_errors("Nothing was changed, because a read failed:", repeat=order.again(cluster)):
        return plan_move(order.arm(cluster), cluster, order.target, order.version)


def _made(order: _Order, cluster: ClusterRef, move: Move) -> Move:
    """The move, once it is made."""
    _make(order, cluster, move)
    return move


def _make(order: _Order, cluster: ClusterRef, move: Move, say: Say | None = None) -> list[str]:
    from azext_safeguards.cli.az.errors import cli_errors, timed_out
    from azext_safeguards.services.migration import MigrationTimeout, make_move

    again = f"{order.again(cluster)} --yes"
    try:
        with cli_errors("The move is not finished; the cluster is protected all the same.", repeat=again):
            return make_move(
                order.arm(cluster), cluster, move, overlap=order.overlap * 60, timeout=order.timeout, say=say
            )
    except MigrationTimeout as error:
        raise timed_out(error, again) from error


def _confirm_all(order: _Order, clusters: Sequence[ClusterRef], moves: Mapping[str, Move], yes: bool) -> None:
    """Asks once about all that several clusters would lose."""
    from azext_safeguards.cli.many.outcomes import labels

    names = labels(clusters)
    lines = [f"  {names[key]}: {', '.join(move.lost)}" for key, move in moves.items() if move.lost]
    if lines:
        losing = f"{len(lines)} of {len(clusters)} clusters will lose what the new safeguards can't hold:"
        _confirm(order, "\n".join([losing, *lines, "Go on?"]), order.repeat(clusters), yes)


def _confirm(order: _Order, asked: str, again: str, yes: bool) -> None:
    """Asks before something is lost; az's own confirmation can't name what a cluster would lose.

    :param asked: the question.
    :param again: the command that needs an answer.
    :raises azure.cli.core.azclierror.AzCLIError: when nobody can be asked, or the answer is no.
    """
    from azure.cli.core.azclierror import NoTTYError, ValidationError
    from knack.prompting import NoTTYException, prompt_y_n

    if yes or order.cli_ctx.config.getboolean("core", "disable_confirm_prompt", fallback=False):
        return
    try:
        agreed = prompt_y_n(asked)
    except NoTTYException as error:
        raise NoTTYError(
            f"{asked} There is no terminal to ask on; nothing was changed.", recommendation=[f"{again} --yes"]
        ) from error
    if not agreed:
        raise ValidationError("Nothing was changed.", recommendation=[f"{again} --yes"])
