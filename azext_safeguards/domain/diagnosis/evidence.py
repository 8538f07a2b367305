# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What a diagnosis looks at, and the form of what it finds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from azext_safeguards.domain.assignment.profile import Profile
from azext_safeguards.domain.assignment.reading import ASSIGNMENT_NAME, Assignment
from azext_safeguards.domain.cluster import ClusterRef
from azext_safeguards.domain.initiative.catalog import Definitions
from azext_safeguards.domain.read import Read
from azext_safeguards.domain.remedies import Remedy


class Status(str, Enum):
    """How a check ended, from good to bad; `unknown` is what could not be read."""

    OK = "ok"
    UNKNOWN = "unknown"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True)
class Check:
    """One question, what was seen, and what to do about it."""

    name: str
    status: Status
    seen: str
    todo: tuple[Remedy, ...] = ()


@dataclass(frozen=True)
class Evidence:
    """All that was read about a cluster and its safeguards."""

    cluster: Mapping[str, Any]
    ref: ClusterRef
    feature: Read[str]
    container_service: Read[str]
    policy_insights: Read[str]
    managed: Read[Mapping[str, Any]]
    assignment: Assignment | None
    profile: Profile | None
    unreadable: str
    """Why it is not known whether there is an assignment, else nothing."""
    foreign_definition: str
    """What the assignment of our name assigns instead of the initiative, else nothing."""
    definitions: Definitions
    exemptions: Read[Sequence[Mapping[str, Any]]]
    assignments: Read[Sequence[Mapping[str, Any]]]
    """Assignments of the same initiative that reach the cluster, ours among them."""
    last_state: Read[str]
    """When compliance was last evaluated, an ISO 8601 time."""
    now: datetime

    @property
    def assignment_name(self) -> str:
        """The name of the safeguards assignment, spelled as the service spells it."""
        return str((self.assignment.body if self.assignment else {}).get("name") or ASSIGNMENT_NAME)

    @property
    def assignment_id(self) -> str:
        """The id of the safeguards assignment, lower-case."""
        return f"{self.ref.plain_id}/providers/microsoft.authorization/policyassignments/{self.assignment_name}".lower()


def first_line(text: str) -> str:
    """The first line of what a service said, cut where a table would get too wide."""
    line = text.strip().splitlines()[0] if text.strip() else "there is none"
    return line if len(line) <= 120 else f"{line[:117]}..."
