# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The effect of every member in every version at every level, written down by hand, and what goes with them."""

from azext_safeguards.domain.assignment.intent import Change
from azext_safeguards.domain.level import Level
from tests.unit.bodies import (
    rendered,
)

OFF, WARNING, ENFORCEMENT = Change(Level.OFF), Change(Level.WARNING), Change(Level.ENFORCEMENT)
LEVELS = [Level.OFF, Level.WARNING, Level.ENFORCEMENT]

# Effect of every member: Off, Warning, Enforcement.
TABLES = {
    "v1.0.0": """
        restrictedNodeEditsInKubernetesCluster           Disabled  Audit     Deny
        memoryAndCPULimitsInKubernetesCluster            Disabled  Audit     Deny
        podEnforceAntiaffinityInKubernetesCluster        Disabled  Audit     Deny
        restrictedLabelsInKubernetesCluster              Disabled  Audit     Deny
        ensureAllowedContainerImagesInKubernetesCluster  Disabled  Audit     Deny
        restrictedTaintsInKubernetesCluster              Disabled  Audit     Deny
        ensureProbesConfiguredInKubernetesCluster        Disabled  Audit     Deny
        ensureCsiDriverStorageClass                      Disabled  Audit     Deny
        containerRestrictedImagePulls                    Disabled  Audit     Deny
        disallowedBadPodDisruptionBudgets                Disabled  Audit     Deny
        uniqueServiceSelectors                           Disabled  Audit     Deny
        imagesDoNotUseLatest                             Disabled  Disabled  Disabled
        containerEnforcePreStopHook                      Disabled  Disabled  Disabled
        mutateReservedSystemPoolTaints                   Disabled  Disabled  Disabled
        readOnlyRootFileSystemInitContainers             Disabled  Disabled  Disabled
        resourceCPULimits                                Disabled  Disabled  Disabled
        resourceMemoryLimits                             Disabled  Disabled  Disabled
        mutateMaxUnavailablePods                         Disabled  Disabled  Disabled
        mutateReadOnlyRootFilesystem                     Disabled  Disabled  Disabled
        printMutationsAnnotations                        Disabled  Disabled  Disabled
    """,
    "v2.0.0": """
        restrictedNodeEditsInKubernetesCluster           Disabled  Audit     Deny
        memoryAndCPULimitsInKubernetesCluster            Disabled  Audit     Deny
        podEnforceAntiaffinityInKubernetesCluster        Disabled  Audit     Deny
        restrictedLabelsInKubernetesCluster              Disabled  Audit     Deny
        ensureAllowedContainerImagesInKubernetesCluster  Disabled  Audit     Deny
        restrictedTaintsInKubernetesCluster              Disabled  Audit     Deny
        ensureProbesConfiguredInKubernetesCluster        Disabled  Audit     Deny
        ensureCsiDriverStorageClass                      Disabled  Audit     Deny
        containerRestrictedImagePulls                    Disabled  Audit     Deny
        disallowedBadPodDisruptionBudgets                Disabled  Audit     Deny
        uniqueServiceSelectors                           Disabled  Audit     Deny
        imagesDoNotUseLatest                             Disabled  Audit     Deny
        containerEnforcePreStopHook                      Disabled  Audit     Deny
        mutateReservedSystemPoolTaints                   Disabled  Disabled  Mutate
        readOnlyRootFileSystemInitContainers             Disabled  Disabled  Mutate
        resourceCPULimits                                Disabled  Disabled  Mutate
        resourceMemoryLimits                             Disabled  Disabled  Mutate
        mutateMaxUnavailablePods                         Disabled  Disabled  Mutate
        mutateReadOnlyRootFilesystem                     Disabled  Disabled  Mutate
        printMutationsAnnotations                        Disabled  Audit     Audit
    """,
    "v3.0.0": """
        restrictedNodeEditsInKubernetesCluster           Disabled  Audit     Deny
        containerResourceRequests                        Disabled  Audit     Deny
        podEnforceAntiaffinityInKubernetesCluster        Disabled  Audit     Deny
        restrictedLabelsInKubernetesCluster              Disabled  Audit     Deny
        ensureAllowedContainerImagesInKubernetesCluster  Disabled  Audit     Deny
        restrictedTaintsInKubernetesCluster              Disabled  Audit     Deny
        ensureProbesConfiguredInKubernetesCluster        Disabled  Audit     Deny
        ensureCsiDriverStorageClass                      Disabled  Audit     Deny
        uniqueServiceSelectors                           Disabled  Audit     Deny
        imagesDoNotUseLatest                             Disabled  Audit     Deny
        mutateReservedSystemPoolTaints                   Disabled  Disabled  Mutate
        printMutationsAnnotations                        Disabled  Audit     Audit
        blockHostNamespaces                              Disabled  Disabled  Disabled
        hostNetworkPorts                                 Disabled  Disabled  Disabled
        allowedSysctls                                   Disabled  Disabled  Disabled
        allowedUsersGroups                               Disabled  Disabled  Disabled
        windowsBlockContainerAdmin                       Disabled  Disabled  Disabled
        containerNoPrivilegeEscalation                   Disabled  Disabled  Disabled
        allowedHostPaths                                 Disabled  Disabled  Disabled
        enforceAppArmorProfile                           Disabled  Disabled  Disabled
        enforceSELinux                                   Disabled  Disabled  Disabled
        windowsBlockHostProcess                          Disabled  Disabled  Disabled
        privilegedContainers                             Disabled  Disabled  Disabled
        allowedProcMountType                             Disabled  Disabled  Disabled
        containerAllowedCapabilities                     Disabled  Disabled  Disabled
        allowedSeccompProfiles                           Disabled  Disabled  Disabled
        allowedVolumeTypes                               Disabled  Disabled  Disabled
    """,
}
INITIATIVE_VERSION = {"v1.0.0": "2.1.1", "v2.0.0": "2.1.1", "v3.0.0": "3.0.0"}
# How our overrides are known again, so a later release must still give the same.
FINGERPRINTS = {
    ("v1.0.0", Level.WARNING): "b8c720f9",
    ("v1.0.0", Level.ENFORCEMENT): "06c23aa9,b8c720f9",
    ("v2.0.0", Level.ENFORCEMENT): "bc41365c",
    ("v3.0.0", Level.WARNING): "830e7cb7",
    ("v3.0.0", Level.ENFORCEMENT): "e698c832,830e7cb7",
}
EVERY = [(version, level) for version in TABLES for level in LEVELS]


def table(version, level):
    rows = [line.split() for line in TABLES[version].strip().splitlines()]
    return {row[0]: row[1 + LEVELS.index(level)] for row in rows}


def recorded(level, version):
    """Our part of the metadata."""
    record = {"safeguardsLevel": level.value, "safeguardsVersion": version}
    if (version, level) in FINGERPRINTS:
        record["safeguardsOverrides"] = FINGERPRINTS[version, level]
    return record


def first(level, version="v2.0.0", namespaces=None):
    return rendered(None, Change(level, version, namespaces))
