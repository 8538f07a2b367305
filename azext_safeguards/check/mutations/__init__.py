# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The mutating members of the initiative, one module each: what a cluster at Enforcement changes before it judges."""

from __future__ import annotations

from importlib import import_module

from azext_safeguards.check.mutations.mutation import Mutation

MODULES: tuple[str, ...] = (
    "taints",
    "read_only_root_init",
    "cpu_limits",
    "memory_limits",
    "max_unavailable",
    "read_only_root",
)

REGISTRY: dict[str, Mutation] = {
    mutation.short: mutation
    for mutation in (import_module(f"azext_safeguards.check.mutations.{name}").MUTATION for name in MODULES)
}
"""Every mutation by its short name."""
