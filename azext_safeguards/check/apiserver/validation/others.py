# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Services, budgets, nodes, claims and the like (pkg/apis/*/validation)."""

from __future__ import annotations

from typing import Any

from azext_safeguards.check.apiserver.refusals import Path
from azext_safeguards.check.apiserver.validation import claims, names, selectors
from azext_safeguards.check.apiserver.validation.amounts import at_most_all, number_or_percent
from azext_safeguards.check.apiserver.validation.errors import Errors
from azext_safeguards.check.apiserver.validation.handlers import port_number_or_name
from azext_safeguards.check.apiserver.validation.metadata import check_labels, check_name
from azext_safeguards.check.apiserver.validation.pods import pod, template
from azext_safeguards.check.apiserver.validation.workloads import Rule

Object = dict[str, Any]

_SERVICE_TYPES = ("ClusterIP", "ExternalName", "LoadBalancer", "NodePort")
_PROTOCOLS = ("SCTP", "TCP", "UDP")
_EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")


def service(errors: Errors, content: Object) -> None:
    """Checks a Service."""
    spec = content.get("spec") or {}
    kind = spec.get("type", "ClusterIP")
    ports = spec.get("ports") or ()
    if not ports and spec.get("clusterIP") != "None" and kind != "ExternalName":
        errors.required(("spec", "ports"))
    if kind == "ExternalName":
        target = spec.get("externalName", "").removesuffix(".")
        if not target:
            errors.required(("spec", "externalName"))
        else:
            check_name(errors, ("spec", "externalName"), target, names.subdomain)
    seen: set[str] = set()
    for index, port in enumerate(ports):
        _service_port(errors, port, len(ports) > 1, seen, ("spec", "ports", index))
    check_labels(errors, spec.get("selector"), ("spec", "selector"))
    if spec.get("sessionAffinity", "None") not in ("ClientIP", "None"):
        errors.unsupported(("spec", "sessionAffinity"), spec["sessionAffinity"], ("ClientIP", "None"))
    if kind not in _SERVICE_TYPES:
        errors.unsupported(("spec", "type"), kind, _SERVICE_TYPES)
    if kind == "ClusterIP":
        for index, port in enumerate(ports):
            if port.get("nodePort"):
                detail = "may not be used when `type` is 'ClusterIP'"
                errors.forbidden(("spec", "ports", index, "nodePort"), detail)
    _same_ports(errors, ports)


def _service_port(errors: Errors, port: Object, must_have_name: bool, seen: set[str], path: Path) -> None:
    name = port.get("name", "")
    if must_have_name and not name:
        reason = "a Service with several ports needs a name for each"
        errors.required((*path, "name"), reason=reason)
    elif name:
        check_name(errors, (*path, "name"), name, names.label)
        if name in seen:
            errors.duplicate((*path, "name"), name)
        seen.add(name)
    for message in names.port_number(port.get("port", 0)):
        errors.invalid((*path, "port"), port.get("port", 0), message)
    if port.get("protocol", "TCP") not in _PROTOCOLS:
        errors.unsupported((*path, "protocol"), port["protocol"], _PROTOCOLS)
    if "targetPort" in port:
        port_number_or_name(errors, port["targetPort"], (*path, "targetPort"))


def _same_ports(errors: Errors, ports: Any) -> None:
    """Checks that no port of a Service is there twice."""
    seen: set[tuple[str, int]] = set()
    for index, port in enumerate(ports):
        key = (port.get("protocol", "TCP"), port.get("port", 0))
        if key in seen:
            value = {
                "Name": "",
                "Protocol": key[0],
                "AppProtocol": None,
                "Port": key[1],
                "TargetPort": 0,
                "NodePort": 0,
            }
            errors.duplicate(("spec", "ports", index), value)
        seen.add(key)


def disruption_budget(errors: Errors, content: Object) -> None:
    """Checks a PodDisruptionBudget."""
    spec = content.get("spec") or {}
    fields = ("minAvailable", "maxUnavailable")
    if all(spec.get(field) is not None for field in fields):
        detail = "minAvailable and maxUnavailable cannot be both set"
        # The API server prints its internal form of the object.
        inner = {
            "MinAvailable": spec["minAvailable"],
            "Selector": spec.get("selector"),
            "MaxUnavailable": spec["maxUnavailable"],
            "UnhealthyPodEvictionPolicy": spec.get("unhealthyPodEvictionPolicy"),
        }
        errors.invalid(("spec",), inner, detail, at=("spec", "maxUnavailable"), reason=detail)
    for field in fields:
        number_or_percent(errors, spec.get(field), ("spec", field))
        at_most_all(errors, spec.get(field), ("spec", field))
    selectors.label_selector(errors, spec.get("selector"), ("spec", "selector"))


def node(errors: Errors, content: Object) -> None:
    """Checks the taints of a Node."""
    seen: set[tuple[str, str]] = set()
    for index, taint in enumerate((content.get("spec") or {}).get("taints") or ()):
        at = ("spec", "taints", index)
        key, value, effect = taint.get("key", ""), taint.get("value", ""), taint.get("effect", "")
        for message in names.qualified(key):
            errors.invalid((*at, "key"), key, message)
        if names.label_value(value):
            errors.invalid((*at, "value"), value, ";".join(names.label_value(value)))
        if not effect:
            errors.required((*at, "effect"))
        elif effect not in _EFFECTS:
            errors.unsupported((*at, "effect"), effect, _EFFECTS)
        if (key, effect) in seen:
            errors.duplicate(at, {"Key": key, "Value": value, "Effect": effect, "TimeAdded": None})
        seen.add((key, effect))


def keys(errors: Errors, content: Object) -> None:
    """Checks the keys of a ConfigMap or Secret."""
    for field in ("data", "binaryData", "stringData"):
        for key in content.get(field) or ():
            for message in names.config_key(key):
                errors.invalid((field, key), key, message)


def claim(errors: Errors, content: Object) -> None:
    """Checks a PersistentVolumeClaim."""
    claims.claim_spec(errors, content.get("spec") or {}, ("spec",))


def storage_class(errors: Errors, content: Object) -> None:
    """Checks a StorageClass."""
    if not content.get("provisioner"):
        errors.required(("provisioner",))
    for field, allowed in (
        ("reclaimPolicy", ("Delete", "Retain")),
        ("volumeBindingMode", ("Immediate", "WaitForFirstConsumer")),
    ):
        if content.get(field) and content[field] not in allowed:
            errors.unsupported((field,), content[field], allowed)


def autoscaler(errors: Errors, content: Object) -> None:
    """Checks the bounds of a HorizontalPodAutoscaler."""
    spec = content.get("spec") or {}
    least, most = spec.get("minReplicas", 1), spec.get("maxReplicas", 0)
    if most < 1:
        errors.invalid(("spec", "maxReplicas"), most, "must be greater than 0")
    if most < least:
        errors.invalid(("spec", "maxReplicas"), most, "must be greater than or equal to `minReplicas`")


def pod_template(errors: Errors, content: Object) -> None:
    """Checks a PodTemplate."""
    template(errors, content.get("template") or {}, ("template",))


RULES: dict[tuple[str, str], Rule] = {
    ("", "Pod"): pod,
    ("", "PodTemplate"): pod_template,
    ("", "Service"): service,
    ("policy", "PodDisruptionBudget"): disruption_budget,
    ("", "Node"): node,
    ("", "ConfigMap"): keys,
    ("", "Secret"): keys,
    ("", "PersistentVolumeClaim"): claim,
    ("storage.k8s.io", "StorageClass"): storage_class,
    ("autoscaling", "HorizontalPodAutoscaler"): autoscaler,
}
