# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Builds the client for Azure Resource Manager from az's login, cloud and settings."""

from __future__ import annotations

from functools import partial
from typing import Any

from azext_safeguards.cli.az.output import say
from azext_safeguards.domain.cluster import ClusterRef
from azext_safeguards.services.arm import ArmClient


def arm_client(cli_ctx: Any, **kwargs: Any) -> ArmClient:
    """A client with az's own configuration: endpoint of the active cloud, headers, redacted --debug, CA switches.

    :param kwargs: azure-core settings on top, such as `retry_total`.
    """
    from azure.cli.core.commands.client_factory import get_mgmt_service_client

    client: ArmClient = get_mgmt_service_client(cli_ctx, ArmClient, waiting=partial(_tell_wait, cli_ctx), **kwargs)
    return client


def _tell_wait(cli_ctx: Any, seconds: float, status: int) -> None:
    """Says on stderr why nothing happens for a while."""
    why = "too many requests" if status == 429 else "it is busy"
    say(cli_ctx, f"Azure asks to wait {seconds:.0f} seconds (status {status}, {why}).")


def cluster_ref(cli_ctx: Any, resource_group: str, name: str) -> ClusterRef:
    """The cluster that a command is about, in the subscription of the command.

    :raises InvalidValueError: when a name could not be one in Azure.
    """
    from azure.cli.core._profile import Profile
    from azure.cli.core.commands.client_factory import get_subscription_id

    subscription = get_subscription_id(cli_ctx)
    is_default = Profile(cli_ctx=cli_ctx).get_subscription()["id"] == subscription
    return ClusterRef(subscription, resource_group.strip(), name.strip(), explicit_subscription=not is_default)


def subscription_argument(cli_ctx: Any) -> str:
    """` --subscription ID` for a command to paste, where that is not the one that az defaults to; else nothing."""
    from azure.cli.core._profile import Profile
    from azure.cli.core.commands.client_factory import get_subscription_id

    subscription = get_subscription_id(cli_ctx)
    is_default = Profile(cli_ctx=cli_ctx).get_subscription()["id"] == subscription
    return "" if is_default else f" --subscription {subscription}"


def account_name(cli_ctx: Any, subscription: str) -> str:
    """The name of the account that is signed in to a subscription, as in `az account show --query user.name`."""
    from azure.cli.core._profile import Profile

    known = Profile(cli_ctx=cli_ctx).get_subscription(subscription)
    return str((known.get("user") or {}).get("name") or "")
