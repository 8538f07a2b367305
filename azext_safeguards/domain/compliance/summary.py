# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""How a cluster complies with its safeguards: what Azure Policy says, policy by policy and namespace by namespace."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from azext_safeguards.domain.assignment.effects import does
from azext_safeguards.domain.assignment.others import kept_away
from azext_safeguards.domain.assignment.reading import Assignment
from azext_safeguards.domain.compliance.components import Component, component_of, worst_of
from azext_safeguards.domain.compliance.shape import COMPONENT, STATE, SUMMARY
from azext_safeguards.domain.compliance.states import Counts, State, counted, state_of, worse
from azext_safeguards.domain.initiative.definition import InitiativeVersion, MemberKind
from azext_safeguards.domain.initiative.member_names import MemberNames
from azext_safeguards.domain.initiative.names import short_name, title_of
from azext_safeguards.domain.shapes import list_of, require

# The add-on reports no more non-compliant objects than this for a policy of a cluster (MicrosoftDocs/azure-docs,
# policy-for-kubernetes).
MOST_RECORDS = 500


@dataclass(frozen=True)
class PolicyCompliance:
    """What Azure Policy says about one policy of a cluster."""

    name: str
    """The short name; the reference id, in its own capitals, of a policy that has none."""
    title: str
    reference_id: str
    kind: MemberKind
    effect: str
    action: str
    """What it does to an object that does not comply: denies, warns, reports; mutates; announces."""
    does: str
    """The same in the words that all commands have: deny, warn, audit, mutate or off."""
    state: State
    resources: Counts
    """Clusters by state, as the summary counts them: one at most."""
    components: Counts | None
    """Objects by state; None where Azure Policy names no objects of this policy."""

    @property
    def judges(self) -> bool:
        """Whether it has anything to say about objects; one that only mutates or announces has not."""
        return self.kind not in (MemberKind.MUTATOR, MemberKind.NOTICE)

    @property
    def truncated(self) -> bool:
        """Whether there may be more non-compliant objects than Azure Policy was told of."""
        return self.components is not None and self.components.non_compliant >= MOST_RECORDS


@dataclass(frozen=True)
class NamespaceCompliance:
    """The objects of one namespace."""

    namespace: str
    """Empty for the objects that have none, such as nodes."""
    objects: Counts
    """Each object once, by its worst state."""
    policies: tuple[str, ...]
    """The policies that something here does not comply with."""


@dataclass(frozen=True)
class Compliance:
    """How a cluster complies with its safeguards."""

    state: State
    last_scan: str
    """ISO 8601; empty when the cluster was never evaluated."""
    policies: tuple[PolicyCompliance, ...]
    namespaces: tuple[NamespaceCompliance, ...]
    objects: Counts
    """Every object once, by its worst state."""
    findings: tuple[Component, ...]
    """Objects that do not comply, are exempt or of unknown state, one for each policy."""
    knows_objects: bool
    """Whether the states of objects could be read."""


@dataclass(frozen=True)
class _Source:
    """Whose states are told, and what is known of it."""

    owner: str
    """The id of an assignment in lower case; empty for all that assigns the initiative."""
    definition: InitiativeVersion | None = None
    effects: Mapping[str, str] = field(default_factory=dict)
    """By reference id."""
    is_enforced: bool = True
    warns: bool = True
    reaches: bool = True
    """Whether the assignment is not kept away from the cluster."""


def compliance_of(
    assignment: Assignment,
    summary: Mapping[str, Any],
    states: Sequence[Mapping[str, Any]],
    components: Sequence[Mapping[str, Any]] | None,
) -> Compliance:
    """What the answers of Azure Policy amount to.

    :param summary: the answer of `summarize`.
    :param states: the records of policyStates.
    :param components: the records of componentPolicyStates, None where they could not be read. Like those of `states`
        they may be about other assignments, too; those are left out.
    :raises UnreadableError: when one of them has not its shape.
    """
    owner = str(assignment.body.get("id") or "").lower()
    source = _Source(
        owner,
        assignment.definition,
        assignment.effects,
        assignment.is_enforced,
        assignment.warns,
        not kept_away(assignment),
    )
    return _compliance(source, summary, states, components)


def compliance_of_managed(
    summary: Mapping[str, Any],
    states: Sequence[Mapping[str, Any]],
    components: Sequence[Mapping[str, Any]] | None,
) -> Compliance:
    """What they amount to where AKS enforces the safeguards itself and there is no assignment of ours.

    Whether AKS's own assignment reports states that people can read is not known (NOT FOUND); the states of whatever
    assigns the initiative are told. The records are about the initiative only.

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
    own_summary = _summary_of(summary, owner)
    effects = {reference.lower(): effect for reference, effect in source.effects.items()}
    off = {reference for reference, effect in effects.items() if effect.lower() == "disabled"}
    objects = [component_of(record, names) for record in components or () if _is_of(record, owner)]
    objects = [item for item in objects if item.reference_id.lower() not in off]
    reported: dict[str, State] = {}
    for record in ours:
        # Several assignments of the initiative may speak of one policy: then the worst state counts.
        key, state = names.reference(record).lower(), state_of(record.get("complianceState"))
        reported[key] = worse(state, reported.get(key, state))
    in_summary = {names.reference(item).lower(): item for item in own_summary}
    by_policy: dict[str, list[Component]] = {}
    for item in objects:
        by_policy.setdefault(item.reference_id.lower(), []).append(item)
    policies = tuple(
        _policy(reference, source, effects, names, reported, in_summary, by_policy)
        for reference in _references(source, effects, names, [*reported, *in_summary, *by_policy])
    )
    # What only mutates or announces finds no fault with any object.
    judging = {policy.reference_id.lower() for policy in policies if policy.judges}
    judged = [item for item in objects if item.reference_id.lower() in judging]
    stamps = [str(item.get("timestamp") or "") for item in ours] + [item.timestamp for item in objects]
    namespaces = _namespaces(judged)
    return Compliance(
        state=_overall(policies),
        last_scan=max(stamps, default=""),
        policies=policies,
        namespaces=namespaces,
        objects=counted(worst_of(judged)),
        findings=tuple(sorted((item for item in judged if item.state is not State.COMPLIANT), key=_place)),
        knows_objects=components is not None,
    )


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


def _references(source: _Source, effects: Mapping[str, str], names: MemberNames, seen: Iterable[str]) -> list[str]:
    """The members to show: those that act, in the order of the definition, and what else Azure Policy speaks of."""
    acting = []
    if source.definition is not None:
        acting = [
            member.reference_id
            for member in source.definition.members
            if member.kind is not MemberKind.DEPLOYMENT and effects[member.reference_id.lower()].lower() != "disabled"
        ]
    known = {reference.lower() for reference in acting} | set(effects)
    others = sorted({names.proper(reference) for reference in seen if reference.lower() not in known}, key=str.lower)
    return [*acting, *others]


def _policy(
    reference: str,
    source: _Source,
    effects: Mapping[str, str],
    names: MemberNames,
    reported: Mapping[str, State],
    in_summary: Mapping[str, Mapping[str, Any]],
    by_policy: Mapping[str, Sequence[Component]],
) -> PolicyCompliance:
    key = reference.lower()
    item = in_summary.get(key) or {}
    resources = _resources(item)
    components = counted(component.state for component in by_policy[key]) if key in by_policy else None
    state = reported.get(key)
    if state is None:
        state = next((found for counts in (resources, components) if counts and (found := counts.worst)), None)
    kind = names.kind(reference)
    effect = effects.get(key) or str(item.get("effect") or "").capitalize()
    name = short_name(reference)
    return PolicyCompliance(
        name=name,
        title=title_of(name),
        reference_id=reference,
        kind=kind,
        effect=effect,
        action=_action(kind, effect, source),
        does=does(effect, warns=source.warns, is_enforced=source.is_enforced) if source.reaches else "off",
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
    if not source.reaches:
        return "does nothing"
    if kind is MemberKind.MUTATOR:
        return "mutates" if enforced else "does nothing"
    if kind is MemberKind.NOTICE:
        return "announces" if enforced else "does nothing"
    if not enforced:
        return "reports"
    if effect.lower() == "deny":
        return "denies"
    return "warns" if source.warns else "reports"


def _overall(policies: Iterable[PolicyCompliance]) -> State:
    states = [policy.state for policy in policies if policy.judges]
    known = [state for state in states if state is not State.NOT_EVALUATED]
    return counted(known).worst or State.NOT_EVALUATED


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
