# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What a page is made of, beside the JSON of a command: words about policies, commands to paste, and whence it came."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple


class Way(NamedTuple):
    """A command to paste."""

    what: str
    """What it does."""

    command: str


@dataclass(frozen=True)
class Guide:
    """What is to be said about a policy."""

    title: str
    why: str = ""
    """What it means for a workload."""
    fix: str = ""
    patch: str = ""
    """The fix as YAML; a row may have one with its own names."""
    docs: str = ""
    prefix: str = ""
    """What a cluster puts before the policy's messages, `[azurepolicy-...] `."""
    ways: Sequence[Way] = ()
    """How to have the policy warn only, or leave something out of it."""


@dataclass(frozen=True)
class Context:
    """Where a page comes from, and what its rows need to be understood."""

    command: str
    """The command line that made it."""
    tool: str
    """Name and version of what made it."""
    evaluated: str = ""
    """ISO 8601 with a time zone; "" where the data tells no time."""
    evaluated_by: str = ""
    """What time that is, in a few words."""
    cluster_id: str = ""
    level: str = ""
    version: str = ""
    excluded_namespaces: Sequence[str] = ()
    system_namespaces: Sequence[str] = ()
    suspended: Mapping[str, Any] | None = None
    """`by`, `at` and `reason` of a suspension."""
    named: Sequence[str] = ()
    """The files and folders that were asked for."""
    guides: Mapping[str, Guide] = field(default_factory=dict)
    """By the short names of the policies."""
    namespace_ways: Mapping[str, Sequence[Way]] = field(default_factory=dict)
    """By namespace: how to leave it out."""
    ways: Sequence[Way] = ()
    """Commands about the whole page: how to see what compliance data cannot show, how to read what was not read."""
