# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What is known of how a cluster complies with its safeguards."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from azext_safeguards.domain.assignment.currency import Currency
from azext_safeguards.domain.compliance.components import Component
from azext_safeguards.domain.compliance.states import Counts, State
from azext_safeguards.domain.initiative.definition import MemberKind

EXEMPTION = "exemption"
"""The origin of what a policy does that is off by exemption."""
# The add-on reports no more non-compliant objects than this for a policy of a cluster (MicrosoftDocs/azure-docs,
# policy-for-kubernetes).
MOST_RECORDS = 500


class Nothing(Enum):
    """Why there is nothing to judge on a cluster."""

    OFF = "Off"
    """No policy that judges objects is on, by the level or one by one."""
    KEPT_AWAY = "KeptAway"
    """The assignment does not reach the cluster: notScopes, resourceSelectors."""
    NO_OBJECTS = "NoObjects"
    """The policies are on, and Azure Policy names no object that one of them looked at."""


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
    origin: str
    """What decides that, in the words of `PolicyRow.origin`; empty where the definition is not known. The name of the
    member that keeps the assignment away from the cluster, where one does."""
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
    def is_exempt(self) -> bool:
        """Whether it is off by exemption."""
        return self.origin == EXEMPTION

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
    currency: Currency
    """How the last scan stands to the last change of assignment and exemptions."""
    nothing: Nothing | None
    """Why there is nothing to judge; None where there is something, or where that is not known."""
    away: str
    """The member that keeps the assignment away from the cluster, such as `notScopes`; empty where none does."""

    @property
    def judged(self) -> tuple[PolicyCompliance, ...]:
        """The policies that have anything to say about objects."""
        return tuple(policy for policy in self.policies if policy.judges)

    @property
    def unevaluated(self) -> tuple[str, ...]:
        """The policies that Azure Policy has said nothing about yet, while it has of others; else none."""
        found = tuple(policy.name for policy in self.judged if policy.state is State.NOT_EVALUATED)
        return found if len(found) < len(self.judged) else ()
