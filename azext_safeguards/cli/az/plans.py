# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""A plan shown instead of written, by --dry-run, and a plan written."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from azext_safeguards.cli.az.remedies import told
from azext_safeguards.cli.az.tables import Table, show_instead

if TYPE_CHECKING:
    from azext_safeguards.domain.assignment.differences import Difference
    from azext_safeguards.domain.cluster import ClusterRef
    from azext_safeguards.services.apply import Written
    from azext_safeguards.services.planning import Plan

_SIDES = ("Before", "After")
RUN_AGAIN = "Run the same command again."
NOTHING_WOULD_CHANGE = "Dry run: nothing would change."
WOULD_CHANGE = "Dry run, nothing is written. It would change:"


def show_plan(cmd: Any, plan: Plan, warnings: Sequence[str], cluster: ClusterRef) -> dict[str, Any]:
    """The object that a command returns for --dry-run; the changes are also told on stderr.

    :param warnings: what was told of the plan.
    :param cmd: the command, whose table becomes that of the changes.
    """
    from azext_safeguards.cli.az.output import say

    show_instead(cmd, Table(changes_table, prose=_SIDES, stays=_SIDES))
    if not plan.writes:
        say(cmd.cli_ctx, NOTHING_WOULD_CHANGE)
    elif cmd.cli_ctx.invocation.data["output"] == "table" and plan.differences:
        # The table says the same.
        say(cmd.cli_ctx, "Dry run, nothing is written. It would change what the table says.")
    else:
        say(cmd.cli_ctx, WOULD_CHANGE, *plan_lines(plan))
    say(cmd.cli_ctx, *plan_notes(plan, cluster))
    return {**plan_output(plan, cluster), "warnings": list(warnings)}


def plan_lines(plan: Plan) -> list[str]:
    """What a plan would change, a line for each change; none where nothing would be written."""
    if plan.writes and not plan.differences:
        return ["  only what is recorded about the safeguards"]
    return [f"  {change}" for change in plan.differences]


def plan_notes(plan: Plan, cluster: ClusterRef | None = None) -> list[str]:
    """What is to be known before a plan is applied, with the command that shows more."""
    # A check asks the cluster for its assignment, where it has one.
    named = plan.named(cluster) if cluster and plan.assignment else None
    return [str(told(text, named)) for text in plan.consequences]


def plan_output(plan: Plan, cluster: ClusterRef | None = None) -> dict[str, Any]:
    """What a plan would change, what is to be known of that, and the body that it would send, as plain objects."""
    return {
        "notes": plan_notes(plan, cluster),
        "changes": [change_output(item) for item in plan.differences],
        "writes": plan.writes,
        "body": plan.rendering.body if plan.rendering else None,
    }


def change_output(item: Difference) -> dict[str, Any]:
    """A difference as a plain object; that of a policy with what it does beside Azure's effects."""
    told = {"field": item.field, "before": item.before, "after": item.after}
    return {**told, "doesBefore": item.words[0], "doesAfter": item.words[1]} if item.words else told


def write_plan(arm: Any, cluster: Any, plan: Plan) -> Written:
    """Writes a plan of our own commands; returns what is there then.

    :raises azure.cli.core.azclierror.AzCLIError: when it could not be written.
    """
    from azure.core.exceptions import AzureError

    from azext_safeguards.cli.az.errors import write_failed
    from azext_safeguards.domain.errors import SafeguardsError
    from azext_safeguards.services.apply import write

    try:
        return write(arm, cluster, plan)
    except (AzureError, SafeguardsError) as error:
        raise write_failed(error, "The cluster itself was not touched.", [RUN_AGAIN]) from error


def refuse_dry_run(*, is_asked: bool, only_safeguards: bool, is_ours: bool) -> None:
    """Refuses a dry run of what we can't foresee, before any request.

    :param is_asked: whether one of the --safeguards flags is given.
    :param only_safeguards: whether nothing else is given that changes the cluster.
    :param is_ours: whether the option is ours, rather than one that the installed command has itself.
    :raises azure.cli.core.azclierror.AzCLIError: unless safeguards alone are to change.
    """
    from azure.cli.core.azclierror import MutuallyExclusiveArgumentError, RequiredArgumentMissingError

    if not is_ours:
        raise MutuallyExclusiveArgumentError(
            "The --dry-run of the installed 'az aks update' knows nothing of safeguards.",
            recommendation=["Use --safeguards-dry-run instead of it."],
        )
    if not is_asked:
        raise RequiredArgumentMissingError(
            "--dry-run shows what safeguards flags would change, and none is given.",
            recommendation=["az aks update -g GROUP -n NAME --safeguards-level Enforcement --dry-run"],
        )
    if not only_safeguards:
        raise MutuallyExclusiveArgumentError(
            "--dry-run can't foresee what the other flags of 'az aks update' would change.",
            recommendation=["Give the --safeguards flags and --dry-run alone."],
        )


def changes_table(result: Mapping[str, Any]) -> list[OrderedDict[str, Any]]:
    """A row for each change."""
    return [
        OrderedDict(
            Field=item["field"],
            Before=_cell(item, "Before"),
            After=_cell(item, "After"),
        )
        for item in result["changes"]
    ]


def _cell(change: Mapping[str, Any], side: str) -> Any:
    """What stands on one side of a change: of a policy what it does, else the value."""
    value = change.get(f"does{side}", change[side.lower()])
    return "-" if value is None else value
