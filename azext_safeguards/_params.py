# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Gathers the arguments of the flags and of our own commands."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from azext_safeguards.commands import needed_features


def load_arguments(loader: Any, command: str) -> None:
    """Registers with az the arguments of a command, or of all of them.

    :param command: its name, such as `aks update`.
    """
    features = ["flags"] if command in ("aks create", "aks update") else needed_features(command.split())
    for feature in features:
        import_module(f"azext_safeguards.cli.{feature}._params").load_arguments(loader)
    if features != ["flags"]:
        from azext_safeguards.cli.az.tables import load_wide_argument

        load_wide_argument(loader)
