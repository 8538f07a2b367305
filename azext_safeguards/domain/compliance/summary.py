# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""How a cluster complies with its safeguards: what Azure Policy says, policy by policy and namespace by namespace."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from azext_safeguards.domain.assignment.currency import Currency, currency_of, last_write
from azext_safeguards.domain.assignment.effects import does
from azext_safeguards.domain.assignment.others import kept_away
from azext_safeguards.domain.assignment.reading import Assignment
from azext_safeguards.domain.assignment.rows import PolicyRow, policy_rows
from azext_safeguards.domain.compliance.components import Component, component_of, worst_of
from azext_safeguards.domain.compliance.exempted import NOTHING_KNOWN, Exempted
from azext_safeguards.domain.compliance.found import (
    EXEMPTION,
    Compliance,
    NamespaceCompliance,
    Nothing,
    PolicyCompliance,
)
from azext_safeguards.domain.compliance.shape import COMPONENT, STATE, SUMMARY
from azext_safeguards.domain.compliance.states import Counts, State, counted, state_of, worse
from azext_safeguards.domain.initiative.definition import InitiativeVersion, MemberKind
from azext_safeguards.domain.initiative.member_names import MemberNames
from azext_safeguards.domain.initiative.names import short_name, title_of
from azext_safeguards.domain.shapes import list_of, require


@dataclass(frozen=True)
class _Source:
    """Whose states are told, and what is known of it."""

    owner: str
    """The id of an assignment in lower case; empty for all that assigns the initiative."""
    definition: InitiativeVersion | None = None
    rows: Mapping[str, PolicyRow] = field(default_factory=dict)
    """What each policy does and why, by reference id in lower case."""
    is_enforced: bool = True
    warns: bool = True
    exempted: Exempted = NOTHING_KNOWN
    away: str = ""
    """The member that keeps the assignment away from the cluster; else empty."""
    last_write: str = ""


@dataclass(frozen=True)
class _Reported:
    """What Azure Policy says, by reference id in lower case."""

    states: Mapping[str, State]
    in_summary: Mapping[str, Mapping[str, Any]]
    objects: Mapping[str, Sequence[Component]]
    names_all: bool
    """Whether every object that was judged is named: a policy without any has judged none."""


def compliance_of(
    assignment: Assignment,
    summary: Mapping[str, Any],
    states: Sequence[Mapping[str, Any]],
    components: Sequence[Mapping[str, Any]] | None,
    exempted: Exempted = NOTHING_KNOWN,
) -> Compliance:
    """What the answers of Azure Policy amount to.

    :param summary: the answer of `summarize`.
    :param states: the records of policyStates.
    :param components: the records of componentPolicyStates, None where they could not be read. Like those of `states`
        they may be about other assignments, too; those are left out.
    :param exempted: what exemptions turn off now. What they cover is Exempt, whatever the last scan still said.
    :raises UnreadableError: when one of them has not its shape.
    """
    source = _Source(
        str(assignment.body.get("id") or "").lower(),
        assignment.definition,
        {row.reference_id.lower(): row for row in policy_rows(assignment, exempted.references)},
        assignment.is_enforced,
        assignment.warns,
        exempted,
        kept_away(assignment),
        last_write(assignment.body),
    )
    return _compliance(source, summary, states, components)


def compliance_of_managed(
    summary: Mapping[str, Any],
    states: Sequence[Mapping[str, Any]],
    components: Sequence[Mapping[str, Any]] | None,
) -> Compliance:
    """What they amount to where AKS enforces the safeguards itself and there is no assignment of ours.

    Whether AKS's own assignment reports states that people can read is not known (NOT FOUND); the states of whatever
    assigns the initiative are told. The records are about the initiative only. When that last changed is not known.

    :raises UnreadableError: see `compliance_of`.
    """
    return _compliance(_Source(""), summary, states, components)


def _compliance(
    source: _Source,
    summary: Mapping[str, Any],
    states: Sequence[Mapping[str, Any]],
    components: Sequence[Mapping[str, Any]] | None,
) -> Compliance:
    require(summary, SUMMARY, "The compliance summary")
    require(states, list_of(STATE), "The list of compliance states")
    require([] if components is None else components, list_of(COMPONENT), "The list of compliance states of objects")
    names, owner = MemberNames(source.definition), source.owner
    ours = [record for record in states if _is_of(record, owner)]
    named = [component_of(record, names) for record in components or () if _is_of(record, owner)]
    last_scan = max(
        [str(item.get("timestamp") or "") for item in ours] + [item.timestamp for item in named], default=""
    )
    off = {reference for reference, row in source.rows.items() if row.effect.lower() == "disabled"}
    # What was found before the assignment was kept away from the cluster is about a time that is over.
    objects = [] if source.away else [_now(item, source) for item in named if item.reference_id.lower() not in off]
    reported = _reported(
        [] if source.away else ours,
        [] if source.away else _summary_of(summary, owner),
        objects,
        names,
        # Whether the add-on reports objects that comply is not documented (NOT FOUND). Where some are named all are.
        names_all=components is not None and (not named or any(item.state is State.COMPLIANT for item in named)),
    )
    policies = tuple(
        _policy(reference, source, names, reported)
        for reference in _references(source, names, [*reported.states, *reported.in_summary, *reported.objects])
    )
    # What only mutates or announces finds no fault with any object.
    judging = {policy.reference_id.lower() for policy in policies if policy.judges}
    judged = [item for item in objects if item.reference_id.lower() in judging]
    state = _overall(source, policies)
    return Compliance(
        state=state,
        last_scan=last_scan,
        policies=policies,
        namespaces=_namespaces(judged),
        objects=counted(worst_of(judged)),
        findings=tuple(sorted((item for item in judged if item.state is not State.COMPLIANT), key=_place)),
        knows_objects=components is not None,
        currency=_currency(source, policies, last_scan),
        nothing=_nothing(source, policies) if state is State.NOTHING_TO_JUDGE else None,
        away=source.away,
    )


def _now(item: Component, source: _Source) -> Component:
    """An object as it is by the exemptions that hold now, whatever the last scan still said."""
    return replace(item, state=State.EXEMPT) if source.exempted.covers(item.reference_id) else item


def _reported(
    states: Iterable[Mapping[str, Any]],
    summarized: Iterable[Mapping[str, Any]],
    objects: Iterable[Component],
    names: MemberNames,
    *,
    names_all: bool,
) -> _Reported:
    found: dict[str, State] = {}
    for record in states:
        # Several assignments of the initiative may speak of one policy: then the worst state counts.
        key, state = names.reference(record).lower(), state_of(record.get("complianceState"))
        found[key] = worse(state, found.get(key, state))
    by_policy: dict[str, list[Component]] = {}
    for item in objects:
        by_policy.setdefault(item.reference_id.lower(), []).append(item)
    return _Reported(found, {names.reference(item).lower(): item for item in summarized}, by_policy, names_all)


def _currency(source: _Source, policies: Iterable[PolicyCompliance], last_scan: str) -> Currency:
    found = currency_of(last_scan, [source.last_write, *source.exempted.changes])
    # What is reported exempt though nothing exempts it was scanned before an exemption was deleted.
    late = source.exempted.is_known and any(
        policy.state is State.EXEMPT and not policy.is_exempt for policy in policies if policy.judges
    )
    return replace(found, is_outdated=True) if late else found


def _is_of(record: Mapping[str, Any], owner: str) -> bool:
    return not owner or str(record.get("policyAssignmentId") or owner).lower() == owner


def _summary_of(summary: Mapping[str, Any], owner: str) -> list[Mapping[str, Any]]:
    """The elements of a summary about the members of one assignment."""
    found: list[Mapping[str, Any]] = []
    for entry in summary.get("value") or ():
        for item in entry.get("policyAssignments") or ():
            if _is_of(item, owner):
                found += item.get("policyDefinitions") or ()
    return found


def _references(source: _Source, names: MemberNames, seen: Iterable[str]) -> list[str]:
    """The members to show: those that act, in the order of the definition, and what else Azure Policy speaks of."""
    acting = [row.reference_id for row in source.rows.values() if row.effect.lower() != "disabled"]
    members = source.definition.members if source.definition else ()
    known = {member.reference_id.lower() for member in members}
    others = sorted({names.proper(reference) for reference in seen if reference.lower() not in known}, key=str.lower)
    return [*acting, *others]


def _policy(reference: str, source: _Source, names: MemberNames, reported: _Reported) -> PolicyCompliance:
    key = reference.lower()
    item = reported.in_summary.get(key) or {}
    resources = _resources(item)
    components = counted(component.state for component in reported.objects[key]) if key in reported.objects else None
    state = reported.states.get(key)
    if state is None:
        state = next((found for counts in (resources, components) if counts and (found := counts.worst)), None)
    kind, row = names.kind(reference), source.rows.get(key)
    effect = row.effect if row else str(item.get("effect") or "").capitalize()
    word = row.does if row else does(effect, warns=source.warns, is_enforced=source.is_enforced)
    origin = row.origin if row else ""
    if source.away:
        word, origin, state = "off", source.away, State.NOTHING_TO_JUDGE
    elif origin == EXEMPTION:
        state = State.EXEMPT
    elif state is State.COMPLIANT and components is None and reported.names_all:
        state = State.NOTHING_TO_JUDGE
    name = short_name(reference)
    return PolicyCompliance(
        name=name,
        title=title_of(name),
        reference_id=reference,
        kind=kind,
        effect=effect,
        action=_action(kind, effect, source) if word != "off" else "does nothing",
        does=word,
        origin=origin,
        state=state or State.NOT_EVALUATED,
        resources=resources,
        components=components,
    )


def _resources(item: Mapping[str, Any]) -> Counts:
    """The clusters by state, from an element of the summary."""
    results = item.get("results") or {}
    details = results.get("resourceDetails") or []
    counts = Counts()
    for detail in details:
        counts = counts.plus(state_of(detail.get("complianceState")), int(detail.get("count") or 0))
    if not details and results.get("nonCompliantResources"):
        return Counts(non_compliant=int(results["nonCompliantResources"]))
    return counts


def _action(kind: MemberKind, effect: str, source: _Source) -> str:
    enforced = source.is_enforced
    if kind is MemberKind.MUTATOR:
        return "mutates" if enforced else "does nothing"
    if kind is MemberKind.NOTICE:
        return "announces" if enforced else "does nothing"
    if not enforced:
        return "reports"
    if effect.lower() == "deny":
        return "denies"
    return "warns" if source.warns else "reports"


def _overall(source: _Source, policies: Iterable[PolicyCompliance]) -> State:
    states = [policy.state for policy in policies if policy.judges]
    silent = (State.NOT_EVALUATED, State.NOTHING_TO_JUDGE)
    known = counted(state for state in states if state not in silent).worst
    if known in (State.NON_COMPLIANT, State.UNKNOWN):
        return known
    if known is not None:
        # What has not been looked at may not comply, so that all of it does is not known.
        return State.NOT_EVALUATED if State.NOT_EVALUATED in states else known
    if not states:
        # Without a definition it is not known what is on.
        return State.NOTHING_TO_JUDGE if source.definition else State.NOT_EVALUATED
    return State.NOT_EVALUATED if State.NOT_EVALUATED in states else State.NOTHING_TO_JUDGE


def _nothing(source: _Source, policies: Iterable[PolicyCompliance]) -> Nothing:
    if source.away:
        return Nothing.KEPT_AWAY
    return Nothing.NO_OBJECTS if any(policy.judges for policy in policies) else Nothing.OFF


def _namespaces(components: Iterable[Component]) -> tuple[NamespaceCompliance, ...]:
    by_namespace: dict[str, list[Component]] = {}
    for item in components:
        by_namespace.setdefault(item.namespace, []).append(item)
    return tuple(
        NamespaceCompliance(
            namespace,
            counted(worst_of(items)),
            tuple(sorted({item.policy for item in items if item.state is State.NON_COMPLIANT})),
        )
        for namespace, items in sorted(by_namespace.items())
    )


def _place(item: Component) -> tuple[str, ...]:
    return item.policy, item.namespace, item.kind, item.name
