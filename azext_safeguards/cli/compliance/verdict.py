# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What is told of a cluster's compliance beside the result, and whether it is a pass."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from azext_safeguards.cli.many.outcomes import Warn
    from azext_safeguards.domain.cluster import ClusterRef
    from azext_safeguards.domain.compliance.found import Compliance
    from azext_safeguards.domain.owners import AksSide
    from azext_safeguards.services.compliance import Reading


def summary_line(compliance: Compliance, cluster: ClusterRef) -> str:
    """What the page says, in a line."""
    from azext_safeguards.domain.compliance.found import Nothing
    from azext_safeguards.domain.compliance.states import State

    if compliance.nothing in (Nothing.OFF, Nothing.KEPT_AWAY):
        return f"{cluster.name}: {nothing_to_judge(compliance, cluster)}"
    judged, waiting = compliance.judged, len(compliance.unevaluated)
    broken = sum(policy.state is State.NON_COMPLIANT for policy in judged)
    line = f"{cluster.name}: {compliance.state.value}, {broken} of {len(judged)} policies are not complied with"
    line += f", {waiting} are not evaluated yet" if waiting else ""
    if compliance.nothing is not None:
        line = f"{cluster.name}: nothing to judge, no object is named that a policy looked at"
    late = ", before the last change" if compliance.currency.is_outdated else ""
    return f"{line}; last scan {compliance.last_scan or 'never'}{late}"


def nothing_to_judge(compliance: Compliance, cluster: ClusterRef) -> str:
    """Why there is nothing to judge, a sentence."""
    from azext_safeguards.domain.compliance.found import Nothing

    if compliance.nothing is Nothing.KEPT_AWAY:
        return (
            f"On the cluster '{cluster.name}' there is nothing to judge: its assignment is kept away from it by its "
            f"{compliance.away}."
        )
    if compliance.nothing is Nothing.NO_OBJECTS:
        return (
            f"Azure Policy names no object of the cluster '{cluster.name}' that a policy looked at, so there is "
            "nothing to judge."
        )
    return f"No policy of the safeguards of the cluster '{cluster.name}' is on, so there is nothing to judge."


def remark(reading: Reading, cluster: ClusterRef, command: str, warn: Warn, *, scanned: bool, failed: bool) -> None:
    """Says what the result alone would let one overlook.

    :param command: the command that shows it, to be pasted with more options.
    :param scanned: whether a scan has just ended.
    :param failed: whether it is no pass, so that `failure` says why there is nothing to judge or nothing new.
    """
    from azext_safeguards.domain.compliance.found import MOST_RECORDS, Nothing
    from azext_safeguards.domain.compliance.states import State

    compliance = reading.compliance
    if reading.aks is not None:
        _remark_managed(reading, reading.aks, cluster, warn)
    elif compliance.nothing in (Nothing.OFF, Nothing.KEPT_AWAY):
        if not failed:
            warn(nothing_to_judge(compliance, cluster))
    elif compliance.state is State.NOT_EVALUATED and not compliance.unevaluated:
        warn(
            f"Azure Policy has not scanned the cluster '{cluster.name}' for its safeguards yet; after a change it "
            f"takes up to half an hour. Ask for a scan: {command} --scan"
        )
    elif not failed:
        # Whether there are objects now, an old scan does not know.
        if compliance.currency.is_outdated:
            warn(f"{_outdated(compliance, cluster, scanned=scanned)} {_anew(command, scanned=scanned)}")
        elif compliance.unevaluated:
            warn(f"{_partly(compliance, cluster)} {_anew(command, scanned=scanned)}")
        if compliance.nothing is not None:
            warn(nothing_to_judge(compliance, cluster))
    if reading.exemptions_error is not None:
        warn("The policy exemptions could not be read, so policies that they turn off are not told.")
    for policy in compliance.policies:
        if policy.truncated:
            warn(
                f"Azure Policy is told of {MOST_RECORDS} objects at most for each policy; more may not comply with "
                f"'{policy.name}'."
            )


def _partly(compliance: Compliance, cluster: ClusterRef) -> str:
    """That Azure Policy has not evaluated every policy yet, a sentence."""
    waiting = compliance.unevaluated
    return (
        f"Azure Policy has not evaluated {len(waiting)} of {len(compliance.judged)} policies on the cluster "
        f"'{cluster.name}' yet: {', '.join(waiting)}."
    )


def _outdated(compliance: Compliance, cluster: ClusterRef, *, scanned: bool) -> str:
    """That the scan is older than the last change, a sentence."""
    changed = f", changed {_second(compliance.currency.last_change)}" if _has_its_time(compliance) else ""
    times = f"(scanned {_second(compliance.last_scan)}{changed})"
    still = "; the scan that has ended brought nothing newer" if scanned else ""
    return f"The cluster '{cluster.name}' was scanned before the last change of its safeguards {times}{still}."


def _has_its_time(compliance: Compliance) -> bool:
    """Whether the change that the scan is older than has a time; the end of an exemption by deletion has none."""
    from azext_safeguards.domain.moments import parse_time

    scanned, changed = parse_time(compliance.last_scan), parse_time(compliance.currency.last_change)
    return scanned is not None and changed is not None and scanned < changed


def _anew(command: str, *, scanned: bool) -> str:
    # The add-on reports to Azure Policy every 15 minutes; a scan can't know what it has not reported.
    return f"See again in a quarter of an hour: {command}" if scanned else f"Scan it anew: {command} --scan"


def _second(stamp: str) -> str:
    """A time to the second, as the tables have it."""
    return f"{stamp[:19]}Z"


def _remark_managed(reading: Reading, aks: AksSide, cluster: ClusterRef, warn: Warn) -> None:
    """Says whose safeguards they are, and that Azure Policy may know nothing of them."""
    from azext_safeguards.cli.az.remedies import told
    from azext_safeguards.domain.owners import read_only

    warn(told(read_only(aks, cluster)))
    if not reading.compliance.policies:
        warn(
            f"Azure Policy has no states of the cluster '{cluster.name}' for the initiative. Whether AKS's own report "
            "any that can be read is not documented."
        )


def failure(
    reading: Reading, cluster: ClusterRef, command: str, *, is_strict: bool, scanned: bool = False
) -> tuple[str, list[str]] | None:
    """Why the cluster is no pass for --fail-on, and what to do about it; None where it is one.

    :param is_strict: whether it is `--fail-on warning`.
    :param scanned: whether a scan has just ended.
    """
    from azext_safeguards.domain.compliance.found import Nothing
    from azext_safeguards.domain.compliance.states import State

    compliance, is_managed = reading.compliance, reading.aks is not None
    judged = compliance.judged
    late, again = compliance.currency.is_outdated, f"{command} {'' if scanned else '--scan '}--fail-on error"
    failing = [policy.name for policy in judged if policy.state is State.NON_COMPLIANT]
    if failing:
        said = f"The cluster '{cluster.name}' does not comply with {', '.join(failing)}."
        ways = [f"{command} --details -o table"]
        return (f"{said} {_outdated(compliance, cluster, scanned=scanned)}", [again, *ways]) if late else (said, ways)
    nothing = compliance.nothing
    if late and nothing in (None, Nothing.NO_OBJECTS):
        said = f"It is not known whether the cluster '{cluster.name}' complies now."
        return f"{said} {_outdated(compliance, cluster, scanned=scanned)}", [again]
    if nothing is not None and (is_strict or nothing is not Nothing.NO_OBJECTS):
        return nothing_to_judge(compliance, cluster), [_way_to_judge(nothing, reading, cluster)]
    if compliance.unevaluated:
        said = f"It is not known whether the cluster '{cluster.name}' complies. {_partly(compliance, cluster)}"
        return said, [again]
    if compliance.state is State.NOT_EVALUATED and (is_managed or judged):
        return (
            f"It is not known whether the cluster '{cluster.name}' complies: Azure Policy has not scanned it yet.",
            [f"{command} --scan --fail-on error"],
        )
    unsure = [policy.name for policy in judged if policy.state is State.UNKNOWN]
    if is_strict and unsure:
        said = f"It is not known whether the cluster '{cluster.name}' complies with {', '.join(unsure)}."
        return said, [f"{command} --details -o table"]
    return None


def _way_to_judge(nothing: Any, reading: Reading, cluster: ClusterRef) -> str:
    """The command to go on with where there is nothing to judge."""
    from azext_safeguards.domain.compliance.found import Nothing
    from azext_safeguards.domain.level import Level

    if nothing is Nothing.OFF and reading.profile.level is Level.OFF:
        return f"az aks update {cluster.arguments} --safeguards-level Warning"
    if nothing is Nothing.OFF:
        return f"az aks safeguards policy list {cluster.arguments} -o table"
    return f"az aks safeguards diagnose {cluster.arguments} -o table"
