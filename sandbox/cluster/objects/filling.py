# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What the server itself writes into an object before it is validated (kubernetes/kubernetes, pkg/registry)."""

from __future__ import annotations

import base64
import itertools
import uuid
from typing import Any

from sandbox.cluster.core.kinds import Kind

Json = dict[str, Any]
#: Kinds whose generation counts the changes of their spec.
_COUNTED = frozenset(
    {("apps", "Deployment"), ("apps", "ReplicaSet"), ("apps", "StatefulSet"), ("apps", "DaemonSet"),
     ("", "ReplicationController"), ("", "Pod"), ("batch", "Job"), ("batch", "CronJob"),
     ("networking.k8s.io", "Ingress"), ("networking.k8s.io", "NetworkPolicy"), ("policy", "PodDisruptionBudget"),
     ("apiextensions.k8s.io", "CustomResourceDefinition")}
)  # fmt: skip


class Filling:
    """Fills objects of one cluster in: addresses and ports are given out once."""

    def __init__(self) -> None:
        self._addresses = itertools.count(10)
        self._ports = itertools.count(30_000)

    def new(self, kind: Kind, item: Json, now: str) -> Json:
        """Return an object that is about to be created."""
        metadata = {name: value for name, value in item["metadata"].items() if name not in _SERVERS_OWN}
        metadata["uid"] = str(uuid.uuid4())
        metadata["creationTimestamp"] = now
        if counts_generations(kind):
            metadata["generation"] = 1
        filled = {**item, "metadata": metadata}
        own = _OWN.get(kind.identity)
        if kind.identity == ("", "Service"):
            return self._service(filled, None)
        return own(filled) if own else filled

    def changed(self, kind: Kind, item: Json, before: Json) -> Json:
        """Return an object that is about to replace another: what is the server's own stays as it was."""
        kept = {name: before["metadata"][name] for name in _SERVERS_OWN if name in before["metadata"]}
        metadata = {**{name: value for name, value in item["metadata"].items() if name not in _SERVERS_OWN}, **kept}
        filled = {**item, "metadata": metadata}
        if kind.identity == ("", "Service"):
            return self._service(filled, before)
        own = _OWN.get(kind.identity)
        return own(filled) if own and kind.identity != ("batch", "Job") else filled

    def _service(self, item: Json, before: Json | None) -> Json:
        spec = dict(item.get("spec") or {})
        held = (before or {}).get("spec") or {}
        if spec.get("type") == "ExternalName":
            return {**item, "spec": spec}
        if not spec.get("clusterIP"):
            spec["clusterIP"] = held.get("clusterIP") or self._address()
        spec.setdefault("clusterIPs", [spec["clusterIP"]])
        spec.setdefault("ipFamilies", ["IPv4"])
        spec.setdefault("ipFamilyPolicy", "SingleStack")
        if spec.get("type") in ("NodePort", "LoadBalancer"):
            known = {(port.get("port"), port.get("protocol")): port.get("nodePort") for port in held.get("ports") or ()}
            ports = []
            for port in spec.get("ports") or ():
                taken = port.get("nodePort") or known.get((port.get("port"), port.get("protocol")))
                ports.append({**port, "nodePort": taken or next(self._ports)})
            spec["ports"] = ports
        return {**item, "spec": spec}

    def _address(self) -> str:
        number = next(self._addresses)
        return f"10.0.{number // 250 % 250}.{number % 250 + 1}"


#: Nobody but the server writes these members of metadata.
_SERVERS_OWN = ("uid", "creationTimestamp", "generation", "deletionTimestamp", "deletionGracePeriodSeconds",
                "selfLink")  # fmt: skip


def counts_generations(kind: Kind) -> bool:
    """Tell whether a kind's objects have a generation."""
    return kind.custom or kind.identity in _COUNTED


def _secret(item: Json) -> Json:
    """Plain text is written only: it becomes data."""
    given = item.get("stringData")
    filled = {name: value for name, value in item.items() if name != "stringData"}
    if isinstance(given, dict) and given:
        encoded = {name: base64.b64encode(str(value).encode()).decode() for name, value in given.items()}
        filled["data"] = {**(item.get("data") or {}), **encoded}
    filled.setdefault("type", "Opaque")
    return filled


def _namespace(item: Json) -> Json:
    metadata = item["metadata"]
    labels = {**(metadata.get("labels") or {}), "kubernetes.io/metadata.name": metadata["name"]}
    spec = {**(item.get("spec") or {}), "finalizers": ["kubernetes"]}
    return {**item, "metadata": {**metadata, "labels": labels}, "spec": spec}


def _job(item: Json) -> Json:
    """A Job selects its Pods by labels that the server makes."""
    spec = dict(item.get("spec") or {})
    template = spec.get("template")
    if spec.get("manualSelector") or not isinstance(template, dict):
        return item
    uid, name = item["metadata"]["uid"], item["metadata"]["name"]
    own = {"batch.kubernetes.io/controller-uid": uid, "batch.kubernetes.io/job-name": name}
    labels = {"controller-uid": uid, "job-name": name, **own}
    metadata = template.get("metadata") or {}
    labelled = {**metadata, "labels": {**labels, **(metadata.get("labels") or {})}}
    spec["selector"] = {"matchLabels": {"batch.kubernetes.io/controller-uid": uid}}
    spec["template"] = {**template, "metadata": labelled}
    return {**item, "spec": spec}


_OWN = {("", "Secret"): _secret, ("", "Namespace"): _namespace, ("batch", "Job"): _job}
