# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What AKS itself puts on a cluster as ValidatingAdmissionPolicies, named `aks-managed-...`.

Names and texts: MicrosoftDocs/azure-aks-docs, deployment-safeguards.md, and public logs of AKS Automatic clusters.
That namespaces which are excluded from AKS's safeguards are excluded from those of Pod Security, too, is seen on
clusters and not documented.
"""

from __future__ import annotations

from typing import NamedTuple

from azext_safeguards.domain.acting.records import ADMISSION, MUTATORS, PREFIX, OwnRecord

DOCS = "https://learn.microsoft.com/azure/aks/deployment-safeguards"


class Managed(NamedTuple):
    """A policy of AKS that no policy of the initiative is the like of."""

    title: str
    why: str
    fix: str


_KNOWN = {
    "protect-system-namespaces": Managed(
        "System namespaces are AKS's own",
        "AKS runs its own Pods in kube-system and the like; what others change there breaks the cluster.",
        "Deploy to a namespace of your own.",
    ),
    "block-nodes-proxy-rbac": Managed(
        "No role gives nodes/proxy",
        "Whoever has nodes/proxy reaches each kubelet, and with it every container of the node.",
        "Take nodes/proxy out of the role; nodes/metrics and nodes/stats cover what monitoring needs. A role that is "
        "made of other roles (aggregationRule) has to exclude those.",
    ),
    "protect-interactive-access": Managed(
        "Nobody enters the Pods of system namespaces",
        "exec, attach and port-forward reach what AKS runs for the cluster.",
        "Read logs instead (kubectl logs), or deploy a Pod of your own to debug with, in a namespace of your own.",
    ),
    "protect-hobo-vm-nodes": Managed(
        "Nodes that AKS keeps for itself are AKS's own",
        "AKS runs parts of the cluster on nodes that it manages and pays for.",
        "Set labels and taints on node pools of your own.",
    ),
    "critical-addons-only": Managed(
        "System nodes are for system Pods",
        "What tolerates CriticalAddonsOnly lands on system nodes and takes their room.",
        "Remove the toleration of CriticalAddonsOnly, and let the Pod run on a node pool of its own.",
    ),
    "custom-scheduler": Managed(
        "Pods on nodes that AKS manages use the default scheduler",
        "A scheduler of one's own places Pods where AKS does not expect them.",
        "Remove schedulerName.",
    ),
}
_OTHER = Managed(
    "A policy of AKS itself",
    "AKS puts it on clusters whose deployment safeguards it manages, such as all of AKS Automatic.",
    "Change the object as the message says.",
)


def is_pod_security(name: str) -> bool:
    """Whether a policy of AKS's is one of its Pod Security level, and so left out with a namespace."""
    return name.lower().startswith((f"{PREFIX}baseline-", f"{PREFIX}restricted-"))


def own_record(name: str) -> OwnRecord | None:
    """The mutator or the admission policy of AKS that a user names, by its name or by what AKS calls it."""
    lowered = name.strip("[],:'\"").lower()
    mutator = next((one for one in MUTATORS.values() if lowered in (one.name, one.webhook.lower())), None)
    return mutator or ADMISSION.get(lowered)


def is_managed(name: str) -> bool:
    """Whether a ValidatingAdmissionPolicy is AKS's own."""
    return name.lower().startswith(PREFIX)


def about(name: str) -> Managed:
    """What is known of one of AKS's policies that has no counterpart in the initiative."""
    lowered = name.lower()
    own = ADMISSION.get(lowered)
    if own:
        return Managed(own.title, own.why, own.fix)
    return next((one for ending, one in _KNOWN.items() if lowered.endswith(ending)), _OTHER)
