# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""`az aks safeguards export`."""

from __future__ import annotations

from typing import Any


def load_commands(loader: Any) -> None:
    """Registers the commands with az."""
    from azure.cli.core.commands import CliCommandType

    handlers = CliCommandType(operations_tmpl="azext_safeguards.cli.export.handlers#{}")
    with loader.command_group("aks safeguards", custom_command_type=handlers) as group:
        group.custom_command("export", "export")
