# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Volumes of a Pod and what containers mount."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from azext_safeguards.check.apiserver.refusals import Path
from azext_safeguards.check.apiserver.validation import names, paths
from azext_safeguards.check.apiserver.validation.errors import Errors
from azext_safeguards.check.apiserver.validation.metadata import check_name
from azext_safeguards.check.apiserver.validation.volume_sources import source

Object = dict[str, Any]
Mountable = dict[str, bool]
"""The volumes of a Pod by their names; whether each is a claim, which can be a device."""

_PROPAGATIONS = ("Bidirectional", "HostToContainer", "None")
_READ_ONLY = ("Disabled", "Enabled", "IfPossible")


def volumes(errors: Errors, found: Iterable[Object], path: Path, *, pod: str = "") -> Mountable:
    """Checks volumes; returns those that are valid, for the others are as if they were not there.

    :param pod: the name of the Pod; "" for a template.
    """
    known: Mountable = {}
    for index, volume in enumerate(found):
        at = (*path, index)
        name = volume.get("name", "")
        before = len(errors.refusals)
        source(errors, volume, at, pod=pod)
        if not name:
            errors.required((*at, "name"))
        else:
            check_name(errors, (*at, "name"), name, names.label)
        if name in known:
            errors.duplicate((*at, "name"), name)
        if len(errors.refusals) == before:
            known[name] = "persistentVolumeClaim" in volume or "ephemeral" in volume
    return known


def mounts(errors: Errors, container: Object, known: Mountable, path: Path) -> None:
    """Checks the volumeMounts of a container against the volumes there are."""
    points: set[str] = set()
    devices_of = container.get("volumeDevices") or ()
    device_names = {device.get("name", "") for device in devices_of}
    device_paths = {device.get("devicePath", "") for device in devices_of}
    for index, mount in enumerate(container["volumeMounts"]):
        name, point = mount.get("name", ""), mount.get("mountPath", "")
        if not (name and point and name in known and point not in points and not devices_of):
            _mounted(errors, name, point, known, points, (*path, index))
        points.add(point)
        if name in device_names:
            errors.invalid((*path, index, "name"), name, "must not already exist in volumeDevices")
        if point in device_paths:
            detail = "must not already exist as a path in volumeDevices"
            errors.invalid((*path, index, "mountPath"), point, detail)
        if len(mount) > 2:
            _how_mounted(errors, container, mount, path, index)


def _mounted(errors: Errors, name: str, point: str, known: Mountable, points: set[str], path: Path) -> None:
    """Checks which volume is mounted, and where."""
    if not name:
        errors.required((*path, "name"))
    if name not in known:
        errors.not_found((*path, "name"), name, reason=f"the Pod has no volume '{name}'")
    if not point:
        errors.required((*path, "mountPath"))
    if point in points:
        errors.invalid((*path, "mountPath"), point, "must be unique")


def _how_mounted(errors: Errors, container: Object, mount: Object, path: Path, index: int) -> None:
    """Checks what a mount has beside a name and a path; the API server leaves out the index in these paths."""
    at = (*path, index)
    part, computed = mount.get("subPath", ""), mount.get("subPathExpr", "")
    if part:
        paths.descending(errors, part, (*path, "subPath"), at=(*at, "subPath"))
    if computed:
        if part:
            errors.invalid((*at, "subPathExpr"), computed, "subPathExpr and subPath are mutually exclusive")
        paths.descending(errors, computed, (*path, "subPathExpr"), at=(*at, "subPathExpr"))
    kind = mount.get("mountPropagation")
    told, place = (*path, "mountPropagation"), (*at, "mountPropagation")
    if kind is not None and kind not in _PROPAGATIONS:
        errors.unsupported(told, kind, _PROPAGATIONS, at=place)
    if kind == "Bidirectional" and not (container.get("securityContext") or {}).get("privileged"):
        detail = "Bidirectional mount propagation is available only to privileged containers"
        errors.forbidden(told, detail, at=place)
    deep = mount.get("recursiveReadOnly")
    told, place = (*path, "recursiveReadOnly"), (*at, "recursiveReadOnly")
    if deep is None or deep == "Disabled":
        return
    if deep not in _READ_ONLY:
        errors.unsupported(told, deep, _READ_ONLY, at=place)
        return
    if not mount.get("readOnly"):
        errors.forbidden(told, "may only be specified when readOnly is true", at=place)
    if kind not in (None, "None"):
        errors.forbidden(told, "may only be specified when mountPropagation is None or not specified", at=place)


def devices(errors: Errors, container: Object, known: Mountable, path: Path) -> None:
    """Checks the volumeDevices of a container against the volumes there are."""
    seen: set[str] = set()
    points: set[str] = set()
    mounted = container.get("volumeMounts") or ()
    mounted_names = {mount.get("name", "") for mount in mounted}
    mounted_paths = {mount.get("mountPath", "") for mount in mounted}
    for index, device in enumerate(container["volumeDevices"]):
        at = (*path, index)
        name, point = device.get("name", ""), device.get("devicePath", "")
        if not name:
            errors.required((*at, "name"))
        if name in seen:
            errors.invalid((*at, "name"), name, "must be unique")
        if name not in known:
            errors.not_found((*at, "name"), name, reason=f"the Pod has no volume '{name}'")
        elif not known[name]:
            detail = "can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode"
            errors.invalid((*at, "name"), name, detail)
        if not point:
            errors.required((*at, "devicePath"))
        if point in points:
            errors.invalid((*at, "devicePath"), point, "must be unique")
        if ".." in point.split("/"):
            errors.invalid((*at, "devicePath"), point, "can not contain backsteps ('..')")
        else:
            points.add(point)
        if name in mounted_names:
            errors.invalid((*at, "name"), name, "must not already exist in volumeMounts")
        if point in mounted_paths:
            errors.invalid((*at, "devicePath"), point, "must not already exist as a path in volumeMounts")
        if name:
            seen.add(name)
