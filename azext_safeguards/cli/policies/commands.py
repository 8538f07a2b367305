# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The commands about single policies, and `suspend` and `resume`."""

from __future__ import annotations

from typing import Any


def load_commands(loader: Any) -> None:
    """Registers the commands with az."""
    from azure.cli.core.commands import CliCommandType

    from azext_safeguards.cli.many._format import each_cluster, one_or_many
    from azext_safeguards.cli.policies._format import POLICIES
    from azext_safeguards.cli.profile._format import PROFILE

    policies = CliCommandType(operations_tmpl="azext_safeguards.cli.policies.handlers#{}")
    with loader.command_group("aks safeguards policy", custom_command_type=policies) as group:
        group.custom_command("list", "policy_list", table_transformer=each_cluster(POLICIES, "policies"))
        group.custom_command("set", "policy_set", table_transformer=one_or_many(POLICIES))
        group.custom_command("reset", "policy_reset", table_transformer=one_or_many(POLICIES))
    suspension = CliCommandType(operations_tmpl="azext_safeguards.cli.policies.suspend#{}")
    with loader.command_group("aks safeguards", custom_command_type=suspension) as group:
        group.custom_command("suspend", "suspend", table_transformer=one_or_many(PROFILE))
        group.custom_command("resume", "resume", table_transformer=one_or_many(PROFILE))
