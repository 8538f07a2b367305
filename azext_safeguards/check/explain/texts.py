# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The texts of the policies, of all ages, and what they name: container, object, namespace, image, field.

Sources: Azure/draft, pkg/safeguards/lib; MicrosoftDocs/azure-aks-docs, articles/aks/deployment-safeguards.md and its
history; open-policy-agent/gatekeeper-library; output of clusters in public issues.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_C = r"[cC]ontainer <?(?P<container>[^\s<>]+?)>?"
_OF_PODS = r"(?P<kind>Pod) <(?P<object>[^<>]+)>"

# One or more patterns for each policy; the first that is found in a text wins, so the narrower come first.
_PATTERNS: tuple[tuple[str, str], ...] = (
    ("probes", rf"{_C} in your {_OF_PODS} has no <(?P<field>\w+)>"),
    ("resource-limits", rf"{_C} has no resource limits"),
    ("resource-limits", rf"{_C} (?:has no )?(?P<field>cpu|memory) limit\b"),
    ("resource-requests", rf"{_C} has no resource requests"),
    ("resource-requests", rf"{_C} (?:has no )?(?P<field>cpu|memory) request\b"),
    (
        "anti-affinity",
        r"(?P<kind>[A-Z]\w+) with \S+ replicas should have (?:either podAntiAffinity|pod anti-affinity rules)",
    ),
    ("no-aks-labels", r"Label <.*> is reserved for AKS use only"),
    ("allowed-images", r"Container image (?P<image>\S+) for container (?P<container>\S+) has not been allowed"),
    ("reserved-taints", r"Taint with key <[^<>]*> is reserved for the system pool only"),
    ("no-node-edits", r"Tainting or labell?ing individual nodes is not recommended"),
    ("csi-storage", r"(?P<kind>Storage) class <?(?P<object>[^\s<>]+)>? use intree provisioner"),
    ("unique-selectors", r"same selector as service <[^<>]*> in namespace <(?P<namespace>[^<>]*)>"),
    ("no-latest-tag", r"Please specify an explicit.*? for container (?P<container>\S+?)[.]?(?:\s|$)"),
    ("no-latest-tag", r"Avoiding the latest tag for container:? (?P<container>\S+)"),
    ("image-pull-secrets", r"(?P<object>\S+) in (?P<namespace>\S+) does not have imagePullSecrets"),
    (
        "pod-disruption-budgets",
        r"(?P<kind>PodDisruptionBudget) <?(?P<object>[^\s<>]+)>? (?:has maxUnava|specifies minA)",
    ),
    ("pod-disruption-budgets", r"has been selected by (?P<kind>PodDisruptionBudget) <(?P<object>[^<>]+)>"),
    ("pod-disruption-budgets", r"replica\(s\) but (?P<kind>PodDisruptionBudget) <(?P<object>[^<>]+)> has minAvailable"),
    ("pre-stop-hook", r"Container: (?P<container>\S+) does not include a Pre-stop hook"),
    ("mutation-notices", r"resource was mutated by \S+ mutation"),
    ("host-namespaces", r"Sharing the host namespace is not allowed: (?P<object>\S+)"),
    ("host-namespaces", r"Host (?:network|PID|IPC) namespaces? (?:is|are) disallowed"),
    ("host-ports", r"specified hostNetwork and hostPort are not allowed, pod: (?P<object>\S+?)[.](?:\s|$)"),
    ("host-ports", r"HostPorts are forbidden under"),
    ("sysctls", r"sysctl \S+ is not (?:explicitly )?allowed, pod: (?P<object>\S+?)[.](?:\s|$)"),
    ("sysctls", r"Disallowed sysctl detected"),
    ("users-groups", rf"{_C} is attempting to run (?:as|with|without) "),
    ("users-groups", r"Containers must not run as root user"),
    ("windows-no-admin", rf"{_C} has disallowed runAsUsername"),
    ("no-privilege-escalation", r"Privilege escalation container is not allowed: (?P<container>\S+)"),
    ("no-privilege-escalation", r"Privilege escalation must be set to false"),
    (
        "host-paths",
        r'HostPath volume .*?"name": "(?P<volume>[^"]+)".*? is not allowed, pod: (?P<object>[^\s,]+?)[.](?:\s|$)',
    ),
    ("host-paths", r"HostPath volumes? .*(?:detected|forbidden|not allowed)"),
    ("apparmor", r"AppArmor profile is not allowed, pod: (?P<object>[^\s,]+), container: (?P<container>[^\s.,]+)"),
    ("apparmor", r"AppArmor profile type must be one of"),
    (
        "selinux",
        r"SELinux options is not allowed, pod: (?P<object>[^\s,]+?)(?:, container:? (?P<container>\S+?))?[.](?:\s|$)",
    ),
    ("selinux", r"SELinux type must be one of"),
    ("windows-host-process", r"HostProcess is not allowed at pod level: (?P<object>\S+)"),
    ("windows-host-process", r"HostProcess container is not allowed: (?P<container>[^\s,]+)"),
    ("privileged", r"Privileged container is not allowed: (?P<container>[^\s,]+)"),
    ("privileged", r"Privileged (?:(?:ephemeral|init|N/A) )?containers are disallowed"),
    ("proc-mount", r"ProcMount type is not allowed, container: (?P<container>[^\s.,]+)"),
    ("proc-mount", r"ProcMount must be undefined"),
    ("capabilities", rf"{_C} (?:has a disallowed capability|is not dropping all required capabilities)"),
    ("capabilities", r'container "(?P<container>[^"]+)" has disallowed capabilities'),
    ("capabilities", r"Disallowed capabilities detected|must drop ALL capabilities"),
    ("seccomp", r"Seccomp profile '.*' is not allowed for container '(?P<container>[^']+)'"),
    ("seccomp", r"Seccomp profile must (?:not )?be "),
    ("volume-types", r"volume type (?P<volume_type>\S+) is not allowed, pod: (?P<object>[^\s,]+?)[.](?:\s|$)"),
)
_COMPILED = tuple((short, re.compile(pattern)) for short, pattern in _PATTERNS)

# A message longer than this is cut before it is searched: texts name what they name at their beginning.
_LONGEST = 2000


class Named(NamedTuple):
    """What a policy's text says."""

    policy: str
    """Short name."""

    container: str = ""
    object: str = ""
    """The name of the object; for a Pod that a workload implies, the Pod's."""

    kind: str = ""
    namespace: str = ""
    image: str = ""
    volume: str = ""
    field: str = ""
    """The one field that is missing or wrong, such as livenessProbe or cpu."""


def named(text: str, policy: str = "") -> Named | None:
    """What a text names, or None when no policy is known to say so.

    :param policy: the short name, where the constraint has told it already; only that policy's texts count then.
    """
    for short, pattern in _COMPILED:
        if policy and short != policy:
            continue
        match = pattern.search(text[:_LONGEST])
        if match:
            groups = {name: value for name, value in match.groupdict().items() if value and name in Named._fields}
            if groups.get("kind") == "Storage":
                groups["kind"] = "StorageClass"
            return Named(short, **groups)
    return Named(policy) if policy else None
