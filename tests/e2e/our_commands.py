# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Our commands as az has them: what tests that are about every command go through."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from azure.cli.core.mock import DummyCli

from azext_safeguards.loader import SafeguardsCommandsLoader

# What each of them needs before it does anything.
NEEDED = {
    "aks safeguards check": "-f pod.yaml",
    "aks safeguards compliance show": "-g rg -n c1",
    "aks safeguards diagnose": "-g rg -n c1",
    "aks safeguards explain": "probes",
    "aks safeguards export": "-g rg -n c1",
    "aks safeguards namespace add": "ns9 -g rg -n c1",
    "aks safeguards namespace list": "-g rg -n c1",
    "aks safeguards namespace remove": "ns9 -g rg -n c1",
    "aks safeguards policy list": "-g rg -n c1",
    "aks safeguards policy reset": "-g rg -n c1 --policy probes",
    "aks safeguards policy set": "-g rg -n c1 --policy probes --effect Warn",
    "aks safeguards profile copy": "--from {cluster} --to {cluster}2",
    "aks safeguards profile delete": "-g rg -n c1 --yes",
    "aks safeguards profile list": "",
    "aks safeguards profile migrate": "-g rg -n c1 --to managed --yes --overlap 0",
    "aks safeguards profile show": "-g rg -n c1",
    "aks safeguards register": "",
    "aks safeguards resume": "-g rg -n c1",
    "aks safeguards suspend": "-g rg -n c1",
    "aks safeguards version list": "",
}
"""Command -> what it cannot do without; `{cluster}` is the id of the cluster `c1`."""


def options() -> dict[str, list[list[str]]]:
    """Every command of ours -> the names of each of its options, but those that az itself gives every command."""
    return {
        name: [
            [str(one) for one in argument.type.settings.get("options_list") or ()]
            for dest, argument in command.arguments.items()
            if dest != "cmd"
        ]
        for name, command in _commands().items()
    }


def table() -> dict[str, list[str]]:
    """Every command of ours -> its options, one name each, that take a value.

    Those that az itself gives every command, and --resource-group, are left out.
    """
    return {
        name: [
            max(map(str, options), key=len)
            for dest, argument in command.arguments.items()
            if (options := argument.type.settings.get("options_list"))
            and argument.type.settings.get("action") not in ("store_true", "store_false")
            and dest not in ("cmd", "resource_group_name")
        ]
        for name, command in _commands().items()
    }


def _commands() -> dict[str, Any]:
    loader = SafeguardsCommandsLoader(cli_ctx=DummyCli())
    commands: dict[str, Any] = loader.load_command_table(None)
    for name, command in commands.items():
        loader.command_name = name
        loader.cli_ctx.invocation = SimpleNamespace(data={"command_string": name}, commands_loader=loader)
        loader.load_arguments(name)
        command.load_arguments()
        loader._update_command_definitions()
    return commands
