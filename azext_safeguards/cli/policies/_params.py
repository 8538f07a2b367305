# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The arguments of the commands about single policies, and of suspend and resume."""

from __future__ import annotations

from typing import Any


def load_arguments(loader: Any) -> None:
    """Registers the arguments with az."""
    from azext_safeguards.cli.az.arguments import MEANT_EFFECTS, VERSION, complete_policy, complete_version, one_word
    from azext_safeguards.cli.many._params import load_ids_arguments

    changing = ("policy set", "policy reset", "suspend", "resume")
    load_ids_arguments(loader, "policy list", *changing)
    for command in changing:
        with loader.argument_context(f"aks safeguards {command}") as context:
            context.argument(
                "dry_run",
                options_list=["--dry-run"],
                action="store_true",
                default=None,
                help="Show what would change, and with -o json the exact body that would be sent; write nothing.",
            )
    with loader.argument_context("aks safeguards policy list") as context:
        context.argument(
            "version",
            options_list=VERSION,
            completer=complete_version,
            help="List the policies of this version of safeguards instead, without a cluster.",
        )
    for command in ("set", "reset"):
        with loader.argument_context(f"aks safeguards policy {command}") as context:
            context.argument(
                "policy",
                options_list=["--policy"],
                nargs="+",
                completer=complete_policy,
                help="Short names of policies, separated by spaces, such as probes. List them with `az aks safeguards "
                "policy list`.",
            )
    with loader.argument_context("aks safeguards policy set") as context:
        context.argument(
            "effect",
            options_list=["--effect"],
            arg_type=one_word(["Deny", "Warn", "Off", "Mutate"], MEANT_EFFECTS),
            help="What the policies do, whatever the level. Deny and Warn are for policies that check, Mutate for "
            "those that change objects.",
        )
        context.argument(
            "pod_security",
            options_list=["--pod-security"],
            arg_type=one_word(["Off", "Baseline", "Restricted"]),
            help="Turn the Pod Security policies of v3.0.0 on or off as a group, at a level of the Kubernetes Pod "
            "Security Standards. With --effect Deny or Warn they do that whatever the level; without, what the level "
            "does.",
        )
        context.argument(
            "param",
            options_list=["--param"],
            nargs="+",
            help="Parameters of the policies as NAME=VALUE, separated by spaces; lists and objects as JSON.",
        )
        context.argument(
            "allowed_registry",
            options_list=["--allowed-registry"],
            nargs="+",
            help="Allow images from these registries only: hosts with or without a path, or names of Azure container "
            "registries. Sets the pattern of the policy allowed-images.",
        )
    with loader.argument_context("aks safeguards policy reset") as context:
        context.argument(
            "reset_all",
            options_list=["--all"],
            action="store_true",
            default=None,
            help="Reset everything that was chosen for single policies.",
        )
    with loader.argument_context("aks safeguards suspend") as context:
        context.argument("reason", options_list=["--reason"], help="Why; it is recorded on the assignment and shown.")
