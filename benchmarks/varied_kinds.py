# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The kinds of the varied manifests, each written in one of several ways."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.varied_pods import pod_spec
from benchmarks.varied_words import NOUNS, block, indented, script, value
from benchmarks.varied_writer import Writer


def _head(version: str, kind: str) -> str:
    return f"apiVersion: {version}\nkind: {kind}\n"


def deployment(writer: Writer) -> str:
    """A Deployment, StatefulSet or DaemonSet."""
    random = writer.random
    kind = random.choices(["Deployment", "StatefulSet", "DaemonSet"], [8, 2, 1])[0]
    lines = [_head("apps/v1", kind) + writer.metadata(), "spec:"]
    if kind != "DaemonSet" and random.random() < 0.85:
        lines.append(f"  replicas: {random.randint(1, 6)}")
    if random.random() < 0.3:
        lines.append(f"  revisionHistoryLimit: {random.randint(1, 10)}")
    if kind == "StatefulSet":
        lines.append(f"  serviceName: {writer.name}")
    if kind == "Deployment" and random.random() < 0.4:
        lines.append(
            "  strategy:\n    type: RollingUpdate\n    rollingUpdate:\n      maxSurge: 25%\n      maxUnavailable: 0"
        )
    lines += ["  selector:\n    matchLabels:", writer.labels(6, False), "  template:\n    metadata:"]
    if random.random() < 0.5:
        checksum = f"{random.getrandbits(256):064x}"
        lines.append(f"      annotations:\n        checksum/config: {checksum}")
    lines += ["      labels:", writer.labels(8, False), "    spec:", indented(pod_spec(writer), 6)]
    if kind == "StatefulSet":
        size = f"resources:\n  requests:\n    storage: {random.randint(1, 60)}Gi"
        claim = "metadata:\n  name: data\nspec:\n  accessModes: [ReadWriteOnce]\n" + indented(size, 2)
        lines += ["  volumeClaimTemplates:", "  - " + indented(claim, 4).lstrip()]
    return "\n".join(lines)


def cron_job(writer: Writer) -> str:
    """A CronJob or a Job."""
    random = writer.random
    pod = "template:\n  spec:\n    restartPolicy: OnFailure\n" + indented(pod_spec(writer, is_job=True), 4)
    if random.random() < 0.3:
        spec = f"spec:\n  backoffLimit: {random.randint(0, 6)}\n" + indented(pod, 2)
        return _head("batch/v1", "Job") + writer.metadata(f"{writer.name}-{random.choice(NOUNS)}") + "\n" + spec
    lines = [_head("batch/v1", "CronJob") + writer.metadata(), "spec:"]
    lines.append(f'  schedule: "{random.randint(0, 59)} {random.randint(0, 23)} * * {random.randint(0, 6)}"')
    lines += ["  concurrencyPolicy: Forbid", "  jobTemplate:\n    spec:", indented(pod, 6)]
    return "\n".join(lines)


def service(writer: Writer) -> str:
    """A Service."""
    random = writer.random
    kind = random.choice(["ClusterIP", "ClusterIP", "LoadBalancer", "NodePort"])
    lines = [_head("v1", "Service") + writer.metadata(), f"spec:\n  type: {kind}\n  selector:", writer.labels(4, False)]
    lines.append("  ports:")
    for number in range(random.randint(1, 3)):
        name = random.choice(["http", "https", "grpc", "metrics", "admin"]) + (str(number) if number else "")
        dash = "  - " if writer.is_flush else "    - "
        rest = f"port: {random.randint(80, 9999)}\ntargetPort: {name}\nprotocol: TCP"
        lines.append(dash + f"name: {name}\n" + indented(rest, len(dash)))
    return "\n".join(lines)


def config_map(writer: Writer) -> str:
    """A ConfigMap with settings, or with whole files."""
    random = writer.random
    lines = [_head("v1", "ConfigMap") + writer.metadata(f"{writer.name}-config"), "data:"]
    for _ in range(random.randint(1, 8)):
        lines.append(f"  {'_'.join(random.sample(NOUNS, 2)).upper().replace('-', '_')}: {value(random)}")
    for number in range(random.choice([0, 0, 1, 1])):
        ending = random.choice(["yaml", "conf", "sh", "json", "properties"])
        lines += [f"  {random.choice(NOUNS)}{number}.{ending}: |", indented(block(random, ending), 4)]
    return "\n".join(lines)


def secret(writer: Writer) -> str:
    """A Secret."""
    random = writer.random
    lines = [_head("v1", "Secret") + writer.metadata(f"{writer.name}-secret"), "type: Opaque", "data:"]
    lines += [f"  {noun}: {'QUJD' * random.randint(1, 30)}" for noun in random.sample(NOUNS, random.randint(1, 6))]
    return "\n".join(lines)


def ingress(writer: Writer) -> str:
    """An Ingress."""
    random = writer.random
    lines = [_head("networking.k8s.io/v1", "Ingress") + writer.metadata(), "spec:\n  ingressClassName: nginx"]
    host = f"{writer.name}.{writer.team}.example.com"
    if random.random() < 0.6:
        lines.append(f"  tls:\n    - hosts:\n        - {host}\n      secretName: {writer.name}-tls")
    lines.append(f"  rules:\n    - host: {writer.text(host)}\n      http:\n        paths:")
    for path in random.sample(NOUNS, random.randint(1, 4)):
        backend = f"backend:\n  service:\n    name: {writer.name}\n    port:\n      number: {random.randint(80, 9000)}"
        lines.append(f"          - path: /{path}\n            pathType: Prefix\n" + indented(backend, 12))
    return "\n".join(lines)


def scaling(writer: Writer) -> str:
    """A HorizontalPodAutoscaler or a PodDisruptionBudget."""
    random = writer.random
    if random.random() < 0.5:
        bound = random.choice(["minAvailable: 1", "maxUnavailable: 1", "minAvailable: 50%", "maxUnavailable: 25%"])
        head = _head("policy/v1", "PodDisruptionBudget") + writer.metadata() + f"\nspec:\n  {bound}\n"
        return head + "  selector:\n    matchLabels:\n" + writer.labels(6, False)
    target = f"  scaleTargetRef:\n    apiVersion: apps/v1\n    kind: Deployment\n    name: {writer.name}\n"
    most = f"  minReplicas: {random.randint(1, 3)}\n  maxReplicas: {random.randint(4, 20)}\n  metrics:\n"
    metric = "type: Resource\nresource:\n  name: cpu\n  target:\n    type: Utilization\n    averageUtilization: 75"
    head = _head("autoscaling/v2", "HorizontalPodAutoscaler") + writer.metadata() + "\nspec:\n"
    return head + target + most + "    - " + indented(metric, 6).lstrip()


def access(writer: Writer) -> str:
    """A ServiceAccount, a Role, a RoleBinding or a NetworkPolicy."""
    random = writer.random
    which = random.randrange(4)
    if which == 0:
        return _head("v1", "ServiceAccount") + writer.metadata() + "\nautomountServiceAccountToken: false"
    if which == 1:
        lines = [_head("rbac.authorization.k8s.io/v1", "Role") + writer.metadata(), "rules:"]
        for noun in random.sample(["pods", "secrets", "configmaps", "leases", "events"], random.randint(1, 4)):
            verbs = random.sample(["get", "list", "watch", "create", "update", "patch"], 3)
            lines.append(f'- apiGroups: [""]\n  resources: ["{noun}"]\n  verbs: {verbs}'.replace("'", '"'))
        return "\n".join(lines)
    if which == 2:
        role = f"roleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: Role\n  name: {writer.name}\n"
        subject = f"subjects:\n  - kind: ServiceAccount\n    name: {writer.name}\n    namespace: {writer.team}"
        return _head("rbac.authorization.k8s.io/v1", "RoleBinding") + writer.metadata() + "\n" + role + subject
    spec = "spec:\n  podSelector:\n    matchLabels:\n" + writer.labels(6, False) + "\n  policyTypes: [Ingress]\n"
    source = "  ingress:\n    - from:\n        - namespaceSelector:\n            matchLabels:\n              team: "
    source += writer.team
    return _head("networking.k8s.io/v1", "NetworkPolicy") + writer.metadata() + "\n" + spec + source


def custom(writer: Writer) -> str:
    """A custom resource: monitoring, certificates, routes."""
    random = writer.random
    if random.random() < 0.5:
        spec = "spec:\n  endpoints:\n  - port: metrics\n    interval: 30s\n  selector:\n    matchLabels:\n"
        return (
            _head("monitoring.coreos.com/v1", "ServiceMonitor")
            + writer.metadata()
            + "\n"
            + spec
            + writer.labels(6, False)
        )
    lines = [_head("monitoring.coreos.com/v1", "PrometheusRule") + writer.metadata(), "spec:\n  groups:"]
    for noun in random.sample(NOUNS, random.randint(1, 3)):
        lines.append(f"  - name: {noun}.rules\n    rules:")
        series = f'{noun.replace("-", "_")}_errors_total{{job="{writer.name}"}}'
        rate = f"sum(rate({series}[5m])) by (pod)\n> {random.random():.3f}"
        rule = f"alert: {noun.title()}\nexpr: |-\n{indented(rate, 2)}\nfor: {random.randint(1, 30)}m"
        rule += "\nlabels:\n  severity: warning"
        lines.append("    - " + indented(rule + f"\nannotations:\n  summary: {value(random)}", 6).lstrip())
    return "\n".join(lines)


def claim(writer: Writer) -> str:
    """A PersistentVolumeClaim, or a Job's script in a ConfigMap."""
    random = writer.random
    if random.random() < 0.3:
        text = "data:\n  run.sh: |\n" + indented(script(random), 4)
        return _head("v1", "ConfigMap") + writer.metadata(f"{writer.name}-script") + "\n" + text
    modes = "  accessModes:\n    - ReadWriteOnce\n" if not writer.is_flush else "  accessModes:\n  - ReadWriteOnce\n"
    size = f"  resources:\n    requests:\n      storage: {random.choice([1, 5, 10, 50, 100])}Gi"
    head = _head("v1", "PersistentVolumeClaim") + writer.metadata(f"{writer.name}-data")
    return head + f"\nspec:\n  storageClassName: managed-csi\n{modes}{size}"


KINDS: tuple[tuple[Callable[[Writer], str], int], ...] = (
    (deployment, 11),
    (service, 18),
    (config_map, 8),
    (cron_job, 3),
    (secret, 7),
    (ingress, 9),
    (scaling, 11),
    (access, 18),
    (custom, 4),
    (claim, 5),
)
"""What makes a document, and how often."""
