# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Which effects each member of the initiative allows, and which one reaches it.

Azure/azure-policy built-in-policies/policyDefinitions/Kubernetes: validators allow Audit, Deny and Disabled;
mutators Mutate and Disabled; PrintMutationsAnnotations Audit and Disabled; the add-on deployment
DeployIfNotExists and Disabled. Effects are compared with regard to case: plain, not recorded.
"""

from __future__ import annotations

import re
from typing import Any

Json = dict[str, Any]
PRINT_MUTATIONS = "e24df237-32cb-4a6c-a2f6-85b499cda9f2"
VALIDATE = ("Audit", "Deny", "Disabled")
MUTATE = ("Mutate", "Disabled")
PRINT = ("Audit", "Disabled")
DEPLOY = ("DeployIfNotExists", "Disabled")
_REFERENCE = re.compile(r"^\[parameters\('([^']+)'\)\]$")


def source(value: Any) -> str | None:
    """Return the name of the initiative parameter that a member's value is taken from, or None."""
    match = _REFERENCE.match(value) if isinstance(value, str) else None
    return match[1] if match else None


def allowed(member: Json) -> tuple[str, ...]:
    """Return the effects that a member allows."""
    effect = member.get("parameters", {}).get("effect", {}).get("value")
    if effect == "DeployIfNotExists":
        return DEPLOY
    if str(member["policyDefinitionId"]).lower().endswith(PRINT_MUTATIONS):
        return PRINT
    return MUTATE if source(effect) == "effectForMutationPolicies" else VALIDATE


def reaching(member: Json, values: Json) -> Any:
    """Return the effect that a member gets from the initiative's parameter values, before overrides."""
    effect = member.get("parameters", {}).get("effect", {}).get("value")
    name = source(effect)
    return effect if name is None else values.get(name.lower())


def deploys(member: Json) -> bool:
    """Tell whether a member deploys something and so needs an identity."""
    return allowed(member) == DEPLOY
