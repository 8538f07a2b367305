# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The arguments of `az aks safeguards compliance`."""

from __future__ import annotations

from typing import Any


def load_arguments(loader: Any) -> None:
    """Registers the arguments with az."""
    from azure.cli.core.commands.parameters import get_enum_type

    from azext_safeguards.cli.az.arguments import fail_on, whole_seconds
    from azext_safeguards.cli.az.page_arguments import load_page_arguments
    from azext_safeguards.cli.many._params import load_ids_arguments

    load_ids_arguments(loader, "compliance show")
    with loader.argument_context("aks safeguards compliance") as context:
        context.argument(
            "details",
            options_list=["--details"],
            action="store_true",
            help="List every object that does not comply, is exempt or of unknown state: kind, namespace, name, policy "
            "and message.",
        )
        context.argument(
            "by",
            options_list=["--by"],
            arg_type=get_enum_type(["policy", "namespace"]),
            help="What the rows of a table are, or what details are sorted by. JSON has both.",
        )
        context.argument(
            "scan",
            options_list=["--scan", "--wait"],
            action="store_true",
            help="Have Azure Policy scan the resource group of the cluster, and wait for that, before anything is "
            "shown. It takes minutes.",
        )
        context.argument(
            # Not the dest that az reserves for long-running operations: those print nothing then.
            "skip_waiting",
            options_list=["--no-wait"],
            action="store_true",
            validator=_validate_no_wait,
            help="With --scan: ask for the scan, do not wait for it, and show what is known now.",
        )
        context.argument(
            "timeout",
            options_list=["--timeout"],
            type=whole_seconds,
            help="How many seconds to wait for the scan.",
        )
        load_page_arguments(context)
        fail_on(
            context,
            {"error": "noncompliant", "warning": "unknown", "never": "never"},
            default="never",
            help="End with exit code 1, the result still printed: error when a policy is not complied with, when it is "
            "not known whether they are because the cluster was never scanned or not since the last change of its "
            "safeguards, or when none judges the cluster; warning also when a policy's state is not known, or no "
            "object was judged.",
        )


def _validate_no_wait(namespace: Any) -> None:
    """Refuses --no-wait where nothing is asked for that could be waited for."""
    if namespace.skip_waiting and not namespace.scan:
        from azure.cli.core.azclierror import RequiredArgumentMissingError

        raise RequiredArgumentMissingError(
            "--no-wait is about a scan, and none is asked for.", recommendation="Add to the command: --scan"
        )
