# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Which names in a folder are those of manifests, and which are passed over."""

from __future__ import annotations

EXTENSIONS = (".yaml", ".yml", ".json")
"""What kubectl takes from a folder."""

LEFT_OUT = frozenset({"node_modules"})


def is_left_out(name: str) -> bool:
    """Whether a walk passes over a file or folder of this name."""
    return name.startswith(".") or name in LEFT_OUT
