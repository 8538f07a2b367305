# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The commands of `az aks safeguards profile`."""

from __future__ import annotations

from typing import Any


def load_commands(loader: Any) -> None:
    """Registers the commands with az."""
    from azure.cli.core.commands import CliCommandType

    from azext_safeguards.cli.many._format import many_table, one_or_many
    from azext_safeguards.cli.profile._format import fleet_table, move_table, profile_table
    from azext_safeguards.cli.profile.delete import confirm_delete

    handlers = CliCommandType(operations_tmpl="azext_safeguards.cli.profile.handlers#{}")
    with loader.command_group("aks safeguards profile", custom_command_type=handlers) as group:
        group.custom_show_command("show", "profile_show", table_transformer=profile_table)
        group.custom_command("list", "profile_list", table_transformer=fleet_table)
        group.custom_command("copy", "profile_copy", table_transformer=many_table)
    deletion = CliCommandType(operations_tmpl="azext_safeguards.cli.profile.delete#{}")
    with loader.command_group("aks safeguards profile", custom_command_type=deletion) as group:
        group.custom_command("delete", "profile_delete", confirmation=confirm_delete, table_transformer=many_table)
    moves = CliCommandType(operations_tmpl="azext_safeguards.cli.profile.migrate#{}")
    with loader.command_group("aks safeguards profile", custom_command_type=moves) as group:
        group.custom_command("migrate", "profile_migrate", table_transformer=one_or_many(move_table))
