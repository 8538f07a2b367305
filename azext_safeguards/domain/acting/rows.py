# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What AKS's own safeguards do on a cluster, in the rows in which an assignment's policies are shown."""

from __future__ import annotations

from azext_safeguards.domain.acting.acting import Acting, Own
from azext_safeguards.domain.acting.managed import acting_by_aks
from azext_safeguards.domain.acting.records import ADMISSION, MUTATORS
from azext_safeguards.domain.assignment.rows import PolicyParameter, PolicyRow
from azext_safeguards.domain.initiative.names import title_of
from azext_safeguards.domain.initiative.records import RECORDS
from azext_safeguards.domain.owners import AksSide

AKS = "AKS"
"""What decides, as a row's origin."""
OWN_MUTATOR = "AKS mutator"
ADMISSION_POLICY = "admission policy"

_EFFECTS = {"deny": "Deny", "warn": "Audit", "mutate": "Mutate"}


def acting_of(side: AksSide) -> Acting | None:
    """What AKS makes act on a cluster; None where it enforces nothing of its own."""
    return acting_by_aks(side.managed, is_automatic=side.automatic) if side.acts else None


def rows_of_aks(side: AksSide) -> list[PolicyRow]:
    """The rows of a cluster whose safeguards AKS enforces, in the order in which an object meets them.

    Mutators come first, then admission policies, then the members of the initiative.
    """
    acting = acting_of(side)
    return _rows(acting) if acting else []


def _rows(acting: Acting) -> list[PolicyRow]:
    own = [
        *(_own(one, OWN_MUTATOR) for one in acting.mutators),
        *(_own(one, ADMISSION_POLICY) for one in acting.admission),
    ]
    members = [
        PolicyRow(
            name=member.short,
            title=title_of(member.short),
            reference_id=member.reference_id,
            kind=member.kind.value,
            does=member.does,
            origin=AKS,
            effect=_EFFECTS.get(member.does, "Disabled"),
            choice=None,
            parameters=tuple(
                PolicyParameter(name, acting.parameters[name], "default")
                for name in sorted(RECORDS[member.short].parameters if member.short in RECORDS else ())
                if name in acting.parameters
            ),
        )
        for member in acting.members
    ]
    return [*own, *members]


def effects_of(acting: Acting) -> dict[str, str]:
    """What each member does as an effect of Azure Policy, by short name."""
    return {member.short: _EFFECTS.get(member.does, "Disabled") for member in acting.members}


def _own(one: Own, kind: str) -> PolicyRow:
    record = MUTATORS.get(one.name) or ADMISSION.get(one.name)
    title = record.title if record else one.name
    return PolicyRow(one.name, title, "", kind, one.does, AKS, _EFFECTS.get(one.does, "Disabled"), None, ())
