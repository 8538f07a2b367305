# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The arguments of `register` and `diagnose`."""

from __future__ import annotations

from typing import Any


def load_arguments(loader: Any) -> None:
    """Registers the arguments with az."""
    from azext_safeguards.cli.az.arguments import fail_on, whole_seconds
    from azext_safeguards.cli.many._params import load_ids_arguments

    with loader.argument_context("aks safeguards register") as context:
        context.argument(
            # Not the dest that az reserves for long-running operations: those print nothing then.
            "skip_waiting",
            options_list=["--no-wait"],
            action="store_true",
            help="Ask for the registrations and do not wait. Run the command again later: the provider must be "
            "refreshed once the feature is registered.",
        )
        context.argument(
            "timeout", options_list=["--timeout"], type=whole_seconds, help="How many seconds to wait in all."
        )
    load_ids_arguments(loader, "diagnose")
    with loader.argument_context("aks safeguards diagnose") as context:
        fail_on(
            context,
            {"error": "problem", "warning": "warning", "never": "never"},
            default="error",
            help="End with exit code 1 when a check ended like this or worse; error is a check that is a problem.",
        )
