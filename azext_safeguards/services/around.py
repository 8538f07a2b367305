# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Reads what others put beside the assignment while a command does its work: never waited for long, never a failure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import partial
from typing import Any

from azext_safeguards.domain.assignment.others import SetByOthers
from azext_safeguards.domain.cluster import ClusterRef
from azext_safeguards.domain.diagnosis.around import ELSEWHERE, EXEMPTED, assigned_elsewhere, exempted, exemptions_of
from azext_safeguards.domain.initiative.catalog import Definitions
from azext_safeguards.domain.level import Level
from azext_safeguards.domain.read import Read
from azext_safeguards.services import resources
from azext_safeguards.services.arm import ArmClient
from azext_safeguards.services.waves import PATIENCE_SECONDS, at_once, meanwhile

Items = Sequence[Mapping[str, Any]]
_NO_ANSWER: Read[Any] = Read(None, 0, "no answer came in time", TimeoutError())


@dataclass(frozen=True)
class Around:
    """What was read; the value of a read is None where that is not known."""

    cluster: ClusterRef
    exemptions: Read[Items]
    assignments: Read[Items]
    now: datetime

    @property
    def exempted(self) -> frozenset[str]:
        """The reference ids, lower-case, that exemptions turn off for our assignment; `*` stands for all."""
        return exempted(self.exemptions.value or (), self._own_id, self.now)

    @property
    def exempting(self) -> list[SetByOthers]:
        """The exemptions that hold for our assignment."""
        return exemptions_of(self.exemptions.value or (), self._own_id, self.now)

    def elsewhere(self, definitions: Definitions, location: str | None = None) -> list[SetByOthers]:
        """The other assignments of the initiative, with what they do."""
        items, exemptions = self.assignments.value or (), self.exemptions.value or ()
        return assigned_elsewhere(items, exemptions, self._own_id, self.cluster, definitions, self.now, location)

    def that_matters(
        self, level: Level | None, definitions: Definitions, location: str | None = None
    ) -> list[SetByOthers]:
        """All of that, at a level of ours: under Off an exemption exempts from nothing."""
        exempting = [] if level is Level.OFF else self.exempting
        return [*exempting, *self.elsewhere(definitions, location)]

    @property
    def lacking(self) -> list[str]:
        """What could not be read, in Azure's words."""
        reads = {EXEMPTED: self.exemptions, ELSEWHERE: self.assignments}
        return [name for name, read in reads.items() if read.value is None]

    @property
    def unread(self) -> str:
        """That it is not known whether the initiative is assigned elsewhere, a sentence; empty where it is.

        For whoever turns everything off and may rely on it. Elsewhere what could not be read is not told: it changes
        nothing about what was asked for.
        """
        if self.assignments.value is not None:
            return ""
        reason = (self.assignments.error.strip().splitlines() or ["no reason was given"])[0].rstrip(".")
        name = self.cluster.name
        return f"Whether the same initiative reaches the cluster '{name}' from elsewhere could not be read ({reason})."

    @property
    def _own_id(self) -> str:
        return resources.assignment_id(self.cluster)


def nothing_acts(around: Around, definitions: Definitions, location: str | None = None) -> list[str]:
    """What is to be told with a change after which nothing of our assignment acts."""
    found: list[str] = [one.caution for one in around.elsewhere(definitions, location)]
    return found or ([around.unread] if around.unread else [])


class AroundReading:
    """Reads that go on beside something else that must not wait for them; each is tried once.

    :param asks_exemptions: whether to read exemptions, too.
    """

    def __init__(self, arm: ArmClient, cluster: ClusterRef, *, asks_exemptions: bool = True) -> None:
        once = arm.once()
        self._cluster = cluster
        self._found: dict[str, Read[Items]] = {}
        readers: dict[str, Callable[[], Items]] = {
            "assignments": lambda: resources.list_initiative_assignments(once, cluster)
        }
        if asks_exemptions:
            readers["exemptions"] = lambda: resources.list_exemptions(once, cluster)
        tasks = {name: partial(self._read, name, reader) for name, reader in readers.items()}
        self._reader = meanwhile(lambda: at_once(tasks))

    def _read(self, name: str, reader: Callable[[], Items]) -> None:
        try:
            self._found[name] = Read(reader())
        except Exception as error:  # pylint: disable=broad-except
            # Whatever it is, it is no reason for anything else to fail.
            message = str(getattr(error, "message", None) or error)
            self._found[name] = Read(None, getattr(error, "status_code", None) or 0, message, error)

    def result(self, patience: float = PATIENCE_SECONDS) -> Around:
        """What is known by then.

        :param patience: how many seconds to wait at most.
        """
        self._reader.join(patience)
        found = {name: self._found.get(name, _NO_ANSWER) for name in ("exemptions", "assignments")}
        return Around(self._cluster, now=datetime.now(timezone.utc), **found)
