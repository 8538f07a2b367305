# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What acts on a cluster: policies and what they do, AKS's mutators and admission policies, and what is left alone.

Whoever judges, lists or explains takes this value and does not ask where it came from: `assigned` makes it from an
assignment, `managed` from AKS's own resource.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from azext_safeguards.domain.acting.records import MUTATORS
from azext_safeguards.domain.initiative.definition import MemberKind
from azext_safeguards.domain.owners import Owner
from azext_safeguards.domain.suspension import Suspension

DENY, WARN, AUDIT, MUTATE, OFF = "deny", "warn", "audit", "mutate", "off"
"""What a policy does; `audit` is silent towards whoever sends an object."""


@dataclass(frozen=True)
class Member:
    """A policy of the initiative, and what it does on the cluster."""

    short: str
    """Its short name; the reference id of one that is not known here."""
    reference_id: str
    kind: MemberKind
    does: str
    """`deny`, `warn`, `audit`, `mutate` or `off`."""


@dataclass(frozen=True)
class Own:
    """Something of AKS's own at work beside the initiative: a mutator, or an admission policy."""

    name: str
    """As `records` lists it, and for an admission policy as a cluster prints it."""
    does: str
    """`mutate`, `deny` or `warn`."""


@dataclass(frozen=True)
class Acting:
    """What acts on a cluster."""

    owner: Owner
    level: str
    """`Off`, `Warning`, `Enforcement` of an assignment, `Warn`, `Enforce` of AKS's; nothing where none fits."""
    version: str = ""
    """The safeguards version, or the pin; AKS's own have none."""
    members: tuple[Member, ...] = ()
    """All members of the initiative that people may meet, those that are off too, in its order."""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    """The initiative's parameters with defaults filled in."""
    mutators: tuple[Own, ...] = ()
    """AKS's own mutating webhooks, which change an object before it is validated."""
    admission: tuple[Own, ...] = ()
    """AKS's own ValidatingAdmissionPolicies, which are asked before the members."""
    excluded_namespaces: tuple[str, ...] = ()
    """All that are left alone, names and globs, the system's among them."""
    user_namespaces: tuple[str, ...] = ()
    """The users' part of these."""
    pod_security: str = ""
    """`Baseline` or `Restricted`; nothing where no level of Pod Security acts as one."""
    source: str = "All"
    """Whether members see what was sent (`Original`), the Pods that it implies (`Generated`), or both."""
    automatic: bool = False
    """Whether it is AKS Automatic, which keeps its level whoever asks."""
    is_enforced: bool = True
    """Whether members act at all: an assignment can be suspended."""
    suspension: Suspension | None = None
    """Who suspended an assignment, when and why."""

    @property
    def fixed(self) -> frozenset[str]:
        """The members that find nothing any more, because a mutator of AKS's mends objects before they are judged."""
        return frozenset(MUTATORS[one.name].like for one in self.mutators)

    def does(self, short: str) -> str:
        """What a policy, a mutator or an admission policy does; `off` for one that is not there."""
        named = next((one.does for one in self.members if one.short == short), "")
        return named or next((one.does for one in (*self.mutators, *self.admission) if one.name == short), OFF)
