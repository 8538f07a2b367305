# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Ingresses, their classes and NetworkPolicies."""

from __future__ import annotations

from typing import Any

from azext_safeguards.check.apiserver.refusals import Path
from azext_safeguards.check.apiserver.validation import addresses, names
from azext_safeguards.check.apiserver.validation.errors import Errors
from azext_safeguards.check.apiserver.validation.metadata import check_name
from azext_safeguards.check.apiserver.validation.selectors import label_selector

Object = dict[str, Any]

_PATH_TYPES = ("Exact", "ImplementationSpecific", "Prefix")
_PROTOCOLS = ("TCP", "UDP", "SCTP")
_POLICY_TYPES = ("Ingress", "Egress")
_CLASS = "kubernetes.io/ingress.class"


def ingress(errors: Errors, content: Object) -> None:
    """Checks an Ingress."""
    spec = content.get("spec") or {}
    rules, default = spec.get("rules") or (), spec.get("defaultBackend")
    if not rules and default is None:
        detail = "either `defaultBackend` or `rules` must be specified"
        errors.invalid(("spec",), None, detail, reason=detail, at=("spec", "rules"))
    if default is not None:
        _backend(errors, default, ("spec", "defaultBackend"))
    for index, rule in enumerate(rules):
        _rule(errors, rule, ("spec", "rules", index))
    for index, tls in enumerate(spec.get("tls") or ()):
        at = ("spec", "tls", index)
        for position, host in enumerate(tls.get("hosts") or ()):
            _host(errors, host, (*at, "hosts", position))
        if tls.get("secretName"):
            check_name(errors, (*at, "secretName"), tls["secretName"], names.subdomain)
    name = spec.get("ingressClassName")
    if name is not None:
        check_name(errors, ("spec", "ingressClassName"), name, names.subdomain)
        annotation = ((content.get("metadata") or {}).get("annotations") or {}).get(_CLASS)
        if annotation is not None and annotation != name:
            detail = "must match `ingressClassName` when both are specified"
            place = ("metadata", "annotations", _CLASS)
            errors.invalid(("annotations", _CLASS), annotation, detail, at=place)


def _host(errors: Errors, host: str, path: Path) -> None:
    for message in names.wildcard(host) if "*" in host else names.subdomain(host):
        errors.invalid(path, host, message)


def _rule(errors: Errors, rule: Object, path: Path) -> None:
    host = rule.get("host", "")
    if host:
        if addresses.address(host) is not None:
            errors.invalid((*path, "host"), host, "must be a DNS name, not an IP address")
        _host(errors, host, (*path, "host"))
    http = rule.get("http")
    if http is None:
        return
    if not http.get("paths"):
        errors.required((*path, "http", "paths"))
    for index, one in enumerate(http.get("paths") or ()):
        _path(errors, one, (*path, "http", "paths", index))


def _path(errors: Errors, one: Object, path: Path) -> None:
    kind, text = one.get("pathType"), one.get("path", "")
    if kind is None:
        errors.required((*path, "pathType"), "pathType must be specified")
        return
    if kind not in _PATH_TYPES:
        errors.unsupported((*path, "pathType"), kind, _PATH_TYPES)
    elif (text or kind != "ImplementationSpecific") and not text.startswith("/"):
        errors.invalid((*path, "path"), text, "must be an absolute path")
    if kind in ("Exact", "Prefix"):
        for part in ("//", "/./", "/../", "%2f", "%2F"):
            if part in text:
                errors.invalid((*path, "path"), text, f"must not contain '{part}'")
        for end in ("/..", "/."):
            if text.endswith(end):
                errors.invalid((*path, "path"), text, f"cannot end with '{end}'")
    _backend(errors, one.get("backend") or {}, (*path, "backend"))


def _backend(errors: Errors, found: Object, path: Path) -> None:
    service, resource = found.get("service"), found.get("resource")
    if service is not None and resource is not None:
        errors.invalid(path, "", "cannot set both resource and service backends")
    elif resource is not None:
        _reference(errors, resource, (*path, "resource"))
    elif service is None:
        detail = "resource or service backend is required"
        errors.invalid(path, "", detail, reason=detail)
    else:
        name, port = service.get("name", ""), service.get("port") or {}
        if not name:
            errors.required((*path, "service", "name"))
        else:
            check_name(errors, (*path, "service", "name"), name, names.dns1035)
        _backend_port(errors, port, path)


def _backend_port(errors: Errors, port: Object, path: Path) -> None:
    name, number, at = (port.get("name", ""), port.get("number", 0), (*path, "service", "port"))
    if name and number:
        errors.invalid(path, "", "cannot set both port name & port number", at=at)
    elif name:
        for message in names.port_name(name):
            errors.invalid((*at, "name"), name, message)
    elif number:
        for message in names.port_number(number):
            errors.invalid((*at, "number"), number, message)
    else:
        errors.required(path, "port name or number is required", at=at)


def _reference(errors: Errors, found: Object, path: Path) -> None:
    """Checks a reference to an object of any kind."""
    if "apiGroup" in found:
        check_name(errors, (*path, "apiGroup"), found["apiGroup"], names.subdomain)
    for field in ("kind", "name"):
        if not found.get(field):
            errors.required((*path, field))
        else:
            check_name(errors, (*path, field), found[field], names.path_segment)


def ingress_class(errors: Errors, content: Object) -> None:
    """Checks an IngressClass."""
    spec = content.get("spec") or {}
    controller, at = spec.get("controller", ""), ("spec", "controller")
    host, slash, rest = controller.partition("/")
    if not controller:
        errors.required(at)
    elif not (host and slash and rest):
        errors.invalid(at, controller, 'must be a domain-prefixed path (such as "acme.io/foo")')
    else:
        for message in names.subdomain(host):
            errors.invalid(at, host, message)
    found, at = spec.get("parameters"), ("spec", "parameters")
    if found is None:
        return
    _reference(errors, found, at)
    scope = found.get("scope", "Cluster")
    if scope not in ("Cluster", "Namespace"):
        errors.unsupported((*at, "scope"), scope, ("Cluster", "Namespace"), is_text=True)
    elif scope == "Cluster":
        if "namespace" in found:
            errors.forbidden((*at, "namespace"), "`parameters.scope` is set to 'Cluster'")
    elif "namespace" not in found:
        errors.required((*at, "namespace"), "`parameters.scope` is set to 'Namespace'")
    else:
        check_name(errors, (*at, "namespace"), found["namespace"], names.label)


def network_policy(errors: Errors, content: Object) -> None:
    """Checks a NetworkPolicy."""
    spec = content.get("spec") or {}
    label_selector(errors, spec.get("podSelector"), ("spec", "podSelector"))
    for direction, peers in (("ingress", "from"), ("egress", "to")):
        for index, rule in enumerate(spec.get(direction) or ()):
            at = ("spec", direction, index)
            for position, port in enumerate(rule.get("ports") or ()):
                _policy_port(errors, port, (*at, "ports", position))
            for position, peer in enumerate(rule.get(peers) or ()):
                _peer(errors, peer, (*at, peers, position))
    kinds = spec.get("policyTypes") or []
    if len(kinds) > len(_POLICY_TYPES):
        errors.invalid(("spec", "policyTypes"), kinds, "may not specify more than two policyTypes")
        return
    for index, kind in enumerate(kinds):
        if kind not in _POLICY_TYPES:
            errors.unsupported(("spec", "policyTypes", index), kind, _POLICY_TYPES)


def _policy_port(errors: Errors, found: Object, path: Path) -> None:
    if found.get("protocol", "TCP") not in _PROTOCOLS:
        errors.unsupported((*path, "protocol"), found["protocol"], _PROTOCOLS)
    port, last = found.get("port"), found.get("endPort")
    at = (*path, "endPort")
    if isinstance(port, int):
        for message in names.port_number(port):
            errors.invalid((*path, "port"), port, message)
        if last is not None:
            if last < port:
                errors.invalid(at, port, "must be greater than or equal to `port`")
            for message in names.port_number(last):
                errors.invalid(at, last, message)
        return
    if last is not None:
        why = "not specified" if port is None else "non-numeric"
        errors.invalid(at, last, f"may not be specified when `port` is {why}")
    for message in names.port_name(port) if port is not None else ():
        errors.invalid((*path, "port"), port, message)


def _peer(errors: Errors, peer: Object, path: Path) -> None:
    for field in ("podSelector", "namespaceSelector"):
        label_selector(errors, peer.get(field), (*path, field))
    block = peer.get("ipBlock")
    if block is not None:
        _block(errors, block, (*path, "ipBlock"))
    number = sum(field in peer for field in ("podSelector", "namespaceSelector", "ipBlock"))
    if not number:
        errors.required(path, "must specify a peer")
    elif number > 1 and block is not None:
        errors.forbidden(path, "may not specify both ipBlock and another peer")


def _block(errors: Errors, block: Object, path: Path) -> None:
    text = block.get("cidr", "")
    if not text:
        errors.required((*path, "cidr"))
        return
    addresses.check_network(errors, text, (*path, "cidr"))
    whole = addresses.network(text)
    for index, one in enumerate(block.get("except") or () if whole is not None else ()):
        at = (*path, "except", index)
        addresses.check_network(errors, one, at)
        part = addresses.network(one)
        if part is not None and whole is not None and not addresses.is_within(part, whole):
            errors.invalid(at, one, "must be a strict subset of `cidr`")
