# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Commands that let something pass which a policy stops."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from azext_safeguards.check.explain.fixes import is_in_bytes
from azext_safeguards.check.explain.texts import Named
from azext_safeguards.check.mutations.mutation import Mutation
from azext_safeguards.check.policies.policy import Policy
from azext_safeguards.domain.shell import quoted

Way = dict[str, str]
"""`what` it does, and the `command` to paste."""

_CLUSTER = "-g myResourceGroup -n myAKSCluster"
_WITHOUT_NAMESPACE = frozenset({("", "Node"), ("storage.k8s.io", "StorageClass")})
_NEVER_DENIES = ("mutation-notices",)


def ways_out(policy: Policy | Mutation, named: Sequence[Named]) -> list[Way]:
    """What a cluster's owner can run, the narrowest way first.

    :param named: what the messages name.
    """
    change = f"az aks safeguards policy set {_CLUSTER} --policy {policy.short}"
    ways: list[Way] = [
        {
            "what": f"Give the maximum a unit: it is {one.maximum} bytes, and {one.maximum}Mi was most likely meant",
            "command": f"{change} --param {quoted(f'memoryLimit={one.maximum}Mi')}",
        }
        for one in named
        if is_in_bytes(one)
    ][:1]
    reads = policy.parameters if isinstance(policy, Policy) else ()
    if "excludedImages" in reads:
        listed = sorted({one.image for one in named if one.image}) or ["myregistry.azurecr.io/my-app:*"]
        ways.append(_way("Leave images out, of all policies that can", change, "excludedImages", listed))
    if "excludedContainers" in reads:
        listed = sorted({one.container for one in named if one.container}) or ["my-container"]
        ways.append(
            _way("Leave containers out by name, of all policies that can", change, "excludedContainers", listed)
        )
    if policy.kinds - _WITHOUT_NAMESPACE:
        ways.append(_namespace_way(named))
    if isinstance(policy, Policy) and policy.short not in _NEVER_DENIES:
        ways.append({"what": "Only warn", "command": f"{change} --effect Warn"})
    ways.append({"what": "Turn the policy off on the cluster", "command": f"{change} --effect Off"})
    if isinstance(policy, Policy) and policy.pod_security:
        ways += ways_to_the_owner("No safeguards level turns it on: find the assignment that did")
    return ways


def ways_out_of_managed(pod_security: bool = True, namespace: str = "") -> list[Way]:
    """The ways where AKS's own admission policies deny, or its mutators change; no assignment reaches them.

    :param pod_security: whether they are of a Pod Security level, or a mutator.
    :param namespace: where the object is, if that is known.
    """
    reached: list[Way] = [
        {
            "what": "Leave a whole namespace out of AKS's own safeguards, all of them; the list replaces the one that "
            "is there, and AKS Automatic takes no other level",
            "command": f"az aks safeguards update {_CLUSTER} --level Enforce --excluded-ns "
            f"{quoted(namespace or 'my-ns')}",
        },
        {
            "what": "Lower the Pod Security level, for the whole cluster; AKS Automatic refuses that",
            "command": f"az aks safeguards update {_CLUSTER} --level Warn --pss-level Privileged",
        },
    ]
    return [
        {
            "what": "See what AKS manages on the cluster, its Pod Security level included",
            "command": f"az aks safeguards show {_CLUSTER}",
        },
        *(reached if pod_security else ()),
        {
            "what": "See which of AKS's policies act, and on what",
            "command": "kubectl get validatingadmissionpolicybindings",
        },
    ]


def ways_to_the_owner(what: str = "Find the assignment that the constraint belongs to, and ask its owner") -> list[Way]:
    """How to find out who can let something pass that no member of safeguards denied."""
    columns = "NAME:.metadata.name,ASSIGNMENT:.metadata.annotations.azure-policy-assignment-id"
    return [{"what": what, "command": f"kubectl get constraints -o custom-columns='{columns}'"}]


def _namespace_way(named: Iterable[Named]) -> Way:
    """Leaving a single namespace out, which leaves the others on the list where they are."""
    namespace = next((one.namespace for one in named if one.namespace), "") or "my-namespace"
    return {
        "what": "Leave a namespace out, of all policies, beside those that are left out already",
        "command": f"az aks safeguards namespace add {quoted(namespace)} {_CLUSTER}",
    }


def _way(what: str, change: str, parameter: str, values: list[str]) -> Way:
    """A way out by a parameter of the policy."""
    return {"what": what, "command": f"{change} --param {quoted(f'{parameter}={json.dumps(values)}')}"}
