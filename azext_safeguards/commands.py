# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Which feature has which of our commands, and which features the words of a command line need.

az hands each loader the words of the command line and builds only the command that they name, so only the features
that they can mean are loaded: every other `az aks` command would pay for all of ours.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from importlib import import_module
from typing import Any

GROUP = "safeguards"

# The word behind `az aks safeguards` -> the folder below cli/ that has it. Each has commands.py, _params.py, _help.py.
FEATURES: dict[str, str] = {
    "check": "manifests",
    "compliance": "compliance",
    "diagnose": "setup",
    "explain": "manifests",
    "export": "export",
    "namespace": "namespaces",
    "policy": "policies",
    "profile": "profile",
    "register": "setup",
    "resume": "policies",
    "suspend": "policies",
    "version": "setup",
}

# What azure-cli itself has below the same group, for the safeguards that AKS manages.
_OF_CORE = ("create", "delete", "list", "show", "update", "wait")
# How the flags on `az aks create` and `az aks update` begin; az takes any beginning of a name that is of one only.
_FLAGS = "--safeguards-"


def load_command_table(loader: Any, args: Sequence[str] | None) -> None:
    """Registers with az the commands that a command line can mean, with their help.

    :param args: the words of the command line; none for all commands, as where az writes its index or lists groups.
    """
    if _is_ours(args) and isinstance(args, list):
        _strip(args)
    features = needed_features(args)
    if args and features == ["manifests"] and "check" in args:
        from azext_safeguards.cli.manifests.early import start

        start(loader.cli_ctx, args)
    _open_door(loader.cli_ctx, args)
    for feature in features:
        # Help lies in a table of knack's, by the command's name.
        import_module(f"azext_safeguards.cli.{feature}._help")
        import_module(f"azext_safeguards.cli.{feature}.commands").load_commands(loader)
    if not features:
        # az forgets an extension that has no command below the word that its index is asked for, with its flags.
        from azure.cli.core.commands import CliCommandType

        handlers = CliCommandType(operations_tmpl="azext_safeguards.cli.setup.handlers#{}")
        with loader.command_group("aks safeguards version", custom_command_type=handlers) as group:
            group.custom_command("list", "version_list")


def _strip(args: list[str]) -> None:
    """Takes blanks and carriage returns off the ends of our commands' words, as files of Windows and YAML leave them.

    az hands on this list to its parser. What names a file that is there stays.
    """
    for place, word in enumerate(args):
        plain = word.strip()
        if plain and plain != word and not os.path.lexists(word):
            args[place] = plain


def _open_door(cli_ctx: Any, args: Sequence[str] | None) -> None:
    """Makes what strangers wrote visible from here on, before az reads any value: parsers and validators quote it."""
    if _is_ours(args):
        from azext_safeguards.cli.az.output import open_door

        open_door(cli_ctx, args or ())
    elif any(word.startswith(_FLAGS) for word in args or ()):
        from azext_safeguards.cli.az.output import open_stderr

        open_stderr(cli_ctx)


def _is_ours(args: Sequence[str] | None) -> bool:
    """Whether a command line names one of our commands, or none, rather than one of core's below `aks safeguards`."""
    words = [word.lower() for word in args or () if not word.startswith("-")]
    return words[:2] == ["aks", GROUP] and len(words) > 2 and words[2] not in _OF_CORE


def needed_features(args: Sequence[str] | None) -> list[str]:
    """The features that a command line can mean, each once; none for a command below `aks` that is not ours.

    What is not surely somebody else's gets all of them: completion, a misspelled word, `az aks safeguards -h`.
    """
    words = [word.lower() for word in args or () if not word.startswith("-")]
    every = list(dict.fromkeys(FEATURES.values()))
    if not words or words[0] != "aks" or (args and args[0].startswith("-")):
        return every
    if len(words) == 1 or not words[1].startswith("safe"):
        return []
    feature = FEATURES.get(words[2]) if len(words) > 2 and words[1] == GROUP else None
    return [feature] if feature else every
