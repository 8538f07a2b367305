# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Where core's `az aks safeguards show` and `update` find nothing that AKS manages: the command that shows ours.

`show` is where people look first. For a cluster that --safeguards-level set, core ends with NotFound, as if there were
no safeguards. az calls a command's exception handler before it words an error; ours adds a line and changes nothing.
"""

from __future__ import annotations

import re
from typing import Any

from knack.log import get_logger

logger = get_logger(__name__)

_UNKNOWN = object()
_RESOURCE = re.compile(
    r"/resourcegroups/(?P<group>[^/]+)/providers/Microsoft\.ContainerService/managedClusters/(?P<name>[^/]+)"
    r"/providers/Microsoft\.ContainerService/deploymentSafeguards/",
    re.IGNORECASE,
)


def add_hint(cli_ctx: Any, command: Any) -> None:
    """Has a command of core say where else to look; one that handles its errors itself is left alone.

    :param command: the command of az's table.
    """
    if getattr(command, "exception_handler", _UNKNOWN) is not None:
        return
    command.exception_handler = lambda error: _tell_and_raise(cli_ctx, error)


def _tell_and_raise(cli_ctx: Any, error: Exception) -> None:
    try:
        hint = _hint(cli_ctx, error)
    except Exception as failure:
        # The error of the command is what counts.
        logger.debug("safeguards: no hint: %s", failure, exc_info=True)
        hint = ""
    if hint:
        logger.warning(hint)
    raise error


def _hint(cli_ctx: Any, error: Exception) -> str:
    """A sentence and a command; empty for another error, such as that of a cluster that is not there."""
    from urllib.parse import unquote, urlsplit

    from azext_safeguards.cli.az.clients import cluster_ref

    response = getattr(error, "response", None)
    code = getattr(getattr(error, "error", None), "code", None)
    if response is None or response.status_code != 404 or code in ("ResourceNotFound", "ResourceGroupNotFound"):
        return ""
    # Core puts the cluster's id into the path with its slashes escaped.
    found = _RESOURCE.search(unquote(urlsplit(response.request.url).path))
    if not found:
        return ""
    cluster = cluster_ref(cli_ctx, found["group"], found["name"])
    return (
        "AKS manages no safeguards on this cluster. Those that --safeguards-level sets are shown by:\n"
        f"az aks safeguards profile show {cluster.arguments}"
    )
