# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Clusters as az has them: the installed command's model, its API version, its poller, and how az prints them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from knack.log import get_logger

from azext_safeguards.services.resources import CLUSTER_API

if TYPE_CHECKING:
    from azext_safeguards.domain.assignment.others import SetByOthers
    from azext_safeguards.domain.assignment.profile import Profile

logger = get_logger(__name__)

# Which models of the SDK are meant; azure-cli asks for it where it knows several versions.
_OPERATION_GROUP = "managed_clusters"


def with_profile(
    result: Any,
    profile: Profile | None,
    beside: Callable[[Mapping[str, Any]], Iterable[SetByOthers]] = lambda _: (),
) -> Any:
    """A cluster as az prints it, with `safeguardsProfile` where it has one.

    :param result: a model, a dictionary or None, as the installed handler returns it.
    :param beside: what stands beside the assignment, from the cluster as az prints it.
    """
    if profile is None or result is None:
        return result
    from azure.cli.core.commands import AzCliCommandInvoker, _is_poller

    try:
        from azure.cli.core.util import todict
    except ImportError:
        # azure-cli used knack's before its SDKs were generated from TypeSpec.
        from knack.util import todict
    if _is_poller(result):
        return result
    # The model would drop a member that it does not know, so it is converted as az does, and then completed.
    converted = todict(result, AzCliCommandInvoker.remove_additional_prop_layer)
    return {**converted, "safeguardsProfile": profile.as_cluster_member(beside(converted))}


def waited(cmd: Any, result: Any) -> Any:
    """The result of a long-running operation; az's handlers return its poller, or the cluster where they waited."""
    from azure.cli.core.commands import LongRunningOperation, _is_poller

    return LongRunningOperation(cmd.cli_ctx, f"Starting {cmd.name}")(result) if _is_poller(result) else result


def cluster_api(cmd: Any) -> str:
    """The API version that the installed command's own client reads clusters with, so that the output is its own."""
    factory = cmd.command_kwargs.get("client_factory")
    client = factory(cmd.cli_ctx, {}) if factory else None
    # There is no public way to ask an SDK's client for its version.
    return str(getattr(getattr(client, "_config", None), "api_version", None) or CLUSTER_API)


def as_model(cmd: Any, raw: Mapping[str, Any]) -> Any:
    """A cluster as the installed command's model, which decides how az prints it."""
    from azure.cli.core.profiles import ResourceType, get_sdk

    try:
        model = cmd.get_models("ManagedCluster", operation_group=_OPERATION_GROUP)
    except Exception as error:  # pylint: disable=broad-except
        # A command of another extension may have no SDK of its own in az's sense; core's prints the same members.
        logger.debug("safeguards: the installed command has no model of a cluster: %s", error)
        model = get_sdk(
            cmd.cli_ctx,
            ResourceType.MGMT_CONTAINERSERVICE,
            "ManagedCluster",
            mod="models",
            operation_group=_OPERATION_GROUP,
        )
    # Models of older SDKs are built by msrest, newer ones take the JSON itself.
    return model.deserialize(raw) if hasattr(model, "deserialize") else model(raw)
