# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Commands that let something pass which a policy stops."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable

from azext_safeguards.check.mutations.mutation import Mutation
from azext_safeguards.check.policies.policy import Policy

Way = dict[str, str]
"""`what` it does, and the `command` to paste."""

_CLUSTER = "-g myResourceGroup -n myAKSCluster"
_WITHOUT_NAMESPACE = frozenset({("", "Node"), ("storage.k8s.io", "StorageClass")})
_NEVER_DENIES = ("mutation-notices",)


def ways_out(policy: Policy | Mutation, containers: Iterable[str], images: Iterable[str], namespace: str) -> list[Way]:
    """What a cluster's owner can run, the narrowest way first.

    :param containers: the names of the containers that were denied, as far as they are known.
    :param images: their images, as far as they are known.
    :param namespace: the namespace, or "".
    """
    change = f"az aks safeguards policy set {_CLUSTER} --policy {policy.short}"
    ways: list[Way] = []
    reads = policy.parameters if isinstance(policy, Policy) else ()
    if "excludedImages" in reads:
        listed = sorted(set(images)) or ["myregistry.azurecr.io/my-app:*"]
        ways.append(_way("Leave images out, of all policies that can", change, "excludedImages", listed))
    if "excludedContainers" in reads:
        listed = sorted(set(containers)) or ["my-container"]
        ways.append(
            _way("Leave containers out by name, of all policies that can", change, "excludedContainers", listed)
        )
    if policy.kinds - _WITHOUT_NAMESPACE:
        excluded = shlex.quote(namespace or "my-namespace")
        ways.append(
            {
                "what": "Leave a namespace out, of all policies; this replaces the list of namespaces",
                "command": f"az aks update {_CLUSTER} --safeguards-excluded-ns {excluded}",
            }
        )
    if isinstance(policy, Policy) and policy.short not in _NEVER_DENIES:
        ways.append({"what": "Only warn", "command": f"{change} --effect Warn"})
    ways.append({"what": "Turn the policy off on the cluster", "command": f"{change} --effect Off"})
    return ways


def ways_out_of_managed(namespace: str) -> list[Way]:
    """The ways where AKS itself manages the checks; such a cluster has no choice of single policies."""
    excluded = shlex.quote(namespace or "my-namespace")
    return [
        {
            "what": "Leave a namespace out, of all checks; this replaces the list of namespaces",
            "command": f"az aks safeguards update {_CLUSTER} --excluded-ns {excluded}",
        },
        {"what": "Only warn", "command": f"az aks safeguards update {_CLUSTER} --level Warn"},
    ]


def ways_to_the_owner() -> list[Way]:
    """How to find out who can let something pass that no member of safeguards denied."""
    columns = "NAME:.metadata.name,ASSIGNMENT:.metadata.annotations.azure-policy-assignment-id"
    return [
        {
            "what": "Find the assignment that the constraint belongs to, and ask its owner",
            "command": f"kubectl get constraints -o custom-columns='{columns}'",
        }
    ]


def _way(what: str, change: str, parameter: str, values: list[str]) -> Way:
    """A way out by a parameter of the policy."""
    return {"what": what, "command": f"{change} --param {shlex.quote(f'{parameter}={json.dumps(values)}')}"}
