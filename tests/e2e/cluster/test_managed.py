# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The real kubectl on clusters whose safeguards AKS manages: AKS Automatic, and a standard one at each level."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox import Sandbox

from .tooling import Tools

pytestmark = pytest.mark.tools

GOOD = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: default, labels: {app: web}}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: c
        image: nginx:1.27
        readinessProbe: {httpGet: {path: /, port: 80}}
        livenessProbe: {httpGet: {path: /, port: 80}}
"""
HOST_PATH = """
apiVersion: v1
kind: Pod
metadata: {name: peek, namespace: NAMESPACE}
spec:
  volumes: [{name: root, hostPath: {path: /}}]
  containers:
  - {name: c, image: "nginx:latest", volumeMounts: [{name: root, mountPath: /host}]}
"""


@pytest.fixture(scope="module")
def managed_box() -> Iterator[Sandbox]:
    with Sandbox() as box:
        yield box
        assert box.crashes == []


@pytest.fixture(scope="module")
def automatic(managed_box: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Tools:
    return Tools(managed_box, Path(tmp_path_factory.mktemp("automatic")), "auto", sku="Automatic")


@pytest.fixture
def standard(managed_box: Sandbox, tmp_path: Path) -> Tools:
    return Tools(managed_box, tmp_path, f"standard{len(managed_box.clusters)}")


def get(tools: Tools, what: str) -> dict:
    return json.loads(tools(f"kubectl get {what} -o json").out)


def test_a_deployment_is_mutated_and_let_in(automatic: Tools):
    done = automatic("kubectl apply -f -", GOOD)
    assert (done.out, done.err) == ("deployment.apps/web created\n", "")
    pod = get(automatic, "deploy web")["spec"]["template"]["spec"]
    resources = pod["containers"][0]["resources"]
    # Quantities as the API server writes them: 2048Mi is 2Gi.
    assert resources == {"limits": {"cpu": "500m", "memory": "2Gi"}, "requests": {"cpu": "500m", "memory": "2Gi"}}
    (constraint,) = pod["topologySpreadConstraints"]
    assert (constraint["maxSkew"], constraint["whenUnsatisfiable"]) == (1, "ScheduleAnyway")
    assert constraint["labelSelector"] == {"matchLabels": {"app": "web"}}
    (preferred,) = pod["affinity"]["podAntiAffinity"]["preferredDuringSchedulingIgnoredDuringExecution"]
    assert (preferred["weight"], preferred["podAffinityTerm"]["topologyKey"]) == (100, "kubernetes.io/hostname")
    assert automatic("kubectl apply -f -", GOOD).out == "deployment.apps/web unchanged\n"
    automatic("kubectl scale deploy web --replicas=5")
    assert "patched" in automatic('kubectl patch deploy web -p \'{"metadata":{"labels":{"a":"b"}}}\'').out


def test_requests_above_limits_are_lowered_before_anything_is_validated(automatic: Tools):
    asks = "resources: {requests: {cpu: 2, memory: 4Gi}, limits: {cpu: 1, memory: 1Gi}}"
    pod = f"""
apiVersion: v1
kind: Pod
metadata: {{name: greedy}}
spec:
  containers:
  - name: c
    image: nginx:1.27
    readinessProbe: {{tcpSocket: {{port: 80}}}}
    livenessProbe: {{tcpSocket: {{port: 80}}}}
    {asks}
"""
    assert automatic("kubectl apply -f -", pod).out == "pod/greedy created\n"
    (container,) = get(automatic, "pod greedy")["spec"]["containers"]
    assert container["resources"]["requests"] == {"cpu": "1", "memory": "1Gi"}
    web = GOOD.replace("name: web,", "name: greedy,", 1).replace(
        "image: nginx:1.27", f"image: nginx:1.27\n        {asks}"
    )
    assert automatic("kubectl apply -f -", web).out == "deployment.apps/greedy created\n"


def test_a_host_path_is_denied_by_an_admission_policy_before_gatekeeper_is_asked(automatic: Tools):
    (automatic.folder / "peek.yaml").write_text(HOST_PATH.replace("NAMESPACE", "default"), "utf-8")
    denied = automatic("kubectl apply -f peek.yaml", code=1)
    # The first part as public logs of AKS Automatic clusters have it.
    assert denied.err.startswith(
        'Error from server (Forbidden): error when creating "peek.yaml": pods "peek" is forbidden: '
        "ValidatingAdmissionPolicy 'aks-managed-baseline-hostpath-volumes' with binding "
        "'aks-managed-baseline-hostpath-volumes-binding' denied request: HostPath volumes detected: [root]"
    )
    # Neither the missing probes nor the tag are spoken of.
    assert "azurepolicy-" not in denied.err
    assert automatic("kubectl get pod peek", code=1).err.startswith("Error from server (NotFound)")


def test_what_pod_security_lets_pass_is_judged_by_gatekeeper(automatic: Tools):
    pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: c, image: 'nginx:latest'}]}\n"
    denied = automatic("kubectl apply -f -", pod, code=1)
    assert 'admission webhook "validation.gatekeeper.sh" denied the request: ' in denied.err
    assert "has no <readinessProbe>" in denied.err
    assert "latest" in denied.err
    # Fixed before they are judged.
    assert "resource requests" not in denied.err


def test_a_workload_is_denied_by_its_pod_template(automatic: Tools):
    bad = GOOD.replace("name: web", "name: bad", 1).replace(
        "      containers:", "      hostNetwork: true\n      containers:"
    )
    denied = automatic("kubectl apply -f -", bad, code=1)
    assert re.search(
        r"deployments\.apps \"bad\" is forbidden: ValidatingAdmissionPolicy 'aks-managed-baseline-host-\w+'", denied.err
    )


def test_excluded_namespaces_are_left_alone(automatic: Tools, managed_box: Sandbox):
    automatic("kubectl create ns legacy")
    text = HOST_PATH.replace("NAMESPACE", "legacy")
    assert automatic("kubectl apply -f -", text, code=1).err
    safeguards = managed_box.deployment_safeguards[automatic.cluster]["properties"]
    safeguards["excludedNamespaces"] = ["legacy"]
    assert automatic("kubectl apply -f -", text).out == "pod/peek created\n"
    assert get(automatic, "pod peek -n legacy")["spec"]["containers"][0]["resources"] == {}
    assert automatic("kubectl apply -f -", text.replace("legacy", "default"), code=1).err
    assert automatic("kubectl apply -f -", text.replace("legacy", "kube-system")).out == "pod/peek created\n"


def test_at_warn_everything_is_let_in_with_warnings_in_their_order(standard: Tools, managed_box: Sandbox):
    managed_box.add_deployment_safeguards(standard.cluster, "Warn", ["legacy"], "Restricted")
    done = standard("kubectl apply -f -", HOST_PATH.replace("NAMESPACE", "default"))
    assert done.out == "pod/peek created\n"
    lines = [line.removeprefix("Warning: ") for line in done.err.splitlines()]
    own = [line for line in lines if line.startswith("Validation failed for ValidatingAdmissionPolicy 'aks-managed-")]
    theirs = [line for line in lines if line.startswith("[azurepolicy-")]
    assert own
    assert theirs
    # Each admission policy's text before any of Gatekeeper's.
    assert lines == [*own, *theirs]
    assert any(
        "'aks-managed-baseline-hostpath-volumes-binding': HostPath volumes detected: [root]" in one for one in own
    )
    assert any("'aks-managed-restricted-" in one for one in own)
    assert any("has no <readinessProbe>" in one for one in theirs)
    # Nothing is changed at Warn, so that is warned of.
    assert any("resource requests" in one for one in theirs)
    assert get(standard, "pod peek")["spec"]["containers"][0]["resources"] == {}
    # What a Pod asks for can't be changed, so that a Pod which is there is not mutated either.
    managed_box.add_deployment_safeguards(standard.cluster, "Enforce", ["default"])
    managed_box.deployment_safeguards[standard.cluster]["properties"]["excludedNamespaces"] = []
    denied = standard("kubectl label pod peek a=b", code=1)
    assert "may not change fields" not in denied.err
    assert "has no <readinessProbe>" in denied.err


def test_a_standard_cluster_has_no_pod_security_unless_it_is_set(standard: Tools, managed_box: Sandbox):
    managed_box.add_deployment_safeguards(standard.cluster, "Enforce")
    good = textwrap.dedent(HOST_PATH.replace("NAMESPACE", "default")).replace("nginx:latest", "nginx:1.27")
    denied = standard("kubectl apply -f -", good, code=1)
    assert "ValidatingAdmissionPolicy" not in denied.err
    assert "has no <readinessProbe>" in denied.err
    standard("kubectl apply -f -", GOOD)
    assert get(standard, "deploy web")["spec"]["template"]["spec"]["topologySpreadConstraints"]


def test_what_acts_is_what_az_shows(automatic: Tools, managed_box: Sandbox):
    """The constraints that kubectl lists are the policies that the product says act there."""
    from azext_safeguards.domain.acting.managed import acting_by_aks
    from azext_safeguards.domain.managed import read_managed

    acting = acting_by_aks(read_managed(managed_box.deployment_safeguards[automatic.cluster]), is_automatic=True)
    denying = {one.reference_id for one in acting.members if one.does == "deny"}
    listed = get(automatic, "constraints")["items"]
    found = {one["metadata"]["annotations"]["azure-policy-definition-reference-id"] for one in listed}
    assert found <= denying
    assert {one["spec"]["enforcementAction"] for one in listed} == {"deny"}
    assert len(found) >= 8
