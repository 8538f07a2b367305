# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The values that an API server fills in before webhooks see an object.

Source: kubernetes/kubernetes, pkg/apis/{core,apps,batch}/v1/defaults.go. Not everything is here: what neither a policy
nor validation looks at is left out, such as the revisions that a Deployment keeps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from azext_safeguards.check.apiserver.container_defaults import ports, rounded
from azext_safeguards.check.apiserver.images import tag_of
from azext_safeguards.check.apiserver.shared import FILLED_IN, Shared, SharedList

Object = dict[str, Any]

CONTAINER_LISTS = ("initContainers", "containers", "ephemeralContainers")


def fill_in(content: Object, group: str, kind: str) -> None:
    """Fills in a decoded object, which is changed, but for what may be shared with others: mappings with any keys, and
    parts that are `Shared`. A kind that has no defaults here is left alone.

    May be asked again after a mutation: what is there already stays.
    """
    fill = _KINDS.get((group, kind))
    if fill:
        fill(content)


def containers(pod_spec: Object, names: tuple[str, ...] = CONTAINER_LISTS) -> Iterator[tuple[str, int, Object]]:
    """The containers of a Pod: the list's name, the index and the container."""
    for name in names:
        for index, container in enumerate(pod_spec.get(name) or ()):
            yield name, index, container


def _pod(pod: Object) -> None:
    spec = pod.setdefault("spec", {})
    pod_spec(spec)
    spec.setdefault("enableServiceLinks", True)
    for _, _, container in containers(spec, ("initContainers", "containers")):
        resources: Object = container.get("resources") or {}
        limits, requests = resources.get("limits") or {}, resources.get("requests") or {}
        if not limits.keys() <= requests.keys():
            # Only of Pods, not of the templates of workloads: limits that nobody requested are requested.
            container["resources"] = {**resources, "requests": {**requests, **_others(limits, requests)}}
    if spec.get("hostNetwork"):
        _host_ports(spec)


def _others(amounts: Object, known: Object) -> Object:
    return {name: amount for name, amount in amounts.items() if name not in known}


def pod_spec(spec: Object) -> None:
    """Fills in what Pods and templates of Pods have in common."""
    for name, default in _POD_SPEC:
        if not spec.get(name):
            spec[name] = default
    spec.setdefault("securityContext", {})
    spec.setdefault("terminationGracePeriodSeconds", 30)
    for _, _, container in containers(spec):
        _container(container)
    for volume in spec.get("volumes") or ():
        if len(volume) == 1 and "name" in volume:
            volume["emptyDir"] = {}
        elif "hostPath" in volume:
            # A policy prints the whole volume.
            volume["hostPath"].setdefault("type", "")


_POD_SPEC = (("restartPolicy", "Always"), ("dnsPolicy", "ClusterFirst"), ("schedulerName", "default-scheduler"))


def _container(container: Object) -> None:
    image = container.get("image", "")
    if not container.get("imagePullPolicy"):
        container["imagePullPolicy"] = "Always" if tag_of(image) == "latest" else "IfNotPresent"
    container.setdefault("terminationMessagePath", "/dev/termination-log")
    container.setdefault("terminationMessagePolicy", "File")
    for name, fill_in_part in FILLED_IN.items():
        part = container.get(name)
        # What is shared has its defaults.
        if part is not None and part.__class__ is not Shared:
            fill_in_part(part)
    container.setdefault("resources", {})
    found = container.get("ports")
    if found and found.__class__ is not SharedList:
        ports(found)


def _host_ports(spec: Object) -> None:
    for _, _, container in containers(spec, ("initContainers", "containers")):
        if container.get("ports"):
            # Others may share them.
            container["ports"] = [_with_host_port(port) for port in container["ports"]]


def _with_host_port(port: Object) -> Object:
    if not port.get("hostPort") and "containerPort" in port:
        return {**port, "hostPort": port["containerPort"]}
    return port


def _template(content: Object) -> None:
    """The template of a workload's Pods."""
    template = content.get("spec", {}).get("template")
    if template is not None:
        pod_spec(template.setdefault("spec", {}))


def _deployment(content: Object) -> None:
    spec = content.setdefault("spec", {})
    _template(content)
    spec.setdefault("replicas", 1)
    strategy = spec.setdefault("strategy", {})
    if not strategy.get("type"):
        strategy["type"] = "RollingUpdate"
    if strategy["type"] == "RollingUpdate":
        rolling = strategy.setdefault("rollingUpdate", {})
        rolling.setdefault("maxUnavailable", "25%")
        rolling.setdefault("maxSurge", "25%")
    spec.setdefault("revisionHistoryLimit", 10)
    spec.setdefault("progressDeadlineSeconds", 600)


def _stateful_set(content: Object) -> None:
    spec = content.setdefault("spec", {})
    _template(content)
    spec.setdefault("replicas", 1)
    if not spec.get("podManagementPolicy"):
        spec["podManagementPolicy"] = "OrderedReady"
    strategy = spec.setdefault("updateStrategy", {})
    if not strategy.get("type"):
        strategy["type"] = "RollingUpdate"
    if strategy["type"] == "RollingUpdate":
        strategy.setdefault("rollingUpdate", {}).setdefault("partition", 0)
    spec.setdefault("revisionHistoryLimit", 10)
    spec.setdefault("persistentVolumeClaimRetentionPolicy", {"whenDeleted": "Retain", "whenScaled": "Retain"})
    for claim in spec.get("volumeClaimTemplates") or ():
        claim.setdefault("apiVersion", "v1")
        claim.setdefault("kind", "PersistentVolumeClaim")
        _claim(claim)


def _daemon_set(content: Object) -> None:
    spec = content.setdefault("spec", {})
    _template(content)
    strategy = spec.setdefault("updateStrategy", {})
    if not strategy.get("type"):
        strategy["type"] = "RollingUpdate"
    if strategy["type"] == "RollingUpdate":
        rolling = strategy.setdefault("rollingUpdate", {})
        rolling.setdefault("maxUnavailable", 1)
        rolling.setdefault("maxSurge", 0)
    spec.setdefault("revisionHistoryLimit", 10)


def _replica_set(content: Object) -> None:
    spec = content.setdefault("spec", {})
    _template(content)
    spec.setdefault("replicas", 1)


def _replication_controller(content: Object) -> None:
    spec = content.setdefault("spec", {})
    _template(content)
    spec.setdefault("replicas", 1)
    template = spec.get("template") or {}
    labels = (template.get("metadata") or {}).get("labels")
    if labels:
        if not spec.get("selector"):
            spec["selector"] = dict(labels)
        metadata = content.setdefault("metadata", {})
        if not metadata.get("labels"):
            metadata["labels"] = dict(labels)


def _job(content: Object) -> None:
    spec = content.setdefault("spec", {})
    if "completions" not in spec and "parallelism" not in spec:
        spec["completions"] = 1
    spec.setdefault("parallelism", 1)
    spec.setdefault("backoffLimit", 6 if "backoffLimitPerIndex" not in spec else (1 << 31) - 1)
    spec.setdefault("completionMode", "NonIndexed")
    spec.setdefault("suspend", False)
    _template(content)


def _cron_job(content: Object) -> None:
    spec = content.setdefault("spec", {})
    if not spec.get("concurrencyPolicy"):
        spec["concurrencyPolicy"] = "Allow"
    spec.setdefault("suspend", False)
    spec.setdefault("successfulJobsHistoryLimit", 3)
    spec.setdefault("failedJobsHistoryLimit", 1)
    # A CronJob's Jobs get their own defaults when they are created; only their Pods' are filled in here.
    _template(spec.get("jobTemplate") or {})


def _service(content: Object) -> None:
    spec = content.setdefault("spec", {})
    for name, default in (("sessionAffinity", "None"), ("type", "ClusterIP")):
        if not spec.get(name):
            spec[name] = default
    for port in spec.get("ports") or ():
        if not port.get("protocol"):
            port["protocol"] = "TCP"
        if port.get("targetPort", 0) in (0, "") and "port" in port:
            port["targetPort"] = port["port"]
    if spec["type"] in ("NodePort", "LoadBalancer") and not spec.get("externalTrafficPolicy"):
        spec["externalTrafficPolicy"] = "Cluster"
    if spec["type"] != "ExternalName":
        spec.setdefault("internalTrafficPolicy", "Cluster")
    if spec["type"] == "LoadBalancer":
        spec.setdefault("allocateLoadBalancerNodePorts", True)


def _claim(content: Object) -> None:
    spec = content.setdefault("spec", {})
    spec.setdefault("volumeMode", "Filesystem")
    resources = spec.get("resources") or {}
    for name in ("limits", "requests"):
        if name in resources:
            resources[name] = rounded(resources[name])


def _volume(content: Object) -> None:
    spec = content.setdefault("spec", {})
    spec.setdefault("volumeMode", "Filesystem")
    spec.setdefault("persistentVolumeReclaimPolicy", "Retain")
    if "capacity" in spec:
        spec["capacity"] = rounded(spec["capacity"])


def _storage_class(content: Object) -> None:
    content.setdefault("reclaimPolicy", "Delete")
    content.setdefault("volumeBindingMode", "Immediate")


def _secret(content: Object) -> None:
    if not content.get("type"):
        content["type"] = "Opaque"


def _namespace(content: Object) -> None:
    metadata = content.setdefault("metadata", {})
    if metadata.get("name"):
        metadata["labels"] = {**metadata.get("labels", {}), "kubernetes.io/metadata.name": metadata["name"]}


def _quota(content: Object) -> None:
    spec = content.setdefault("spec", {})
    if "hard" in spec:
        spec["hard"] = rounded(spec["hard"])


def _limit_range(content: Object) -> None:
    for limit in content.setdefault("spec", {}).get("limits") or ():
        if limit.get("type") == "Container":
            default, request = limit.setdefault("default", {}), limit.setdefault("defaultRequest", {})
            for source, target in (("max", default), ("default", request), ("min", request)):
                for name, amount in (limit.get(source) or {}).items():
                    target.setdefault(name, amount)


def _autoscaler(content: Object) -> None:
    content.setdefault("spec", {}).setdefault("minReplicas", 1)


_KINDS: dict[tuple[str, str], Callable[[Object], None]] = {
    ("", "Pod"): _pod,
    ("", "PodTemplate"): lambda content: pod_spec(content.setdefault("template", {}).setdefault("spec", {})),
    ("", "ReplicationController"): _replication_controller,
    ("apps", "DaemonSet"): _daemon_set,
    ("apps", "Deployment"): _deployment,
    ("apps", "ReplicaSet"): _replica_set,
    ("apps", "StatefulSet"): _stateful_set,
    ("batch", "CronJob"): _cron_job,
    ("batch", "Job"): _job,
    ("", "Service"): _service,
    ("", "PersistentVolumeClaim"): _claim,
    ("", "PersistentVolume"): _volume,
    ("", "Secret"): _secret,
    ("", "Namespace"): _namespace,
    ("", "ResourceQuota"): _quota,
    ("", "LimitRange"): _limit_range,
    ("storage.k8s.io", "StorageClass"): _storage_class,
    ("autoscaling", "HorizontalPodAutoscaler"): _autoscaler,
    # No field of its own, but what policies look into: Go writes a structure also where it is empty.
    ("policy", "PodDisruptionBudget"): lambda content: content.setdefault("spec", {}),
}
