# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The members that the documentation lists for each version, and the values of their parameters, written down by hand:
what the catalog, the rendering and the effects of an assignment are held against."""

FIRST_LIST = [
    "restrictedNodeEditsInKubernetesCluster",
    "memoryAndCPULimitsInKubernetesCluster",
    "podEnforceAntiaffinityInKubernetesCluster",
    "restrictedLabelsInKubernetesCluster",
    "ensureAllowedContainerImagesInKubernetesCluster",
    "restrictedTaintsInKubernetesCluster",
    "ensureProbesConfiguredInKubernetesCluster",
    "ensureCsiDriverStorageClass",
    "containerRestrictedImagePulls",
    "disallowedBadPodDisruptionBudgets",
    "uniqueServiceSelectors",
]
LATER_VALIDATORS = ["imagesDoNotUseLatest", "containerEnforcePreStopHook"]
V2_VALIDATORS = [*FIRST_LIST, *LATER_VALIDATORS]
MUTATORS = [
    "mutateReservedSystemPoolTaints",
    "readOnlyRootFileSystemInitContainers",
    "resourceCPULimits",
    "resourceMemoryLimits",
    "mutateMaxUnavailablePods",
    "mutateReadOnlyRootFilesystem",
]
NOTICES = ["printMutationsAnnotations"]
THIRD_LIST = [
    "restrictedNodeEditsInKubernetesCluster",
    "containerResourceRequests",
    "podEnforceAntiaffinityInKubernetesCluster",
    "restrictedLabelsInKubernetesCluster",
    "ensureAllowedContainerImagesInKubernetesCluster",
    "restrictedTaintsInKubernetesCluster",
    "ensureProbesConfiguredInKubernetesCluster",
    "ensureCsiDriverStorageClass",
    "uniqueServiceSelectors",
    "imagesDoNotUseLatest",
]
POD_SECURITY = [
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
]

# What AKS itself passed (public evidence of a constraint of early 2024), and the limits of public templates.
REQUIRED = {
    "allowedUsers": [
        "nodeclient",
        "system:serviceaccount:kube-system:aci-connector-linux",
        "system:serviceaccount:kube-system:node-controller",
        "acsService",
        "aksService",
        "system:serviceaccount:kube-system:cloud-node-manager",
    ],
    "allowedGroups": ["system:node"],
    "labels": ["kubernetes.azure.com"],
    "reservedTaints": ["CriticalAddonsOnly"],
    "allowedContainerImagesRegex": ".*",
}
LIMITS = {"cpuLimit": "5", "memoryLimit": "5Gi"}
