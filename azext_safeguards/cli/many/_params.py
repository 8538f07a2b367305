# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""--ids of the commands that change clusters, beside --resource-group and --name."""

from __future__ import annotations

from typing import Any

_GROUP = "Resource Id"


def load_ids_arguments(loader: Any, *commands: str) -> None:
    """Registers the arguments with az.

    There is no `id_part`: for one, az would add an --ids of its own, which ends with 0 when one cluster fails and
    another does not.

    :param commands: below `aks safeguards`.
    """

    from azext_safeguards.cli.az.arguments import cluster_name

    for command in commands:
        with loader.argument_context(f"aks safeguards {command}") as context:
            context.argument("resource_group_name", id_part=None, arg_group=_GROUP)
            cluster_name(context, id_part=None, arg_group=_GROUP)
            context.argument(
                "ids",
                options_list=["--ids"],
                nargs="+",
                metavar="ID",
                arg_group=_GROUP,
                help="Resource ids of one or more clusters, of any subscriptions, space-separated, or the JSON of `az "
                "aks list`; instead of --resource-group and --name. Use @FILE to read them from a file, @- from "
                "standard input. Eight are worked on at a time; the exit code is 1 when any failed.",
            )
