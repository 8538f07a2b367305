# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What AKS itself puts on a cluster as ValidatingAdmissionPolicies, named `aks-managed-...`.

Names and texts: MicrosoftDocs/azure-aks-docs, deployment-safeguards.md, and public logs of AKS Automatic clusters.
Whether namespaces that are excluded from safeguards are excluded from these is not published.
"""

from __future__ import annotations

from typing import NamedTuple

PREFIX = "aks-managed-"
DOCS = "https://learn.microsoft.com/azure/aks/deployment-safeguards"


class Managed(NamedTuple):
    """A policy of AKS that no policy of the initiative is the like of."""

    title: str
    why: str
    fix: str


_KNOWN = {
    "host-probes-lifecycle-hooks": Managed(
        "Probes and lifecycle hooks name no host",
        "A probe or a hook with a host of its own makes the node call any address for the Pod.",
        "Remove host from httpGet and tcpSocket of probes and of lifecycle hooks; without it the Pod itself is called.",
    ),
    "protect-system-namespaces": Managed(
        "System namespaces are AKS's own",
        "AKS runs its own Pods in kube-system and the like; what others change there breaks the cluster.",
        "Deploy to a namespace of your own.",
    ),
    "block-nodes-proxy-rbac": Managed(
        "No role gives nodes/proxy",
        "Whoever has nodes/proxy reaches each kubelet, and with it every container of the node.",
        "Take nodes/proxy out of the role; nodes/metrics and nodes/stats cover what monitoring needs.",
    ),
}
_OTHER = Managed(
    "A policy of AKS itself",
    "AKS puts it on clusters whose deployment safeguards it manages, such as all of AKS Automatic.",
    "Change the object as the message says.",
)


def is_managed(name: str) -> bool:
    """Whether a ValidatingAdmissionPolicy is AKS's own."""
    return name.lower().startswith(PREFIX)


def about(name: str) -> Managed:
    """What is known of one of AKS's policies that has no counterpart in the initiative."""
    lowered = name.lower()
    return next((one for ending, one in _KNOWN.items() if lowered.endswith(ending)), _OTHER)
