# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""kubectl beyond the recorded session: what else people do with a cluster."""

from __future__ import annotations

import json

import pytest

from .tooling import Tools

pytestmark = pytest.mark.tools


@pytest.fixture(scope="module")
def web(tools: Tools) -> Tools:
    tools("kubectl create deployment web --image=nginx:1 --replicas=0 --port=80")
    return tools


def spec(tools: Tools, path: str) -> str:
    return tools(f"kubectl get deploy web -o jsonpath={{.spec{path}}}").out


def test_typed_clients_send_protobuf_and_zero_is_a_number(web: Tools):
    assert spec(web, ".replicas") == "0"
    assert spec(web, ".template.spec.containers[0].ports[0].containerPort") == "80"
    assert web("kubectl auth can-i delete nodes").out == "yes\n"
    assert "sandbox" in web("kubectl auth whoami").out


@pytest.mark.parametrize(
    ("command", "kind"),
    [
        ("configmap made --from-literal=a=b", "configmap"),
        ("secret generic made --from-literal=a=b", "secret"),
        ("serviceaccount made", "serviceaccount"),
        ("service clusterip made --tcp=80", "service"),
        ("job made --image=busybox:1 -- true", "job"),
        ("cronjob made --image=busybox:1 --schedule='* * * * *' -- true", "cronjob"),
        ("role made --verb=get --resource=pods", "role"),
        ("rolebinding made --role=made --serviceaccount=default:made", "rolebinding"),
        ("clusterrole made --verb=get --resource=pods", "clusterrole"),
        ("clusterrolebinding made --clusterrole=made --user=me", "clusterrolebinding"),
        ("quota made --hard=pods=1", "quota"),
        ("poddisruptionbudget made --selector=app=web --min-available=1", "pdb"),
        ("ingress made --rule=example.com/=made:80", "ingress"),
        ("priorityclass made --value=1000", "priorityclass"),
    ],
)
def test_what_kubectl_create_makes(tools: Tools, command: str, kind: str):
    assert "created" in tools(f"kubectl create {command}").out
    assert tools(f"kubectl get {kind} made --no-headers").out.startswith("made ")
    assert tools(f"kubectl describe {kind} made").out
    assert "deleted" in tools(f"kubectl delete {kind} made").out


@pytest.mark.parametrize(
    ("command", "path", "value"),
    [
        ("scale deploy web --replicas=3", ".replicas", "3"),
        ("set image deploy/web nginx=nginx:2", ".template.spec.containers[0].image", "nginx:2"),
        ("set env deploy/web A=b", ".template.spec.containers[0].env[0].value", "b"),
        ("set resources deploy/web --limits=cpu=0.5", ".template.spec.containers[0].resources.limits.cpu", "500m"),
        ("set serviceaccount deploy/web robot", ".template.spec.serviceAccountName", "robot"),
        ("rollout pause deploy/web", ".paused", "true"),
        ("rollout resume deploy/web", ".paused", ""),
        ("""patch deploy web -p '{"spec":{"replicas":4}}'""", ".replicas", "4"),
        ("""patch deploy web --type=merge -p '{"spec":{"replicas":5}}'""", ".replicas", "5"),
        (
            """patch deploy web --type=json -p '[{"op":"add","path":"/spec/replicas","value":6}]'""",
            ".replicas",
            "6",
        ),
    ],
)
def test_updates(web: Tools, command: str, path: str, value: str):
    web(f"kubectl {command}")
    assert spec(web, path) == value


def test_client_side_apply_removes_what_is_gone_from_the_file(tools: Tools):
    manifest = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"a": "1", "b": "2"}}
    assert tools("kubectl apply -f -", json.dumps(manifest)).out == "configmap/a created\n"
    tools("""kubectl patch cm a --type=merge -p '{"data":{"c":"3"}}'""")
    manifest["data"] = {"a": "1"}
    assert tools("kubectl apply -f -", json.dumps(manifest)).out == "configmap/a configured\n"
    assert json.loads(tools("kubectl get cm a -o jsonpath={.data}").out) == {"a": "1", "c": "3"}
    assert tools("kubectl apply -f -", json.dumps(manifest)).out == "configmap/a unchanged\n"
    assert tools("kubectl diff -f -", json.dumps(manifest)).out == ""


def test_apply_does_not_send_what_is_null(tools: Tools):
    manifest = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "n"}, "data": {"a": None, "b": "1"}}
    tools("kubectl apply -f -", json.dumps(manifest))
    assert json.loads(tools("kubectl get cm n -o jsonpath={.data}").out) == {"b": "1"}
    tools("kubectl delete cm n")
    tools("kubectl create -f -", json.dumps(manifest))
    assert json.loads(tools("kubectl get cm n -o jsonpath={.data}").out) == {"a": "", "b": "1"}


def test_what_never_runs_is_told(tools: Tools):
    tools("kubectl create deployment idle --image=nginx:1")
    done = tools("kubectl rollout status deploy idle", code=1)
    assert done.err == 'error: deployment "idle" exceeded its progress deadline\n'
    assert "runs nothing" in tools("kubectl get deploy idle -o jsonpath={.status.conditions}").out
    tools("kubectl run pod --image=nginx:1")
    for command in ("logs pod", "exec pod -- ls", "attach pod"):
        assert "the sandbox runs nothing" in tools(f"kubectl {command}", code=1).err
    assert "condition met" in tools("kubectl wait --for=jsonpath={.status.phase}=Pending pod/pod --timeout=9s").out
    assert "timed out" in tools("kubectl wait --for=condition=Ready pod/pod --timeout=1s", code=1).err


def test_watching_for_a_bounded_time(tools: Tools):
    tools("kubectl create configmap watched")
    done = tools("kubectl get cm watched -w --request-timeout=1s -o name", code=None)
    assert done.out == "configmap/watched\n"


def test_explain_and_discovery(tools: Tools):
    assert "maxSurge" in tools("kubectl explain deploy.spec.strategy.rollingUpdate").out
    assert "FIELD: livenessProbe <Probe>" in tools("kubectl explain pod.spec.containers.livenessProbe").out
    listed = tools("kubectl api-resources --api-group=constraints.gatekeeper.sh -o name").out
    assert "k8sazurev2containerenforceprobes.constraints.gatekeeper.sh" in listed
    assert "Server Version: v1.33" in tools("kubectl version").out


def test_objects_that_are_there_take_part(tools: Tools):
    tools.assign("Deny")
    service = {"apiVersion": "v1", "kind": "Service", "spec": {"selector": {"app": "x"}, "ports": [{"port": 80}]}}
    one, two = ({**service, "metadata": {"name": name}} for name in ("one", "two"))
    tools("kubectl apply -f -", json.dumps(one))
    denied = tools("kubectl apply -f -", json.dumps(two), code=1).err
    assert "same selector as service <one> in namespace <default>" in denied
    tools("kubectl label service one a=b")
    tools("kubectl delete service one")
    tools("kubectl apply -f -", json.dumps(two))
    tools.assign("Audit", [])


def test_namespaces(tools: Tools):
    tools("kubectl create namespace team")
    tools("kubectl create configmap only -n team")
    assert "only" in tools("kubectl get cm -A --no-headers").out
    tools("kubectl delete namespace team")
    assert "only" not in tools("kubectl get cm -A --no-headers").out
    assert "may not be deleted" in tools("kubectl delete namespace kube-system", code=1).err
