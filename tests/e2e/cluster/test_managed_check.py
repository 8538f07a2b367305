# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What `check -g -n` says of a cluster whose safeguards AKS manages is what the real kubectl is told there."""

from __future__ import annotations

import json
import re

import pytest

from sandbox import Sandbox

from ..warm_az import WarmAz
from .test_article import ON, Kubectl

pytestmark = pytest.mark.tools

_CONTAINER = """\
        - name: c
          image: IMAGE
          PROBES
          resources: RESOURCES
          securityContext: CONTEXT
"""
_PROBES = "readinessProbe: {tcpSocket: {port: 80}}\n          livenessProbe: {tcpSocket: {port: 80}}"


def deployment(image="nginx:1.27", probes=_PROBES, resources="{}", context="{}", pod="{}", replicas=3):
    container = _CONTAINER.replace("IMAGE", image).replace("PROBES", probes)
    container = container.replace("RESOURCES", resources).replace("CONTEXT", context)
    return f"""\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: web, namespace: default}}
spec:
  replicas: {replicas}
  selector: {{matchLabels: {{app: web}}}}
  template:
    metadata: {{labels: {{app: web}}}}
    spec:
      securityContext: {pod}
      containers:
{container}"""


MANIFESTS = {
    "good": deployment(),
    "no probes": deployment(probes=""),
    "latest without probes": deployment("nginx", probes=""),
    "privileged": deployment("nginx", probes="", context="{privileged: true}"),
    "capability": deployment(context="{capabilities: {add: [SYS_PTRACE]}}"),
    "unconfined": deployment(pod="{seccompProfile: {type: Unconfined}}"),
    "requests above limits": deployment(resources="{requests: {cpu: 2}, limits: {cpu: 1, memory: 1Gi}}"),
    "a limit alone": deployment(resources="{limits: {cpu: 50m, memory: 64Mi}}"),
    "one replica": deployment(replicas=1),
    "label of AKS": deployment().replace("{name: web,", "{name: web, labels: {kubernetes.azure.com/x: a},"),
}


@pytest.fixture(params=["Automatic", "Enforce", "Warn"])
def place(request: pytest.FixtureRequest, az: WarmAz, warm: WarmAz, box: Sandbox) -> Kubectl:
    cluster = box.add_cluster("rg", "c1", **({"sku": "Automatic"} if request.param == "Automatic" else {}))
    if request.param != "Automatic":
        box.add_deployment_safeguards(cluster, request.param, [], "Restricted")
    warm(f"aks get-credentials {ON} --overwrite-existing")
    return Kubectl(az)


@pytest.mark.parametrize("name", MANIFESTS)
def test_kubectl_is_told_what_check_says(warm: WarmAz, place: Kubectl, name: str):
    (warm.folder / "web.yaml").write_text(MANIFESTS[name], "utf-8")
    checked = json.loads(warm(f"aks safeguards check -f web.yaml {ON} -o json --fail-on never").out)
    findings = [(one["policy"], one["effect"], one["message"]) for one in checked["findings"]]
    own = [one for one in findings if one[0].startswith("aks-managed-")]
    theirs = [one for one in findings if one not in own]
    done = place.apply(MANIFESTS[name])
    denies = [one for one in findings if one[1] == "deny"]
    assert (done.returncode != 0) is bool(denies or checked["refused"]), done.stderr
    texts = sorted(re.findall(r"\[azurepolicy-[a-z0-9-]+\] (?:\[Implied by [a-z-]+\] )?(.+)", done.stderr))
    if own and denies:
        policy, _, message = own[0]
        assert (
            f"ValidatingAdmissionPolicy '{policy}' with binding '{policy}-binding' denied request: {message}"
            in done.stderr
        )
        assert texts == []
        return
    assert texts == sorted(message for _, _, message in theirs)
    for policy, _, message in own:
        assert f"Warning: Validation failed for ValidatingAdmissionPolicy '{policy}' with binding" in done.stderr
        assert f"': {message}\n" in done.stderr


@pytest.mark.parametrize("name", ["good", "requests above limits", "a limit alone", "one replica"])
def test_what_is_stored_is_what_check_shows(warm: WarmAz, az: WarmAz, box: Sandbox, name: str):
    box.add_cluster("rg", "c1", sku="Automatic")
    warm(f"aks get-credentials {ON} --overwrite-existing")
    kubectl = Kubectl(az)
    (warm.folder / "web.yaml").write_text(MANIFESTS[name], "utf-8")
    shown = warm(f"aks safeguards check -f web.yaml {ON} --show-mutations -o json --fail-on never").out
    assert kubectl.apply(MANIFESTS[name]).returncode == 0
    stored = json.loads(kubectl("get", "deploy", "web", "-o", "json").stdout)["spec"]["template"]["spec"]
    resources = stored["containers"][0]["resources"]
    said = json.dumps(json.loads(shown))
    for fields in resources.values():
        for value in fields.values():
            # Quantities are stored as the API server writes them: 2048Mi is 2Gi.
            assert value in said or {"2Gi": "2048Mi"}.get(value, value) in said or value in MANIFESTS[name], value
    assert ("topologySpreadConstraints" in stored) == ("topologySpreadConstraints" in said)
