# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Resources that only have to exist: they are stored as sent."""

from __future__ import annotations

from typing import Any

from sandbox.core.copies import copied
from sandbox.core.ids import ById, collapse
from sandbox.resources.exceptions import ResourceNotFound

Json = dict[str, Any]


class Companions:
    """Resources without rules of their own, by id."""

    def __init__(self) -> None:
        self.items: ById[Json] = ById()

    def get(self, identifier: str, kind: str, group: str) -> Json:
        """Return a resource. Raises ResourceNotFound."""
        try:
            return self.items[identifier]
        except KeyError:
            raise ResourceNotFound(kind, identifier.rpartition("/")[2], group) from None

    def put(self, identifier: str, kind: str, body: Json) -> tuple[Json, bool]:
        """Store a resource; return it and whether it is new."""
        created = identifier not in self.items
        document = {
            **copied(body),
            "id": collapse(identifier),
            "name": identifier.rpartition("/")[2],
            "type": kind,
        }
        document["properties"] = {**(document.get("properties") or {}), "provisioningState": "Succeeded"}
        self.items[identifier] = document
        return document, created

    def remove_below(self, scope: str) -> None:
        """Remove what is in a group or hangs on a resource."""
        for identifier in self.items.below(scope):
            del self.items[identifier]
