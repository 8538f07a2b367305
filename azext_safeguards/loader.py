# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What az loads: our commands, their help and arguments, and the flags on `aks create` and `aks update`."""

from __future__ import annotations

from typing import Any

from azure.cli.core import AzCommandsLoader


class SafeguardsCommandsLoader(AzCommandsLoader):
    """Loads `az aks safeguards ...` of ours, and attaches the flags to whatever `az aks create/update` is installed."""

    # az's command index remembers extensions by the module of their loader class, and looks for the package's name.
    __module__ = "azext_safeguards"

    def __init__(self, cli_ctx: Any = None) -> None:
        from azext_safeguards.cli.flags.attach import register

        super().__init__(cli_ctx=cli_ctx)
        register(self)

    def load_command_table(self, args: list[str] | None) -> dict[str, Any]:
        """Our own commands that a command line can mean, and always at least one below `aks`; see `commands`."""
        from azext_safeguards.commands import load_command_table

        load_command_table(self, args)
        table: dict[str, Any] = self.command_table
        return table

    def load_arguments(self, command: str) -> None:
        """The arguments of one of our commands, or of the flags on `aks create` and `aks update`."""
        from azext_safeguards._params import load_arguments

        load_arguments(self, command)
