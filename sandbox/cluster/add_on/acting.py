# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What acts on a cluster: the members of each assignment with what they do, as the add-on's constraints say it.

Deny denies; Audit warns where ``warn`` is true and is silent else (all three seen on clusters, Azure/AKS#5745).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Json = dict[str, Any]
Action = Literal["deny", "warn", "dryrun", "mutate"]
#: Gatekeeper as the add-on installs it is never asked about these (deployed webhook configuration of the add-on).
ALWAYS_EXCLUDED = ("kube-system", "gatekeeper-system")
#: The Gatekeeper kinds of the members by reference id: policyDefinitions of Azure/azure-policy, built-in-policies,
#: Kubernetes. Of members that are not listed the kind is not known, and their constraints are called after them.
TEMPLATES: Mapping[str, str] = {
    "restrictednodeeditsinkubernetescluster": "K8sAzureV1RestrictedNodeEdits",
    "containerresourcerequests": "K8sAzureV1ContainerRequests",
    "podenforceantiaffinityinkubernetescluster": "K8sAzureV1AntiAffinityRules",
    "restrictedlabelsinkubernetescluster": "K8sAzureV1RestrictedLabels",
    "ensureallowedcontainerimagesinkubernetescluster": "K8sAzureV2ContainerAllowedImages",
    "restrictedtaintsinkubernetescluster": "K8sAzureV1ReservedTaints",
    "ensureprobesconfiguredinkubernetescluster": "K8sAzureV2ContainerEnforceProbes",
    "ensurecsidriverstorageclass": "K8sAzureV1EnforceCSIDriver",
    "uniqueserviceselectors": "K8sAzureV1UniqueServiceSelector",
    "imagesdonotuselatest": "K8sAzureV2ContainerNoLatestImage",
    "memoryandcpulimitsinkubernetescluster": "K8sAzureV3ContainerLimits",
    "containerrestrictedimagepulls": "K8sAzureV1ContainerRestrictedImagePulls",
    "disallowedbadpoddisruptionbudgets": "K8sAzureV2DisallowedBadPodDisruptionBudgets",
    "blockhostnamespaces": "K8sAzureV3BlockHostNamespace",
    "hostnetworkports": "K8sAzureV4HostNetworkingPorts",
    "allowedusersgroups": "K8sAzureV3AllowedUsersGroups",
    "containernoprivilegeescalation": "K8sAzureV4NoPrivilegeEscalation",
    "allowedhostpaths": "K8sAzureV4HostFilesystem",
    "enforceapparmorprofile": "K8sAzureV3EnforceAppArmor",
    "privilegedcontainers": "K8sAzureV2NoPrivilege",
    "allowedprocmounttype": "K8sAzureV4ProcMount",
    "containerallowedcapabilities": "K8sAzureV3AllowedCapabilities",
    "allowedseccompprofiles": "K8sAzureV3AllowedSeccomp",
    "allowedvolumetypes": "K8sAzureV2VolumeTypes",
}
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


@dataclass(frozen=True)
class Acting:
    """What one assignment does on a cluster."""

    owner: str
    """The resource id of who acts: an assignment, or managed deployment safeguards."""
    members: tuple[Member, ...]
    parameters: Json = field(default_factory=dict)
    excluded: tuple[str, ...] = ()
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
    short = _shorts().get(reference.lower())
    if short is None:
        return None
    template = "" if action == "mutate" else TEMPLATES.get(reference.lower(), "")
    return Member(short, reference, action, template, constraint_name(owner, reference, template, short))


def _shorts() -> Mapping[str, str]:
    if not _SHORTS:
        from azext_safeguards.check.mutations import REGISTRY as MUTATIONS
        from azext_safeguards.check.policies.registry import REGISTRY as POLICIES

        everything: Iterable[Any] = (*POLICIES.values(), *MUTATIONS.values())
        _SHORTS.update({one.reference_id.lower(): one.short for one in everything})
    return _SHORTS


_SHORTS: dict[str, str] = {}
