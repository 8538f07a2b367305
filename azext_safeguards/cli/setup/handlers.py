# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""`az aks safeguards register`, `diagnose` and `version list`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from azext_safeguards.cli.az.remedies import commands

if TYPE_CHECKING:
    from azext_safeguards.cli.many.reading import Found
    from azext_safeguards.domain.cluster import ClusterRef
    from azext_safeguards.services.arm import ArmClient


def register(cmd: Any, skip_waiting: bool = False, timeout: int = 1800) -> list[dict[str, Any]]:
    """Registers the feature flag and the resource providers that safeguards need, and waits for them."""
    from azext_safeguards.cli.az.clients import arm_client, subscription_argument
    from azext_safeguards.cli.az.errors import cli_errors, timed_out
    from azext_safeguards.services import registration

    again = f"az aks safeguards register{subscription_argument(cmd.cli_ctx)}"
    progress = cmd.cli_ctx.get_progress_controller()
    progress.begin(message="Registering")
    try:
        with cli_errors(repeat=again):
            result = registration.register(
                arm_client(cmd.cli_ctx),
                wait=not skip_waiting,
                timeout=timeout,
                say=lambda text: progress.add(message=text),
            )
    except registration.RegistrationTimeout as error:
        raise timed_out(error, again) from error
    finally:
        progress.end()
    return registration.as_output(result)


def diagnose(
    cmd: Any,
    resource_group_name: str | None = None,
    name: str | None = None,
    ids: list[str] | None = None,
    fail_on: str = "problem",
) -> Any:
    """Why is nothing happening? Checks all that safeguards depend on, in the order in which causes hide others."""
    from azext_safeguards.cli.many.chosen import chosen_clusters, repeated
    from azext_safeguards.cli.many.reading import read_clusters

    clusters = chosen_clusters(cmd, resource_group_name, name, ids)
    asked = repeated(cmd.name, {"--fail-on": fail_on if fail_on.lower() != "problem" else None})
    return read_clusters(cmd, clusters, lambda arm, cluster, _: _diagnosed(cmd, arm, cluster, fail_on), asked, "checks")


def _diagnosed(cmd: Any, arm: ArmClient, cluster: ClusterRef, fail_on: str) -> Found:
    """What was found out about a cluster."""
    from azext_safeguards.cli.az.errors import cli_errors
    from azext_safeguards.cli.az.output import say
    from azext_safeguards.cli.many.reading import Found
    from azext_safeguards.cli.setup._format import check_output
    from azext_safeguards.domain.diagnosis import Status
    from azext_safeguards.services.diagnosis import diagnose_cluster

    with cli_errors(repeat=f"az aks safeguards diagnose {cluster.arguments}"):
        checks = diagnose_cluster(arm, cluster)
    failing = {"warning": (Status.WARNING, Status.PROBLEM), "problem": (Status.PROBLEM,), "never": ()}[fail_on.lower()]
    first = next((check for check in checks if check.status in failing), None)
    if cmd.cli_ctx.invocation.data["output"] == "table":
        # A command that is cut is none, so the table has no room for them. What is ok needs nothing done: its ways to
        # change it (namespaces that are left alone) are in the JSON.
        others = [check for check in checks if check.todo and check is not first and check.status is not Status.OK]
        say(cmd.cli_ctx, *(f"{check.name}: {command}" for check in others for command in commands(check.todo)))
    shown = [check_output(check) for check in checks]
    return Found(shown, f"{first.name}: {first.seen}", list(commands(first.todo))) if first else Found(shown)


def version_list() -> list[dict[str, Any]]:
    """The safeguards versions that --safeguards-version takes."""
    from azext_safeguards.cli.setup._format import version_output
    from azext_safeguards.domain.initiative.catalog import PROFILE_VERSIONS

    return [version_output(version) for version in PROFILE_VERSIONS.values()]
