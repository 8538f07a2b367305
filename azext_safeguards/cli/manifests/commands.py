# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""`az aks safeguards check` and `explain`."""

from __future__ import annotations

from typing import Any


def load_commands(loader: Any) -> None:
    """Registers the commands with az."""
    from azure.cli.core.commands import CliCommandType

    from azext_safeguards.cli.az.tables import Table
    from azext_safeguards.cli.manifests._format import check_table, explanation_table

    checks = CliCommandType(operations_tmpl="azext_safeguards.cli.manifests.check#{}")
    with loader.command_group("aks safeguards", custom_command_type=checks) as group:
        group.custom_command(
            "check", "check", table_transformer=Table(check_table, prose=("Message",), whole=("Effect", "Policy"))
        )
    table = Table(explanation_table, prose=("Fix", "Policies"), whole=("Policy", "Effect", "Guess"))
    explanations = CliCommandType(operations_tmpl="azext_safeguards.cli.manifests.explain#{}")
    with loader.command_group("aks safeguards", custom_command_type=explanations) as group:
        group.custom_command("explain", "explain", table_transformer=table)
