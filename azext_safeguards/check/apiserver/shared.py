# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Parts of containers that many of them have alike: resources, ports, probes, hooks, security contexts.

Each is decoded, filled in and validated once, and shared by all objects in which it stands from then on.
"""

from __future__ import annotations

import marshal
from collections.abc import Callable, Hashable
from typing import Any

from azext_safeguards.check.apiserver import container_defaults
from azext_safeguards.check.apiserver.doubt import Doubt

# What is kept of parts of one kind, in bytes of their content, and the first length that is not.
_MOST_KEPT = 128 * 1024
_LONG = 2000


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


def once_for_each(make: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """What is made of a part: once for those of one content, within bounds of memory.

    :param make: a part in, what is made of it out; None for nothing, which is not kept. May raise `Doubt`.
    :returns: the same, also raising `Doubt` for what cannot be compared by its content.
    """
    known: dict[bytes, Any] = {}
    kept = 0

    def step(value: Any) -> Any:
        nonlocal kept
        try:
            # The text of version 0 is the same for the same value, whatever else refers to it.
            key = marshal.dumps(value, 0)
        except ValueError:
            raise Doubt from None
        found = known.get(key)
        if found is None:
            found = make(value)
            if found is not None and len(key) < _LONG:
                kept += len(key)
                if kept > _MOST_KEPT:
                    known.clear()
                    kept = len(key)
                known[key] = found
        return found

    return step


FILLED_IN: dict[str, Callable[[dict[str, Any]], None]] = {
    "resources": container_defaults.resources,
    "lifecycle": container_defaults.lifecycle,
    "securityContext": lambda _: None,
    **dict.fromkeys(container_defaults.PROBES, container_defaults.probe),
}
"""Fields of containers that are shared -> what fills in their defaults, which depend on nothing else."""

LISTS_FILLED_IN: dict[str, Callable[[list[Any]], None]] = {"ports": container_defaults.ports}
"""The same for fields that are lists."""
