# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Resource ids: how they are compared, split and stored."""

from __future__ import annotations

import re
from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass
from typing import Generic, TypeVar

V = TypeVar("V")

_GROUP = re.compile(r"^/subscriptions/([^/]+)/resourcegroups/([^/]+)", re.I)


def collapse(path: str) -> str:
    """Return the path with one leading slash, no doubled slashes and no trailing slash."""
    return "/" + "/".join(part for part in path.split("/") if part)


def fold(resource_id: str) -> str:
    """Return the form in which two ids are compared: they are case-insensitive (recorded ids differ in case)."""
    return collapse(resource_id).lower()


class ById(MutableMapping[str, V], Generic[V]):
    """A dictionary whose keys are resource ids: compared without regard to case, kept as first written."""

    def __init__(self) -> None:
        self._items: dict[str, tuple[str, V]] = {}

    def __getitem__(self, key: str) -> V:
        return self._items[fold(key)][1]

    def __setitem__(self, key: str, value: V) -> None:
        folded = fold(key)
        kept = self._items.get(folded)
        self._items[folded] = (kept[0] if kept else collapse(key), value)

    def __delitem__(self, key: str) -> None:
        del self._items[fold(key)]

    def __iter__(self) -> Iterator[str]:
        return iter([kept for kept, _ in self._items.values()])

    def __len__(self) -> int:
        return len(self._items)

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and fold(key) in self._items

    def below(self, scope: str) -> list[str]:
        """Return the keys of everything that hangs on ``scope``, the scope itself not included."""
        prefix = fold(scope).rstrip("/") + "/"
        return [kept for folded, (kept, _) in self._items.items() if folded.startswith(prefix)]


@dataclass(frozen=True)
class Scope:
    """A place in the hierarchy: tenant (all empty), subscription, resource group or resource."""

    text: str
    subscription: str = ""
    group: str = ""
    provider: str = ""
    """Namespace, type and names of a resource, as written; empty above resources."""

    @classmethod
    def parse(cls, text: str) -> Scope | None:
        """Return the scope that a path names, or None when it names none."""
        path = collapse(text)
        if path == "/":
            return cls("/")
        parts = path.strip("/").split("/")
        if parts[0].lower() != "subscriptions" or len(parts) < 2:
            return None
        if len(parts) == 2:
            return cls(path, parts[1])
        match = _GROUP.match(path)
        if match is None:
            return None
        if len(parts) == 4:
            return cls(path, parts[1], parts[3])
        if parts[4].lower() != "providers" or len(parts) < 8 or len(parts) % 2:
            return None
        return cls(path, parts[1], parts[3], "/".join(parts[5:]))

    @property
    def kind(self) -> str:
        """One of tenant, subscription, group, resource."""
        if self.provider:
            return "resource"
        if self.group:
            return "group"
        return "subscription" if self.subscription else "tenant"

    @property
    def resource_type(self) -> str:
        """``Namespace/type`` of the innermost resource, as Resource Manager names it in its errors."""
        parts = self.provider.split("/")
        return "/".join([parts[0], *parts[1::2]])

    @property
    def resource_name(self) -> str:
        """``name`` or ``parent/child``."""
        return "/".join(self.provider.split("/")[2::2])
