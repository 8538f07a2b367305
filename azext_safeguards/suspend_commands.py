# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""`az aks safeguards suspend` and `resume`: nothing is enforced for a while, and everything else stays."""

from __future__ import annotations

from typing import Any

from knack.log import get_logger

logger = get_logger(__name__)


def suspend(
    cmd: Any, resource_group_name: str, name: str, reason: str | None = None, dry_run: bool | None = None
) -> Any:
    """Stops enforcing the safeguards of a cluster, and records who did it, when and why."""
    from datetime import datetime, timezone

    from azext_safeguards.domain.suspension import Suspend, Suspension

    at = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    suspension = Suspension(_account(cmd), at, (reason or "").strip())
    return _run(cmd, resource_group_name, name, Suspend(suspension), "suspend", dry_run)


def resume(cmd: Any, resource_group_name: str, name: str, dry_run: bool | None = None) -> Any:
    """Has the safeguards of a cluster enforced again."""
    from azext_safeguards.domain.suspension import Resume

    return _run(cmd, resource_group_name, name, Resume(), "resume", dry_run)


def _run(cmd: Any, resource_group_name: str, name: str, change: Any, verb: str, dry_run: bool | None) -> Any:
    from azure.core.exceptions import ResourceNotFoundError

    from azext_safeguards._client_factory import arm_client, cluster_ref
    from azext_safeguards._errors import cli_errors
    from azext_safeguards._format import profile_output
    from azext_safeguards.custom import absent
    from azext_safeguards.plans import show_plan, write_plan
    from azext_safeguards.services.policies import plan_suspension
    from azext_safeguards.services.safeguards import read_profile

    with cli_errors():
        cluster = cluster_ref(cmd.cli_ctx, resource_group_name, name)
    with cli_errors(repeat=f"az aks safeguards {verb} {cluster.arguments}"):
        arm = arm_client(cmd.cli_ctx)
        try:
            plan = plan_suspension(arm, cluster, change)
        except ResourceNotFoundError as error:
            raise absent(error, cluster) from error
        for warning in plan.warnings:
            logger.warning(warning)
        if dry_run:
            return show_plan(cmd, plan)
        write_plan(arm, cluster, plan)
        profile, body = read_profile(arm, cluster)
    return profile_output(profile, body, cluster)


def _account(cmd: Any) -> str:
    """The name of the signed-in account as az knows it, as in `az account show --query user.name`."""
    from azure.cli.core._profile import Profile

    subscription = Profile(cli_ctx=cmd.cli_ctx).get_subscription()
    return str((subscription.get("user") or {}).get("name") or "")
