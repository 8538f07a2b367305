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
    from azext_safeguards.services.compliance import Reading
    from azext_safeguards.services.owners import Owned

_SHOW = "az aks safeguards compliance show"


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
    from azext_safeguards.cli.az.output import refuse_query, say_files
    from azext_safeguards.cli.az.pages import page_target, write_page
    from azext_safeguards.cli.compliance._format import compliance_output
    from azext_safeguards.cli.compliance.page import compliance_page
    from azext_safeguards.cli.compliance.verdict import failure, remark, summary_line
    from azext_safeguards.cli.many.chosen import chosen_clusters, repeated
    from azext_safeguards.cli.many.reading import Found, read_clusters

    if report_format:
        refuse_query(cmd.cli_ctx, f"--format {report_format}")
    clusters = chosen_clusters(cmd, resource_group_name, name, ids)
    if len(clusters) > 1:
        _refuse_page(report_format, report_file)
    page_file = page_target(report_format, report_file, f"az {cmd.name} {clusters[0].arguments}")

    def read(arm: ArmClient, cluster: ClusterRef, warn: Warn) -> Found:
        wanted = _Scan(cmd.cli_ctx, not skip_waiting, timeout, len(clusters) == 1) if scan else None
        scanned = wanted is not None and wanted.waits
        reading = _reading(arm, cluster, wanted, details=details, warn=warn)
        cluster = cluster.spelled(reading.body.get("id"))
        command = f"{_SHOW} {cluster.arguments}"
        is_strict, passes = fail_on == "unknown", fail_on == "never"
        found = None if passes else failure(reading, cluster, command, is_strict=is_strict, scanned=scanned)
        remark(reading, cluster, command, warn, scanned=scanned, failed=found is not None)
        failing = found or ("", [])
        if page_file:
            write_page(page_file, compliance_page(cmd.cli_ctx, reading, cluster))
            say_files(cmd.cli_ctx, [page_file], summary_line(reading.compliance, cluster))
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


def _reading(arm: ArmClient, cluster: ClusterRef, scan: _Scan | None, *, details: bool, warn: Warn) -> Reading:
    """What Azure Policy knows of a cluster, after a scan where one is asked for.

    :raises azure.cli.core.azclierror.AzCLIError: where that could not be read.
    """
    from azure.core.exceptions import AzureError

    from azext_safeguards.cli.az.errors import cli_errors, nobody
    from azext_safeguards.cli.az.remedies import tell_others
    from azext_safeguards.services.compliance import StatesUnreadError

    command = f"{_SHOW} {cluster.arguments}"
    with cli_errors():
        try:
            found = _scanned(scan, arm, cluster, command) if scan else _read(arm, cluster)
        except StatesUnreadError as error:
            raise _unread(error.reason, command) from error
        except AzureError as error:
            raise _failed(error, command) from error
        if found.assigned is None:
            raise nobody(found.aks, cluster, "so there is nothing to judge") from found.absence
    reading = found.assigned
    cluster = cluster.spelled(reading.body.get("id"))
    if reading.objects_error is not None:
        if details:
            command = f"{_SHOW} {cluster.arguments} --details"
            raise _unread(reading.objects_error, command) from reading.objects_error
        warn("The states of objects could not be read, so objects are not counted.")
    if reading.profile.suspension:
        warn(f"The safeguards of the cluster '{cluster.name}' are {reading.profile.suspension}. Policies only report.")
    tell_others([*reading.profile.others, *reading.beside], cluster, warn)
    return reading


def _read(arm: ArmClient, cluster: ClusterRef, found: Owned[Any] | None = None) -> Owned[Reading]:
    """How a cluster complies, whoever enforces its safeguards; errors as of `read_compliance`.

    :param found: whose they are, where that was read before.
    """
    from azext_safeguards.services.compliance import read_compliance
    from azext_safeguards.services.owners import owned

    reading = found.reading if found else None
    return _or_managed(arm, cluster, owned(arm, cluster, lambda: read_compliance(arm, cluster), reading))


def _or_managed(arm: ArmClient, cluster: ClusterRef, found: Owned[Reading]) -> Owned[Reading]:
    """The same with AKS's own safeguards told beside those of the assignment, or judged instead."""
    from dataclasses import replace

    from azext_safeguards.domain.diagnosis.around import as_set_by_others
    from azext_safeguards.services.compliance import read_managed_compliance

    reading, aks = found.assigned, found.aks
    if reading is not None:
        named = cluster.spelled(reading.body.get("id"))
        reading = replace(reading, beside=(*as_set_by_others(aks, named), *reading.beside))
    elif aks.acts:
        reading = read_managed_compliance(arm, cluster, aks)
    return replace(found, assigned=reading)


def _scanned(scan: _Scan, arm: ArmClient, cluster: ClusterRef, command: str) -> Owned[Reading]:
    """The same after a scan of the cluster's resource group, once it is known that there is something to scan for.

    An assignment is read again when the scan has ended: what somebody wrote meanwhile would make it a scan of the past.
    AKS's part is not, nor is anything where nobody waited.
    """
    from azext_safeguards.services.compliance import read_compliance
    from azext_safeguards.services.owners import Owned, owned
    from azext_safeguards.services.planning import load_assignment

    found = owned(arm, cluster, lambda: load_assignment(arm, cluster))
    loaded = found.assigned
    if loaded is None and not found.aks.acts:
        return Owned(None, found.aks, found.absence)
    _scan(scan, arm, cluster, command)
    if scan.waits:
        return _read(arm, cluster, found)
    reading = None if loaded is None else read_compliance(arm, cluster, loaded)
    return _or_managed(arm, cluster, Owned(reading, found.aks, found.absence))


def _scan(wanted: _Scan, arm: ArmClient, cluster: ClusterRef, command: str) -> None:
    """Has the resource group of the cluster scanned."""
    from azure.core.exceptions import AzureError

    from azext_safeguards.cli.az.errors import timed_out
    from azext_safeguards.services.compliance import ScanTimeout, scan

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
        raise _unscanned(error, command) from error
    finally:
        if progress:
            progress.end()


def _failed(error: Any, command: str) -> Exception:
    """The az error for an assignment that could not be read."""
    if getattr(getattr(error, "error", None), "code", None) in ("ResourceNotFound", "ResourceGroupNotFound"):
        # That a cluster does not exist is said by az as it says it everywhere.
        other: Exception = error
        return other
    return _unread(error, command)


def _unread(error: Any, command: str) -> Exception:
    """The az error for a read that failed."""
    from azext_safeguards.cli.az.errors import request_failed

    return request_failed(error, "The compliance of the cluster could not be read.", [command])


def _unscanned(error: Any, command: str) -> Exception:
    """The az error for a scan that could not be had."""
    from azext_safeguards.cli.az.errors import request_failed
    from azext_safeguards.services.lookup import is_refusal

    # Whoever may not ask for a scan can still see what the last one found.
    again = command if getattr(error, "status_code", None) == 403 else f"{command} --scan"
    said = (
        "Azure Policy did not scan the cluster." if is_refusal(error) else "It is not known whether a scan was begun."
    )
    return request_failed(error, said, [again])
