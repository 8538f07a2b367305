# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What each policy is about, in a few words."""

from __future__ import annotations

# By short name. The words are ours; what the policies do: Azure/azure-policy, built-in-policies/policyDefinitions/
# Kubernetes.
_TITLES: dict[str, str] = {
    "no-node-edits": "Labels and taints are set on node pools, not on single nodes",
    "resource-requests": "Containers request CPU and memory",
    "anti-affinity": "Workloads with several replicas spread them over nodes",
    "no-aks-labels": "Objects have no labels that are reserved for AKS",
    "allowed-images": "Images come from where the assignment allows",
    "reserved-taints": "Only system node pools have the taints reserved for them",
    "probes": "Containers have readiness and liveness probes",
    "csi-storage": "Storage classes use CSI drivers",
    "unique-selectors": "Services of a namespace have different selectors or ports",
    "no-latest-tag": "Images have a tag other than latest",
    "mutation-notices": "The cluster says which mutations changed a Pod",
    "resource-limits": "Containers have CPU and memory limits within the allowed maximum",
    "image-pull-secrets": "Pods pull their images with credentials",
    "pod-disruption-budgets": "Disruption budgets leave room to move Pods",
    "pre-stop-hook": "Containers have a preStop hook",
    "mutate-taints": "Nodes of user pools lose the taint CriticalAddonsOnly",
    "mutate-read-only-root-init": "Init containers get a read-only root file system",
    "mutate-cpu-limits": "Containers without a CPU limit get 500m",
    "mutate-memory-limits": "Containers without a memory limit get 500Mi",
    "mutate-max-unavailable": "Disruption budgets get maxUnavailable 1",
    "mutate-read-only-root": "Containers get a read-only root file system",
    "deploy-azure-policy-add-on": "Deploys the azure-policy add-on",
    "host-namespaces": "Pods do not share the process and IPC namespaces of their node",
    "host-ports": "Pods use neither the network of their node nor its ports",
    "sysctls": "Pods set only sysctls that are safe",
    "users-groups": "Containers do not run as root",
    "windows-no-admin": "Windows containers do not run as ContainerAdministrator",
    "no-privilege-escalation": "Containers do not gain privileges",
    "host-paths": "Pods mount no folders of their node",
    "apparmor": "Containers keep an approved AppArmor profile",
    "selinux": "Containers keep the SELinux type of containers",
    "windows-host-process": "Windows Pods run no HostProcess containers",
    "privileged": "Containers are not privileged",
    "proc-mount": "Containers keep /proc masked",
    "capabilities": "Containers add no Linux capabilities that they should not have",
    "seccomp": "Containers have an approved seccomp profile",
    "volume-types": "Pods use only approved types of volumes",
}


def title_of(short: str) -> str:
    """The title of a policy by its short name; the name itself for one that we do not know."""
    return _TITLES.get(short, short)
