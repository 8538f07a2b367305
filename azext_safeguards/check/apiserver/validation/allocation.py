# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Addresses and ports that the API server allocates for a Service, which comes before anything else of it is validated
(k8s.io/kubernetes/pkg/registry/core/service/storage/alloc.go)."""

from __future__ import annotations

from typing import Any

from azext_safeguards.check.apiserver.refusals import Path
from azext_safeguards.check.apiserver.validation import addresses
from azext_safeguards.check.apiserver.validation.errors import Errors

Object = dict[str, Any]

_FAMILIES = ("IPv4", "IPv6")
_FAMILY_POLICIES = ("PreferDualStack", "RequireDualStack", "SingleStack")
_TAKEN = "provided port is already allocated"


def allocate(errors: Errors, spec: Object, kind: str) -> bool:
    """Whether the addresses and ports of a Service could be allocated; what is wrong with them is all that is told.

    Which addresses, families and ports of nodes a cluster has is not known here.
    """
    if kind == "ExternalName":
        return True
    found = Errors()
    _addresses(found, spec)
    if not found.refusals and spec.get("ipFamilyPolicy", "SingleStack") == "SingleStack":
        _single(found, spec)
    if not found.refusals and kind in ("LoadBalancer", "NodePort"):
        _ports(found, spec.get("ports") or [])
    if found.refusals:
        errors.refusals[:] = found.refusals
    return not found.refusals


def cluster_ips(spec: Object) -> list[str]:
    """The addresses of a Service; the one of older clients is the first of them."""
    one = spec.get("clusterIP")
    return spec.get("clusterIPs") or ([one] if one else [])


def _addresses(errors: Errors, spec: Object) -> None:
    families = spec.get("ipFamilies") or []
    one, found = spec.get("clusterIP"), cluster_ips(spec)
    if not families and not found and "ipFamilyPolicy" not in spec:
        return
    at: Path = ("spec", "clusterIPs")
    if one and found[0] != one:
        errors.invalid(at, found, "first value must match `clusterIP`")
    elif found and not one:
        errors.invalid(at, found, "must be empty when `clusterIP` is not specified")
    seen: set[str] = set()
    for index, family in enumerate(families):
        if family not in _FAMILIES:
            errors.unsupported(("spec", "ipFamilies", index), family, _FAMILIES)
        if family in seen:
            errors.duplicate(("spec", "ipFamilies", index), family)
        seen.add(family)
    if spec.get("ipFamilyPolicy", "SingleStack") not in _FAMILY_POLICIES:
        errors.unsupported(("spec", "ipFamilyPolicy"), spec["ipFamilyPolicy"], _FAMILY_POLICIES)
    place = ("spec", "clusterIP") if one else at
    wrong = False
    for index, text in enumerate(found):
        if not index and text == "None":
            if len(found) > 1:
                errors.invalid(at, found, "'None' must be the first and only value")
                wrong = True
        elif addresses.address(text) is None:
            wrong = True
            addresses.check_address(errors, text, (*at, index), at=place)
    if len(found) > 2:
        errors.invalid(at, found, "may only hold up to 2 values")
    if not wrong:
        _families(errors, spec, found, families)


def _families(errors: Errors, spec: Object, found: list[str], families: list[str]) -> None:
    """Checks that addresses, which are some, are of different families, and of those that are asked for."""
    at: Path = ("spec", "clusterIPs")
    place = ("spec", "clusterIP") if spec.get("clusterIP") else at
    versions = [] if found == ["None"] else [_family(text) for text in found]
    if len(found) > 1 and not {*_FAMILIES} <= {*versions}:
        errors.invalid(at, found, "may specify no more than one IP for each IP family")
    for index, (family, version) in enumerate(zip(families, versions, strict=False)):
        if family in _FAMILIES and family != version:
            detail = f"expected an {family} value as indicated by `ipFamilies[{index}]`"
            errors.invalid((*at, index), found[index], detail, at=place)


def _family(text: str) -> str:
    """The family of an address; those of IPv4 in the form of IPv6 are of the former."""
    address = addresses.address(text)
    version = 4 if address is None or getattr(address, "ipv4_mapped", None) else address.version
    return f"IPv{version}"


def _single(errors: Errors, spec: Object) -> None:
    """Checks that what is to have one family does not ask for two."""
    if "ipFamilyPolicy" not in spec and spec.get("clusterIP") == "None" and not spec.get("selector"):
        # Where both are given, it is for two families.
        return
    for field, what in (("clusterIPs", "cluster IPs"), ("ipFamilies", "IP families")):
        if len(spec.get(field) or ()) == 2:
            detail = f"must be 'RequireDualStack' or 'PreferDualStack' when multiple {what} are specified"
            place: Path = ("spec", "ipFamilyPolicy" if "ipFamilyPolicy" in spec else field)
            errors.invalid(("spec", "ipFamilyPolicy"), "SingleStack", detail, at=place)


def _ports(errors: Errors, ports: list[Object]) -> None:
    """Checks ports of nodes, of which there are so many, and each of which one port of a Service can have."""
    allocated: dict[int, int] = {}
    taken: set[int] = set()
    for index, port in enumerate(ports):
        number, own = port.get("port", 0), port.get("nodePort", 0)
        if number in allocated and own in (0, allocated[number]):
            # A port has the same one for TCP and UDP.
            continue
        if number not in allocated:
            # The first that asks for one speaks for all with this number.
            own = next(
                (one["nodePort"] for one in ports[index:] if one.get("port", 0) == number and one.get("nodePort")), 0
            )
            if own:
                allocated[number] = own
        if not own:
            continue
        at = ("spec", "ports", index, "nodePort")
        if own in taken:
            errors.invalid(at, own, _TAKEN)
            return
        taken.add(own)
