# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What acts on a cluster by an assignment of ours."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from azext_safeguards.domain.acting.acting import OFF, Acting, Member
from azext_safeguards.domain.assignment.effects import parameter_value, word_of
from azext_safeguards.domain.assignment.others import kept_away
from azext_safeguards.domain.assignment.reading import Assignment
from azext_safeguards.domain.initiative.definition import MemberKind
from azext_safeguards.domain.initiative.names import short_name
from azext_safeguards.domain.owners import Owner

# The effects of Azure Policy that do something at admission.
_AT_ADMISSION = ("deny", "audit", "mutate")


def acting_by(assignment: Assignment) -> Acting | None:
    """What an assignment makes act on its cluster.

    :returns: None where the definition behind the assignment is not known, so that what it does is not either.
    """
    definition = assignment.definition
    if definition is None:
        return None
    parameters = {name: parameter_value(assignment.parameters, definition, name) for name in definition.parameters}
    # An assignment that does not reach its cluster enforces nothing there.
    enforced = assignment.is_enforced and not kept_away(assignment)
    switch = assignment.intent.choices.pod_security
    return Acting(
        owner=Owner.ASSIGNMENT,
        level=assignment.intent.level.value if assignment.intent.level else "",
        version=assignment.intent.version or assignment.pin,
        members=tuple(
            Member(
                short_name(member.reference_id),
                member.reference_id,
                member.kind,
                _does(assignment.effects[member.reference_id], assignment.warns) if enforced else OFF,
            )
            for member in definition.members
            if member.kind is not MemberKind.DEPLOYMENT
        ),
        parameters=parameters,
        excluded_namespaces=tuple(assignment.excluded_namespaces),
        user_namespaces=assignment.user_namespaces,
        pod_security=switch.level if switch else "",
        source=str(parameters.get("source") or "All"),
        is_enforced=enforced,
        suspension=assignment.suspension,
    )


def exempted_from(acting: Acting, references: Collection[str]) -> Acting:
    """The same with the policies off that exemptions turn off.

    :param references: reference ids in lower case; `*` stands for all.
    """
    if not references:
        return acting
    members = (
        replace(one, does=OFF) if "*" in references or one.reference_id.lower() in references else one
        for one in acting.members
    )
    return replace(acting, members=tuple(members))


def _does(effect: str, warns: bool) -> str:
    """What an effect does at admission; one that is none of ours does nothing there."""
    return word_of(effect, warns=warns) if effect.lower() in _AT_ADMISSION else OFF
