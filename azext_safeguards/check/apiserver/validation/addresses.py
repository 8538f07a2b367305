# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""IP addresses and networks as the API server takes them in older fields: zeros may lead."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from azext_safeguards.check.apiserver.refusals import Path
from azext_safeguards.check.apiserver.validation.errors import Errors

# Most runs meet no address, and the module for them is a large one.
if TYPE_CHECKING:
    import ipaddress

    Address = ipaddress.IPv4Address | ipaddress.IPv6Address
    Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_IP = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"
_NETWORK = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"
_LEADING_ZEROS = re.compile(r"(?<![0-9a-fA-F:.])0+(?=\d)|(?<=\.)0+(?=\d)")
# All that an address is written with; a zone behind `%` is not taken.
_OF_ADDRESSES = re.compile(r"[0-9a-fA-F:.]+\Z").match
# Of a prefix: up to three digits, the first of several not 0.
_LENGTH = re.compile(r"0|[1-9][0-9]{0,2}")


def address(text: str) -> Address | None:
    """An address; None for what is none."""
    if not _OF_ADDRESSES(text):
        return None
    import ipaddress

    try:
        return ipaddress.ip_address(_LEADING_ZEROS.sub("", text))
    except ValueError:
        return None


def network(text: str) -> Network | None:
    """A network with its length, in which bits of a host may be set; None for what is none."""
    host, slash, length = text.partition("/")
    if not slash or not _LENGTH.fullmatch(length):
        return None
    found = address(host)
    if found is None or int(length) > found.max_prefixlen:
        return None
    import ipaddress

    return ipaddress.ip_network(f"{found}/{length}", strict=False)


def check_address(errors: Errors, text: str, path: Path, *, at: Path | None = None) -> None:
    """Checks an address."""
    if address(text) is None:
        errors.invalid(path, text, _IP, at=at)


def check_reachable(errors: Errors, text: str, path: Path) -> None:
    """Checks that an address may be one that traffic is sent to."""
    import ipaddress

    found = address(text)
    if found is None:
        errors.invalid(path, text, "must be a valid IP address")
        return
    inner = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    found = inner or found
    if found.is_unspecified:
        errors.invalid(path, text, f"may not be unspecified ({text})")
    if found.is_loopback:
        errors.invalid(path, text, "may not be in the loopback range (127.0.0.0/8, ::1/128)")
    if found.is_link_local:
        errors.invalid(path, text, "may not be in the link-local range (169.254.0.0/16, fe80::/10)")
    if found in ipaddress.ip_network(_LINK_LOCAL_MULTICAST[found.version]):
        errors.invalid(path, text, "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)")


_LINK_LOCAL_MULTICAST = {4: "224.0.0.0/24", 6: "ff02::/16"}


def check_network(errors: Errors, text: str, path: Path, *, at: Path | None = None) -> None:
    """Checks a network."""
    if network(text) is None:
        errors.invalid(path, text, _NETWORK, at=at)


def is_within(part: Network, whole: Network) -> bool:
    """Whether a network is a part of another, and not all of it."""
    return part.version == whole.version and part.prefixlen > whole.prefixlen and part.network_address in whole
