# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from azext_safeguards.check.explain.explanation import explain
from azext_safeguards.check.explain.owners import Workload, implied_by, kind_of, owner_of, owner_of_pod
from azext_safeguards.check.explain.patches import Change, for_finding, patches
from azext_safeguards.check.explain.texts import named
from azext_safeguards.check.explain.yaml_text import yaml_lines
from azext_safeguards.check.policies.registry import REGISTRY

HASH = "0e8a839bcd103e7b96a8"
LIMITS = f"[azurepolicy-k8sazurev3containerlimits-{HASH}] "
DENIED = 'Error from server (Forbidden): error when creating "d.yaml": admission webhook "v" denied the request: '


def only(text: str) -> dict[str, Any]:
    """The one patch for a text."""
    (patch,) = explain(text).patches
    loaded = yaml.safe_load(patch.text)
    assert isinstance(loaded, dict)
    return loaded


@pytest.mark.parametrize("policy", REGISTRY.values(), ids=REGISTRY)
def test_an_example_is_a_document_of_its_own(policy):
    (item,) = explain(policy.short).policies
    assert item["patch"].startswith("---\n# ")
    assert yaml.safe_load(item["patch"]) == yaml.safe_load(policy.patch)


def test_the_printed_maximum_is_what_the_patch_has():
    text = f"{DENIED}{LIMITS}container <web> memory limit <1Gi> is higher than the maximum allowed of <128Mi>\n"
    (container,) = only(text + f"{LIMITS}container <web> cpu limit <4> is higher than the maximum allowed of <2>")[
        "spec"
    ]["containers"]
    assert container["resources"] == {
        "limits": {"memory": "128Mi", "cpu": "2"},
        "requests": {"memory": "128Mi", "cpu": "2"},
    }


def test_a_maximum_in_bytes_is_said_to_be_one():
    text = f"{DENIED}{LIMITS}container <web> memory limit <256Mi> is higher than the maximum allowed of <512>"
    explained = explain(text)
    assert "512 bytes" in explained.patches[0].text
    (item,) = explained.policies
    assert item["howToExclude"][0]["command"].endswith("--param memoryLimit=512Mi")


def test_several_policies_and_containers_of_one_object_are_one_document():
    text = (
        f"{DENIED}[azurepolicy-k8sazurev2containernolatestima-{HASH}] Please specify an explicit version such as "
        "'1.0'. Using the latest tag for container web in Kubernetes is a best practice\n"
        f"[azurepolicy-k8sazurev2containerallowedimag-{HASH}] Container image nginx for container web has not been "
        f"allowed.\n{LIMITS}container <side> has no memory limit\n"
        f"[azurepolicy-k8sazurev1containerrestrictedi-{HASH}] web-pod in team-a does not have imagePullSecrets. x"
    ).replace("] C", "] [Implied by x] C")
    patch = only(text.replace("] web-pod", "] [Implied by x] web-pod"))
    assert patch["metadata"] == {"name": "web"}
    containers = {item["name"]: item for item in patch["spec"]["template"]["spec"]["containers"]}
    assert containers["web"]["image"] == "myregistry.azurecr.io/nginx:1.0.0"
    assert set(containers["side"]["resources"]["limits"]) == {"memory"}


@pytest.mark.parametrize(
    ("image", "copy"),
    [
        ("nginx", "myregistry.azurecr.io/nginx:1.0.0"),
        ("nginx:1.25", "myregistry.azurecr.io/nginx:1.25"),
        ("quay.io/a/b:latest", "myregistry.azurecr.io/a/b:1.0.0"),
        ("localhost:5000/b@sha256:12", "myregistry.azurecr.io/b@sha256:12"),
        ("library/nginx:1", "myregistry.azurecr.io/library/nginx:1"),
    ],
)
def test_an_image_keeps_its_name_and_version(image, copy):
    assert only(f"Container image {image} for container c has not been allowed.")["spec"]["containers"] == [
        {"name": "c", "image": copy}
    ]


@pytest.mark.parametrize(
    ("text", "listed"),
    [
        ("init container <x> has a disallowed capability. Allowed capabilities are []", "initContainers"),
        ("container <x> has a disallowed capability. Allowed capabilities are []", "containers"),
        (f"{LIMITS}container <init-db> has no resource limits", "initContainers"),
        (f"{LIMITS}container <initiator> has no resource limits", "containers"),
        (
            f"{LIMITS}container <db-init> has no resource limits\n[azurepolicy-k8sazurev2containerenforceprob-{HASH}] "
            "Container <db-init> in your Pod <p> has no <livenessProbe>. Required probes: []",
            "containers",
        ),
    ],
)
def test_init_containers_are_told(text, listed):
    assert set(only(text)["spec"]) == {listed}


def test_an_ephemeral_container_is_in_no_manifest():
    (patch,) = explain("ephemeral container <x> has a disallowed capability. Allowed capabilities are []").patches
    assert not patch.part
    assert "kubectl debug" in patch.missing[0]


def test_a_name_that_is_missing_makes_no_patch_of_examples():
    (patch,) = explain('Container in your Pod has no . Required probes: ["livenessProbe"]').patches
    assert not patch.part
    assert yaml.safe_load(patch.text) is None
    assert "does not name the container" in patch.text


def test_what_kubectl_prints_of_the_object_is_used():
    spec = {
        "initContainers": [{"name": "first", "image": "a:1"}],
        "containers": [
            {"name": "web", "image": "reg.io/web", "ports": [{"containerPort": 9000, "hostPort": 9000}]},
        ],
    }
    template = {"metadata": {"labels": {"app": "web", "kubernetes.azure.com/x": "y"}}, "spec": spec}
    applied = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web"},
        "spec": {"selector": {"matchLabels": {"app": "web"}}, "template": template},
    }
    annotation = {"kubectl.kubernetes.io/last-applied-configuration": json.dumps(applied)}
    said = [
        "Deployment with 3 replicas should have either podAntiAffinity or topologySpreadConstraints set to avoid x",
        'Container <web> in your Pod <web-pod> has no <livenessProbe>. Required probes: ["livenessProbe"]',
        "container <first> has no cpu limit",
        "Please specify an explicit version such as '1.0'. Using the latest tag for container web in Kubernetes",
        "The specified hostNetwork and hostPort are not allowed, pod: web-pod. Allowed values: {}",
        'Label <{"kubernetes.azure.com"}> is reserved for AKS use only',
    ]
    names = [
        "k8sazurev1antiaffinityrules",
        "k8sazurev2containerenforceprob",
        "k8sazurev3containerlimits",
        "k8sazurev2containernolatestima",
        "k8sazurev4hostnetworkingports",
        "k8sazurev1restrictedlabels",
    ]
    lines = [
        f"[azurepolicy-{name}-{HASH}] {'' if name.endswith('rules') else '[Implied by x] '}{text}"
        for name, text in zip(names, said, strict=True)
    ]
    patch = only(
        "Error from server (Forbidden): error when applying patch:\n"
        + json.dumps({"metadata": {"annotations": annotation}})
        + '\nto:\nResource: "apps/v1, Resource=deployments", GroupVersionKind: "apps/v1, Kind=Deployment"\n'
        'Name: "web", Namespace: "team-a"\nfor: "d.yaml": error when patching "d.yaml": admission webhook "v" denied '
        "the request: " + "\n".join(lines)
    )
    pod = patch["spec"]["template"]
    assert pod["metadata"]["labels"] == {"kubernetes.azure.com/x": None}
    assert [item["name"] for item in pod["spec"]["initContainers"]] == ["first"]
    (web,) = pod["spec"]["containers"]
    assert web["livenessProbe"]["httpGet"]["port"] == 9000
    assert web["image"] == "reg.io/web:1.0.0"
    assert web["ports"] == [{"containerPort": 9000, "hostPort": None}]
    assert pod["spec"]["topologySpreadConstraints"][0]["labelSelector"] == {"matchLabels": {"app": "web"}}


@pytest.mark.parametrize(
    ("name", "is_generated", "kind", "owner"),
    [
        ("web-6d4cf56db6-x2x7q", False, "Deployment", "web"),
        ("my-web-app-7f9c5b-x2x7q", False, "Deployment", "my-web-app"),
        ("nightly-29012345-x2x7q", False, "CronJob", "nightly"),
        ("agent-x2x7q", False, "", "agent"),
        ("db-0", True, "StatefulSet", "db"),
        ("db-0", False, "Pod", "db-0"),
        ("nginx", False, "Pod", "nginx"),
        ("nginx-proxy", False, "Pod", "nginx-proxy"),
        ("nginx", True, "", ""),
    ],
)
def test_a_pods_name_leads_to_its_owner(name, is_generated, kind, owner):
    found = owner_of_pod(name, "", is_generated)
    assert (found.kind, found.name, found.is_template) == (kind, owner, kind != "Pod")
    assert bool(found.guess) == (owner not in (name, ""))


def test_objects_lead_to_their_owners():
    assert owner_of("ReplicaSet", "web-6d4cf56db6", "").name == "web"
    assert owner_of("ReplicaSet", "web", "") == Workload("ReplicaSet", "web", "", True)
    assert owner_of("Job", "import-29012345", "").kind == "CronJob"
    assert owner_of("Job", "import", "") == Workload("Job", "import", "", True)
    assert owner_of("Service", "a", "") == Workload("Service", "a", "")
    assert implied_by("web-pod", "", "").name == "web"
    assert implied_by("web-6d4cf56db6-pod", "", "").kind == "Deployment"
    assert implied_by("nightly-job-pod", "CronJob", "").name == "nightly"
    assert "is cut" in owner_of("ReplicaSet", f"{'a' * 57}-6d4cf56db6", "").guess.replace("are cut", "is cut")


@pytest.mark.parametrize(
    ("resource", "kind"),
    [
        ("deployments.apps", "Deployment"),
        ("deploy", "Deployment"),
        ("storageclasses.storage.k8s.io", "StorageClass"),
        ("poddisruptionbudgets.policy", "PodDisruptionBudget"),
        ("replica set", "ReplicaSet"),
        ("pods", "Pod"),
        ("Deployment", "Deployment"),
        ("widgets", ""),
    ],
)
def test_resources_have_kinds(resource, kind):
    assert kind_of(resource) == kind


@given(name=st.text(st.characters(blacklist_categories=["Cs"]), min_size=1))
def test_whatever_a_name_is_the_patch_says_it_on_lines_of_its_own(name):
    message = named("Privileged container is not allowed: c")
    assert message
    change = Change(message._replace(container=name), Workload("Pod", name, name))
    (patch,) = patches([change])
    loaded = yaml.safe_load(patch.text)
    assert loaded["metadata"]["name"] == name
    assert [item["name"] for item in loaded["spec"]["containers"]] == [name]
    assert all(line.lstrip().startswith(("#", "-")) or ":" in line for line in patch.text.splitlines())


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(blacklist_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=3).filter(lambda items: not any(isinstance(one, list) for one in items))
        | st.dictionaries(st.text(st.characters(blacklist_categories=["Cs"]), max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.text(st.characters(blacklist_categories=["Cs"]), max_size=5), _VALUES, max_size=4))
def test_a_yaml_reader_reads_what_was_written(value):
    assert (yaml.safe_load("\n".join(yaml_lines(value))) or {}) == value


def test_a_finding_of_a_check_has_a_patch():
    text = for_finding("privileged", "Privileged container is not allowed: c", "CronJob", "web", "a", True)
    patch = yaml.safe_load(text)
    assert patch["kind"] == "CronJob"
    assert list(patch["spec"]) == ["jobTemplate"]
    label = 'Label <{"kubernetes.azure.com"}> is reserved for AKS use only'
    assert "labels" in yaml.safe_load(for_finding("no-aks-labels", label, "Deployment", "web", "a", False))["metadata"]
    assert "template" in yaml.safe_load(for_finding("no-aks-labels", label, "Deployment", "web", "a", True))["spec"]
    assert for_finding("volume-types", "The volume type nfs is not allowed, pod: p.", "Pod", "p", "a", False) == ""
