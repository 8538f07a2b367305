# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The command of `az aks safeguards compliance`."""

from __future__ import annotations

from typing import Any


def load_commands(loader: Any) -> None:
    """Registers the commands with az."""
    from azure.cli.core.commands import CliCommandType

    from azext_safeguards.cli.az.tables import Table
    from azext_safeguards.cli.compliance._format import compliance_table
    from azext_safeguards.cli.many._format import each_cluster

    handlers = CliCommandType(operations_tmpl="azext_safeguards.cli.compliance.handlers#{}")
    table = Table(
        compliance_table, prose=("Message", "Policies"), whole=("Policy", "State"), only_wide=("Title", "LastScan")
    )
    with loader.command_group("aks safeguards compliance", custom_command_type=handlers) as group:
        group.custom_show_command("show", "compliance_show", table_transformer=each_cluster(table))
