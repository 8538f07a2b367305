# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The mutating members of the initiative, one module each: what a cluster at Enforcement changes before it judges."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from azext_safeguards.check.mutations.mutation import Mutation

_MODULES: tuple[str, ...] = (
    "taints",
    "read_only_root_init",
    "cpu_limits",
    "memory_limits",
    "max_unavailable",
    "read_only_root",
)
# Module and short name are one, but for what is allowed in a name.
_BY_NAME = {f"mutate-{module.replace('_', '-')}": module for module in _MODULES}

NAMES: tuple[str, ...] = tuple(_BY_NAME)
"""The short names of all mutations."""


@cache
def mutation_named(short: str) -> Mutation:
    """A mutation by its short name; only its own module is loaded.

    :raises KeyError: when there is none of that name.
    """
    found: Mutation = import_module(f"azext_safeguards.check.mutations.{_BY_NAME[short]}").MUTATION
    return found


REGISTRY: dict[str, Mutation]
"""Every mutation by its short name; all modules are loaded when it is first asked for."""


def __getattr__(name: str) -> Any:
    if name == "REGISTRY":
        globals()[name] = {mutation_named(short).short: mutation_named(short) for short in NAMES}
        return globals()[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
