# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Claims of storage, alone, in StatefulSets and in Pods."""

from __future__ import annotations

from typing import Any

from azext_safeguards.check.apiserver import quantities
from azext_safeguards.check.apiserver.refusals import Path
from azext_safeguards.check.apiserver.validation import names
from azext_safeguards.check.apiserver.validation.errors import Errors, Key
from azext_safeguards.check.apiserver.validation.metadata import check_name
from azext_safeguards.check.apiserver.validation.selectors import label_selector

Object = dict[str, Any]

MODES = ("ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod")
"""How a volume can be mounted."""


_SOURCES = (("", "PersistentVolumeClaim"), ("snapshot.storage.k8s.io", "VolumeSnapshot"))


def access_modes(errors: Errors, modes: list[str], path: Path) -> None:
    """Checks how something is to be mounted; the API server tells the list, not the item."""
    for index, mode in enumerate(modes):
        if mode not in MODES:
            errors.unsupported(path, mode, MODES, at=(*path, index))
    if "ReadWriteOncePod" in modes and any(mode in MODES[:3] for mode in modes):
        errors.forbidden(path, "may not use ReadWriteOncePod with other access modes")


def storage(errors: Errors, amount: Any, path: Path, at: Path) -> None:
    """Checks an amount of storage."""
    quantity = quantities.parse(str(amount))
    if quantity.value <= 0:
        errors.invalid(path, str(amount), "must be greater than zero", at=at)


def claim_spec(errors: Errors, spec: Object, path: Path) -> None:
    """Checks what a PersistentVolumeClaim asks for."""
    modes = spec.get("accessModes") or []
    if not modes:
        errors.required((*path, "accessModes"), "at least 1 access mode is required")
    label_selector(errors, spec.get("selector"), (*path, "selector"))
    access_modes(errors, modes, (*path, "accessModes"))
    amounts = (spec.get("resources") or {}).get("requests") or {}
    told, at = ((*path, "resources", Key("storage")), (*path, "resources", "requests", "storage"))
    if "storage" not in amounts:
        errors.required(told, at=at)
    else:
        storage(errors, amounts["storage"], told, at)
    if spec.get("storageClassName"):
        check_name(errors, (*path, "storageClassName"), spec["storageClassName"], names.subdomain)
    volume_mode(errors, spec, path)
    for field in ("dataSource", "dataSourceRef"):
        # What one of them says is copied to the other; what is neither a claim nor a snapshot is dropped.
        found = spec.get(field) or spec.get("dataSource") or {}
        if not found.get("name") and (found.get("apiGroup", ""), found.get("kind")) in _SOURCES:
            errors.required((*path, field, "name"))


def volume_mode(errors: Errors, spec: Object, path: Path) -> None:
    """Checks whether a volume is a device or a file system."""
    if spec.get("volumeMode", "Filesystem") not in ("Block", "Filesystem"):
        errors.unsupported((*path, "volumeMode"), spec["volumeMode"], ("Block", "Filesystem"))
