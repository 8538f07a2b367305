# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What acts on a cluster: the members of each assignment with what they do, as the add-on's constraints say it.

Deny denies; Audit warns where ``warn`` is true and is silent else (all three seen on clusters, Azure/AKS#5745).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any, Literal

Json = dict[str, Any]
Action = Literal["deny", "warn", "dryrun", "mutate"]
#: Gatekeeper as the add-on installs it is never asked about these (deployed webhook configuration of the add-on).
ALWAYS_EXCLUDED = ("kube-system", "gatekeeper-system")
_LONGEST_KIND = 30


@dataclass(frozen=True)
class Member:
    """One member of an assignment at work."""

    short: str
    reference: str
    action: Action
    template: str
    """The kind of its constraint; "" of mutations and where it is not known."""
    constraint: str
    """The name of its constraint, which messages begin with."""


@dataclass(frozen=True, eq=False)
class Acting:
    """What one assignment does on a cluster."""

    owner: str
    """The resource id of who acts: an assignment, or managed deployment safeguards."""
    members: tuple[Member, ...]
    parameters: Json = field(default_factory=dict)
    excluded: tuple[str, ...] = ()
    mutators: tuple[str, ...] = ()
    """Of AKS's own mutating webhooks, the names of those at work."""
    admission: tuple[tuple[str, str], ...] = ()
    """Of AKS's own ValidatingAdmissionPolicies, those at work: name, and `deny` or `warn`."""
    source: str = "All"
    """All, Original (what was sent) or Generated (the Pods that it stands for)."""

    def with_action(self, *actions: Action) -> list[Member]:
        """Return the members that do one of these."""
        return [member for member in self.members if member.action in actions]


def constraint_name(owner: str, reference: str, template: str, short: str) -> str:
    """Return the name of a constraint, in the form of the add-on: the kind cut to 30 characters, and 20 hex digits that
    differ for each assignment. How the add-on makes the digits is not known."""
    digest = hashlib.sha256(f"{owner.lower()}|{reference.lower()}".encode()).hexdigest()[:20]
    kind = template.lower() or short.replace("-", "")
    return f"azurepolicy-{kind[:_LONGEST_KIND]}-{digest}"


def action_of(effect: str, warns: Any) -> Action | None:
    """Return what an effect does at admission; None of one that does nothing on a cluster."""
    wanted = effect.lower()
    if wanted == "deny":
        return "deny"
    if wanted == "audit":
        return "warn" if warns is True else "dryrun"
    return "mutate" if wanted == "mutate" else None


def member_of(owner: str, reference: str, action: Action) -> Member | None:
    """Return a member of an initiative at work; None of one that the checker has no rule of."""
    # Imported when asked for: `python -m sandbox state` runs where the extension is not.
    from azext_safeguards.domain.initiative.records import RECORDS

    lowered = reference.lower()
    record = next((one for one in RECORDS.values() if one.reference_id.lower() == lowered and one.kinds), None)
    if record is None:
        return None
    constraint = constraint_name(owner, reference, record.template, record.short)
    return Member(record.short, reference, action, record.template, constraint)


def templates() -> list[str]:
    """Return the kinds of all Gatekeeper templates that are known. Of members without one the kind is not known, and
    their constraints are called after them."""
    from azext_safeguards.domain.initiative.records import RECORDS

    return sorted(record.template for record in RECORDS.values() if record.template)
