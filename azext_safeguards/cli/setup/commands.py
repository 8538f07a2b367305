# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""`az aks safeguards register`, `diagnose` and `version list`."""

from __future__ import annotations

from typing import Any


def load_commands(loader: Any) -> None:
    """Registers the commands with az."""
    from azure.cli.core.commands import CliCommandType

    from azext_safeguards.cli.az.tables import Table
    from azext_safeguards.cli.many._format import each_cluster
    from azext_safeguards.cli.setup._format import diagnosis_table, registration_table, version_table

    diagnosis = Table(diagnosis_table, prose=("Seen",), whole=("Check", "Status"), only_wide=("Todo",))
    handlers = CliCommandType(operations_tmpl="azext_safeguards.cli.setup.handlers#{}")
    with loader.command_group("aks safeguards", custom_command_type=handlers) as group:
        group.custom_command("register", "register", table_transformer=Table(registration_table, prose=("Note",)))
        group.custom_command(
            "diagnose",
            "diagnose",
            table_transformer=each_cluster(diagnosis, "checks"),
        )
    with loader.command_group("aks safeguards version", custom_command_type=handlers) as group:
        group.custom_command("list", "version_list", table_transformer=Table(version_table))
