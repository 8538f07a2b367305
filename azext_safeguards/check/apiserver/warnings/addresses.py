# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Addresses and networks that are written in a form of old (apimachinery/pkg/util/validation/ip.go)."""

from __future__ import annotations

from azext_safeguards.check.apiserver.refusals import Path
from azext_safeguards.check.apiserver.validation.addresses import address, network
from azext_safeguards.check.apiserver.warnings.warned import Warnings, quoted


def warn_of_address(warnings: Warnings, text: str, path: Path, *, at: Path | None = None) -> None:
    """Warns of an address with leading zeros, or not in its canonical form; `at`: see `Warnings.field`."""
    found = address(text)
    if found is None or str(found) == text:
        return
    import ipaddress

    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    if mapped or not _is_strict(text):
        use = f"will be considered invalid in a future Kubernetes release: use {quoted(mapped or found)}"
        warnings.field(path, f"non-standard IP address {quoted(text)} {use}", at=at)
    elif found.version == 6:
        form = f"should be in RFC 5952 canonical format ({quoted(found)})"
        warnings.field(path, f"IPv6 address {quoted(text)} {form}", at=at)


def _is_strict(text: str) -> bool:
    import ipaddress

    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def warn_of_network(warnings: Warnings, text: str, path: Path, *, at: Path | None = None) -> None:
    """Warns of a network in which bits of a host are set, or that is written in a form of old."""
    found = network(text)
    if found is None or str(found) == text:
        return
    import ipaddress

    host, _, _ = text.partition("/")
    inner = address(host)
    if inner is None or (isinstance(inner, ipaddress.IPv6Address) and inner.ipv4_mapped):
        return
    is_whole = inner == found.network_address
    if not is_whole:
        single = f"{inner}/{inner.max_prefixlen}"
        what = f"is ambiguous in this context (should be {quoted(found)} or {quoted(single)}?)"
        warnings.field(path, f"CIDR value {quoted(text)} {what}", at=at)
    if not _is_strict(host):
        use = f"will be considered invalid in a future Kubernetes release: use {quoted(found)}"
        warnings.field(path, f"non-standard CIDR value {quoted(text)} {use}", at=at)
    elif is_whole and inner.version == 6:
        form = f"should be in RFC 5952 canonical format ({quoted(found)})"
        warnings.field(path, f"IPv6 CIDR value {quoted(text)} {form}", at=at)
