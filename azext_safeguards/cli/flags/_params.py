# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The arguments of the flags on `az aks create` and `az aks update`."""

from __future__ import annotations

from typing import Any

FLAGS_GROUP = "Deployment Safeguards"


def load_arguments(loader: Any) -> None:
    """Registers the arguments with az."""
    from azext_safeguards.cli.az.arguments import ShownChoices, complete_version
    from azext_safeguards.cli.flags._validators import (
        validate_excluded_namespaces,
        validate_level,
        validate_version,
    )

    for scope in ("aks create", "aks update"):
        with loader.argument_context(scope, arg_group=FLAGS_GROUP) as context:
            context.argument(
                "safeguards_level",
                options_list=["--safeguards-level"],
                choices=ShownChoices(["Off", "Warning", "Enforcement"]),
                validator=validate_level,
                help="What deployment safeguards do: Warning prints warnings at kubectl apply, Enforcement denies "
                "and mutates, Off turns them off and keeps version and namespaces. Warning and Enforcement need the "
                "azure-policy add-on. At Enforcement, v2.0.0 limits containers without limits to 500m and 500Mi, and "
                "Pods that request more are refused; `az aks safeguards check` shows what a level would deny.",
            )
            context.argument(
                "safeguards_version",
                options_list=["--safeguards-version"],
                validator=validate_version,
                completer=complete_version,
                help="The version of deployment safeguards, such as v2.0.0, which is the default on a cluster without "
                "safeguards. List them with `az aks safeguards version list`.",
            )
            context.argument(
                "safeguards_excluded_ns",
                options_list=["--safeguards-excluded-ns"],
                # One list with commas; what is separated by blanks gets an answer of its own.
                nargs="+",
                validator=validate_excluded_namespaces,
                help="Comma-separated namespaces that safeguards leave alone, beside the system's; a name may start "
                'or end with *. Replaces the earlier list; "" clears it.',
            )
    with loader.argument_context("aks update", arg_group=FLAGS_GROUP) as context:
        context.argument(
            "safeguards_dry_run",
            options_list=["--dry-run"],
            action="store_true",
            default=None,
            help="Show what the safeguards flags would change, and with -o json the exact body that would be sent; "
            "write nothing.",
        )
