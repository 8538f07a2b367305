# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Parts of containers that many of them have alike: resources, ports, probes, hooks, security contexts.

Each is decoded, filled in and validated once, and shared by all objects in which it stands from then on.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

from azext_safeguards.check.apiserver import container_defaults


class Shared(dict[str, Any]):
    """A part that is decoded and filled in. Nobody changes it: what is to be changed is copied first."""

    __slots__ = ("valid_for",)

    def __init__(self, value: dict[str, Any]) -> None:
        super().__init__(value)
        self.valid_for: set[Hashable] = set()
        """For which circumstances of its container it has been found to be valid."""


class SharedList(list[Any]):
    """The same for a list."""

    __slots__ = ("valid_for",)

    def __init__(self, value: list[Any]) -> None:
        super().__init__(value)
        self.valid_for: set[Hashable] = set()
        """See `Shared`."""


FILLED_IN: dict[str, Callable[[dict[str, Any]], None]] = {
    "resources": container_defaults.resources,
    "lifecycle": container_defaults.lifecycle,
    "securityContext": lambda _: None,
    **dict.fromkeys(container_defaults.PROBES, container_defaults.probe),
}
"""Fields of containers that are shared -> what fills in their defaults, which depend on nothing else."""

LISTS_FILLED_IN: dict[str, Callable[[list[Any]], None]] = {"ports": container_defaults.ports}
"""The same for fields that are lists."""
