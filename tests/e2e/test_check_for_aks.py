# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""`az aks safeguards check` against clusters whose safeguards AKS manages, and against none."""

from __future__ import annotations

import pytest

from .checked_manifests import CLEAN, WEB

AGENT = """\
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent, namespace: logs}
spec:
  selector: {matchLabels: {app: agent}}
  template:
    metadata: {labels: {app: agent}}
    spec:
      volumes: [{name: varlogpods, hostPath: {path: /var/log/pods}}]
      containers:
      - name: agent
        image: registry.example.com/agent:1
        livenessProbe: {tcpSocket: {port: 80}}
        readinessProbe: {tcpSocket: {port: 80}}
"""
HOST_PATHS = "aks-managed-baseline-hostpath-volumes"


@pytest.fixture
def deploy(deploy):
    (deploy / "web.yaml").write_text(WEB)
    (deploy / "agent.yaml").write_text(AGENT)
    return deploy


def policies(done):
    return [finding["policy"] for finding in done.json["findings"]]


def test_automatic_without_a_cluster_sends_nothing_and_ends_with_readiness(warm, box, deploy):
    done = warm("aks safeguards check -f deploy/ --automatic", code=1)
    assert len(box.journal) == 0
    assert HOST_PATHS in policies(done)
    assert "resource-limits" not in policies(done)
    assert "anti-affinity" not in policies(done)
    ready = done.json["readiness"]
    assert {one["name"]: one["outcome"] for one in ready["objects"]} == {"web": "denied", "agent": "denied"}
    assert {one["namespace"] for one in ready["namespaces"]} == {"logs", "shop"}
    (agent,) = [one for one in ready["objects"] if one["name"] == "agent"]
    assert {one["path"]: one["value"] for one in agent["changes"]} == {
        f"spec.template.spec.containers[0].resources.{field}.{resource}": amount
        for field in ("requests", "limits")
        for resource, amount in (("cpu", "500m"), ("memory", "2048Mi"))
    }
    text = warm("aks safeguards check -f deploy/ --automatic --format text", code=1).out
    assert "Readiness. Not ready: of 2 objects 2 would be denied" in text
    table = warm("aks safeguards check -f deploy/ --automatic -o table", code=1).out
    assert "readiness" in table


def test_what_is_ready_ends_with_0(warm, box, deploy):
    (deploy / "web.yaml").write_text(CLEAN)
    done = warm("aks safeguards check -f deploy/web.yaml --automatic")
    assert done.json["readiness"]["ready"] is True


def test_an_automatic_cluster_is_asked_for_its_namespaces(warm, box, deploy):
    identifier = box.add_cluster("rg", "c1", sku="Automatic")
    box.add_deployment_safeguards(identifier, "Enforce", ["logs"], "Baseline")
    done = warm("aks safeguards check -f deploy/ -g rg -n c1", code=1)
    assert (done.json["summary"]["owner"], done.json["summary"]["automatic"]) == ("Managed", True)
    assert [one["name"] for one in done.json["excludedObjects"]] == ["agent"]
    assert HOST_PATHS not in policies(done)
    assert not any(sent.startswith(("PUT", "PATCH", "DELETE")) for sent in done.sent)
    again = warm("aks safeguards check -f deploy/ -g rg -n c1 --excluded-ns shop", code=1)
    assert policies(again) == [HOST_PATHS]


def test_a_standard_cluster_is_judged_by_its_level(warm, box, deploy):
    identifier = box.add_cluster("rg", "c1")
    box.add_deployment_safeguards(identifier, "Warn", ["logs"])
    done = warm("aks safeguards check -f deploy/ -g rg -n c1")
    assert {one["effect"] for one in done.json["findings"]} == {"warn"}
    assert {"anti-affinity", "resource-requests", "probes"} <= set(policies(done))
    assert done.json["summary"]["level"] == "Warn"


def test_what_an_assignment_alone_has_is_refused_there(warm, box, deploy):
    identifier = box.add_cluster("rg", "c1")
    box.add_deployment_safeguards(identifier, "Enforce")
    refused = warm("aks safeguards check -f deploy/ -g rg -n c1 --level Warning", code=2)
    assert "AKS itself manages the deployment safeguards of the cluster 'c1' at level Enforce" in refused.errors[0]
    assert "--level" in refused.errors[0]
    assert "--managed Warn" in refused.err


def test_mutations_are_shown_as_the_webhook_makes_them(warm, box, deploy):
    done = warm("aks safeguards check -f deploy/agent.yaml --managed Enforce --show-mutations")
    (one,) = done.json["mutations"]
    assert one["policies"] == ["requests-mutator"]
    assert "+            cpu: 500m" in one["diff"]
    assert "+            memory: 2048Mi" in one["diff"]


def test_the_page_and_markdown_have_readiness(warm, box, deploy):
    warm("aks safeguards check -f deploy/ --automatic --format html markdown --report-file r.html r.md", code=1)
    assert "Readiness</h2>" in (warm.folder / "r.html").read_text()
    assert "#### Readiness" in (warm.folder / "r.md").read_text()


def test_beside_an_assignment_aks_own_are_named(warm, box, deploy):
    identifier = box.add_cluster("rg", "c1")
    warm("aks update -g rg -n c1 --safeguards-level Warning")
    box.add_deployment_safeguards(identifier, "Enforce")
    done = warm("aks safeguards check -f deploy/ -g rg -n c1")
    assert any("AKS's own deployment safeguards of the cluster 'c1' go on" in note for note in done.json["notes"])
