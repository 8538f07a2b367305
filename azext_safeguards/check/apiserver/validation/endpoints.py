# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Addresses behind a Service: Endpoints and EndpointSlices (pkg/apis/{core,discovery}/validation)."""

from __future__ import annotations

from typing import Any

from azext_safeguards.check.apiserver.refusals import Path
from azext_safeguards.check.apiserver.validation import addresses, names
from azext_safeguards.check.apiserver.validation.errors import Errors

Object = dict[str, Any]

_TYPES = ("FQDN", "IPv4", "IPv6")
_PROTOCOLS = ("SCTP", "TCP", "UDP")
_MOST_ENDPOINTS = 1000
_MOST_ADDRESSES = 100
_MOST_PORTS = 20000
_MOST_HINTS = 8


def endpoints(errors: Errors, content: Object) -> None:
    """Checks an Endpoints object."""
    for index, subset in enumerate(content.get("subsets") or ()):
        path = ("subsets", index)
        if not subset.get("addresses") and not subset.get("notReadyAddresses"):
            errors.required(path, "must specify `addresses` or `notReadyAddresses`")
        for field in ("addresses", "notReadyAddresses"):
            for number, one in enumerate(subset.get(field) or ()):
                _address(errors, one, (*path, field, number))
        ports = subset.get("ports") or ()
        for number, port in enumerate(ports):
            _port(errors, port, len(ports) > 1, (*path, "ports", number))


def _address(errors: Errors, found: Object, path: Path) -> None:
    text = found.get("ip", "")
    addresses.check_address(errors, text, (*path, "ip"))
    if found.get("hostname"):
        for message in names.label(found["hostname"]):
            errors.invalid((*path, "hostname"), found["hostname"], message)
    _node(errors, found, path)
    addresses.check_reachable(errors, text, (*path, "ip"))


def _node(errors: Errors, found: Object, path: Path, field: str = "nodeName") -> None:
    if field in found:
        for message in names.subdomain(found[field]):
            errors.invalid((*path, field), found[field], message)


def _port(errors: Errors, port: Object, needs_name: bool, path: Path) -> None:
    name = port.get("name", "")
    if name:
        for message in names.label(name):
            errors.invalid((*path, "name"), name, message)
    elif needs_name:
        errors.required((*path, "name"))
    for message in names.port_number(port.get("port", 0)):
        errors.invalid((*path, "port"), port.get("port", 0), message)
    errors.one_of(port.get("protocol") or "TCP", _PROTOCOLS, (*path, "protocol"))
    _application(errors, port, path)


def _application(errors: Errors, port: Object, path: Path) -> None:
    if "appProtocol" in port:
        for message in names.qualified(port["appProtocol"]):
            errors.invalid((*path, "appProtocol"), port["appProtocol"], message)


def endpoint_slice(errors: Errors, content: Object) -> None:
    """Checks an EndpointSlice."""
    kind = content.get("addressType", "")
    if not kind:
        errors.required(("addressType",))
    else:
        errors.one_of(kind, _TYPES, ("addressType",))
    _slice_ports(errors, content.get("ports") or ())
    found = content.get("endpoints") or ()
    if len(found) > _MOST_ENDPOINTS:
        errors.too_many(("endpoints",), len(found), _MOST_ENDPOINTS)
        return
    for index, one in enumerate(found):
        path = ("endpoints", index)
        _addresses(errors, one.get("addresses") or (), kind, (*path, "addresses"))
        _node(errors, one, path)
        if "hostname" in one:
            for message in names.label(one["hostname"]):
                errors.invalid((*path, "hostname"), one["hostname"], message)
        _hints(errors, one.get("hints") or {}, (*path, "hints"))


def _slice_ports(errors: Errors, ports: Any) -> None:
    if len(ports) > _MOST_PORTS:
        errors.too_many(("ports",), len(ports), _MOST_PORTS)
        return
    seen: set[str] = set()
    for index, port in enumerate(ports):
        path, name = ("ports", index), port.get("name", "")
        for message in names.label(name) if name else ():
            errors.invalid((*path, "name"), name, message)
        if name in seen:
            errors.duplicate((*path, "name"), name)
        seen.add(name)
        errors.one_of(port.get("protocol", "TCP"), _PROTOCOLS, (*path, "protocol"))
        _application(errors, port, path)


def _addresses(errors: Errors, found: Any, kind: str, path: Path) -> None:
    if not found:
        errors.required(path, "must contain at least 1 address")
    elif len(found) > _MOST_ADDRESSES:
        errors.too_many(path, len(found), _MOST_ADDRESSES)
    for index, text in enumerate(found):
        at = (*path, index)
        if kind == "FQDN":
            _domain(errors, text, at)
            continue
        if kind not in ("IPv4", "IPv6"):
            continue
        before = len(errors.refusals)
        address = addresses.address(text)
        if kind == "IPv4" or address is None:
            addresses.check_address(errors, text, at)
        else:
            _strict(errors, text, address, at)
        if len(errors.refusals) == before and address is not None:
            if address.version != int(kind[-1]):
                errors.invalid(path, text, f"must be an {kind} address", at=at)
            addresses.check_reachable(errors, text, at)


def _strict(errors: Errors, text: str, address: addresses.Address, path: Path) -> None:
    """Checks what newer fields ask of an address."""
    import ipaddress

    try:
        ipaddress.ip_address(text)
    except ValueError:
        errors.invalid(path, text, "must not have leading 0s")
        return
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        errors.invalid(path, text, "must not be an IPv4-mapped IPv6 address")
    elif str(address) != text:
        errors.invalid(path, text, f'must be in canonical form ("{address}")')


def _domain(errors: Errors, text: str, path: Path) -> None:
    name = text.removesuffix(".")
    if not text:
        errors.required(path)
    elif names.subdomain(name):
        errors.invalid(path, name, ",".join(names.subdomain(name)))
    elif "." not in name:
        errors.invalid(path, name, "should be a domain with at least two segments separated by dots")
    else:
        for part in name.split("."):
            if names.label(part):
                errors.invalid(path, part, ",".join(names.label(part)))
                return


def _hints(errors: Errors, hints: Object, path: Path) -> None:
    for field, rule in (("forZones", names.label_value), ("forNodes", names.subdomain)):
        found, seen = hints.get(field) or (), set()
        if len(found) > _MOST_HINTS:
            errors.too_many((*path, field), len(found), _MOST_HINTS)
            return
        for index, one in enumerate(found):
            at, name = (*path, field, index, "name"), one.get("name", "")
            if name in seen:
                errors.duplicate(at, name)
            seen.add(name)
            for message in rule(name):
                errors.invalid(at, name, message)
