# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""StorageClasses and PersistentVolumes."""

from __future__ import annotations

from posixpath import normpath
from typing import Any

from azext_safeguards.check.apiserver import quantities
from azext_safeguards.check.apiserver.validation import claims, classes, names, volume_kinds, volume_sources
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
    _source(errors, spec, (content.get("metadata") or {}).get("name", ""))
    if spec.get("storageClassName"):
        check_name(errors, ("spec", "storageClassName"), spec["storageClassName"], names.subdomain)
    claims.volume_mode(errors, spec, ("spec",))


def _capacity(errors: Errors, found: Object | None) -> None:
    at = ("spec", "capacity")
    if not found:
        errors.required(at)
    if not found or "storage" not in found or len(found) > 1:
        errors.unsupported(at, found and dict(sorted(found.items())), ["storage"])
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


# In the order in which the API server looks for them; of flexVolume it does not say that it is one too many.
_ORDER = (
    *("hostPath", "gcePersistentDisk", "awsElasticBlockStore", "glusterfs", "flocker", "nfs", "rbd", "quobyte"),
    *("cephfs", "iscsi", "cinder", "fc", "flexVolume", "azureFile", "vsphereVolume", "photonPersistentDisk"),
    *("portworxVolume", "azureDisk", "scaleIO", "local", "storageos", "csi"),
)


def _source(errors: Errors, spec: Object, name: str) -> None:
    given = [field for field in spec if field not in _NO_SOURCES]
    if not given:
        errors.required(("spec",), "must specify a volume type", reason="the volume has no source")
    if len(given) > 1:
        given.sort(key=lambda kind: _ORDER.index(kind) if kind in _ORDER else len(_ORDER))
    for number, kind in enumerate(given):
        found, at = spec[kind] or {}, ("spec", kind)
        if number and kind != "flexVolume":
            volume_kinds.one_too_many(errors, kind, ("spec",))
            continue
        if kind == "csi":
            volume_sources.csi_driver(errors, found.get("driver", ""), (*at, "driver"))
        check = _CHECKS.get(kind)
        if check:
            check(errors, found, at)
        else:
            volume_kinds.check_kind(errors, kind, found, at, volume=name)
        if kind == "local" and not (spec.get("nodeAffinity") or {}).get("required"):
            errors.required(("spec", "nodeAffinity"), "Local volume requires node affinity")
    policy = spec.get("persistentVolumeReclaimPolicy")
    if policy == "Recycle" and _is_root((spec.get("hostPath") or {}).get("path", "")):
        detail = "may not be 'recycle' for a hostPath mount of '/'"
        errors.forbidden(("spec", "persistentVolumeReclaimPolicy"), detail)


_CHECKS = {"hostPath": volume_sources.host_path, "nfs": volume_sources.nfs, "azureDisk": volume_sources.azure_disk}


def _is_root(path: str) -> bool:
    """Whether a path leads to the root of the file system."""
    return path.startswith("/") and normpath(path) in ("/", "//")
