# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The article of April 2024 from begin to end: what az is told is what kubectl and helm then see."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from sandbox import Sandbox

from ..azcli import ROOT, AzCli
from ..warm_az import WarmAz

pytestmark = pytest.mark.tools
BAD = """\
apiVersion: v1
kind: Pod
metadata:
  name: my-pod
  labels:
    kubernetes.azure.com/x: "1"
spec:
  containers:
    - name: my-container
      image: my-image:1
"""
GOOD = """\
apiVersion: v1
kind: Pod
metadata:
  name: good
spec:
  imagePullSecrets: [{name: mine}]
  containers:
    - name: app
      image: registry.example.com/app:1
      lifecycle: {preStop: {exec: {command: [sleep, "5"]}}}
      livenessProbe: {httpGet: {path: /, port: 80}}
      readinessProbe: {httpGet: {path: /, port: 80}}
"""
ON = "-g rg -n c1"
PROBES = (
    r"\[azurepolicy-k8sazurev2containerenforceprob-[0-9a-f]{20}\] Container <my-container> in your Pod <my-pod> "
    r"has no <livenessProbe>. Required probes: \[\"readinessProbe\", \"livenessProbe\"\]\n"
)


class Kubectl:
    """kubectl in the environment of az."""

    def __init__(self, az: WarmAz) -> None:
        self._az = az

    def __call__(self, *words: str, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["kubectl", *words], env={**self._az.environment, **environment}, cwd=self._az.folder, input=stdin,
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip

    def apply(self, manifest: str, *more: str) -> subprocess.CompletedProcess[str]:
        return self("apply", "-f", "-", *more, stdin=manifest)


@pytest.fixture
def kubectl(az: WarmAz, warm: WarmAz, cluster: str) -> Kubectl:
    warm(f"aks get-credentials {ON} --overwrite-existing")
    return Kubectl(az)


def test_warning_enforcement_exclusion_one_policy_off_and_off(warm: WarmAz, kubectl: Kubectl, box: Sandbox):
    assert kubectl.apply(BAD).stdout == "pod/my-pod created\n"
    assert kubectl("delete", "pod", "my-pod").returncode == 0

    warm(f"aks update {ON} --safeguards-level Warning --safeguards-version v2.0.0")
    warned = kubectl.apply(BAD)
    assert (warned.returncode, warned.stdout) == (0, "pod/my-pod created\n")
    assert re.match(f"Warning: {PROBES}Warning: ", warned.stderr)
    lines = [line.partition("] ")[2] for line in warned.stderr.splitlines()]
    # The order and the words of the article.
    assert lines == [
        'Container <my-container> in your Pod <my-pod> has no <livenessProbe>. Required probes: ["readinessProbe", '
        '"livenessProbe"]',
        'Container <my-container> in your Pod <my-pod> has no <readinessProbe>. Required probes: ["readinessProbe", '
        '"livenessProbe"]',
        'Label <{"kubernetes.azure.com"}> is reserved for AKS use only',
        "container <my-container> has no resource limits",
        "my-pod in default does not have imagePullSecrets. Unauthenticated image pulls are not recommended.",
    ]
    found = json.loads(warm(f"aks safeguards compliance show {ON} --scan --details -o json").out)
    assert {(item["name"], item["policy"]) for item in found["details"]} == {
        ("my-pod", name) for name in ("image-pull-secrets", "no-aks-labels", "probes", "resource-limits")
    }
    assert kubectl("delete", "pod", "my-pod").returncode == 0

    warm(f"aks update {ON} --safeguards-level Enforcement")
    denied = kubectl.apply(BAD)
    assert (denied.returncode, denied.stdout) == (1, "")
    start = r'Error from server \(Forbidden\): error when creating "STDIN": admission webhook '
    assert re.match(start + f'"validation.gatekeeper.sh" denied the request: {PROBES}', denied.stderr)
    explained = json.loads(warm("aks safeguards explain -o json", denied.stderr).out)
    assert {item["policy"] for item in explained} == {"probes", "no-aks-labels", "image-pull-secrets"}

    assert kubectl.apply(GOOD).stdout == "pod/good created\n"
    stored = json.loads(kubectl("get", "pod", "good", "-o", "json").stdout)["spec"]["containers"][0]
    assert stored["resources"] == {
        "limits": {"cpu": "500m", "memory": "500Mi"},
        "requests": {"cpu": "500m", "memory": "500Mi"},
    }
    assert stored["securityContext"] == {"readOnlyRootFilesystem": True}

    assert kubectl("create", "ns", "ns1").returncode == 0
    warm(f"aks update {ON} --safeguards-excluded-ns ns1")
    assert kubectl.apply(BAD, "-n", "ns1").stdout == "pod/my-pod created\n"
    assert kubectl.apply(BAD, "-n", "kube-system").stdout == "pod/my-pod created\n"
    assert kubectl.apply(BAD).returncode == 1

    warm(f"aks safeguards policy set {ON} --policy probes --effect Off")
    warm(f"aks safeguards policy set {ON} --policy no-aks-labels --effect Warn")
    mixed = kubectl.apply(BAD)
    assert "does not have imagePullSecrets" in mixed.stderr
    assert "livenessProbe" not in mixed.stderr
    assert "Warning: [azurepolicy-k8sazurev1restrictedlabels-" in mixed.stderr

    warm(f"aks safeguards suspend {ON} --reason incident")
    assert kubectl.apply(BAD).stdout == "pod/my-pod created\n"
    warm(f"aks safeguards resume {ON}")
    assert kubectl("delete", "pod", "my-pod").returncode == 0
    assert kubectl.apply(BAD).returncode == 1

    warm(f"aks update {ON} --safeguards-level Off")
    assert kubectl.apply(BAD).stderr == ""
    assert box.crashes == []


def test_exemptions_count(warm: WarmAz, kubectl: Kubectl, cluster: str, stored):
    warm(f"aks update {ON} --safeguards-level Enforcement")
    assignment = stored()["id"]
    warm(
        f"policy exemption create -n waived --scope {cluster} --policy-assignment {assignment} "
        "--exemption-category Waiver --policy-definition-reference-ids ensureProbesConfiguredInKubernetesCluster"
    )
    said = kubectl.apply(BAD).stderr
    assert "reserved for AKS use only" in said
    assert "livenessProbe" not in said


def test_a_change_takes_the_time_that_it_takes(warm: WarmAz, kubectl: Kubectl, box: Sandbox):
    box.sync_delay = 900
    warm(f"aks update {ON} --safeguards-level Enforcement")
    assert kubectl.apply(BAD, "--dry-run=server").stderr == ""
    said = {item["check"]: item for item in json.loads(warm(f"aks safeguards diagnose {ON} -o json").out)}
    assert said["age"]["todo"] == []
    assert said["age"]["seen"].endswith("Wait until then; there is nothing to run.")
    assert said["compliance"]["seen"] == "Azure Policy has no compliance data of this cluster yet."
    assert said["compliance"]["status"] == "warning"
    box.clock.advance(901)
    assert kubectl.apply(BAD, "--dry-run=server").returncode == 1
    warm(f"aks update {ON} --safeguards-level Off")
    assert kubectl.apply(BAD, "--dry-run=server").returncode == 1
    box.clock.advance(901)
    assert kubectl.apply(BAD, "--dry-run=server").returncode == 0


def test_managed_safeguards_act_too(kubectl: Kubectl, box: Sandbox, cluster: str):
    box.add_deployment_safeguards(cluster, "Warn", ["ns1"])
    assert "Warning: [azurepolicy-k8sazurev2containerenforceprob-" in kubectl.apply(BAD, "--dry-run=server").stderr
    box.add_deployment_safeguards(cluster, "Enforce")
    assert "denied the request" in kubectl.apply(BAD, "--dry-run=server").stderr


def test_a_cluster_without_the_add_on_says_nothing(az: AzCli, warm: WarmAz, box: Sandbox):
    box.add_cluster("rg", "bare", azure_policy=False)
    warm("aks get-credentials -g rg -n bare --overwrite-existing")
    kubectl = Kubectl(az)
    assert "gatekeeper-system" not in kubectl("get", "ns").stdout
    assert kubectl.apply(BAD).stderr == ""


def test_credentials_of_every_kind(az: AzCli, warm: WarmAz, cluster: str, box: Sandbox):
    kubectl, other = Kubectl(az), az.folder / "other.yaml"
    other.unlink(missing_ok=True)
    warm(f"aks get-credentials {ON} --overwrite-existing")
    warm(f"aks get-credentials {ON} --admin --overwrite-existing")
    contexts = kubectl("config", "get-contexts", "-o", "name").stdout.split()
    assert {"c1", "c1-admin"} <= set(contexts)
    for context in ("c1", "c1-admin"):
        assert kubectl("--context", context, "get", "ns", "default", "-o", "name").stdout == "namespace/default\n"
    warm(f"aks get-credentials {ON} --file {other} --context mine")
    assert kubectl("--kubeconfig", str(other), "config", "current-context").stdout == "mine\n"
    assert kubectl("--kubeconfig", str(other), "--context", "mine", "get", "ns").returncode == 0
    printed = warm(f"aks get-credentials {ON} --file -").out
    Path(az.folder / "printed.yaml").write_text(printed, "utf-8")
    assert kubectl("--kubeconfig", "printed.yaml", "get", "ns").returncode == 0
    box.clusters[cluster]["properties"]["disableLocalAccounts"] = True
    assert "local accounts" in warm(f"aks get-credentials {ON} --admin --file -", code=None).err


def test_two_clusters_share_nothing(az: AzCli, warm: WarmAz, box: Sandbox, cluster: str):
    box.add_cluster("rg", "c2")
    warm(f"aks get-credentials {ON} --overwrite-existing")
    warm("aks get-credentials -g rg -n c2 --overwrite-existing")
    kubectl = Kubectl(az)
    assert kubectl("--context", "c1", "create", "ns", "one").returncode == 0
    assert "NotFound" in kubectl("--context", "c2", "get", "ns", "one").stderr
    kubeconfig = json.loads(kubectl("config", "view", "--raw", "-o", "json").stdout)
    tokens = {user["name"]: user["user"]["token"] for user in kubeconfig["users"]}
    assert tokens["clusterUser_rg_c1"] != tokens["clusterUser_rg_c2"]
    assert (
        "Unauthorized"
        in kubectl("--context", "c2", "--token", tokens["clusterUser_rg_c1"], "get", "ns").stderr
        + (kubectl("--context", "c2", "--token", tokens["clusterUser_rg_c1"], "get", "ns").stdout)
        or kubectl("--context", "c2", "--token", tokens["clusterUser_rg_c1"], "get", "ns").returncode == 1
    )
    warm("aks delete -g rg -n c2 --yes")
    assert kubectl("--context", "c2", "get", "ns").returncode == 1
    assert kubectl("--context", "c1", "get", "ns").returncode == 0


def test_a_roll_out_is_rehearsed_in_ten_lines(az: AzCli, box: Sandbox):
    script = (ROOT / "examples" / "rehearse.sh").read_text("utf-8")
    assert len(script.splitlines()) == 12
    (az.folder / "pod.yaml").write_text(BAD, "utf-8")
    subprocess.run(["helm", "create", "mine"], cwd=az.folder, env=az.environment, check=True, capture_output=True)
    done = subprocess.run(
        ["sh", str(ROOT / "examples" / "rehearse.sh"), "./mine", "pod.yaml"],
        cwd=az.folder, capture_output=True, text=True, timeout=150, check=False,
        env={**az.environment, "PATH": os.pathsep.join([str(az.bin), az.environment["PATH"]])},
    )  # fmt: skip
    parts = re.split(r"^== (.*)$", done.stdout, flags=re.M)
    said = dict(zip(parts[1::2], parts[2::2], strict=True))
    assert list(said) == ["v2.0.0, Warning", "v2.0.0, Enforcement", "v3.0.0, Warning", "v3.0.0, Enforcement"]
    assert "pod/my-pod created" in said["v2.0.0, Warning"]
    assert "image-pull-secrets  chart        Deployment  rehearsed-mine" in said["v2.0.0, Warning"]
    assert "resource-requests  chart        Deployment  rehearsed-mine" in said["v3.0.0, Warning"]
    assert "pod/my-pod created" not in said["v2.0.0, Enforcement"] + said["v3.0.0, Enforcement"]
    assert done.stderr.count("error when creating") == 2
    assert "Traceback" not in done.stderr
