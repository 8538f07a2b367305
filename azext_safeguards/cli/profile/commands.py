# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The commands of `az aks safeguards profile`."""

from __future__ import annotations

from typing import Any


def load_commands(loader: Any) -> None:
    """Registers the commands with az."""
    from azure.cli.core.commands import CliCommandType

    from azext_safeguards.cli.many._format import MANY, each_cluster, one_or_many
    from azext_safeguards.cli.profile._format import FLEET, MOVE, PROFILE
    from azext_safeguards.cli.profile.delete import confirm_delete

    handlers = CliCommandType(operations_tmpl="azext_safeguards.cli.profile.handlers#{}")
    with loader.command_group("aks safeguards profile", custom_command_type=handlers) as group:
        group.custom_show_command("show", "profile_show", table_transformer=each_cluster(PROFILE))
        group.custom_command("list", "profile_list", table_transformer=FLEET)
        group.custom_command("copy", "profile_copy", table_transformer=MANY)
    deletion = CliCommandType(operations_tmpl="azext_safeguards.cli.profile.delete#{}")
    with loader.command_group("aks safeguards profile", custom_command_type=deletion) as group:
        group.custom_command("delete", "profile_delete", confirmation=confirm_delete, table_transformer=MANY)
    moves = CliCommandType(operations_tmpl="azext_safeguards.cli.profile.migrate#{}")
    with loader.command_group("aks safeguards profile", custom_command_type=moves) as group:
        group.custom_command("migrate", "profile_migrate", table_transformer=one_or_many(MOVE))
