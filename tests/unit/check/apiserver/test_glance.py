# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What is seen at a glance is what the rules say word by word."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from azext_safeguards.check.apiserver.defaults import fill_in
from azext_safeguards.check.apiserver.receiving import decoded, receive
from azext_safeguards.check.apiserver.validation import pods, workloads
from azext_safeguards.check.apiserver.validation.glance import is_plain_pod
from azext_safeguards.check.apiserver.validation.rules import validate

DEPLOYMENT = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web, tier: front}}
    spec:
      serviceAccountName: web
      nodeSelector: {kubernetes.io/os: linux}
      securityContext: {runAsUser: 1000, fsGroup: 2000}
      tolerations: [{key: spot, operator: Equal, value: "true", effect: NoSchedule}]
      affinity:
        podAntiAffinity:
          requiredDuringSchedulingIgnoredDuringExecution:
          - {topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {app: web}}}
      topologySpreadConstraints:
      - {maxSkew: 1, topologyKey: zone, whenUnsatisfiable: ScheduleAnyway, labelSelector: {matchLabels: {app: web}}}
      initContainers:
      - {name: first, image: "busybox:1.36", volumeMounts: [{name: scratch, mountPath: /tmp}]}
      containers:
      - name: web
        image: registry.example.com/web:1.0
        imagePullPolicy: Always
        terminationMessagePolicy: File
        ports: [{containerPort: 8080, name: http}, {containerPort: 9090}]
        env: [{name: A, value: b}, {name: POD, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]
        envFrom: [{configMapRef: {name: web}}]
        resources: {requests: {cpu: 100m, memory: 1Gi}, limits: {cpu: 200m, memory: 1Gi}}
        livenessProbe: {httpGet: {path: /, port: 8080}, periodSeconds: 5}
        readinessProbe: {tcpSocket: {port: http}}
        lifecycle: {preStop: {exec: {command: [sleep, "5"]}}}
        securityContext: {allowPrivilegeEscalation: false, runAsUser: 1000}
        volumeMounts: [{name: config, mountPath: /etc/web, readOnly: true}, {name: data, mountPath: /data}]
      - {name: side, image: "proxy:1", ports: [{containerPort: 15000}]}
      volumes:
      - {name: config, configMap: {name: web}}
      - {name: data, persistentVolumeClaim: {claimName: web}}
      - {name: scratch, emptyDir: {}}
      - {name: host, hostPath: {path: /var/log}}
"""

# What the values of a type are changed to.
VALUES: dict[type, tuple[Any, ...]] = {
    **{str: ("", "Bad_Name!", "web", "x" * 64), int: (-1, 0, 70000, 1 << 31)},
    **{bool: (True,), list: ([],), dict: ({},)},
}
# Fields that bear on others, and make a Pod one of those that are looked at word by word.
FIELDS: tuple[dict[str, Any], ...] = (
    {"hostNetwork": True},
    {"restartPolicy": "Never"},
    {"activeDeadlineSeconds": 5},
    {"dnsPolicy": "None"},
    {"hostname": "Bad"},
    {"priorityClassName": "Bad"},
    {"terminationGracePeriodSeconds": -1},
    {"os": {"name": "windows"}},
    {"hostUsers": False, "hostPID": True},
    {"ephemeralContainers": [{"name": "debug", "image": "busybox:1"}]},
    {"overhead": {"cpu": "-1"}},
)


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The paths of all there is below a value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, one in inner:
        yield (*path, step)
        yield from places(one, (*path, step))


LOADED = yaml.safe_load(DEPLOYMENT)


def deployment() -> dict[str, Any]:
    copied: dict[str, Any] = copy.deepcopy(LOADED)
    return copied


GONE = object()


def at(value: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        value = value[step]
    return value


def variants() -> Iterator[dict[str, Any]]:
    """The Deployment with one value changed, left out, or there twice."""
    for path in places(LOADED["spec"]):
        for value in (*VALUES[type(at(LOADED["spec"], path))], GONE):
            one = deployment()
            holder = at(one["spec"], path[:-1])
            if value is not GONE:
                holder[path[-1]] = copy.deepcopy(value)
            elif isinstance(holder, list):
                holder.append(copy.deepcopy(holder[0]))
            else:
                del holder[path[-1]]
            yield one
    for fields in FIELDS:
        one = deployment()
        one["spec"]["template"]["spec"].update(fields)
        yield one


def test_a_usual_pod_is_plain() -> None:
    found = receive(deployment())
    assert found.object is not None
    assert is_plain_pod(found.object["spec"]["template"]["spec"])


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet"])
def test_the_rules_find_nothing_where_a_glance_does_not(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    told = 0
    for one in variants():
        one["kind"] = kind
        content, refusals = decoded(one)
        if refusals:
            continue
        fill_in(content, "apps", kind)
        quickly = validate(content, "apps", kind)
        with monkeypatch.context() as patch:
            patch.setattr(pods, "is_plain_pod", lambda _: False)
            patch.setattr(workloads, "_selects_its_pods", lambda _: False)
            patch.setattr(workloads, "_USUAL_STRATEGY", None)
            assert quickly == validate(content, "apps", kind)
        told += bool(quickly)
    assert told > 100


def test_ports_that_are_shared_are_not_changed_by_a_pod_in_the_network_of_its_node() -> None:
    spec = {"containers": [{"name": "web", "image": "web:1", "ports": [{"containerPort": 8080}]}]}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"}}
    on_node = receive({**pod, "spec": {**spec, "hostNetwork": True}}).object
    other = receive({**pod, "spec": spec}).object
    assert on_node is not None
    assert other is not None
    assert on_node["spec"]["containers"][0]["ports"] == [{"containerPort": 8080, "protocol": "TCP", "hostPort": 8080}]
    assert other["spec"]["containers"][0]["ports"] == [{"containerPort": 8080, "protocol": "TCP"}]
