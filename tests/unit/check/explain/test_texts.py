# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azext_safeguards.check.explain.texts import named
from azext_safeguards.check.policies.registry import REGISTRY

# policy, text, and what the text names.
TEXTS = [
    (
        "probes",
        'Container <c> in your Pod <web-pod> has no <livenessProbe>. Required probes: ["livenessProbe"]',
        {"container": "c", "kind": "Pod", "object": "web-pod"},
    ),
    ("resource-limits", "container <c> has no resource limits", {"container": "c"}),
    ("resource-limits", "container <c> has no cpu limit", {"container": "c"}),
    ("resource-limits", "container <c> memory limit <1gi> could not be parsed", {"container": "c"}),
    (
        "resource-limits",
        "container <c> cpu limit <9> is higher than the maximum allowed of <5>",
        {"container": "c"},
    ),
    ("resource-requests", "container <c> has no resource requests", {"container": "c"}),
    ("resource-requests", "container <c> has no memory request", {"container": "c"}),
    (
        "anti-affinity",
        "Deployment with 2 replicas should have either podAntiAffinity or topologySpreadConstraints set to avoid "
        "disruptions due to nodes crashing",
        {"kind": "Deployment"},
    ),
    (
        "anti-affinity",
        "StatefulSet with 3 replicas should have pod anti-affinity rules set to avoid disruptions",
        {"kind": "StatefulSet"},
    ),
    ("no-aks-labels", 'Label <{"kubernetes.azure.com"}> is reserved for AKS use only', {}),
    (
        "allowed-images",
        "Container image docker.io/nginx:1.25 for container c has not been allowed.",
        {"container": "c", "image": "docker.io/nginx:1.25"},
    ),
    ("reserved-taints", "Taint with key <CriticalAddonsOnly> is reserved for the system pool only", {}),
    (
        "no-node-edits",
        "Tainting or labelling individual nodes is not recommended. Please use AZ cli to taint/label nodepools instead",
        {},
    ),
    ("no-node-edits", "Tainting or labeling individual nodes is not recommended. Please use Azure CLI", {}),
    (
        "csi-storage",
        "Storage class old use intree provisioner kubernetes.io/azure-disk is not allowed",
        {"kind": "StorageClass", "object": "old"},
    ),
    ("unique-selectors", "same selector as service <a> in namespace <ns>", {"namespace": "ns"}),
    ("unique-selectors", "same selector as service <a> in namespace <ns> with overlapping ports", {"namespace": "ns"}),
    (
        "no-latest-tag",
        "Please specify an explicit version such as '1.0'. Using the latest tag for container c in Kubernetes is a "
        "best practice to ensure reproducibility",
        {"container": "c"},
    ),
    (
        "no-latest-tag",
        "Please specify an explicit, versioned image tag such as '1.0' for container c. More",
        {"container": "c"},
    ),
    (
        "image-pull-secrets",
        "web-pod in ns does not have imagePullSecrets. Unauthenticated image pulls are not recommended.",
        {"object": "web-pod", "namespace": "ns"},
    ),
    (
        "pod-disruption-budgets",
        "PodDisruptionBudget <b> has maxUnavailable of 0, only positive integers are allowed for maxUnavailable",
        {"kind": "PodDisruptionBudget", "object": "b"},
    ),
    (
        "pod-disruption-budgets",
        "Deployment <w> has been selected by PodDisruptionBudget <b> but has maxUnavailable of 0, only positive",
        {"kind": "PodDisruptionBudget", "object": "b"},
    ),
    (
        "pod-disruption-budgets",
        "Deployment <w> has 1 replica(s) but PodDisruptionBudget <b> has minAvailable of 1, only positive integers "
        "less than 1 are allowed for minAvailable",
        {"kind": "PodDisruptionBudget", "object": "b"},
    ),
    (
        "pod-disruption-budgets",
        "PodDisruptionBudget b specifies minAvailable of 1, but matching Deployment w has 1 replicas. minAvailable "
        "should be less than 1",
        {"kind": "PodDisruptionBudget", "object": "b"},
    ),
    ("pre-stop-hook", "Container: c does not include a Pre-stop hook. Neglecting to use", {"container": "c"}),
    ("mutation-notices", "resource was mutated by x mutation", {}),
    ("host-namespaces", "Sharing the host namespace is not allowed: p", {"object": "p"}),
    ("host-namespaces", "Host network namespaces are disallowed: spec.hostNetwork is set to true", {}),
    (
        "host-ports",
        "The specified hostNetwork and hostPort are not allowed, pod: p. Allowed values: {}",
        {"object": "p"},
    ),
    ("host-ports", "HostPorts are forbidden under baseline security policy", {}),
    (
        "sysctls",
        "The sysctl kernel.msgmax is not explicitly allowed, pod: my.pod. Allowed sysctls: []",
        {"object": "my.pod"},
    ),
    ("sysctls", "Disallowed sysctl detected. Only baseline Kubernetes pod security standard sysctls are permitted", {}),
    (
        "users-groups",
        "Container c is attempting to run without a required securityContext/runAsNonRoot or "
        "securityContext/runAsUser != 0",
        {"container": "c"},
    ),
    (
        "users-groups",
        "Container c is attempting to run as disallowed user 0. Allowed runAsUser: {}",
        {"container": "c"},
    ),
    (
        "windows-no-admin",
        'Container <c> has disallowed runAsUsername. Disallowed users are ["ContainerAdministrator"]',
        {"container": "c"},
    ),
    ("no-privilege-escalation", "Privilege escalation container is not allowed: c", {"container": "c"}),
    ("no-privilege-escalation", "Privilege escalation must be set to false under restricted policy", {}),
    (
        "host-paths",
        'HostPath volume {"hostPath": {"path": "/", "type": ""}, "name": "v"} is not allowed, pod: p. Allowed path: []',
        {"volumes": ("v",), "object": "p"},
    ),
    ("host-paths", "HostPath volumes detected: [v]", {"volumes": ("v",)}),
    (
        "apparmor",
        "AppArmor profile is not allowed, pod: p, container: c. Allowed profiles: []",
        {"object": "p", "container": "c"},
    ),
    (
        "selinux",
        "SELinux options is not allowed, pod: p, container c. Allowed options: []",
        {"object": "p", "container": "c"},
    ),
    ("selinux", "SELinux options is not allowed, pod: p. Allowed options: []", {"object": "p"}),
    ("windows-host-process", "HostProcess is not allowed at pod level: p", {"object": "p"}),
    (
        "windows-host-process",
        "HostProcess container is not allowed: c, securityContext.windowsOptions.hostProcess: true",
        {"container": "c"},
    ),
    (
        "privileged",
        'Privileged container is not allowed: c, securityContext: {"privileged": true}',
        {"container": "c"},
    ),
    ("privileged", "Privileged init containers are disallowed: spec.initContainers[*]", {}),
    (
        "proc-mount",
        "ProcMount type is not allowed, container: c. Allowed procMount types: default",
        {"container": "c"},
    ),
    (
        "capabilities",
        "container <c> has a disallowed capability. Allowed capabilities are []",
        {"container": "c"},
    ),
    (
        "capabilities",
        'init container <c> is not dropping all required capabilities. Container must drop all of ["ALL"] or "ALL"',
        {"container": "c"},
    ),
    ("capabilities", 'container "c" has disallowed capabilities: [SYS_PTRACE]', {"container": "c"}),
    (
        "seccomp",
        "Seccomp profile 'not configured' is not allowed for container 'c'. Found at: no explicit profile found. "
        "Allowed profiles: {}",
        {"container": "c"},
    ),
    ("volume-types", "The volume type nfs is not allowed, pod: p. Allowed volume types: []", {"object": "p"}),
]


_VALUES = ("given", "maximum", "key", "other", "values", "list", "field")
VALUES = [
    ("container <c> cpu limit <9> is higher than the maximum allowed of <5>", {"given": "9", "maximum": "5"}),
    ("container <c> memory limit <256Mi> is higher than the maximum allowed of <512>", {"maximum": "512"}),
    ("container <c> memory limit <1gi> could not be parsed", {"given": "1gi", "field": "memory"}),
    ('Container <c> in your Pod <p> has no <a>. Required probes: ["a", "b"]', {"values": ("a", "b"), "field": "a"}),
    ('Container in your Pod has no . Required probes: ["a", "b"]', {"values": ("a", "b"), "container": ""}),
    ("container has no resource limits", {"container": ""}),
    ('Label <{"kubernetes.azure.com"}> is reserved for AKS use only', {"values": ("kubernetes.azure.com",)}),
    ("Taint with key <a> is reserved for the system pool only", {"key": "a"}),
    ("Deployment with 2 replicas should have pod anti-affinity rules set to avoid", {"field": "podanti-affinity"}),
    ("Deployment with 2 replicas should have either podAntiAffinity or topologySpreadConstraints set", {"field": ""}),
    (
        "Storage class a use intree provisioner kubernetes.io/azure-file is not allowed",
        {"key": "kubernetes.io/azure-file"},
    ),
    ("same selector as service <a> in namespace <ns>", {"other": "a"}),
    ("Privileged init containers are disallowed: spec.initContainers[*]", {"list": "initContainers"}),
    ("init container <c> has a disallowed capability. Allowed", {"list": "initContainers", "field": "capability"}),
    ('init container "c" has disallowed capabilities: [SYS_PTRACE]', {"list": "initContainers", "container": "c"}),
    ('container <c> is not dropping all required capabilities. Container must drop all of ["A"]', {"values": ("A",)}),
    ("HostPath volumes detected: [a, b]", {"volumes": ("a", "b")}),
    ("Host PID namespaces are disallowed: spec.hostPID is set to true", {"field": "PID"}),
    ("The volume type nfs is not allowed, pod: p. Allowed volume types: []", {"key": "nfs"}),
    ("(container nginx): Privilege escalation container is not allowed: nginx): error", {"container": "nginx"}),
]


@pytest.mark.parametrize(("text", "values"), VALUES)
def test_a_text_has_values(text, values):
    found = named(text)
    assert found
    assert {name: value for name, value in found._asdict().items() if name in values} == values


@pytest.mark.parametrize(("policy", "text", "names"), TEXTS, ids=[f"{row[0]} {row[1][:30]}" for row in TEXTS])
def test_a_text_names_its_policy_and_more(policy, text, names):
    found = named(text)
    assert found
    says = {name: value for name, value in found._asdict().items() if value and name not in _VALUES}
    assert says == {"policy": policy, **names}
    assert named(text, policy) == found


def test_every_policy_has_a_text():
    assert {policy for policy, _, _ in TEXTS} == set(REGISTRY)


def test_a_text_of_another_policy_does_not_count_where_the_policy_is_known():
    found = named("container <c> has no cpu limit", "probes")
    assert found
    assert (found.policy, found.container) == ("probes", "")


@given(st.text())
def test_any_text_is_read(text):
    named(text)


def test_a_long_hostile_text_ends():
    """In a time that grows with its square these would take hours, and end by the time limit of a test."""
    for piece in ('HostPath volume "name": "', "Container <a", "Label <", "Please specify an explicit for container"):
        assert named(piece * 100_000) is None
