# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The short names by which people know the member policies, instead of reference ids and GUIDs."""

from __future__ import annotations

from collections.abc import Iterable

# Reference id -> short name. Reference ids: Azure/azure-policy, AKS_Safeguards.json.
SHORT_NAMES: dict[str, str] = {
    "restrictedNodeEditsInKubernetesCluster": "no-node-edits",
    "containerResourceRequests": "resource-requests",
    "podEnforceAntiaffinityInKubernetesCluster": "anti-affinity",
    "restrictedLabelsInKubernetesCluster": "no-aks-labels",
    "ensureAllowedContainerImagesInKubernetesCluster": "allowed-images",
    "restrictedTaintsInKubernetesCluster": "reserved-taints",
    "ensureProbesConfiguredInKubernetesCluster": "probes",
    "ensureCsiDriverStorageClass": "csi-storage",
    "uniqueServiceSelectors": "unique-selectors",
    "imagesDoNotUseLatest": "no-latest-tag",
    "printMutationsAnnotations": "mutation-notices",
    "memoryAndCPULimitsInKubernetesCluster": "resource-limits",
    "containerRestrictedImagePulls": "image-pull-secrets",
    "disallowedBadPodDisruptionBudgets": "pod-disruption-budgets",
    "containerEnforcePreStopHook": "pre-stop-hook",
    "mutateReservedSystemPoolTaints": "mutate-taints",
    "readOnlyRootFileSystemInitContainers": "mutate-read-only-root-init",
    "resourceCPULimits": "mutate-cpu-limits",
    "resourceMemoryLimits": "mutate-memory-limits",
    "mutateMaxUnavailablePods": "mutate-max-unavailable",
    "mutateReadOnlyRootFilesystem": "mutate-read-only-root",
    "deployAzurePolicyAddOn": "deploy-azure-policy-add-on",
    "blockHostNamespaces": "host-namespaces",
    "hostNetworkPorts": "host-ports",
    "allowedSysctls": "sysctls",
    "allowedUsersGroups": "users-groups",
    "windowsBlockContainerAdmin": "windows-no-admin",
    "containerNoPrivilegeEscalation": "no-privilege-escalation",
    "allowedHostPaths": "host-paths",
    "enforceAppArmorProfile": "apparmor",
    "enforceSELinux": "selinux",
    "windowsBlockHostProcess": "windows-host-process",
    "privilegedContainers": "privileged",
    "allowedProcMountType": "proc-mount",
    "containerAllowedCapabilities": "capabilities",
    "allowedSeccompProfiles": "seccomp",
    "allowedVolumeTypes": "volume-types",
}

# The Pod Security members that initiative 3.0.0 added. They take the shared `effect` and block by default every
# volume type and capability, so no level turns them on (Azure/azure-policy, AKS_Safeguards.json 3.0.0).
POD_SECURITY: tuple[str, ...] = (
    "blockHostNamespaces",
    "hostNetworkPorts",
    "allowedSysctls",
    "allowedUsersGroups",
    "windowsBlockContainerAdmin",
    "containerNoPrivilegeEscalation",
    "allowedHostPaths",
    "enforceAppArmorProfile",
    "enforceSELinux",
    "windowsBlockHostProcess",
    "privilegedContainers",
    "allowedProcMountType",
    "containerAllowedCapabilities",
    "allowedSeccompProfiles",
    "allowedVolumeTypes",
)

_BY_LOWERED = {reference.lower(): short for reference, short in SHORT_NAMES.items()}


def short_name(reference_id: str) -> str:
    """The short name of a member; a member we do not know keeps its reference id."""
    return _BY_LOWERED.get(reference_id.lower(), reference_id)


def reference_ids(names: Iterable[str]) -> frozenset[str]:
    """The reference ids, lower-case, of policies by short name or reference id; an unknown name stays as it is."""
    by_short = {short: reference for reference, short in SHORT_NAMES.items()}
    return frozenset(by_short.get(name.strip().lower(), name.strip()).lower() for name in names)
