# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
from __future__ import annotations

import shlex

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from azext_safeguards.check.explain.explanation import explain
from azext_safeguards.check.policies.registry import REGISTRY

HASH = "0e8a839bcd103e7b96a8"
PROBES = f"[azurepolicy-k8sazurev2containerenforceprob-{HASH}]"
DENIED = 'Error from server (Forbidden): error when creating "d.yaml": admission webhook "v" denied the request: '
IMPLIED = "[Implied by gatekeeper-expand-workloads]"
KEYS = {"policy", "owner", "title", "why", "messages", "fix", "patch", "howToExclude", "note", "docs"}


def commands(item):
    return [way["command"] for way in item["howToExclude"]]


@pytest.mark.parametrize("short", [*REGISTRY, "mutate-cpu-limits"])
def test_every_policy_by_name(short):
    (item,) = explain(short).policies
    assert set(item) == KEYS
    assert item["policy"] == short
    assert item["messages"] == []
    assert all(item[key] for key in ("title", "why", "fix", "howToExclude", "docs"))
    for command in commands(item):
        words = shlex.split(command)
        if words[0] == "kubectl":
            continue
        assert words[:3] == ["az", "aks", "safeguards"]
        assert words[words.index("-g") + 1] == "myResourceGroup"
        assert words[words.index("-n") + 1] == "myAKSCluster"


def test_several_names_once_each():
    found = explain("probes\nresource-limits ensureProbesConfiguredInKubernetesCluster")
    assert [item["policy"] for item in found.policies] == ["probes", "resource-limits"]


def test_a_denial_by_policy_with_all_its_objects():
    text = (
        f"{DENIED}{PROBES} {IMPLIED} Container <app> in your Pod <web-pod> has no <livenessProbe>. Required: []\n"
        f"{PROBES} {IMPLIED} Container <side> in your Pod <web-pod> has no <readinessProbe>. Required probes: []\n"
        f"{PROBES} {IMPLIED} Container <side> in your Pod <web-pod> has no <readinessProbe>. Required probes: []\n"
        f"Warning: {PROBES} Container <one> in your Pod <alone> has no <livenessProbe>. Required probes: []\n"
        "pod/alone created\n"
        f"Warning: [azurepolicy-k8sazurev3containerlimits-{HASH}] container <c> has no resource limits\n"
    )
    probes, limits = explain(text).policies
    assert [(message["object"], message["container"], message["effect"]) for message in probes["messages"]] == [
        ("Pod/web-pod", "app", "deny"),
        ("Pod/web-pod", "side", "deny"),
        ("Pod/alone", "one", "warn"),
    ]
    assert probes["messages"][0]["file"] == "d.yaml"
    assert probes["messages"][0]["implied"]
    workload, pod = yaml.safe_load_all(probes["patch"])
    assert [message["workload"] for message in probes["messages"]] == ["workload/web", "workload/web", "Pod/alone"]
    assert workload["metadata"] == {"name": "web"}
    assert [item["name"] for item in workload["spec"]["template"]["spec"]["containers"]] == ["app", "side"]
    assert pod["metadata"] == {"name": "alone"}
    assert pod["spec"]["containers"] == [
        {"name": "one", "livenessProbe": {"httpGet": {"path": "/healthy", "port": 8080}, "grpc": None}}
    ]
    assert any('excludedContainers=["app", "one", "side"]' in shlex.split(command) for command in commands(probes))
    assert limits["policy"] == "resource-limits"


def test_an_event_of_a_controller_is_fixed_in_the_template():
    text = (
        'Warning FailedCreate daemonset/agent Error creating: admission webhook "v" denied the request: '
        f"[azurepolicy-k8sazurev3noprivilegeescalatio-{HASH}] Privilege escalation container is not allowed: c"
    )
    (item,) = explain(text).policies
    assert item["messages"][0]["object"] == "DaemonSet/agent"
    patch = yaml.safe_load(item["patch"])
    assert patch["metadata"] == {"name": "agent"}
    assert patch["spec"]["template"]["spec"]["containers"][0]["name"] == "c"


def test_a_managed_check_is_excluded_where_it_is_managed():
    text = (
        "Warning: Validation failed for ValidatingAdmissionPolicy 'aks-managed-baseline-host-ports' with binding 'b': "
        "HostPorts are forbidden under baseline security policy"
    )
    (item,) = explain(text).policies
    assert item["policy"] == "host-ports"
    assert item["owner"] == "aks"
    assert "a policy of AKS itself" in item["note"]
    # Neither namespaces nor choices of safeguards reach it.
    assert not any("namespace" in command or "policy set" in command for command in commands(item))
    assert any("--pss-level" in command for command in commands(item))


@pytest.mark.parametrize(
    "name",
    [
        "aks-managed-protect-system-namespaces",
        "aks-managed-baseline-host-probes-lifecycle-hooks",
        "aks-managed-new-one",
    ],
)
def test_a_policy_of_aks_without_a_counterpart_is_told_as_one(name):
    text = (
        f'Error from server (Forbidden): error when creating "p.yaml": pods "x" is forbidden: '
        f"ValidatingAdmissionPolicy '{name}' with binding '{name}-binding' denied request: some text"
    )
    explained = explain(text)
    (item,) = explained.policies
    assert (item["policy"], item["owner"], item["patch"]) == (name, "aks", "")
    assert all(item[key] for key in ("title", "why", "fix", "note", "howToExclude", "docs"))
    assert item["messages"][0]["message"] == "some text"
    assert explained.strangers == []


@pytest.mark.parametrize(
    ("constraint", "text"),
    [
        ("psp-forbidden-sysctls", "The sysctl kernel.msgmax is not allowed, pod: p. Forbidden sysctls: []"),
        ("psp-privileged-container", 'Privileged container is not allowed: c, securityContext: {"privileged": true}'),
        (f"azurepolicy-k8scustomnoprivilege-{HASH}", "Privileged container is not allowed: c, securityContext: {}"),
    ],
)
def test_other_teams_constraints_are_not_ours(constraint, text):
    (item,) = explain(f"{DENIED}[{constraint}] {text}").policies
    assert item["owner"] == "other"
    assert [command.split()[0] for command in commands(item)] == ["kubectl"]


@pytest.mark.parametrize("head", ["", "Error creating: ", "Warning: Validation failed for "])
def test_a_validating_admission_policy_of_somebody_else_is_not_aks_own(head):
    text = f"{head}ValidatingAdmissionPolicy 'no-host-ports' with binding 'b': HostPorts are forbidden under x"
    (item,) = explain(text).policies
    assert item["owner"] == "other"


def test_the_older_add_on_is_understood():
    constraint = f"azurepolicy-container-no-privilege-{'0e' * 32}"
    message = f"[denied by {constraint}] Privileged container is not allowed: nginx-privileged, securityContext: {{}}"
    explained = explain(
        f'Error from server ({message}): error when creating "p.yaml": admission webhook "validation.gatekeeper.sh" '
        f"denied the request: {message}"
    )
    (item,) = explained.policies
    assert item["policy"] == "privileged"
    assert "older" in item["note"]
    assert [(one["container"], one["file"]) for one in item["messages"]] == [("nginx-privileged", "p.yaml")]


def test_a_policy_is_explained_once_however_often_it_speaks():
    text = f"{PROBES} Container in your Pod has no . Required probes: []"
    (item,) = explain(f"Error creating: {text} {text}").policies
    assert len(item["messages"]) == 1
    assert "names are missing" in item["note"]
    assert item["patch"] == ""


def test_somebody_elses_policy_of_the_same_text_is_told_apart():
    name = f"azurepolicy-k8sazurev2customcontainerallow-{HASH}"
    (item,) = explain(f"{DENIED}[{name}] Container image a/b for container c has not been allowed.").policies
    assert item["policy"] == "allowed-images"
    assert name in item["note"]
    assert "no member" in item["note"]
    assert [command.split()[0] for command in commands(item)] == ["kubectl"]


def test_somebody_elses_policy_of_another_text_is_named():
    found = explain(f"{DENIED}[require-owner] you must provide labels\nsomething else")
    assert (found.policies, found.strangers, found.unrecognised) == ([], ["require-owner"], ["something else"])


def test_a_policy_whose_constraint_is_not_published_is_told_by_its_text():
    text = "The sysctl a.b is not explicitly allowed, pod: p. Allowed sysctls: []"
    (item,) = explain(f"Warning: [azurepolicy-k8sazurev9whatever-{HASH}] {text}").policies
    assert (item["policy"], item["note"]) == ("sysctls", "")


def test_what_has_no_namespace_is_not_excluded_by_one():
    (item,) = explain("csi-storage").policies
    assert not any("namespace add" in command for command in commands(item))


def test_a_namespace_in_the_text_is_in_the_command():
    (item,) = explain("web-pod in team-a does not have imagePullSecrets. x").policies
    assert "az aks safeguards namespace add team-a -g myResourceGroup -n myAKSCluster" in commands(item)


@pytest.mark.parametrize("short", REGISTRY)
def test_no_way_out_takes_away_what_others_have_excluded(short):
    (item,) = explain(short).policies
    assert not any("excluded-ns" in command for command in commands(item))


def test_pod_security_is_said_to_be_off():
    (item,) = explain("volume-types").policies
    assert "Restricted" in item["note"]


@given(st.text(st.sampled_from("[]azurepolicy-k8s: \n<>") | st.characters()))
def test_any_text_is_explained_or_not(text):
    explain(text)


@pytest.mark.parametrize(
    ("name", "policy", "part"),
    [
        ("requests-mutator", "requests-mutator", "A mutating webhook of AKS itself (ResourceRequestsWorkloadMutator)"),
        ("AntiAffinityTopologySpreadWorkloadMutator", "spread-mutator", "denies nothing"),
        ("aks-managed-baseline-sysctls", "aks-managed-baseline-sysctls", "for the Pod Security level Baseline"),
        ("aks-managed-restricted-seccomp", "aks-managed-restricted-seccomp", "for the Pod Security level Restricted"),
        ("aks-managed-baseline-host-probes-lifecycle-hooks",) * 2 + ("Baseline always",),
    ],
)
def test_what_aks_has_of_its_own_is_known_by_name(name, policy, part):
    (item,) = explain(name).policies
    assert (item["policy"], item["owner"]) == (policy, "aks")
    assert part in item["note"]
    assert "No assignment reaches it" in item["note"]
    assert any("--excluded-ns" in command for command in commands(item))
    assert any("--pss-level" in command for command in commands(item)) is ("mutator" not in policy)
    assert item["fix"]
    assert item["why"]


def test_an_admission_policy_of_pod_security_can_be_left_out_with_its_namespace():
    text = (
        'Error from server (Forbidden): error when creating "p.yaml": pods "x" is forbidden: ValidatingAdmissionPolicy '
        "'aks-managed-baseline-hostpath-volumes' with binding 'aks-managed-baseline-hostpath-volumes-binding' denied "
        "request: HostPath volumes detected: [varlogpods, hostfs] HostPath volumes are forbidden under restricted "
        "security policy unless containers mounting them are from allowed images"
    )
    (item,) = explain(text).policies
    assert "excluded from AKS's own safeguards is spared it" in item["note"]
    assert any(command.startswith("az aks safeguards update") for command in commands(item))


def test_what_guards_aks_own_namespaces_can_not():
    text = (
        'Error from server (Forbidden): configmaps "x" is forbidden: ValidatingAdmissionPolicy '
        "'aks-managed-protect-system-namespaces' with binding 'aks-managed-protect-system-namespaces-binding' denied "
        "request: Modification of resources in managed system namespaces is not allowed"
    )
    (item,) = explain(text).policies
    assert "excluded namespaces do not reach it either" in item["note"]
    assert not any("safeguards update" in command for command in commands(item))


@pytest.mark.parametrize(
    ("behind", "workload"),
    [
        ("service/web created", "workload/web"),
        ("deployment.apps/other created", "workload/web"),
        ("deployment.apps/web created", "Deployment/web"),
        ("cronjob.batch/web created", "CronJob/web"),
    ],
)
def test_warnings_are_not_about_the_object_of_the_next_line(behind, workload):
    """kubectl prints those of an object that it is denied first, and that it is denied at the very end."""
    warned = f"Warning: {PROBES} {IMPLIED} Container <app> in your Pod <web-pod> has no <livenessProbe>. Required: []\n"
    (probes,) = explain(f"{warned}{behind}\n").policies
    assert probes["messages"][0]["workload"] == workload


def test_a_denial_tells_the_kind_of_what_was_warned_of():
    text = (
        f"Warning: {PROBES} {IMPLIED} Container <app> in your Pod <web-pod> has no <livenessProbe>. Required: []\n"
        "service/web created\n"
        f"{DENIED}[azurepolicy-k8sazurev1antiaffinityrules-{HASH}] Deployment with 2 replicas should have either "
        "podAntiAffinity or topologySpreadConstraints set to avoid disruptions due to nodes crashing\n"
        f"[azurepolicy-k8sazurev1containerrestrictedi-{HASH}] {IMPLIED} web-pod in shop does not have "
        "imagePullSecrets. Unauthenticated image pulls are not recommended.\n"
    )
    found = explain(text)
    assert {one["workload"] for policy in found.policies for one in policy["messages"]} == {"Deployment/web"}
    assert len(found.patches) == 1
