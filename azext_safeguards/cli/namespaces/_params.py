# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The arguments of the commands about namespaces."""

from __future__ import annotations

from typing import Any


def load_arguments(loader: Any) -> None:
    """Registers the arguments with az."""
    from azext_safeguards.cli.many._params import load_ids_arguments

    load_ids_arguments(loader, "namespace list", "namespace add", "namespace remove")
    for command in ("add", "remove"):
        with loader.argument_context(f"aks safeguards namespace {command}") as context:
            context.positional(
                "namespaces",
                nargs="*",
                metavar="NAMESPACE",
                help="Namespaces, separated by spaces or commas; a name may start or end with *. Before --ids.",
            )
            context.argument(
                "dry_run",
                options_list=["--dry-run"],
                action="store_true",
                default=None,
                help="Show what would change, and with -o json the exact body that would be sent; write nothing.",
            )
