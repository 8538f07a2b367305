# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The arguments of the flags and of our own commands."""

from __future__ import annotations

from typing import Any

FLAGS_GROUP = "Deployment Safeguards"


def load_arguments(loader: Any, _command: str) -> None:
    """Registers the arguments with az."""
    from azure.cli.core.commands.parameters import get_enum_type, get_resource_name_completion_list

    from azext_safeguards.cli.compliance._params import load_compliance_arguments
    from azext_safeguards.cli.export._params import load_export_arguments
    from azext_safeguards.cli.flags._validators import validate_excluded_namespaces, validate_version
    from azext_safeguards.cli.manifests._params import load_check_arguments
    from azext_safeguards.cli.manifests._params_explain import load_explain_arguments
    from azext_safeguards.cli.many._params import load_ids_arguments
    from azext_safeguards.cli.policies._params import load_policy_arguments
    from azext_safeguards.cli.profile._params import load_fleet_arguments

    load_policy_arguments(loader)
    for scope in ("aks create", "aks update"):
        with loader.argument_context(scope, arg_group=FLAGS_GROUP) as context:
            context.argument(
                "safeguards_level",
                options_list=["--safeguards-level"],
                arg_type=get_enum_type(["Off", "Warning", "Enforcement"]),
                help="What deployment safeguards do: Warning prints warnings at kubectl apply, Enforcement denies "
                "and mutates, Off turns them off and keeps version and namespaces. Warning and Enforcement need the "
                "azure-policy add-on.",
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
            help="Show what the safeguards flags would change, and with -o json the exact body; write nothing.",
        )
    with loader.argument_context("aks safeguards register") as context:
        context.argument(
            # Not the dest that az reserves for long-running operations: those print nothing then.
            "skip_waiting",
            options_list=["--no-wait"],
            action="store_true",
            help="Ask for the registrations and do not wait. Run the command again later: the provider must be "
            "refreshed once the feature is registered.",
        )
        context.argument("timeout", options_list=["--timeout"], type=_seconds, help="How many seconds to wait in all.")
    for scope in ("aks safeguards profile", "aks safeguards diagnose"):
        with loader.argument_context(scope) as context:
            context.argument(
                "name",
                options_list=["--name", "-n"],
                id_part="name",
                completer=get_resource_name_completion_list("Microsoft.ContainerService/managedClusters"),
                help="Name of the managed cluster.",
            )
    with loader.argument_context("aks safeguards diagnose") as context:
        context.argument(
            "fail_on",
            options_list=["--fail-on"],
            arg_type=get_enum_type(["warning", "problem", "never"]),
            help="End with exit code 1 when a check ended like this or worse.",
        )
    load_ids_arguments(loader, "profile delete")
    load_check_arguments(loader)
    load_compliance_arguments(loader)
    load_export_arguments(loader)
    load_explain_arguments(loader)
    load_fleet_arguments(loader)


def _seconds(text: str) -> int:
    """A number of seconds that can be waited."""
    seconds = int(text)
    if seconds < 0:
        raise ValueError(text)
    return seconds


def complete_version(prefix: str = "", **_: Any) -> list[str]:
    """The known versions; offline, so that pressing Tab never waits."""
    from azext_safeguards.domain.initiative.catalog import PROFILE_VERSIONS

    return [name for name in PROFILE_VERSIONS if name.startswith(prefix)]
