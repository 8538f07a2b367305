# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
import re

import pytest

from azext_safeguards.domain.initiative.names import POD_SECURITY, SHORT_NAMES, short_name
from tests.unit.recorded_definitions import recording

# Every name that people type; changing one breaks their scripts.
NAMES = {
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


@pytest.mark.parametrize(("reference", "name"), NAMES.items())
def test_a_member_has_this_short_name(reference, name):
    assert short_name(reference) == name


def test_every_member_of_every_version_has_a_short_name():
    members = {item["referenceId"] for entry in recording()["versions"] for item in entry["policyDefinitions"]}
    assert members == set(SHORT_NAMES)
    assert len(members) == 37


def test_no_two_members_have_the_same_short_name():
    assert len(set(SHORT_NAMES.values())) == len(SHORT_NAMES)


def test_short_names_are_easy_to_type():
    for name in SHORT_NAMES.values():
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", name), name


def test_a_reference_id_is_known_in_any_case_because_policy_insights_lowers_it():
    assert short_name("ensureprobesconfiguredinkubernetescluster") == "probes"
    assert short_name("MEMORYANDCPULIMITSINKUBERNETESCLUSTER") == "resource-limits"


def test_a_member_that_we_do_not_know_keeps_its_reference_id():
    assert short_name("somethingNew") == "somethingNew"


def test_pod_security_is_what_3_0_0_added_less_the_resource_requests():
    def references(version):
        entry = next(item for item in recording()["versions"] if item["version"] == version)
        return {member["referenceId"] for member in entry["policyDefinitions"]}

    assert set(POD_SECURITY) == references("3.0.0") - references("2.1.1") - {"containerResourceRequests"}
    assert len(POD_SECURITY) == 15
