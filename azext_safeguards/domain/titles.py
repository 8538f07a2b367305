# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What each policy is about, in a few words."""

from __future__ import annotations

# By short name. The words are ours; what the policies do: Azure/azure-policy, built-in-policies/policyDefinitions/
# Kubernetes.
_TITLES: dict[str, str] = {
    "no-node-edits": "Nodes are not labelled or tainted one by one",
    "resource-requests": "Containers request CPU and memory",
    "anti-affinity": "Replicas are spread by anti-affinity or topology spread constraints",
    "no-aks-labels": "Labels of AKS are not used",
    "allowed-images": "Images come from where they are allowed to",
    "reserved-taints": "The taint of system node pools is not used elsewhere",
    "probes": "Containers have readiness and liveness probes",
    "csi-storage": "Storage classes use CSI drivers",
    "unique-selectors": "Services have selectors of their own",
    "no-latest-tag": "Images are not tagged latest",
    "mutation-notices": "Mutations are announced",
    "resource-limits": "Containers have CPU and memory limits",
    "image-pull-secrets": "Images are pulled with pull secrets",
    "pod-disruption-budgets": "Pod disruption budgets let pods be moved",
    "pre-stop-hook": "Containers have a preStop hook",
    "mutate-taints": "Removes the system taint from user node pools",
    "mutate-read-only-root-init": "Makes the root file system of init containers read-only",
    "mutate-cpu-limits": "Sets CPU limits where there are none",
    "mutate-memory-limits": "Sets memory limits where there are none",
    "mutate-max-unavailable": "Sets maxUnavailable of pod disruption budgets",
    "mutate-read-only-root": "Makes the root file system of containers read-only",
    "deploy-azure-policy-add-on": "Deploys the azure-policy add-on",
    "host-namespaces": "Pods do not share host namespaces",
    "host-ports": "Pods use allowed host ports only",
    "sysctls": "Pods use allowed sysctls only",
    "users-groups": "Containers run as allowed users and groups",
    "windows-no-admin": "Windows containers do not run as administrator",
    "no-privilege-escalation": "Containers do not escalate privileges",
    "host-paths": "Pods mount allowed host paths only",
    "apparmor": "Containers use allowed AppArmor profiles",
    "selinux": "Containers follow the SELinux rules",
    "windows-host-process": "Windows pods run no HostProcess containers",
    "privileged": "Containers are not privileged",
    "proc-mount": "Containers use the default proc mount",
    "capabilities": "Containers use allowed capabilities only",
    "seccomp": "Containers use allowed seccomp profiles",
    "volume-types": "Pods use allowed volume types only",
}


def title_of(short: str) -> str:
    """The title of a policy by its short name; the name itself for one that we do not know."""
    return _TITLES.get(short, short)
