# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""reserved-taints: only nodes of system pools have the taints that are kept for them.

Source of rule and text: Azure/draft, restricted-taints/template.yaml. Entries of reservedTaints are regular
expressions that match anywhere in the key.
"""

from __future__ import annotations

from collections.abc import Iterable

from azext_safeguards.check.policies.policy import Object, Parameters, Path, Policy, Violation
from azext_safeguards.check.rego.patterns import occurs
from azext_safeguards.check.rego.values import elements, get
from azext_safeguards.domain.initiative.records import members

_MODE = "kubernetes.azure.com/mode"


def _rule(node: Object, parameters: Parameters) -> Iterable[Violation]:
    taints = get(node, "spec", "taints")
    reserved = parameters.get("reservedTaints") or ()
    if not taints or get(node, "metadata", "labels", _MODE) in ("system", "System"):
        return ()
    found: dict[str, Path] = {}
    for index, taint in elements(taints):
        key = taint.get("key") if isinstance(taint, dict) else None
        if any(occurs(entry, key) for entry in reserved):
            message = f"Taint with key <{key}> is reserved for the system pool only"
            found.setdefault(message, ("spec", "taints", index, "key"))
    return [Violation(message, path) for message, path in found.items()]


POLICY = Policy(
    **members("reserved-taints"),
    rule=_rule,
)
