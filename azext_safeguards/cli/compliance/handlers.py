# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""`az aks safeguards compliance`: what on a cluster does not comply."""

from __future__ import annotations

from typing import Any

from knack.log import get_logger

logger = get_logger(__name__)


def compliance_show(
    cmd: Any,
    resource_group_name: str,
    name: str,
    details: bool = False,
    by: str = "policy",
    scan: bool = False,
    skip_waiting: bool = False,
    timeout: int = 3600,
    fail_on: str = "never",
    report_format: str | None = None,
    report_file: str | None = None,
) -> dict[str, Any] | None:
    """How a cluster complies with its safeguards, as Azure Policy knows it."""
    from azure.core.exceptions import AzureError

    from azext_safeguards.cli.az.clients import arm_client, cluster_ref
    from azext_safeguards.cli.az.errors import cli_errors
    from azext_safeguards.cli.az.pages import page_target, write_page
    from azext_safeguards.cli.compliance._format import compliance_output
    from azext_safeguards.cli.compliance.page import compliance_page
    from azext_safeguards.services.compliance import StatesUnreadError

    with cli_errors():
        cluster = cluster_ref(cmd.cli_ctx, resource_group_name, name)
    command = f"az aks safeguards compliance show {cluster.arguments}"
    page_file = page_target(report_format, report_file, command)
    arm = arm_client(cmd.cli_ctx)
    with cli_errors():
        try:
            if scan:
                _scan(cmd.cli_ctx, arm, cluster, wait=not skip_waiting, timeout=timeout, command=command)
            reading = _read(arm, cluster)
        except StatesUnreadError as error:
            raise _unread(error.reason, cluster, command) from error
        except AzureError as error:
            raise _absent(error, cluster, command, arm) from error
    if reading.objects_error is not None:
        if details:
            raise _unread(reading.objects_error, cluster, f"{command} --details") from reading.objects_error
        logger.warning("The states of objects could not be read, so objects are not counted.")
    if reading.profile.suspension:
        suspension = reading.profile.suspension
        logger.warning("The safeguards of the cluster '%s' are %s. Policies only report.", cluster.name, suspension)
    _remark(reading, cluster, command)
    if fail_on.lower() == "noncompliant":
        _fail(cmd.cli_ctx, reading.compliance, cluster, command, reading.aks is not None)
    if page_file:
        write_page(page_file, compliance_page(cmd.cli_ctx, reading, cluster))
        return None
    return compliance_output(reading, cluster, by.lower(), details)


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


def _scan(cli_ctx: Any, arm: Any, cluster: Any, *, wait: bool, timeout: int, command: str) -> None:
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
    progress = cli_ctx.get_progress_controller()
    progress.begin(message="Asking for a scan")
    try:
        scan(arm, cluster, wait=wait, timeout=timeout, say=lambda text: progress.add(message=text))
    except ScanTimeout as error:
        raise timed_out(error, command) from error
    except AzureError as error:
        raise _unscanned(error, cluster, command) from error
    finally:
        progress.end()


def _remark(reading: Any, cluster: Any, command: str) -> None:
    """Says what the result alone would let one overlook."""
    from azext_safeguards.domain.compliance.states import State
    from azext_safeguards.domain.compliance.summary import MOST_RECORDS

    compliance = reading.compliance
    if reading.aks is not None:
        _remark_managed(reading, cluster)
    elif not any(policy.judges for policy in compliance.policies):
        logger.warning("No policy of the safeguards is on, so there is nothing to comply with.")
    elif compliance.state is State.NOT_EVALUATED:
        logger.warning(
            "Azure Policy has not scanned the cluster '%s' for its safeguards yet; after a change it takes up to half "
            "an hour. Ask for a scan: %s --scan",
            cluster.name,
            command,
        )
    for policy in compliance.policies:
        if policy.truncated:
            logger.warning(
                "Azure Policy is told of %d objects at most for each policy; more may not comply with '%s'.",
                MOST_RECORDS,
                policy.name,
            )


def _remark_managed(reading: Any, cluster: Any) -> None:
    """Says whose safeguards they are, and that Azure Policy may know nothing of them."""
    from azext_safeguards.cli.az.remedies import told
    from azext_safeguards.domain.owners import read_only

    logger.warning(told(read_only(reading.aks, cluster)))
    if not reading.compliance.policies:
        logger.warning(
            "Azure Policy has no states of the cluster '%s' for the initiative. Whether AKS's own report any "
            "that can be read is not documented.",
            cluster.name,
        )


def _fail(cli_ctx: Any, compliance: Any, cluster: Any, command: str, is_managed: bool) -> None:
    from azext_safeguards.cli.az.exit_codes import fail_after_output
    from azext_safeguards.domain.compliance.states import State

    failing = [policy.name for policy in compliance.policies if policy.judges and policy.state is State.NON_COMPLIANT]
    if failing:
        fail_after_output(
            cli_ctx,
            f"The cluster '{cluster.name}' does not comply with {', '.join(failing)}.",
            [f"{command} --details -o table"],
        )
    elif compliance.state is State.NOT_EVALUATED and (
        is_managed or any(policy.judges for policy in compliance.policies)
    ):
        fail_after_output(
            cli_ctx,
            f"It is not known whether the cluster '{cluster.name}' complies: Azure Policy has not scanned it yet.",
            [f"{command} --scan --fail-on noncompliant"],
        )


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
