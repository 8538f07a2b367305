# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Kinds that have no Pods (pkg/registry, pkg/api/{service,persistentvolume,storage}, kubernetes/api)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import Any

from azext_safeguards.check.apiserver.refusals import Path
from azext_safeguards.check.apiserver.validation.errors import Key
from azext_safeguards.check.apiserver.warnings.addresses import warn_of_address, warn_of_network
from azext_safeguards.check.apiserver.warnings.nodes import OLD_LABELS, warn_of_label, warn_of_term
from azext_safeguards.check.apiserver.warnings.volumes import warn_of_claim, warn_of_old_source
from azext_safeguards.check.apiserver.warnings.warned import Warnings, quoted

Object = dict[str, Any]

_FLOWS = "flowcontrol.apiserver.k8s.io"
_POLICIES = "admissionregistration.k8s.io"


def _old(version: str, kind: str, since: str, until: str = "", instead: str = "") -> str:
    text = f"{version} {kind} is deprecated in v{since}+"
    text += f", unavailable in v{until}+" if until else ""
    return f"{text}; use {instead}" if instead else text


OLD_KINDS: dict[tuple[str, str], str] = {
    ("v1", "Endpoints"): _old("v1", "Endpoints", "1.33", "", "discovery.k8s.io/v1 EndpointSlice"),
    **{
        (f"{_FLOWS}/v1beta3", kind): _old(f"{_FLOWS}/v1beta3", kind, "1.29", "1.32", f"{_FLOWS}/v1 {kind}")
        for kind in ("FlowSchema", "PriorityLevelConfiguration")
    },
    **{
        (f"{_POLICIES}/{version}", kind): _old(f"{_POLICIES}/{version}", kind, since, until)
        for version, since, until in (("v1alpha1", "1.29", "1.32"), ("v1beta1", "1.31", "1.34"))
        for kind in ("ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding")
    },
    **{
        ("networking.k8s.io/v1beta1", kind): _old("networking.k8s.io/v1beta1", kind, "1.34", "1.37")
        for kind in ("IPAddress", "ServiceCIDR")
    },
    **{
        (f"storage.k8s.io/{version}", "VolumeAttributesClass"): _old(
            f"storage.k8s.io/{version}", "VolumeAttributesClass", *lives, "storage.k8s.io/v1 VolumeAttributesClass"
        )
        for version, lives in (("v1alpha1", ("1.32", "1.35")), ("v1beta1", ("1.34", "1.37")))
    },
}
"""What is said of kinds of versions that come to their end; those of alpha groups, which AKS does not serve, are left
out."""


def service(warnings: Warnings, content: Object) -> None:
    """Warns of what is ignored in a Service."""
    spec = content.get("spec") or {}
    annotations = (content.get("metadata") or {}).get("annotations") or {}
    hints, mode = "service.kubernetes.io/topology-aware-hints", "service.kubernetes.io/topology-mode"
    if hints in annotations:
        text = f"annotation {hints} is deprecated, please use {mode} instead"
        warnings.add(("metadata", "annotations", hints), text)
    kind, address = spec.get("type", "ClusterIP"), spec.get("clusterIP", "")
    given = spec.get("clusterIPs") or ([address] if address else [])
    if address not in ("", "None"):
        for index, one in enumerate(given):
            at = ("spec", "clusterIPs", index) if "clusterIPs" in spec else ("spec", "clusterIP")
            warn_of_address(warnings, one, ("spec", "clusterIPs", index), at=at)
    outside = spec.get("externalIPs") or ()
    if kind == "ClusterIP" and address == "None":
        if spec.get("loadBalancerIP"):
            warnings.add(("spec", "loadBalancerIP"), "spec.loadBalancerIP is ignored for headless services")
        if outside:
            warnings.add(("spec", "externalIPs"), "spec.externalIPs is ignored for headless services")
        if spec.get("sessionAffinity", "None") != "None":
            warnings.add(("spec", "sessionAffinity"), "spec.SessionAffinity is ignored for headless services")
    for index, one in enumerate(outside):
        warn_of_address(warnings, one, ("spec", "externalIPs", index))
    if spec.get("loadBalancerIP"):
        warn_of_address(warnings, spec["loadBalancerIP"], ("spec", "loadBalancerIP"))
    for index, one in enumerate(spec.get("loadBalancerSourceRanges") or ()):
        warn_of_network(warnings, one, ("spec", "loadBalancerSourceRanges", index))
    if kind == "ExternalName" and outside:
        warnings.add(("spec", "externalIPs"), 'spec.externalIPs is ignored when spec.type is "ExternalName"')
    if kind != "ExternalName" and spec.get("externalName"):
        warnings.add(("spec", "externalName"), 'spec.externalName is ignored when spec.type is not "ExternalName"')


def ingress(warnings: Warnings, content: Object) -> None:
    """Warns of an Ingress whose class is an annotation."""
    key = "kubernetes.io/ingress.class"
    annotations = (content.get("metadata") or {}).get("annotations") or {}
    if key in annotations and "ingressClassName" not in (content.get("spec") or {}):
        text = f"annotation {quoted(key)} is deprecated, please use 'spec.ingressClassName' instead"
        warnings.add(("metadata", "annotations", key), text)


def network_policy(warnings: Warnings, content: Object) -> None:
    """Warns of networks of a NetworkPolicy."""
    spec = content.get("spec") or {}
    for field, inner in (("ingress", "from"), ("egress", "to")):
        for index, rule in enumerate(spec.get(field) or ()):
            for number, peer in enumerate(rule.get(inner) or ()):
                block = peer.get("ipBlock")
                if block:
                    at = ("spec", field, index, inner, number, "ipBlock")
                    warn_of_network(warnings, block.get("cidr", ""), (*at, "cidr"))
                    for position, one in enumerate(block.get("except") or ()):
                        warn_of_network(warnings, one, (*at, "except", position))


def _annotations(warnings: Warnings, content: Object, known: dict[str, str]) -> None:
    found, at = (content.get("metadata") or {}).get("annotations") or {}, ("metadata", "annotations")
    for key, message in known.items():
        if key in found:
            warnings.field((*at, Key(key)), message, at=(*at, key))


_CLASS = {"volume.beta.kubernetes.io/storage-class": 'deprecated since v1.8; use "storageClassName" attribute instead'}
_OF_VOLUMES = {
    **_CLASS,
    "volume.beta.kubernetes.io/mount-options": 'deprecated since v1.31; use "mountOptions" attribute instead',
}
_OF_ACCOUNTS = {
    "kubernetes.io/enforce-mountable-secrets": (
        "deprecated in v1.32+; prefer separate namespaces to isolate access to mounted secrets"
    )
}


def claim(warnings: Warnings, content: Object) -> None:
    """Warns of a PersistentVolumeClaim."""
    _annotations(warnings, content, _CLASS)
    warn_of_claim(warnings, content.get("spec") or {}, ("spec",), ("spec",))


_INSTEAD = "the recommended approach is to use dynamic provisioning."


def volume(warnings: Warnings, content: Object) -> None:
    """Warns of a PersistentVolume."""
    spec = content.get("spec") or {}
    _annotations(warnings, content, _OF_VOLUMES)
    if spec.get("persistentVolumeReclaimPolicy") == "Recycle":
        detail = f"The Recycle reclaim policy is deprecated. Instead, {_INSTEAD}"
        warnings.field(("spec", "persistentVolumeReclaimPolicy"), detail)
    terms = ((spec.get("nodeAffinity") or {}).get("required") or {}).get("nodeSelectorTerms") or ()
    for index, term in enumerate(terms):
        warn_of_term(warnings, term, ("spec", "nodeAffinity", "required", "nodeSelectorTerms", index))
    warn_of_old_source(warnings, spec)


def service_account(warnings: Warnings, content: Object) -> None:
    """Warns of an annotation of a ServiceAccount."""
    _annotations(warnings, content, _OF_ACCOUNTS)


def secret(warnings: Warnings, content: Object) -> None:
    """Warns of a TLS Secret that holds no certificate at all; that a key matches it is not looked up."""
    if content.get("type") != "kubernetes.io/tls":
        return
    for key, what in (("tls.crt", "certificate"), ("tls.key", "key")):
        if b"-----BEGIN" not in _held(content, key):
            warnings.add(_holder(content, key), f"tls: failed to find any PEM data in {what} input")
            return


def _held(content: Object, key: str) -> bytes:
    plain = (content.get("stringData") or {}).get(key)
    if plain is not None:
        return str(plain).encode("utf-8", "replace")
    text = (content.get("data") or {}).get(key)
    if isinstance(text, list):
        # To Go, a list of numbers is bytes, too.
        return bytes(one for one in text if one.__class__ is int and 0 <= one < 256)
    try:
        return base64.b64decode(text or "")
    except (binascii.Error, ValueError):
        return b""


def _holder(content: Object, key: str) -> Path:
    return ("stringData", key) if key in (content.get("stringData") or {}) else ("data", key)


def node(warnings: Warnings, content: Object) -> None:
    """Warns of fields of a Node that nobody looks at."""
    spec = content.get("spec") or {}
    if "configSource" in spec:
        warnings.field(("spec", "configSource"), "the feature is removed")
    if spec.get("externalID"):
        warnings.field(("spec", "externalID"), "this field is deprecated, and is unused by Kubernetes")
    first, ranges = spec.get("podCIDR"), spec.get("podCIDRs") or [""]
    if first and ranges[0] != first:
        ranges = [first]
    for index, one in enumerate(ranges):
        at = ("spec", "podCIDR") if one == first else ("spec", "podCIDRs", index)
        warn_of_network(warnings, one, ("spec", "podCIDRs", index), at=at)


def endpoints(warnings: Warnings, content: Object) -> None:
    """Warns of addresses of Endpoints."""
    labels = (content.get("metadata") or {}).get("labels") or {}
    if labels.get("endpoints.kubernetes.io/managed-by") == "endpoint-controller":
        return
    for index, subset in enumerate(content.get("subsets") or ()):
        for field in ("addresses", "notReadyAddresses"):
            for number, one in enumerate(subset.get(field) or ()):
                warn_of_address(warnings, one.get("ip", ""), ("subsets", index, field, number, "ip"))


def endpoint_slice(warnings: Warnings, content: Object) -> None:
    """Warns of addresses of an EndpointSlice."""
    if content.get("addressType") == "FQDN":
        # It is told with a field that is not there.
        warnings.field(("spec", "addressType"), "FQDN endpoints are deprecated", at=("addressType",))
    labels = (content.get("metadata") or {}).get("labels") or {}
    if str(labels.get("endpointslice.kubernetes.io/managed-by")).endswith("-controller.k8s.io"):
        return
    for index, one in enumerate(content.get("endpoints") or ()):
        for number, text in enumerate(one.get("addresses") or ()):
            warn_of_address(warnings, text, ("endpoints", index, "addresses", number))


def storage_class(warnings: Warnings, content: Object) -> None:
    """Warns of labels in the topologies of a StorageClass."""
    for index, term in enumerate(content.get("allowedTopologies") or ()):
        for number, one in enumerate(term.get("matchLabelExpressions") or ()):
            message = OLD_LABELS.get(one.get("key", ""))
            if message:
                warnings.field(("allowedTopologies", index, "matchLabelExpressions", number, "key"), message)


def storage_capacity(warnings: Warnings, content: Object) -> None:
    """Warns of labels in the topology of a CSIStorageCapacity."""
    topology, path = content.get("nodeTopology") or {}, ("nodeTopology",)
    for index, one in enumerate(topology.get("matchExpressions") or ()):
        warn_of_label(warnings, one.get("key", ""), (*path, "matchExpressions", index, "key"))
    for label in topology.get("matchLabels") or ():
        if label in OLD_LABELS:
            warnings.field((*path, "matchLabels", label), OLD_LABELS[label])


def runtime_class(warnings: Warnings, content: Object) -> None:
    """Warns of labels by which a RuntimeClass chooses nodes."""
    at = ("scheduling", "nodeSelector")
    for key in (content.get("scheduling") or {}).get("nodeSelector") or ():
        if key in OLD_LABELS:
            warnings.field(at, OLD_LABELS[key], at=(*at, key))


_FORMATS = frozenset(
    {"bsonobjectid", "uri", "email", "hostname", "ipv4", "ipv6", "cidr", "mac", "uuid", "uuid3", "uuid4", "uuid5"}
    | {"isbn", "isbn10", "isbn13", "creditcard", "ssn", "hexcolor", "rgbcolor", "byte", "password", "date", "duration"}
    | {"datetime"}
)


def definition(warnings: Warnings, content: Object) -> None:
    """Warns of formats of texts that a CustomResourceDefinition names and nobody knows."""
    for index, version in enumerate((content.get("spec") or {}).get("versions") or ()):
        schema = (version.get("schema") or {}).get("openAPIV3Schema")
        _formats(warnings, schema, ("spec", "versions", index, "schema", "openAPIV3Schema"))


def _formats(warnings: Warnings, schema: Any, path: Path) -> None:
    if not isinstance(schema, dict):
        return
    text = schema.get("format")
    if isinstance(text, str) and text and schema.get("type") == "string" and text.replace("-", "") not in _FORMATS:
        warnings.add((*path, "format"), f"unrecognized format {quoted(text)}")
    for field in ("items", "additionalProperties", "not"):
        _formats(warnings, schema.get(field), (*path, field))
    for field in ("allOf", "anyOf", "oneOf"):
        for index, one in enumerate(schema.get(field) or ()):
            _formats(warnings, one, (*path, field, index))
    properties = schema.get("properties")
    for name, one in properties.items() if isinstance(properties, dict) else ():
        _formats(warnings, one, (*path, "properties", name))


RULES: dict[tuple[str, str], Callable[[Warnings, Object], None]] = {
    ("", "Service"): service,
    ("", "ServiceAccount"): service_account,
    ("", "Secret"): secret,
    ("", "Node"): node,
    ("", "Endpoints"): endpoints,
    ("", "PersistentVolume"): volume,
    ("", "PersistentVolumeClaim"): claim,
    ("networking.k8s.io", "Ingress"): ingress,
    ("networking.k8s.io", "NetworkPolicy"): network_policy,
    ("discovery.k8s.io", "EndpointSlice"): endpoint_slice,
    ("storage.k8s.io", "StorageClass"): storage_class,
    ("storage.k8s.io", "CSIStorageCapacity"): storage_capacity,
    ("node.k8s.io", "RuntimeClass"): runtime_class,
    ("apiextensions.k8s.io", "CustomResourceDefinition"): definition,
}
