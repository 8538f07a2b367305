# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The columns of the usual kinds (kubernetes/kubernetes, pkg/printers/internalversion/printers.go)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox.cluster.core.kinds import Kind
from sandbox.cluster.showing.values import (
    NONE,
    containers,
    count,
    hosts,
    images,
    labels,
    port_list,
    ready,
    selector,
    text,
    yes_or_no,
)

Json = dict[str, Any]
Value = Callable[[Json], Any]


@dataclass(frozen=True)
class Column:
    """One column. ``priority`` 1: only with -o wide; type "date": shown as an age."""

    name: str
    value: Value
    type: str = "string"
    priority: int = 0


def _at(*path: str, default: Any = NONE) -> Value:
    return lambda item: text(item, *path, default=default)


def _number(name: str, *path: str) -> Column:
    return Column(name, lambda item: count(item, *path), "integer")


NAME = Column("Name", lambda item: item["metadata"]["name"])
AGE = Column("Age", lambda item: item["metadata"].get("creationTimestamp"), "date")
_WIDE_PODS = (
    Column("Containers", lambda item: containers(item), priority=1),
    Column("Images", lambda item: images(item), priority=1),
)
_SELECTOR = Column("Selector", lambda item: selector(item), priority=1)


def _scaled(desired: str = "spec") -> tuple[Column, ...]:
    return (
        _number("Desired", desired, "replicas"),
        _number("Current", "status", "replicas"),
        _number("Ready", "status", "readyReplicas"),
    )


def _external(item: Json) -> str:
    spec = item.get("spec") or {}
    if spec.get("type") == "LoadBalancer":
        return "<pending>"
    if spec.get("type") == "ExternalName":
        return str(spec.get("externalName"))
    return ",".join(spec.get("externalIPs") or ()) or NONE


_COLUMNS: dict[tuple[str, str], tuple[Column, ...]] = {
    ("", "Pod"): (
        Column("Ready", lambda item: f"0/{len((item.get('spec') or {}).get('containers') or ())}"),
        Column("Status", _at("status", "phase", default="Pending")),
        Column("Restarts", lambda item: "0"),
        AGE,
        Column("IP", lambda item: NONE, priority=1),
        Column("Node", _at("spec", "nodeName"), priority=1),
        Column("Nominated Node", lambda item: NONE, priority=1),
        Column("Readiness Gates", lambda item: NONE, priority=1),
    ),
    ("", "Service"): (
        Column("Type", _at("spec", "type", default="ClusterIP")),
        Column("Cluster-IP", _at("spec", "clusterIP")),
        Column("External-IP", _external),
        Column("Port(s)", lambda item: port_list(item)),
        AGE,
        _SELECTOR,
    ),
    ("", "Namespace"): (Column("Status", _at("status", "phase", default="Active")), AGE),
    ("", "ConfigMap"): (Column("Data", lambda item: len({**(item.get("data") or {}),
                                                          **(item.get("binaryData") or {})}), "integer"), AGE),
    ("", "Secret"): (
        Column("Type", _at("type", default="Opaque")),
        Column("Data", lambda item: len(item.get("data") or {}), "integer"),
        AGE,
    ),
    ("", "ServiceAccount"): (Column("Secrets", lambda item: len(item.get("secrets") or ()), "integer"), AGE),
    ("", "Node"): (
        Column("Status", lambda item: "Unknown"),
        Column("Roles", lambda item: NONE),
        AGE,
        Column("Version", _at("status", "nodeInfo", "kubeletVersion", default="")),
    ),
    ("", "Event"): (
        Column("Last Seen", _at("lastTimestamp", default=""), "date"),
        Column("Type", _at("type", default="")),
        Column("Reason", _at("reason", default="")),
        Column("Object", lambda item: "/".join((text(item, "involvedObject", "kind", default="").lower(),
                                                text(item, "involvedObject", "name", default="")))),
        Column("Message", _at("message", default="")),
    ),
    ("", "PersistentVolumeClaim"): (
        Column("Status", _at("status", "phase", default="Pending")),
        Column("Volume", _at("spec", "volumeName", default="")),
        Column("Capacity", _at("status", "capacity", "storage", default="")),
        Column("Access Modes", lambda item: ",".join(
            "".join(char for char in mode if char.isupper()) for mode in (item.get("spec") or {}).get("accessModes", ())
        ) if (item.get("spec") or {}).get("volumeName") else ""),
        Column("StorageClass", _at("spec", "storageClassName", default="")),
        Column("VolumeAttributesClass", lambda item: "<unset>"),
        AGE,
    ),
    ("", "ReplicationController"): (*_scaled(), AGE, *_WIDE_PODS, _SELECTOR),
    ("apps", "Deployment"): (
        Column("Ready", lambda item: ready(item)),
        _number("Up-to-date", "status", "updatedReplicas"),
        _number("Available", "status", "availableReplicas"),
        AGE,
        *_WIDE_PODS,
        _SELECTOR,
    ),
    ("apps", "ReplicaSet"): (*_scaled(), AGE, *_WIDE_PODS, _SELECTOR),
    ("apps", "StatefulSet"): (Column("Ready", lambda item: ready(item)), AGE, *_WIDE_PODS),
    ("apps", "DaemonSet"): (
        _number("Desired", "status", "desiredNumberScheduled"),
        _number("Current", "status", "currentNumberScheduled"),
        _number("Ready", "status", "numberReady"),
        _number("Up-to-date", "status", "updatedNumberScheduled"),
        _number("Available", "status", "numberAvailable"),
        Column("Node Selector", lambda item: labels(item, "spec", "template", "spec", "nodeSelector")),
        AGE,
        *_WIDE_PODS,
        _SELECTOR,
    ),
    ("batch", "Job"): (
        Column("Status", lambda item: "Running"),
        Column("Completions", lambda item: f"0/{count(item, 'spec', 'completions') or 1}"),
        Column("Duration", lambda item: ""),
        AGE,
        *_WIDE_PODS,
        _SELECTOR,
    ),
    ("batch", "CronJob"): (
        Column("Schedule", _at("spec", "schedule", default="")),
        Column("Timezone", _at("spec", "timeZone")),
        Column("Suspend", lambda item: str(bool((item.get("spec") or {}).get("suspend")))),
        _number("Active", "status", "active"),
        Column("Last Schedule", lambda item: NONE),
        AGE,
        *_WIDE_PODS,
    ),
    ("networking.k8s.io", "Ingress"): (
        Column("Class", _at("spec", "ingressClassName")),
        Column("Hosts", lambda item: hosts(item)),
        Column("Address", lambda item: ""),
        Column("Ports", lambda item: "80, 443" if (item.get("spec") or {}).get("tls") else "80"),
        AGE,
    ),
    ("networking.k8s.io", "NetworkPolicy"): (
        Column("Pod-Selector", lambda item: labels(item, "spec", "podSelector", "matchLabels")), AGE,
    ),
    ("policy", "PodDisruptionBudget"): (
        Column("Min Available", _at("spec", "minAvailable", default="N/A")),
        Column("Max Unavailable", _at("spec", "maxUnavailable", default="N/A")),
        _number("Allowed Disruptions", "status", "disruptionsAllowed"),
        AGE,
    ),
    ("autoscaling", "HorizontalPodAutoscaler"): (
        Column("Reference", lambda item: "/".join((text(item, "spec", "scaleTargetRef", "kind"),
                                                   text(item, "spec", "scaleTargetRef", "name")))),
        Column("Targets", lambda item: "<unknown>"),
        Column("MinPods", _at("spec", "minReplicas", default="<unset>")),
        _number("MaxPods", "spec", "maxReplicas"),
        _number("Replicas", "status", "currentReplicas"),
        AGE,
    ),
    ("storage.k8s.io", "StorageClass"): (
        Column("Provisioner", lambda item: str(item.get("provisioner", ""))),
        Column("ReclaimPolicy", _at("reclaimPolicy", default="Delete")),
        Column("VolumeBindingMode", _at("volumeBindingMode", default="Immediate")),
        Column("AllowVolumeExpansion", lambda item: yes_or_no(item, "allowVolumeExpansion")),
        AGE,
    ),
    ("rbac.authorization.k8s.io", "Role"): (
        Column("Created At", lambda item: item["metadata"].get("creationTimestamp")),
    ),
    ("rbac.authorization.k8s.io", "ClusterRole"): (
        Column("Created At", lambda item: item["metadata"].get("creationTimestamp")),
    ),
    ("rbac.authorization.k8s.io", "RoleBinding"): (
        Column("Role", lambda item: f"{text(item, 'roleRef', 'kind')}/{text(item, 'roleRef', 'name')}"), AGE,
    ),
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"): (
        Column("Role", lambda item: f"{text(item, 'roleRef', 'kind')}/{text(item, 'roleRef', 'name')}"), AGE,
    ),
    ("apiextensions.k8s.io", "CustomResourceDefinition"): (
        Column("Created At", lambda item: item["metadata"].get("creationTimestamp")),
    ),
    ("scheduling.k8s.io", "PriorityClass"): (
        _number("Value", "value"),
        Column("Global-Default", lambda item: str(bool(item.get("globalDefault"))).lower()),
        AGE,
    ),
}  # fmt: skip
#: What the definitions that Gatekeeper makes of its templates print.
_CONSTRAINT = (
    Column("Enforcement-Action", _at("spec", "enforcementAction", default="")),
    Column("Total-Violations", lambda item: (item.get("status") or {}).get("totalViolations"), "integer"),
)
CONSTRAINTS = "constraints.gatekeeper.sh"


def columns_of(kind: Kind) -> tuple[Column, ...]:
    """Return the columns of a kind: name and age of those without any of their own."""
    if kind.group == CONSTRAINTS:
        return (NAME, *_CONSTRAINT)
    return (NAME, *_COLUMNS.get(kind.identity, (AGE,)))


def printed_columns(version: Json) -> tuple[Column, ...]:
    """Return the columns that a custom resource's definition asks for."""
    found = [NAME]
    for one in version.get("additionalPrinterColumns") or ():
        path = [step for step in str(one.get("jsonPath", "")).split(".") if step]
        plain = all(step.replace("-", "").replace("_", "").isalnum() for step in path)
        # Only plain paths: a filter such as [?(@.type=="Ready")] shows nothing here.
        value = _at(*path, default="") if plain else _at("", default="")
        found.append(Column(str(one.get("name")), value, str(one.get("type", "string")), int(one.get("priority") or 0)))
    return tuple(found) if len(found) > 1 else (NAME, AGE)
