# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Routing tables as data: templates, the versions they take and the permission they need."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from sandbox.core.http import Request, Response
from sandbox.core.state import Kind, State

_DATE = re.compile(r"^\d{4}-\d{2}-\d{2}(-[a-z]+)?$")
_HOLE = re.compile(r"{(\w+)}")


@dataclass(frozen=True)
class ApiVersions:
    """The api-versions that a resource type takes: all well-formed dates from the first to the last.

    Azure publishes a list for each type; the exact lists are not recorded, so a span stands for them.
    """

    first: str
    last: str

    def accepts(self, given: str) -> bool:
        """Tell whether the service knows this version."""
        return bool(_DATE.match(given)) and self.first <= given[:10] <= self.last

    def __str__(self) -> str:
        return f"'{self.first}' to '{self.last}'"


class PreviewVersions(ApiVersions):
    """A span of a type that never left preview."""

    def accepts(self, given: str) -> bool:
        """Tell whether the service knows this version."""
        return given.endswith("-preview") and super().accepts(given)


@dataclass(frozen=True)
class Call:
    """A routed request: what was sent, the named parts of its path, and the state it works on."""

    request: Request
    path: dict[str, str]
    state: State

    def the(self, kind: type[Kind]) -> Kind:
        """Return the part of the state that is a ``kind``, for example the ``Clusters``."""
        return self.state.the(kind)

    @property
    def api_version(self) -> str:
        """The api-version of the request, lower-case; empty on hosts that have none."""
        return self.request.query.get("api-version", "").lower()


Handler = Callable[[Call], Response]


@dataclass(frozen=True)
class Route:
    """One line of a routing table.

    ``{scope}`` in a template stands for any number of segments, every other ``{name}`` for one.
    """

    method: str
    template: str
    handler: Handler
    action: str = ""
    """The permission that the request needs, for example ``Microsoft.Features/features/read``; empty: none."""
    versions: ApiVersions | None = None
    """None on the hosts that are not Resource Manager."""
    pattern: re.Pattern[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "pattern", re.compile(_regex(self.template), re.I))

    def match(self, path: str) -> dict[str, str] | None:
        """Return the named parts of a path of this shape, or None."""
        found = self.pattern.match(path)
        return None if found is None else {name: value or "/" for name, value in found.groupdict().items()}


def find(routes: Iterable[Route], method: str, path: str) -> tuple[Route, dict[str, str]] | bool:
    """Return the first route of this method and path; else tell whether the path exists with another method."""
    known = False
    for route in routes:
        parts = route.match(path)
        if parts is None:
            continue
        if route.method == method:
            return route, parts
        known = True
    return known


def _regex(template: str) -> str:
    pieces, position = [], 0
    for hole in _HOLE.finditer(template):
        pieces.append(re.escape(template[position : hole.start()]))
        name = hole.group(1)
        pieces.append(f"(?P<{name}>.*)" if name == "scope" else f"(?P<{name}>[^/]+)")
        position = hole.end()
    pieces.append(re.escape(template[position:]))
    return "^" + "".join(pieces) + "$"
