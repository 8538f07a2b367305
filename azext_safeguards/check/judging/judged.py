# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What is said of one object, on its way to the report: plain values in tuples."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, NamedTuple

from azext_safeguards.check.findings import Effect, ObjectDiff
from azext_safeguards.check.policies.policy import Path

Plain = tuple[Any, ...]
"""The fields of a `Raw` or a `Kept` as a plain tuple, which is quick to make and which marshal can carry."""

# No real object has so many; a hostile one may have a hundred thousand containers.
MOST_MESSAGES = 100

# Gatekeeper sorts what all constraints say of an object by the texts alone (recorded; frameworks' types.Results).
GATEKEEPER = "gatekeeper"


class Raw(NamedTuple):
    """A finding on its way: the first fields order those of one file as a cluster prints them."""

    object_number: int
    implied: bool
    spokesman: str
    """What comes before whom within one answer: AKS's own policies in their order, then Gatekeeper's."""
    message: str
    line: int
    column: int
    kind: str
    name: str
    namespace: str
    policy: str
    effect: Effect


class Kept(NamedTuple):
    """What is remembered of an object for the policies that need several: only what they read, and places."""

    object_number: int
    group: str
    kind: str
    name: str
    namespace: str
    content: dict[str, Any]
    places: dict[Path, tuple[int, int]]
    ignored: dict[str, str]
    """The policies whose findings the object says are known, each with the reason."""
    likenesses: dict[str, tuple[Hashable, ...]]
    """Short name of a policy -> what makes the object comparable to it, see `Policy.likenesses`."""


class Apart(NamedTuple):
    """What is told apart from the findings: one that the object says is known, or an object that is not judged."""

    state: str
    """`ignored`, `excluded`, or `apiserver` for what the API server itself warns of."""
    line: int
    column: int
    kind: str
    name: str
    namespace: str
    policy: str
    message: str
    effect: str
    implied: bool
    reason: str


class Judged(NamedTuple):
    """What one object gave."""

    refused: list[Plain]
    """See `Refused`, without the file."""
    raws: list[Plain]
    """See `Raw`."""
    kept: Plain | None
    """See `Kept`."""
    diff: ObjectDiff | None
    excluded: bool
    ignored: int
    notes: tuple[str, ...]
    apart: tuple[Plain, ...] = ()
    """See `Apart`."""
    seen: Plain | None = None
    """See `SeenObject`, without the file; None where objects are not to be remembered."""
