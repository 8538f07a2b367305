# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Services."""

from __future__ import annotations

from typing import Any

from azext_safeguards.check.apiserver.refusals import Path
from azext_safeguards.check.apiserver.validation import addresses, allocation, names
from azext_safeguards.check.apiserver.validation.errors import Errors, Key
from azext_safeguards.check.apiserver.validation.handlers import port_number_or_name
from azext_safeguards.check.apiserver.validation.metadata import check_labels, check_name

Object = dict[str, Any]

_TYPES = ("ClusterIP", "ExternalName", "LoadBalancer", "NodePort")
_PROTOCOLS = ("SCTP", "TCP", "UDP")
_POLICIES = ("Cluster", "Local")
_DISTRIBUTIONS = ("PreferClose", "PreferSameZone", "PreferSameNode")
_ONLY_BALANCED = "may only be used when `type` is 'LoadBalancer'"
_RANGES = "service.beta.kubernetes.io/load-balancer-source-ranges"
_LONGEST_AFFINITY = 86400


def service(errors: Errors, content: Object) -> None:
    """Checks a Service."""
    spec = content.get("spec") or {}
    kind, ports = spec.get("type", "ClusterIP"), spec.get("ports") or ()
    if not allocation.allocate(errors, spec, kind):
        return
    is_headless = allocation.cluster_ips(spec)[:1] == ["None"]
    if not ports and not is_headless and kind != "ExternalName":
        errors.required(("spec", "ports"))
    if is_headless and kind in ("LoadBalancer", "NodePort"):
        detail = f"may not be set to 'None' for {kind} services"
        errors.invalid(("spec", "clusterIPs", 0), "None", detail, at=("spec", "clusterIP"))
    if kind == "ExternalName":
        _external_name(errors, spec)
    seen: set[str] = set()
    for index, port in enumerate(ports):
        _port(errors, port, len(ports) > 1, seen, ("spec", "ports", index))
    check_labels(errors, spec.get("selector"), ("spec", "selector"))
    _affinity(errors, spec)
    for index, address in enumerate(spec.get("externalIPs") or ()):
        _outer_address(errors, address, ("spec", "externalIPs", index))
    if kind not in _TYPES:
        errors.unsupported(("spec", "type"), kind, _TYPES)
    if kind == "ClusterIP":
        for index, port in enumerate(ports):
            if port.get("nodePort"):
                detail = "may not be used when `type` is 'ClusterIP'"
                errors.forbidden(("spec", "ports", index, "nodePort"), detail)
    _same_ports(errors, ports)
    _balancer(errors, content, spec, kind == "LoadBalancer")
    _traffic(errors, spec, kind)


def _external_name(errors: Errors, spec: Object) -> None:
    for field in ("clusterIPs", "ipFamilies", "ipFamilyPolicy"):
        if spec.get(field) or (field == "clusterIPs" and spec.get("clusterIP")):
            errors.forbidden(("spec", field), "may not be set for ExternalName services")
    target = spec.get("externalName", "").removesuffix(".")
    if not target:
        errors.required(("spec", "externalName"))
    else:
        check_name(errors, ("spec", "externalName"), target, names.subdomain)


def _port(errors: Errors, port: Object, must_have_name: bool, seen: set[str], path: Path) -> None:
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
    port_number_or_name(errors, port.get("targetPort") or port.get("port", 0), (*path, "targetPort"))
    if "appProtocol" in port:
        for message in names.qualified(port["appProtocol"]):
            errors.invalid((*path, "appProtocol"), port["appProtocol"], message)


def _affinity(errors: Errors, spec: Object) -> None:
    kind = spec.get("sessionAffinity", "None")
    if kind not in ("ClientIP", "None"):
        errors.unsupported(("spec", "sessionAffinity"), kind, ("ClientIP", "None"))
    if kind == "ClientIP":
        client = (spec.get("sessionAffinityConfig") or {}).get("clientIP") or {}
        seconds = client.get("timeoutSeconds", 1)
        if not 0 < seconds <= _LONGEST_AFFINITY:
            at = ("spec", "sessionAffinityConfig", "clientIP", "timeoutSeconds")
            errors.invalid(at, seconds, f"must be greater than 0 and less than {_LONGEST_AFFINITY}")


def _outer_address(errors: Errors, text: str, path: Path) -> None:
    """Checks an address from outside the cluster."""
    if addresses.address(text) is None:
        addresses.check_address(errors, text, path)
    else:
        addresses.check_reachable(errors, text, path)


def _same_ports(errors: Errors, ports: Any) -> None:
    """Checks that no port of a Service is there twice."""
    for field in ("nodePort", "port") if len(ports) > 1 else ():
        seen: set[tuple[str, int]] = set()
        for index, port in enumerate(ports):
            protocol, number = key = (port.get("protocol", "TCP"), port.get(field, 0))
            if field == "nodePort" and not number:
                continue
            if key in seen:
                at = ("spec", "ports", index)
                inner = {"Name": "", "Protocol": protocol, "AppProtocol": None, "Port": number, "TargetPort": 0}
                if field == "nodePort":
                    errors.duplicate((*at, field), number)
                else:
                    reason = f"port {number}/{protocol} is used twice"
                    errors.duplicate(at, {**inner, "NodePort": 0}, reason=reason)
            seen.add(key)


def _balancer(errors: Errors, content: Object, spec: Object, is_balanced: bool) -> None:
    """Checks what only a load balancer can have."""
    # The API server begins this name with a capital letter.
    told: Path = ("spec", "LoadBalancerSourceRanges")
    at: Path = ("spec", "loadBalancerSourceRanges")
    ranges = [text.strip() for text in spec.get("loadBalancerSourceRanges") or ()]
    annotation = ((content.get("metadata") or {}).get("annotations") or {}).get(_RANGES)
    if ranges and not is_balanced:
        errors.forbidden(told, _ONLY_BALANCED, at=at)
    for index, text in enumerate(ranges):
        addresses.check_network(errors, text, (*told, index), at=(*at, index))
    if not ranges and annotation is not None:
        told, at = (("metadata", "annotations", Key(_RANGES)), ("metadata", "annotations", _RANGES))
        if not is_balanced:
            errors.forbidden(told, _ONLY_BALANCED, at=at)
        for text in annotation.split(",") if annotation.strip() else ():
            addresses.check_network(errors, text.strip(), told, at=at)
    if "allocateLoadBalancerNodePorts" in spec and not is_balanced:
        errors.forbidden(("spec", "allocateLoadBalancerNodePorts"), _ONLY_BALANCED)
    name = spec.get("loadBalancerClass")
    if name is not None and not is_balanced:
        errors.forbidden(("spec", "loadBalancerClass"), _ONLY_BALANCED)
    elif name is not None:
        for message in names.qualified(name):
            errors.invalid(("spec", "loadBalancerClass"), name, message)


def _traffic(errors: Errors, spec: Object, kind: str) -> None:
    policy = spec.get("externalTrafficPolicy")
    is_outer = kind in ("LoadBalancer", "NodePort") or (kind == "ClusterIP" and spec.get("externalIPs"))
    if policy and not is_outer:
        detail = "may only be set for externally-accessible services"
        errors.invalid(("spec", "externalTrafficPolicy"), policy, detail)
    elif policy and policy not in _POLICIES:
        errors.unsupported(("spec", "externalTrafficPolicy"), policy, _POLICIES)
    number, at = spec.get("healthCheckNodePort", 0), ("spec", "healthCheckNodePort")
    if number and not (kind == "LoadBalancer" and policy == "Local"):
        detail = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"
        errors.invalid(at, number, detail)
    elif number:
        for message in names.port_number(number):
            errors.invalid(at, number, message)
    inner = spec.get("internalTrafficPolicy", "Cluster")
    if inner not in _POLICIES:
        errors.unsupported(("spec", "internalTrafficPolicy"), inner, _POLICIES)
    distribution = spec.get("trafficDistribution")
    if distribution is not None and distribution not in _DISTRIBUTIONS:
        errors.unsupported(("spec", "trafficDistribution"), distribution, _DISTRIBUTIONS)
