# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The commands about the namespaces that are left alone."""

from __future__ import annotations

from typing import Any


def load_commands(loader: Any) -> None:
    """Registers the commands with az."""
    from azure.cli.core.commands import CliCommandType

    from azext_safeguards.cli.az.tables import Table
    from azext_safeguards.cli.many._format import each_cluster, one_or_many
    from azext_safeguards.cli.namespaces._format import change_table, namespace_table

    namespaces = CliCommandType(operations_tmpl="azext_safeguards.cli.namespaces.handlers#{}")
    with loader.command_group("aks safeguards namespace", custom_command_type=namespaces) as group:
        group.custom_command(
            "list", "namespace_list", table_transformer=each_cluster(Table(namespace_table), "namespaces")
        )
        group.custom_command("add", "namespace_add", table_transformer=one_or_many(Table(change_table)))
        group.custom_command("remove", "namespace_remove", table_transformer=one_or_many(Table(change_table)))
