# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The policies that the checker knows, one module each; `registry` has them all."""

from __future__ import annotations

from typing import Any


def __getattr__(name: str) -> Any:
    """`REGISTRY`, read on first use: a module that needs only the types need not load thirty rules."""
    if name == "REGISTRY":
        from azext_safeguards.check.policies.registry import REGISTRY

        return REGISTRY
    raise AttributeError(name)
