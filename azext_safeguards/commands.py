# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The table of our own commands, which stand beside the six that core has in `aks safeguards`."""

from __future__ import annotations

from typing import Any


def load_command_table(loader: Any, _args: Any) -> None:
    """Registers our commands with az."""
    from azure.cli.core.commands import CliCommandType

    from azext_safeguards._format import diagnosis_table, profile_table, registration_table, version_table

    with loader.command_group("aks safeguards profile") as group:
        group.custom_show_command("show", "profile_show", table_transformer=profile_table)
        group.custom_command(
            "delete",
            "profile_delete",
            confirmation="This removes the safeguards assignment of the cluster with its excluded namespaces and "
            "everything that was set on it. To only turn safeguards off, use 'az aks update --safeguards-level Off'. "
            "Delete it?",
        )
    _load_fleet_commands(loader)
    with loader.command_group("aks safeguards") as group:
        group.custom_command("register", "register", table_transformer=registration_table)
        group.custom_command("diagnose", "diagnose", table_transformer=diagnosis_table)
    exports = CliCommandType(operations_tmpl="azext_safeguards.export_commands#{}")
    with loader.command_group("aks safeguards", custom_command_type=exports) as group:
        group.custom_command("export", "export")
    with loader.command_group("aks safeguards version") as group:
        group.custom_command("list", "version_list", table_transformer=version_table)


def _load_fleet_commands(loader: Any) -> None:
    from azure.cli.core.commands import CliCommandType

    from azext_safeguards._format_fleet import copied_table, fleet_table, move_table

    handlers = CliCommandType(operations_tmpl="azext_safeguards.fleet_commands#{}")
    with loader.command_group("aks safeguards profile", custom_command_type=handlers) as group:
        group.custom_command("list", "profile_list", table_transformer=fleet_table)
        group.custom_command("copy", "profile_copy", table_transformer=copied_table)
        group.custom_command("migrate", "profile_migrate", table_transformer=move_table)
