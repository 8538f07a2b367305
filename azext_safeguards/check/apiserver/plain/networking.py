# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Plain Services, Ingresses and NetworkPolicies."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from azext_safeguards.check.apiserver.doubt import Doubt
from azext_safeguards.check.apiserver.plain.fields import LATER, copied, items, of, one_of, port_number
from azext_safeguards.check.apiserver.plain.parts import port, port_name
from azext_safeguards.check.apiserver.plain.texts import (
    host,
    label,
    label_key,
    labels,
    selector,
    service_name,
    subdomain,
)
from azext_safeguards.check.apiserver.validation.addresses import network

Object = dict[str, Any]

_PROTOCOLS = frozenset({"TCP", "UDP", "SCTP"})
_SERVICE: dict[str, Any] = {
    **{"type": one_of("ClusterIP", "NodePort", "LoadBalancer"), "selector": labels, "ports": LATER},
    **{"clusterIP": one_of("None"), "sessionAffinity": one_of("None", "ClientIP"), "publishNotReadyAddresses": bool},
    **{"externalTrafficPolicy": one_of("Cluster", "Local"), "internalTrafficPolicy": one_of("Cluster", "Local")},
    "allocateLoadBalancerNodePorts": bool,
}


def service(found: Any) -> Object:
    """The spec of a Service."""
    filled = copied(found, _SERVICE)
    kind = found.get("type", "ClusterIP")
    is_balanced, is_outer = kind == "LoadBalancer", kind != "ClusterIP"
    if "sessionAffinity" not in found:
        filled["sessionAffinity"] = "None"
    if "type" not in found:
        filled["type"] = kind
    filled["ports"] = _service_ports(found["ports"], is_outer)
    if is_outer:
        if "clusterIP" in found:
            raise Doubt
        if "externalTrafficPolicy" not in found:
            filled["externalTrafficPolicy"] = "Cluster"
    elif "externalTrafficPolicy" in found or ("clusterIP" in found and filled["sessionAffinity"] != "None"):
        raise Doubt
    if "internalTrafficPolicy" not in found:
        filled["internalTrafficPolicy"] = "Cluster"
    if is_balanced:
        filled.setdefault("allocateLoadBalancerNodePorts", True)
    elif "allocateLoadBalancerNodePorts" in found:
        raise Doubt
    return filled


def _service_ports(found: Any, is_outer: bool) -> list[Object]:
    if found.__class__ is not list or not found:
        raise Doubt
    taken = []
    seen: set[Any] = set()
    for one in found:
        if one.__class__ is not dict:
            raise Doubt
        filled = one.copy()
        for field, value in one.items():
            if field == "name":
                label(value)
            elif field == "port":
                if value.__class__ is not int or not 0 < value <= 65535:
                    raise Doubt
            elif field == "targetPort":
                port(value)
            elif field == "protocol":
                if value not in _PROTOCOLS:
                    raise Doubt
            elif field == "appProtocol":
                label_key(value)
            elif field != "nodePort" or not is_outer or value.__class__ is not int or not 0 < value <= 65535:
                raise Doubt
            else:
                seen.add((value, True))
        if "protocol" not in one:
            filled["protocol"] = "TCP"
        if "targetPort" not in one:
            filled["targetPort"] = one["port"]
        taken.append(filled)
        if len(found) > 1:
            seen.add(one["name"])
            seen.add((one["port"], filled["protocol"]))
        elif "port" not in one:
            raise Doubt
    if len(found) > 1 and len(seen) < 2 * len(found) + sum("nodePort" in one for one in found):
        raise Doubt
    return taken


_PATH_TYPES = frozenset({"Prefix", "Exact", "ImplementationSpecific"})


def _backend(found: Any) -> Any:
    service = found["service"]
    port = service["port"]
    if len(found) != 1 or len(service) != 2 or len(port) != 1:
        raise Doubt
    service_name(service["name"])
    if "number" in port:
        port_number(port["number"])
    else:
        port_name(port["name"])
    return found


def _path(one: Any) -> Any:
    text = one["path"]
    if len(one) != 3 or one["pathType"] not in _PATH_TYPES or text.__class__ is not str:
        raise Doubt
    if text[:1] != "/" or "/." in text or "//" in text or "%2" in text:
        raise Doubt
    _backend(one["backend"])
    return one


_RULE = of({"host": host, "http": of({"paths": items(_path)}, "paths")})
_INGRESS = of(
    {
        **{
            "ingressClassName": subdomain,
            "defaultBackend": _backend,
            "tls": items(of({"hosts": items(host), "secretName": subdomain})),
        },
        "rules": items(_RULE),
    }
)


def ingress(found: Any) -> Any:
    """The spec of an Ingress."""
    _INGRESS(found)
    if "rules" not in found and "defaultBackend" not in found:
        raise Doubt
    return found


@lru_cache(maxsize=1024)
def _network(text: Any) -> Any:
    if text.__class__ is not str or str(network(text)) != text:
        raise Doubt
    return text


_BLOCK = of({"cidr": _network}, "cidr")
_PEER = of({"podSelector": selector, "namespaceSelector": selector, "ipBlock": _BLOCK})


def _peer(found: Any) -> Any:
    _PEER(found)
    if not found or ("ipBlock" in found and len(found) != 1):
        raise Doubt
    return found


_POLICY_PORTS = items(of({"protocol": one_of(*_PROTOCOLS), "port": port}))
_PEERS = items(_peer)
_NETWORK_POLICY = of(
    {
        **{"podSelector": selector, "policyTypes": items(one_of("Ingress", "Egress"))},
        "ingress": items(of({"from": _PEERS, "ports": _POLICY_PORTS})),
        "egress": items(of({"to": _PEERS, "ports": _POLICY_PORTS})),
    }
)


def network_policy(found: Any) -> Any:
    """The spec of a NetworkPolicy."""
    _NETWORK_POLICY(found)
    if len(found.get("policyTypes", ())) > 2:
        raise Doubt
    return found
