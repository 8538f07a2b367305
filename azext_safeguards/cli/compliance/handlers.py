# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""`az aks safeguards compliance`: what on a cluster does not comply."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from azext_safeguards.cli.many.outcomes import Warn
    from azext_safeguards.domain.cluster import ClusterRef
    from azext_safeguards.services.arm import ArmClient


def compliance_show(
    cmd: Any,
    resource_group_name: str | None = None,
    name: str | None = None,
    ids: list[str] | None = None,
    details: bool = False,
    by: str = "policy",
    scan: bool = False,
    skip_waiting: bool = False,
    timeout: int = 3600,
    fail_on: str = "never",
    report_format: str | None = None,
    report_file: str | None = None,
) -> Any:
    """How clusters comply with their safeguards, as Azure Policy knows it."""
    from azext_safeguards.cli.az.output import say_files
    from azext_safeguards.cli.az.pages import page_target, write_page
    from azext_safeguards.cli.compliance._format import compliance_output
    from azext_safeguards.cli.compliance.page import compliance_page
    from azext_safeguards.cli.many.chosen import chosen_clusters, repeated
    from azext_safeguards.cli.many.reading import Found, read_clusters

    clusters = chosen_clusters(cmd, resource_group_name, name, ids)
    if len(clusters) > 1:
        _refuse_page(report_format, report_file)
    page_file = page_target(report_format, report_file, f"az {cmd.name} {clusters[0].arguments}")

    def read(arm: ArmClient, cluster: ClusterRef, warn: Warn) -> Found:
        command = f"az aks safeguards compliance show {cluster.arguments}"
        wanted = _Scan(cmd.cli_ctx, not skip_waiting, timeout, len(clusters) == 1) if scan else None
        reading = _reading(arm, cluster, command, wanted, details=details, warn=warn)
        cluster = cluster.spelled(reading.body.get("id"))
        failure = _failure(reading, cluster, command, is_strict=fail_on == "unknown") if fail_on != "never" else None
        failing = failure or ("", [])
        if page_file:
            write_page(page_file, compliance_page(cmd.cli_ctx, reading, cluster))
            say_files(cmd.cli_ctx, [page_file], _summary(reading.compliance, cluster))
            return Found(None, *failing)
        return Found(compliance_output(reading, cluster, by.lower(), details), *failing)

    options = {"--by": by if by.lower() != "policy" else None, "--details": details, "--scan": scan}
    return read_clusters(cmd, clusters, read, repeated(cmd.name, options))


@dataclass(frozen=True)
class _Scan:
    """A scan that was asked for."""

    cli_ctx: Any
    waits: bool
    timeout: int
    shows_progress: bool
    """Whether the terminal is this scan's alone."""


def _refuse_page(report_format: str | None, report_file: str | None) -> None:
    """Refuses a page about several clusters; `profile list` makes that of a fleet."""
    from azure.cli.core.azclierror import MutuallyExclusiveArgumentError

    if report_format or report_file:
        raise MutuallyExclusiveArgumentError(
            "A page is about one cluster, and --ids names several.",
            recommendation=["az aks safeguards profile list --format html --report-dir fleet"],
        )


def _reading(
    arm: ArmClient, cluster: ClusterRef, command: str, scan: _Scan | None, *, details: bool, warn: Warn
) -> Any:
    """What Azure Policy knows of a cluster, after a scan where one is asked for, with what is to be told of it.

    :raises azure.cli.core.azclierror.AzCLIError: where that could not be read.
    """
    from azure.core.exceptions import AzureError

    from azext_safeguards.cli.az.errors import cli_errors
    from azext_safeguards.cli.az.remedies import tell_others
    from azext_safeguards.services.compliance import StatesUnreadError

    with cli_errors():
        try:
            if scan:
                _scan(scan, arm, cluster, command)
            reading = _read(arm, cluster)
        except StatesUnreadError as error:
            raise _unread(error.reason, cluster, command) from error
        except AzureError as error:
            raise _absent(error, cluster, command, arm) from error
    cluster = cluster.spelled(reading.body.get("id"))
    command = f"az aks safeguards compliance show {cluster.arguments}"
    if reading.objects_error is not None:
        if details:
            raise _unread(reading.objects_error, cluster, f"{command} --details") from reading.objects_error
        warn("The states of objects could not be read, so objects are not counted.")
    if reading.profile.suspension:
        warn(f"The safeguards of the cluster '{cluster.name}' are {reading.profile.suspension}. Policies only report.")
    tell_others(reading.profile.others, cluster, warn)
    _remark(reading, cluster, command, warn)
    return reading


def _summary(compliance: Any, cluster: Any) -> str:
    """What the page says, in a line."""
    judged = [policy for policy in compliance.policies if policy.judges]
    broken = sum(policy.state.value == "NonCompliant" for policy in judged)
    line = f"{cluster.name}: {compliance.state.value}, {broken} of {len(judged)} policies are not complied with"
    return f"{line}; last scan {compliance.last_scan or 'never'}"


def _read(arm: Any, cluster: Any) -> Any:
    """How a cluster complies, whoever enforces its safeguards; errors as of `read_compliance`."""
    from azure.core.exceptions import ResourceNotFoundError

    from azext_safeguards.cli.az.errors import aks_alone
    from azext_safeguards.services.compliance import read_compliance, read_managed_compliance

    try:
        return read_compliance(arm, cluster)
    except ResourceNotFoundError as error:
        side = aks_alone(error, arm, cluster)
        if side is None:
            raise
    return read_managed_compliance(arm, cluster, side)


def _scan(wanted: _Scan, arm: Any, cluster: Any, command: str) -> None:
    """Has the resource group of the cluster scanned, once it is known that there is something to scan for."""
    from azure.core.exceptions import AzureError, ResourceNotFoundError

    from azext_safeguards.cli.az.errors import aks_alone, timed_out
    from azext_safeguards.services.compliance import ScanTimeout, scan
    from azext_safeguards.services.planning import load_assignment

    try:
        load_assignment(arm, cluster)
    except ResourceNotFoundError as error:
        if aks_alone(error, arm, cluster) is None:
            raise
    progress = wanted.cli_ctx.get_progress_controller() if wanted.shows_progress else None
    if progress:
        progress.begin(message="Asking for a scan")

    def say(text: str) -> None:
        if progress:
            progress.add(message=text)

    try:
        scan(arm, cluster, wait=wanted.waits, timeout=wanted.timeout, say=say)
    except ScanTimeout as error:
        raise timed_out(error, command) from error
    except AzureError as error:
        raise _unscanned(error, cluster, command) from error
    finally:
        if progress:
            progress.end()


def _remark(reading: Any, cluster: Any, command: str, warn: Warn) -> None:
    """Says what the result alone would let one overlook."""
    from azext_safeguards.domain.compliance.states import State
    from azext_safeguards.domain.compliance.summary import MOST_RECORDS

    compliance = reading.compliance
    if reading.aks is not None:
        _remark_managed(reading, cluster, warn)
    elif not any(policy.judges for policy in compliance.policies):
        warn("No policy of the safeguards is on, so there is nothing to comply with.")
    elif compliance.state is State.NOT_EVALUATED and not _is_kept_away(reading):
        warn(
            f"Azure Policy has not scanned the cluster '{cluster.name}' for its safeguards yet; after a change it "
            f"takes up to half an hour. Ask for a scan: {command} --scan"
        )
    for policy in compliance.policies:
        if policy.truncated:
            warn(
                f"Azure Policy is told of {MOST_RECORDS} objects at most for each policy; more may not comply with "
                f"'{policy.name}'."
            )


def _remark_managed(reading: Any, cluster: Any, warn: Warn) -> None:
    """Says whose safeguards they are, and that Azure Policy may know nothing of them."""
    from azext_safeguards.cli.az.remedies import told
    from azext_safeguards.domain.owners import read_only

    warn(told(read_only(reading.aks, cluster)))
    if not reading.compliance.policies:
        warn(
            f"Azure Policy has no states of the cluster '{cluster.name}' for the initiative. Whether AKS's own report "
            "any that can be read is not documented."
        )


def _failure(reading: Any, cluster: Any, command: str, *, is_strict: bool) -> tuple[str, list[str]] | None:
    """Why the cluster is no pass for --fail-on, and what to do about it; None where it is one."""
    from azext_safeguards.domain.compliance.states import State

    compliance, is_managed = reading.compliance, reading.aks is not None
    failing = [policy.name for policy in compliance.policies if policy.judges and policy.state is State.NON_COMPLIANT]
    if failing:
        said = f"The cluster '{cluster.name}' does not comply with {', '.join(failing)}."
        return said, [f"{command} --details -o table"]
    if _is_kept_away(reading) and compliance.state is State.NOT_EVALUATED:
        return (
            f"It is not known whether the cluster '{cluster.name}' complies: its assignment is kept away from it.",
            [f"az aks safeguards diagnose {cluster.arguments}"],
        )
    if compliance.state is State.NOT_EVALUATED and (is_managed or any(policy.judges for policy in compliance.policies)):
        return (
            f"It is not known whether the cluster '{cluster.name}' complies: Azure Policy has not scanned it yet.",
            [f"{command} --scan --fail-on error"],
        )
    unknown = [policy.name for policy in compliance.policies if policy.judges and policy.state is State.UNKNOWN]
    if is_strict and unknown:
        said = f"It is not known whether the cluster '{cluster.name}' complies with {', '.join(unknown)}."
        return said, [f"{command} --details -o table"]
    return None


def _is_kept_away(reading: Any) -> bool:
    """Whether somebody keeps the assignment away from its cluster, so that no scan will find anything."""
    from azext_safeguards.domain.assignment.others import NOT_SCOPES, SELECTORS

    return any(found.what in (NOT_SCOPES, SELECTORS) for found in reading.profile.others)


def _absent(error: Any, cluster: Any, command: str, arm: Any) -> Exception:
    """The az error for an assignment that could not be read, mostly because there is none."""
    from azext_safeguards.cli.az.errors import absent

    code = getattr(getattr(error, "error", None), "code", None)
    if code in ("ResourceNotFound", "ResourceGroupNotFound"):
        # That a cluster does not exist is said by az as it says it everywhere.
        other: Exception = error
        return other
    if code == "PolicyAssignmentNotFound":
        return absent(error, cluster, arm, "so there is nothing to comply with")
    return _unread(error, cluster, command)


def _unread(error: Any, cluster: Any, command: str) -> Exception:
    """The az error for a read that failed."""
    from azext_safeguards.cli.az.errors import request_failed

    unregistered = _unregistered(getattr(getattr(error, "error", None), "code", None), cluster, command)
    if unregistered is not None:
        return unregistered
    return request_failed(error, "The compliance of the cluster could not be read.", [command])


def _unscanned(error: Any, cluster: Any, command: str) -> Exception:
    """The az error for a scan that could not be had."""
    from azext_safeguards.cli.az.errors import request_failed
    from azext_safeguards.services.lookup import is_refusal

    unregistered = _unregistered(getattr(getattr(error, "error", None), "code", None), cluster, command)
    if unregistered is not None:
        return unregistered
    # Whoever may not ask for a scan can still see what the last one found.
    again = command if getattr(error, "status_code", None) == 403 else f"{command} --scan"
    said = (
        "Azure Policy did not scan the cluster." if is_refusal(error) else "It is not known whether a scan was begun."
    )
    return request_failed(error, said, [again])


def _unregistered(code: str | None, cluster: Any, command: str) -> Exception | None:
    from azure.cli.core.azclierror import ValidationError

    from azext_safeguards.domain.preflight import POLICY_INSIGHTS

    if code not in ("MissingSubscriptionRegistration", "SubscriptionNotRegistered"):
        return None
    error: Exception = ValidationError(
        f"The resource provider {POLICY_INSIGHTS} is not registered in this subscription, so Azure Policy knows "
        "nothing of the cluster.",
        recommendation=[
            f"az provider register --namespace {POLICY_INSIGHTS}{cluster.subscription_argument} --wait",
            command,
        ],
    )
    return error
