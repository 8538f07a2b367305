# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The volumes of a Pod (pkg/apis/core/validation, ValidateVolumes)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from azext_safeguards.check.apiserver.refusals import Path
from azext_safeguards.check.apiserver.validation import names
from azext_safeguards.check.apiserver.validation.errors import Errors
from azext_safeguards.check.apiserver.validation.metadata import check_name

# What a source cannot be without.
_NEEDED = {
    "secret": "secretName",
    "configMap": "name",
    "persistentVolumeClaim": "claimName",
    "hostPath": "path",
    "csi": "driver",
    "azureDisk": "diskURI",
    "azureFile": "secretName",
}


def volumes(errors: Errors, found: Iterable[dict[str, Any]] | None, path: Path) -> set[str]:
    """Checks volumes; returns their names."""
    known: set[str] = set()
    for index, volume in enumerate(found or ()):
        at = (*path, index)
        name = volume.get("name", "")
        if not name:
            errors.required((*at, "name"))
        else:
            check_name(errors, (*at, "name"), name, names.label)
        if name in known:
            errors.duplicate((*at, "name"), name)
        _source(errors, volume, at)
        if name:
            known.add(name)
    return known


def _source(errors: Errors, volume: dict[str, Any], path: Path) -> None:
    """Checks that a volume has one source, and that it names what is mounted."""
    sources = [key for key in volume if key != "name"]
    for extra in sources[1:]:
        errors.forbidden((*path, extra), "may not specify more than 1 volume type")
    for source in sources[:1]:
        field = _NEEDED.get(source)
        if field and not (volume[source] or {}).get(field):
            errors.required((*path, source, field))


def mounts(errors: Errors, found: Iterable[dict[str, Any]] | None, known: set[str], path: Path) -> None:
    """Checks the volumeMounts of a container against the volumes there are."""
    points: set[str] = set()
    for index, mount in enumerate(found or ()):
        at = (*path, index)
        name, point = mount.get("name", ""), mount.get("mountPath", "")
        if not name:
            errors.required((*at, "name"))
        if name not in known:
            errors.not_found((*at, "name"), name, reason=f"the Pod has no volume '{name}'")
        if not point:
            errors.required((*at, "mountPath"))
        if point in points:
            errors.invalid((*at, "mountPath"), point, "must be unique")
        points.add(point)


def devices(errors: Errors, found: Iterable[dict[str, Any]] | None, known: set[str], path: Path) -> None:
    """Checks the volumeDevices of a container against the volumes there are."""
    for index, device in enumerate(found or ()):
        name = device.get("name", "")
        if name not in known:
            errors.not_found((*path, index, "name"), name, reason=f"the Pod has no volume '{name}'")
