# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Manifests as one chart or one script renders them for many applications: the same fields in the same lines, with
other names, images, numbers and texts in each."""

from __future__ import annotations

from pathlib import Path
from random import Random

from benchmarks.varied_words import NOUNS, TEAMS

_METADATA = """\
metadata:
  name: {name}
  namespace: {team}
  labels:
    app.kubernetes.io/name: {name}
    app.kubernetes.io/part-of: {product}
    app.kubernetes.io/version: "{version}"
"""
_POD = """\
{spaces}serviceAccountName: {name}
{spaces}imagePullSecrets:
{spaces}- name: {team}-registry
{spaces}containers:
{spaces}- name: {name}
{spaces}  image: registry.example.com/{product}/{name}:{version}
{spaces}  ports:
{spaces}  - name: http
{spaces}    containerPort: {port}
{spaces}  env:
{spaces}  - name: DATABASE_HOST
{spaces}    value: {name}.{product}.internal
{spaces}  - name: POOL_SIZE
{spaces}    value: "{pool}"
{spaces}  resources:
{spaces}    requests:
{spaces}      cpu: {cpu}m
{spaces}      memory: {memory}Mi
{spaces}    limits:
{spaces}      cpu: {most_cpu}m
{spaces}      memory: {most_memory}Mi
{spaces}  {probe}:
{spaces}    httpGet:
{spaces}      path: /{path}
{spaces}      port: http
{spaces}    periodSeconds: {seconds}
{spaces}  readinessProbe:
{spaces}    httpGet:
{spaces}      path: /{path}
{spaces}      port: http
{spaces}  lifecycle:
{spaces}    preStop:
{spaces}      exec:
{spaces}        command: ["/bin/sleep", "{pause}"]
"""
_TEMPLATE = """\
  selector:
    matchLabels:
      app.kubernetes.io/name: {name}
  template:
    metadata:
      labels:
        app.kubernetes.io/name: {name}
    spec:
      topologySpreadConstraints:
      - maxSkew: 1
        topologyKey: topology.kubernetes.io/zone
        whenUnsatisfiable: ScheduleAnyway
        labelSelector:
          matchLabels:
            app.kubernetes.io/name: {name}
"""
_DEPLOYMENT = "apiVersion: apps/v1\nkind: Deployment\n{metadata}spec:\n  replicas: {replicas}\n{template}{pod}"
_STATEFUL_SET = (
    "apiVersion: apps/v1\nkind: StatefulSet\n{metadata}spec:\n  serviceName: {name}\n  replicas: {replicas}\n"
    "{template}{pod}"
)
_CRON_JOB = (
    'apiVersion: batch/v1\nkind: CronJob\n{metadata}spec:\n  schedule: "{seconds} {hour} * * *"\n  jobTemplate:\n'
    "    spec:\n      template:\n        spec:\n          restartPolicy: OnFailure\n{deep_pod}"
)
_SERVICE = (
    "apiVersion: v1\nkind: Service\n{metadata}spec:\n  selector:\n    app.kubernetes.io/name: {name}\n  ports:\n"
    "  - name: http\n    port: 80\n    targetPort: {port}\n"
)
_CONFIG = (
    'apiVersion: v1\nkind: ConfigMap\n{metadata}data:\n  POOL_SIZE: "{pool}"\n  application.yaml: |\n'
    "    server:\n      port: {port}\n    database:\n      host: {name}.{product}.internal\n"
)
_AUTOSCALER = (
    "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\n{metadata}spec:\n  scaleTargetRef:\n"
    "    apiVersion: apps/v1\n    kind: Deployment\n    name: {name}\n  minReplicas: {replicas}\n"
    "  maxReplicas: {most}\n  metrics:\n  - type: Resource\n    resource:\n"
    "      name: cpu\n      target:\n        type: Utilization\n"
    "        averageUtilization: {seconds}\n"
)
_INGRESS = (
    "apiVersion: networking.k8s.io/v1\nkind: Ingress\n{metadata}spec:\n  ingressClassName: nginx\n  rules:\n"
    "  - host: {name}.example.com\n    http:\n      paths:\n      - path: /{path}\n        pathType: Prefix\n"
    "        backend:\n          service:\n            name: {name}\n            port:\n              name: http\n"
)
_BUDGET = (
    "apiVersion: policy/v1\nkind: PodDisruptionBudget\n{metadata}spec:\n  maxUnavailable: 1\n  selector:\n"
    "    matchLabels:\n      app.kubernetes.io/name: {name}\n"
)
_KINDS = (
    *(_DEPLOYMENT, _SERVICE, _CONFIG, _DEPLOYMENT, _AUTOSCALER, _DEPLOYMENT, _INGRESS, _BUDGET, _STATEFUL_SET),
    _CRON_JOB,
)


def write_rendered(folder: Path, count: int, seed: int = 18) -> int:
    """Writes `count` files of one object each below a folder, the same ones for the same seed, and returns their bytes.

    A fifth of the workloads has faults.
    """
    random = Random(seed)
    size = 0
    for number in range(count):
        text = _text(_KINDS[number % len(_KINDS)], number, random)
        path = folder / f"{number // 100:03}" / f"{number}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        size += len(text)
    return size


def _text(kind: str, number: int, random: Random) -> str:
    """One manifest."""
    name = f"{random.choice(NOUNS)}-{random.choice(NOUNS)}{number}"
    cpu, memory = random.choice((50, 100, 200, 250)), random.choice((64, 96, 128, 256))
    is_faulty = random.random() < 0.2
    values = {
        **{"name": name, "team": random.choice(TEAMS), "product": random.choice(NOUNS)},
        **{"version": f"{random.randint(1, 4)}.{random.randint(0, 30)}.{random.randint(0, 9)}"},
        **{"replicas": random.randint(2, 6), "most": random.randint(7, 20), "port": random.randint(3000, 9999)},
        **{"cpu": cpu, "memory": memory, "most_cpu": cpu * random.randint(1, 4), "most_memory": memory * 2},
        **{"pool": random.randint(1, 64), "seconds": random.randint(5, 59), "hour": random.randint(0, 23)},
        **{"path": random.choice(NOUNS), "pause": random.randint(1, 20)},
        "probe": "startupProbe" if is_faulty else "livenessProbe",
    }
    return kind.format(
        metadata=_METADATA.format_map(values),
        template=_TEMPLATE.format_map(values),
        pod=_POD.format(spaces=" " * 6, **values),
        deep_pod=_POD.format(spaces=" " * 10, **values),
        **values,
    )
