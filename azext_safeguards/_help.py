# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Gathers the help of our own commands; that of `aks create` and `aks update` stays their owner's.

The loader loads each feature's help with its commands; this module is for tools that look for help by this name.
"""

from __future__ import annotations

from importlib import import_module

from azext_safeguards.commands import FEATURES

for _feature in dict.fromkeys(FEATURES.values()):
    import_module(f"azext_safeguards.cli.{_feature}._help")
