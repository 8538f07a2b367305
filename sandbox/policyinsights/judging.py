# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What the policies of an assignment find on a cluster: the checker's verdict, object by object."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sandbox.policyinsights.workloads import Identity

Json = dict[str, Any]
COMPLIANT, NON_COMPLIANT, EXEMPT = "Compliant", "NonCompliant", "Exempt"
#: Documented limit of the add-on: non-compliant records for each policy and cluster (MicrosoftDocs/azure-docs,
#: policy-for-kubernetes).
MOST_RECORDS = 500


@dataclass(frozen=True)
class Component:
    """The state of one object for one policy."""

    kind: str
    namespace: str
    name: str
    state: str
    reason: str = ""

    @property
    def id(self) -> str:
        """``namespace/name`` (example of Azure/azure-rest-api-specs, componentPolicyStates); the name alone of an
        object without a namespace."""
        return f"{self.namespace}/{self.name}" if self.namespace else self.name


def judge(
    objects: dict[Identity, Json], references: list[str], parameters: Json, excluded: list[str]
) -> dict[str, list[Component]]:
    """Return the components of each policy that judges objects: lower-case reference id -> all that it looked at.

    ``references`` are the members that are on, in any case; ``parameters`` the initiative's, by declared name.
    """
    from azext_safeguards.check.judging.excluded import matcher
    from azext_safeguards.check.judging.mutated import Mutator
    from azext_safeguards.check.policies.registry import REGISTRY
    from sandbox.cluster.add_on.neighbours import Neighbours
    from sandbox.cluster.add_on.rules import texts

    wanted = {reference.lower() for reference in references}
    policies = [policy for policy in REGISTRY.values() if policy.reference_id.lower() in wanted]
    if not objects or not policies:
        return {policy.reference_id.lower(): [] for policy in policies}
    neighbours = Neighbours()
    for item in objects.values():
        neighbours.add(item)
    said: dict[tuple[str, int], list[str]] = {}
    # What was admitted is audited as it is stored: nothing is changed here.
    unchanged = Mutator(())
    for number, item in enumerate(objects.values()):
        for short, _, text in texts(policies, unchanged, parameters, item, neighbours):
            said.setdefault((short, number), []).append(text)
    is_excluded = matcher(excluded)
    result: dict[str, list[Component]] = {}
    for policy in policies:
        components = []
        for number, (identity, item) in enumerate(objects.items()):
            _, kind, namespace, name = identity
            if not (namespace and is_excluded(namespace)) and _looks_at(policy, identity, item):
                reasons = "; ".join(dict.fromkeys(said.get((policy.short, number), ())))
                state = NON_COMPLIANT if reasons else COMPLIANT
                components.append(Component(kind, namespace, name, state, reasons))
        result[policy.reference_id.lower()] = _limited(components)
    return result


def _looks_at(policy: Any, identity: Identity, item: Json) -> bool:
    """Tell whether a policy judges an object, or the Pod that a workload stands for."""
    from azext_safeguards.check.judging.expansion import TEMPLATES, implied_pod
    from azext_safeguards.check.policies.policy import POD

    group, kind, namespace, name = identity
    if (group, kind) in policy.kinds:
        return True
    template = TEMPLATES.get((group, kind)) if POD in policy.kinds else None
    return template is not None and implied_pod(item, template, name, namespace) is not None


def _limited(components: list[Component]) -> list[Component]:
    failing = [item for item in components if item.state == NON_COMPLIANT][:MOST_RECORDS]
    kept = {id(item) for item in failing}
    return [item for item in components if item.state != NON_COMPLIANT or id(item) in kept]
