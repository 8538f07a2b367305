# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""StorageClasses and PersistentVolumes."""

from __future__ import annotations

from typing import Any

from azext_safeguards.check.apiserver import quantities
from azext_safeguards.check.apiserver.validation import claims, classes, names, volume_sources
from azext_safeguards.check.apiserver.validation.affinity import node_terms
from azext_safeguards.check.apiserver.validation.errors import Errors, Key
from azext_safeguards.check.apiserver.validation.metadata import check_name

Object = dict[str, Any]

_NO_SOURCES = frozenset(
    {"accessModes", "capacity", "claimRef", "mountOptions", "nodeAffinity", "persistentVolumeReclaimPolicy"}
    | {"storageClassName", "volumeAttributesClassName", "volumeMode"}
)


def storage_class(errors: Errors, content: Object) -> None:
    """Checks a StorageClass."""
    classes.provisioner(errors, content.get("provisioner", ""), ("provisioner",))
    classes.parameters(errors, content.get("parameters") or {})
    policy, mode = (content.get("reclaimPolicy"), content.get("volumeBindingMode", "Immediate"))
    if policy and policy not in ("Delete", "Retain"):
        errors.unsupported(("reclaimPolicy",), policy, ("Delete", "Retain"))
    if mode not in ("Immediate", "WaitForFirstConsumer"):
        errors.unsupported(("volumeBindingMode",), mode, ("Immediate", "WaitForFirstConsumer"))
    seen: list[dict[str, set[str]]] = []
    terms = content.get("allowedTopologies") or ()
    for index, term in enumerate(terms):
        _topology(errors, term, index)
        one = {
            found.get("key", ""): set(found.get("values") or ()) for found in term.get("matchLabelExpressions") or ()
        }
        # To the API server there are as many empty ones from the beginning as there are terms.
        for _ in range(seen.count(one) if one else 1):
            errors.duplicate(
                ("allowedTopologies", index, "matchLabelExpressions"), "", reason="the topology is there twice"
            )
        seen.append(one)


def _topology(errors: Errors, term: Object, index: int) -> None:
    seen: set[str] = set()
    for position, one in enumerate(term.get("matchLabelExpressions") or ()):
        at = ("allowedTopologies", index, "matchLabelExpressions", position)
        key, values = one.get("key", ""), one.get("values") or []
        if not values:
            errors.required((*at, "values"))
        known: set[str] = set()
        for number, value in enumerate(values):
            if value in known:
                errors.duplicate((*at, "values", number), value)
            known.add(value)
        for message in names.qualified(key):
            errors.invalid((*at, "key"), key, message)
        if key in seen:
            errors.duplicate((*at, "key"), key)
        seen.add(key)


def volume(errors: Errors, content: Object) -> None:
    """Checks a PersistentVolume."""
    spec = content.get("spec") or {}
    modes = spec.get("accessModes") or []
    if not modes:
        errors.required(("spec", "accessModes"))
    claims.access_modes(errors, modes, ("spec", "accessModes"))
    _capacity(errors, spec.get("capacity"))
    policy = spec.get("persistentVolumeReclaimPolicy") or "Retain"
    if policy not in ("Delete", "Recycle", "Retain"):
        at = ("spec", "persistentVolumeReclaimPolicy")
        errors.unsupported(at, policy, ("Delete", "Recycle", "Retain"))
    _node_affinity(errors, spec)
    _source(errors, spec)
    if spec.get("storageClassName"):
        check_name(errors, ("spec", "storageClassName"), spec["storageClassName"], names.subdomain)
    claims.volume_mode(errors, spec, ("spec",))


def _capacity(errors: Errors, found: Object | None) -> None:
    at = ("spec", "capacity")
    if not found:
        errors.required(at)
    if not found or "storage" not in found or len(found) > 1:
        errors.unsupported(at, found, ["storage"])
    for name, amount in (found or {}).items():
        value = quantities.parse(amount).value
        if value < 0:
            whole = -(-value // 1)
            errors.invalid((*at, Key(name)), whole, "must be a valid resource quantity", at=(*at, name))
        if value <= 0:
            errors.invalid((*at, Key(name)), amount, "must be greater than zero", at=(*at, name))


def _node_affinity(errors: Errors, spec: Object) -> None:
    found, at = spec.get("nodeAffinity"), ("spec", "nodeAffinity", "required")
    if found is not None and "required" not in found:
        errors.required(at, "must specify required node constraints")
    elif found is not None:
        node_terms(errors, found["required"].get("nodeSelectorTerms") or [], (*at, "nodeSelectorTerms"))


def _source(errors: Errors, spec: Object) -> None:
    given = [field for field in spec if field not in _NO_SOURCES]
    if not given:
        errors.required(("spec",), "must specify a volume type", reason="the volume has no source")
    for extra in given[1:]:
        errors.forbidden(("spec", extra), "may not specify more than 1 volume type")
    for kind in given[:1]:
        found, at = spec[kind], ("spec", kind)
        if kind == "csi":
            volume_sources.csi_driver(errors, found.get("driver", ""), (*at, "driver"))
            if not found.get("volumeHandle"):
                errors.required((*at, "volumeHandle"))
        elif kind == "hostPath":
            volume_sources.host_path(errors, found, at)
        elif kind == "nfs":
            volume_sources.nfs(errors, found, at)
        elif kind == "local" and "nodeAffinity" not in spec:
            errors.required(("spec", "nodeAffinity"), "Local volume requires node affinity")
