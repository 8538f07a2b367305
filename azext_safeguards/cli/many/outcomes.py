# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""A command that changes several clusters: the work for each, what came of it, and a summary of what succeeded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from knack.log import get_logger

from azext_safeguards.cli.az.output import say, tell
from azext_safeguards.cli.many.chosen import Repeat, clients_for
from azext_safeguards.domain.cluster import ClusterRef
from azext_safeguards.domain.remedies import Note
from azext_safeguards.services.many import NotAwaitedError, NotBegunError, Outcome, Stopped, for_each

if TYPE_CHECKING:
    from azext_safeguards.services.arm import ArmClient
    from azext_safeguards.services.planning import Plan

logger = get_logger(__name__)

# How many failures are named in the error; the output has all.
_NAMED = 10
# How many clusters are named before a warning that is the same for all of them.
_NAMED_IN_WARNING = 5

Warn = Callable[[str], None]


@dataclass(frozen=True)
class Done:
    """What a command did to one cluster, or would do."""

    output: Any
    """What it prints when it is about that cluster alone; nothing matters for a dry run, whose plan is shown."""
    changed: bool
    plan: Plan | None = None


Work = Callable[["ArmClient", ClusterRef, Warn], Done]


def change_clusters(
    cmd: Any,
    clusters: Sequence[ClusterRef],
    work: Work,
    repeat: Repeat,
    *,
    dry_run: bool | None = None,
    members: Callable[[Any], Mapping[str, Any]] = dict,
) -> Any:
    """Does the work of a command for each of its clusters, some at a time, with one client for a subscription.

    :param work: gets the client, the cluster and whom to tell warnings; raises az's errors.
    :param repeat: makes the command that does it again.
    :param members: makes members of an element of the output from what `work` returned as output.
    :returns: for one cluster what `work` returned for it, or the plan of a dry run; for several, a list with an
        element for each, in order, and az ends with exit code 1 when any failed.
    :raises azure.cli.core.azclierror.AzCLIError: the failure itself, when there is one cluster.
    """
    from azext_safeguards.cli.az.plans import show_plan

    clients = clients_for(cmd.cli_ctx, clusters)
    if len(clusters) == 1:
        told: list[str] = []

        def warn(text: str) -> None:
            told.append(str(text))
            tell(cmd.cli_ctx, text)

        done = work(clients[clusters[0].subscription.lower()], clusters[0], warn)
        return show_plan(cmd, done.plan, told, clusters[0]) if dry_run and done.plan else done.output
    warnings: dict[str, list[str]] = {cluster.id: [] for cluster in clusters}
    outcomes, stopped = work_on(
        cmd.cli_ctx,
        clusters,
        lambda cluster: work(clients[cluster.subscription.lower()], cluster, warnings[cluster.id].append),
    )
    tell_all(cmd.cli_ctx, clusters, warnings)
    if dry_run:
        _tell_plans(cmd.cli_ctx, outcomes)
    elements = summarize(
        cmd.cli_ctx,
        outcomes,
        lambda done: {**({} if dry_run else members(done.output)), **_changes(done, dry_run)},
        repeat,
        dry_run=bool(dry_run),
        stopped=stopped,
    )
    # Plain texts: az's YAML takes no other.
    return [
        {**element, "warnings": [str(text) for text in warnings[cluster.id]]}
        for element, cluster in zip(elements, clusters, strict=True)
    ]


def work_on(
    cli_ctx: Any, clusters: Sequence[ClusterRef], work: Callable[[ClusterRef], Any], message: str = "Changing"
) -> tuple[list[Outcome[Any]], bool]:
    """Works on some clusters at a time, with a progress bar.

    :param message: what is being done.
    :returns: the outcomes in order, and whether Ctrl-C came.
    """
    from knack.util import CLIError

    from azext_safeguards.cli.az.progress import progress_bar

    def stopping(running: int) -> None:
        if running:
            logger.warning("Stopping: %d clusters were begun and are waited for. Ctrl-C again to leave now.", running)

    with progress_bar(cli_ctx, message) as progress:
        try:
            found = for_each(
                clusters,
                work,
                told=lambda done, total: progress("Clusters", done, total),
                stopping=stopping,
                keeps=(CLIError,),
            )
        except Stopped as stop:
            return stop.outcomes, True
    return found, False


def summarize(
    cli_ctx: Any,
    outcomes: Sequence[Outcome[Any]],
    as_output: Callable[[Any], Mapping[str, Any]],
    repeat: Repeat,
    *,
    dry_run: bool = False,
    stopped: bool = False,
) -> list[dict[str, Any]]:
    """What came of each cluster, for az to print, and a summary on stderr; exit code 1 when any failed or was left.

    :param as_output: makes members of the output from a result: at least `result`, a word.
    :param repeat: makes the command that does it again for those that failed or were not begun.
    :param dry_run: whether nothing was to be written.
    :param stopped: whether Ctrl-C ended it.
    """
    elements = [_element(outcome, as_output) for outcome in outcomes]
    summary = _counted(elements, dry_run)
    left = [outcome for outcome in outcomes if outcome.error is not None]
    if not left and not stopped:
        say(cli_ctx, f"{summary}.")
        return elements
    from azext_safeguards.cli.az.exit_codes import fail_after_output

    failed = [outcome for outcome in left if _word(outcome.error) == "Failed"]
    names = labels([outcome.cluster for outcome in outcomes])
    lines = [f"  {names[outcome.cluster.id]}: {said(outcome.error)}" for outcome in failed[:_NAMED]]
    if len(failed) > _NAMED:
        lines.append(f"  and {len(failed) - _NAMED} more, which the output has")
    message = "\n".join([f"{'Stopped by Ctrl-C: ' if stopped else ''}{summary}{':' if lines else '.'}", *lines])
    again = [repeat([outcome.cluster for outcome in left])] if left else []
    ways_on = dict.fromkeys(command for outcome in failed[:_NAMED] for command in _ways_on(outcome, repeat))
    fail_after_output(cli_ctx, message, [*ways_on, *again])
    return elements


def labels(clusters: Sequence[ClusterRef]) -> dict[str, str]:
    """How to name each of some clusters, by its id: the name, where it is one's alone; else the id."""
    counts = Counter(cluster.name.lower() for cluster in clusters)
    return {cluster.id: cluster.name if counts[cluster.name.lower()] == 1 else cluster.id for cluster in clusters}


def _element(outcome: Outcome[Any], as_output: Callable[[Any], Mapping[str, Any]]) -> dict[str, Any]:
    cluster, error = outcome.cluster, outcome.error
    told = {"error": said(error) if error else None, "todo": hints(outcome)}
    return {
        "id": cluster.id,
        "cluster": cluster.name,
        "resourceGroup": cluster.resource_group,
        "subscription": cluster.subscription,
        **told,
        **({"result": _word(error)} if error else as_output(outcome.result)),
    }


def _word(error: Exception | None) -> str:
    """The result of a cluster that has none."""
    words: dict[type, str] = {NotBegunError: "NotBegun", NotAwaitedError: "Unknown"}
    return words.get(type(error), "Failed")


def _changes(done: Done, dry_run: bool | None) -> dict[str, Any]:
    from azext_safeguards.cli.az.plans import change_output, plan_output

    differences = done.plan.differences if done.plan and done.changed else []
    word = "WouldChange" if dry_run else "Changed"
    found: dict[str, Any] = {
        "result": word if done.changed else "Unchanged",
        "changes": [change_output(item) for item in differences],
    }
    if dry_run and done.plan:
        found.update(plan_output(done.plan))
    return found


def _counted(elements: Sequence[Mapping[str, Any]], dry_run: bool) -> str:
    """`2 of 4 clusters changed, 1 needed no change, 1 failed`."""
    counts = Counter(element["result"] for element in elements)
    changed = counts["Changed"] + counts["WouldChange"]
    parts = [f"{changed} of {len(elements)} clusters {'would change' if dry_run else 'changed'}"]
    for result, words in (
        ("Unchanged", "need no change" if dry_run else "needed no change"),
        ("NotBegun", "not begun"),
        ("Unknown", "not waited for"),
        ("Failed", "failed"),
    ):
        if counts[result]:
            parts.append(f"{counts[result]} {words}")
    return ", ".join(parts)


def tell_all(cli_ctx: Any, clusters: Sequence[ClusterRef], warnings: Mapping[str, Sequence[str]]) -> None:
    """Tells each warning, or note, once, with the clusters that it is about."""
    names = labels(clusters)
    about: dict[str, list[str]] = {}
    for cluster in clusters:
        for text in warnings[cluster.id]:
            about.setdefault(text, []).append(names[cluster.id])
    for text, concerned in about.items():
        more = f" and {len(concerned) - _NAMED_IN_WARNING} more" if len(concerned) > _NAMED_IN_WARNING else ""
        told = f"{', '.join(concerned[:_NAMED_IN_WARNING])}{more}: {text}"
        tell(cli_ctx, Note(told) if isinstance(text, Note) else told)


def _tell_plans(cli_ctx: Any, outcomes: Sequence[Outcome[Done]]) -> None:
    """Tells what would change, cluster by cluster."""
    from azext_safeguards.cli.az.plans import NOTHING_WOULD_CHANGE, WOULD_CHANGE, plan_lines, plan_notes

    names = labels([outcome.cluster for outcome in outcomes])
    lines: list[str] = []
    notes: dict[str, None] = {}
    for outcome in outcomes:
        if outcome.result and outcome.result.plan and outcome.result.changed:
            lines += [f"{names[outcome.cluster.id]}:", *plan_lines(outcome.result.plan)]
            notes |= dict.fromkeys(plan_notes(outcome.result.plan))
    say(cli_ctx, *([WOULD_CHANGE, *lines, *notes] if lines else [NOTHING_WOULD_CHANGE]))


def said(error: Any) -> str:
    """What was said about a failure, on one line."""
    details = getattr(error, "error", None)
    code, message = getattr(details, "code", None), getattr(details, "message", None)
    text = f"({code}) {message}" if code and message else str(getattr(error, "message", None) or error)
    return " ".join(text.split())


def hints(outcome: Outcome[Any]) -> list[str]:
    """What to do about a failure: the hints of the domain or of az's error."""
    from azext_safeguards.cli.az.remedies import commands

    error: Any = outcome.error
    hints = [*commands(getattr(error, "remedies", ())), *getattr(error, "recommendations", ())]
    if not hints and getattr(error, "status_code", None) == 404:
        hints = [f"az aks list --subscription {outcome.cluster.subscription} -o table"]
    return hints


def _ways_on(outcome: Outcome[Any], repeat: Repeat) -> list[str]:
    """The hints without those to do the same again: that is said once for all clusters."""
    from azext_safeguards.cli.az.plans import RUN_AGAIN

    same = repeat([]).split(" --ids")[0]
    return [hint for hint in hints(outcome) if hint != RUN_AGAIN and not hint.startswith(f"{same} ")]
