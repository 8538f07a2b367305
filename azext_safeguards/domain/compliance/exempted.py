# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Which policies exemptions turn off now, and when exemptions last changed anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from azext_safeguards.domain.assignment.currency import text_at
from azext_safeguards.domain.diagnosis.around import ALL, exempted, exempts


@dataclass(frozen=True)
class Exempted:
    """What exemptions do to the policies of an assignment now."""

    references: frozenset[str] = frozenset()
    """The reference ids, lower-case, that are off by exemption; `*` stands for all."""
    changes: tuple[str, ...] = ()
    """When exemptions were written or ended, ISO 8601. Of one that was deleted nothing is left to read."""
    is_known: bool = False
    """Whether the exemptions could be read."""

    def covers(self, reference_id: str) -> bool:
        """Whether a policy is off by exemption."""
        return ALL in self.references or reference_id.lower() in self.references


NOTHING_KNOWN = Exempted()


def exempted_by(exemptions: Sequence[Mapping[str, Any]] | None, assignment_id: str, now: datetime) -> Exempted:
    """What the exemptions that reach a cluster do to an assignment; one that has expired does nothing.

    A Waiver and a Mitigated do the same: Azure tells only the reasons apart.

    :param exemptions: as the service returns them; None where they could not be read.
    :param assignment_id: the id of the assignment, or its end.
    :raises UnreadableError: when one is no exemption.
    """
    changes: list[str] = []
    for item in exemptions or ():
        if not exempts(item, assignment_id, datetime.min.replace(tzinfo=now.tzinfo)):
            continue
        changes.append(text_at(item, "systemData", "lastModifiedAt"))
        properties = item.get("properties") or {}
        if not exempts(item, assignment_id, now):
            changes.append(str(properties.get("expiresOn") or ""))
    references = exempted(exemptions or (), assignment_id, now)
    return Exempted(references, tuple(filter(None, changes)), exemptions is not None)
