# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What stands beside the assignment: exemptions, the initiative assigned elsewhere, AKS's own; decided and worded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from azext_safeguards.domain.assignment.effects import does
from azext_safeguards.domain.assignment.others import SetByOthers, kept_away
from azext_safeguards.domain.assignment.overrides import acts_here, needs_location
from azext_safeguards.domain.assignment.reading import Assignment, read_assignment
from azext_safeguards.domain.assignment.shape import ASSIGNMENT, RESOURCE_SELECTORS
from azext_safeguards.domain.cluster import ClusterRef
from azext_safeguards.domain.errors import SafeguardsError
from azext_safeguards.domain.initiative.catalog import Definitions
from azext_safeguards.domain.initiative.definition import MemberKind
from azext_safeguards.domain.initiative.names import short_name
from azext_safeguards.domain.moments import parse_time
from azext_safeguards.domain.owners import AksSide, beside
from azext_safeguards.domain.remedies import Caution, remedy
from azext_safeguards.domain.shapes import list_of, record, require, text

EXEMPTION = record(
    {
        "id": text,
        "name": text,
        "properties": record(
            {
                "policyAssignmentId": text,
                "policyDefinitionReferenceIds": list_of(text),
                "expiresOn": text,
                "resourceSelectors": RESOURCE_SELECTORS,
            }
        ),
    }
)
"""The shape of a policy exemption as far as it is read here (Azure/azure-rest-api-specs, 2022-07-01-preview)."""

EXEMPTED, ELSEWHERE, BESIDE = "policyExemptions", "policyAssignments", "deploymentSafeguards"
ALL = "*"
# As tables count what policies do.
_WORDS = ("deny", "mutate", "warn", "audit")


def selects_by_location(item: Mapping[str, Any]) -> bool:
    """Whether it depends on where a cluster is, whether a policy exemption holds for it."""
    return needs_location((item.get("properties") or {}).get("resourceSelectors") or ())


def selects(item: Mapping[str, Any], location: str | None) -> bool:
    """Whether a policy exemption selects a cluster: by one of its resource selectors, or because it has none.

    :param location: where the cluster is; None where that does not matter.
    """
    selectors = (item.get("properties") or {}).get("resourceSelectors") or ()
    return not selectors or any(acts_here(selector, location) for selector in selectors)


def exempts(item: Mapping[str, Any], assignment_id: str, now: datetime) -> bool:
    """Whether a policy exemption, as the service returns it, holds for an assignment.

    :raises UnreadableError: when it is none.
    """
    require(item, EXEMPTION, "A policy exemption")
    properties = item.get("properties") or {}
    expires = parse_time(properties.get("expiresOn"))
    about_ours = str(properties.get("policyAssignmentId") or "").lower().endswith(assignment_id.lower())
    return about_ours and (expires is None or expires > now)


def exempted(items: Sequence[Mapping[str, Any]], assignment_id: str, now: datetime) -> frozenset[str]:
    """The reference ids, lower-case, that exemptions turn off for an assignment; `*` stands for all.

    :param items: the policy exemptions that reach the cluster.
    :raises UnreadableError: when one is none.
    """
    found: set[str] = set()
    for item in items:
        if exempts(item, assignment_id, now):
            named = (item.get("properties") or {}).get("policyDefinitionReferenceIds") or [ALL]
            found.update(str(reference).lower() for reference in named)
    return frozenset(found)


def exemptions_of(items: Sequence[Mapping[str, Any]], assignment_id: str, now: datetime) -> list[SetByOthers]:
    """The exemptions that hold for an assignment; arguments and errors as those of `exempted`."""
    found = []
    for item in items:
        if not exempts(item, assignment_id, now):
            continue
        properties = item.get("properties") or {}
        name, scope = _named(item)
        references = properties.get("policyDefinitionReferenceIds") or []
        names = ", ".join(short_name(str(reference)) for reference in references) or "every policy"
        until = f" until {properties['expiresOn']}" if properties.get("expiresOn") else ""
        seen = f"The policy exemption '{name}' exempts {names}{until}, so that they are off on the cluster."
        found.append(SetByOthers(EXEMPTED, seen, "See", remedy("show-exemption", name=name, scope=scope)))
    return found


def assigned_elsewhere(
    items: Sequence[Mapping[str, Any]],
    exemptions: Sequence[Mapping[str, Any]],
    own_id: str,
    ref: ClusterRef,
    definitions: Definitions,
    now: datetime,
    location: str | None = None,
) -> list[SetByOthers]:
    """The other assignments of the initiative that reach a cluster, each with what it does there.

    :param items: the assignments that reach the cluster, ours among them.
    :param exemptions: those that reach the cluster; what they turn off is not counted.
    :param own_id: the id of ours.
    :param location: where the cluster is, where it is known.
    :raises UnreadableError: when an item is no assignment.
    """
    found = []
    for item in items:
        require(item, ASSIGNMENT, "A policy assignment")
        identifier = str(item.get("id") or "")
        if identifier.lower() == own_id.lower():
            continue
        try:
            read: Assignment | None = read_assignment(item, definitions, location)
        except SafeguardsError:
            read = None
        effect = _does_there(read, exempted(exemptions, identifier, now), ref)
        if not effect:
            continue
        name, scope = _named(item)
        seen = (
            f"The same initiative is also assigned elsewhere, and acts on its own: '{name}' at {scope}, where {effect}."
        )
        found.append(SetByOthers(ELSEWHERE, seen, "See", remedy("show-assignment", name=name, scope=scope)))
    return found


def _named(item: Mapping[str, Any]) -> tuple[str, str]:
    """The name and the scope of an exemption or an assignment: its id has both, in whatever case Azure wrote it."""
    identifier = str(item.get("id") or "")
    at = identifier.lower().rfind("/providers/microsoft.authorization/")
    own = str((item.get("properties") or {}).get("scope") or "")
    name = str(item.get("name") or identifier.rpartition("/")[2])
    return name, own or (identifier[:at] if at >= 0 else "")


def _does_there(assignment: Assignment | None, exempted: frozenset[str], ref: ClusterRef) -> str:
    """What an assignment at whatever scope does on a cluster, a clause; empty where that is nothing."""
    if assignment is None:
        return "what it does is not known"
    if kept_away(assignment, ref.plain_id) or ALL in exempted:
        return ""
    if assignment.definition is None:
        return f"what it does is not known (definition version '{assignment.pin}')"
    counts = Counter(_words(assignment, exempted))
    counted = ", ".join(f"{counts[word]} {word}" for word in _WORDS if counts[word])
    if not assignment.is_enforced:
        return f"nothing is enforced ({assignment.enforcement_mode})" + (f": {counted}" if counted else "")
    return f"policies {counted}" if counted else ""


def _words(assignment: Assignment, exempted: frozenset[str]) -> list[str]:
    """What each policy of an assignment does, in a word."""
    members = assignment.definition.members if assignment.definition else ()
    return [
        does(assignment.effects[member.reference_id], warns=assignment.warns, is_enforced=assignment.is_enforced)
        for member in members
        if member.kind in (MemberKind.VALIDATOR, MemberKind.MUTATOR) and member.reference_id.lower() not in exempted
    ]


def as_set_by_others(side: AksSide, ref: ClusterRef) -> tuple[SetByOthers, ...]:
    """AKS's own safeguards as what stands beside an assignment; nothing where AKS surely enforces none."""
    said = beside(side, ref) if side.acts else ""
    return (SetByOthers(BESIDE, str(said), said.lead, said.remedy),) if isinstance(said, Caution) else ()
