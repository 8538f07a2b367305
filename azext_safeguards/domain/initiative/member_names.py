# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Which member of the initiative a record of Azure Policy is about.

Azure Policy writes reference ids in lower case, and sometimes only the GUID of the definition; neither is for people.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from azext_safeguards.domain.initiative.catalog import bundled
from azext_safeguards.domain.initiative.definition import InitiativeVersion, Member, MemberKind


class MemberNames:
    """The members of an initiative version, and of those that came with this package for what it does not have."""

    def __init__(self, definition: InitiativeVersion | None) -> None:
        self._by_reference: dict[str, Member] = {}
        self._by_definition: dict[str, Member] = {}
        for version in ([definition] if definition else []) + list(bundled().values()):
            for member in version.members:
                self._by_reference.setdefault(member.reference_id.lower(), member)
                self._by_definition.setdefault(member.definition_id.lower(), member)

    def proper(self, reference: str) -> str:
        """A reference id in its own capitals, where it is known."""
        member = self._by_reference.get(reference.lower())
        return member.reference_id if member else reference

    def reference(self, record: Mapping[str, Any]) -> str:
        """The reference id that a record is about, in its own capitals where it is known.

        A record without one is told by its policy definition; one of a definition that nobody knows is called that.
        """
        given = str(record.get("policyDefinitionReferenceId") or "")
        if given:
            return self.proper(given)
        definition = str(record.get("policyDefinitionId") or "").rpartition("/")[2]
        member = self._by_definition.get(definition.lower())
        return member.reference_id if member else "(unknown policy)"

    def kind(self, reference: str) -> MemberKind:
        """What a member can do; one that nobody knows is taken for a validator."""
        member = self._by_reference.get(reference.lower())
        return member.kind if member else MemberKind.VALIDATOR
