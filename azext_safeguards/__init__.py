# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Azure CLI extension: deployment safeguards for AKS clusters, by Azure Policy assignment."""

from __future__ import annotations

from typing import Any


def __getattr__(name: str) -> Any:
    """`COMMAND_LOADER_CLS`, which az asks for; on demand, so that the rest can be used without loading az."""
    if name == "COMMAND_LOADER_CLS":
        from azext_safeguards.loader import SafeguardsCommandsLoader

        return SafeguardsCommandsLoader
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
