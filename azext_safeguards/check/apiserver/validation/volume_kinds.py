# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The many kinds of storage that a volume of a Pod or a PersistentVolume can have, which drivers have taken over by now
(k8s.io/kubernetes/pkg/apis/core/validation)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from azext_safeguards.check.apiserver.refusals import Path
from azext_safeguards.check.apiserver.validation import names, paths
from azext_safeguards.check.apiserver.validation.errors import Errors, Key

Object = dict[str, Any]
Check = Callable[[Errors, Object, Path], None]

# What a source cannot be without, where that is all there is to it.
_NEEDED = {
    "azureFile": ("secretName", "shareName"),
    "cephfs": ("monitors",),
    "glusterfs": ("endpoints", "path"),
    "persistentVolumeClaim": ("claimName",),
    "photonPersistentDisk": ("pdID",),
    "portworxVolume": ("volumeID",),
    "rbd": ("monitors", "image"),
    "scaleIO": ("gateway", "system", "volumeName"),
    "vsphereVolume": ("volumePath",),
}
# The API server tells some kinds by another name than their own where there is one too many.
_TOO_MANY = {"cephfs": "cephFS", "downwardAPI": "downwarAPI"}
_SECRETS_OF_CSI = tuple(
    f"{when}SecretRef" for when in ("controllerPublish", "controllerExpand", "nodePublish", "nodeExpand")
)
_FORMATS = {
    "iqn": re.compile(r"iqn\.\d{4}-\d{2}\.([A-Za-z0-9.-]+)(:[^,;*&$|\s]+)\Z", re.ASCII),
    "eui": re.compile(r"eui.[A-Za-z0-9]{16}\Z"),
    "naa": re.compile(r"naa.[A-Za-z0-9]{32}\Z"),
}
_LONGEST_TARGET = 64
TARGET_TOO_LONG = (
    "Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is "
    "specified."
)
"""What the API server says of the portal of an iSCSI target."""


def check_kind(errors: Errors, kind: str, found: Object, path: Path, *, volume: str | None = None) -> None:
    """Checks a source of one of these kinds; others are as they are.

    :param volume: the name of the PersistentVolume; None for a volume of a Pod.
    """
    is_persistent = volume is not None
    for field in _NEEDED.get(kind, ()):
        if not found.get(field):
            errors.required((*path, field))
    check = _CHECKS.get(kind)
    if check:
        check(errors, found, path)
    elif kind == "iscsi":
        _iscsi(errors, found, path, volume)
    if is_persistent:
        _persistent(errors, kind, found, path)
    elif kind in ("cinder", "storageos"):
        _secret(errors, found, path, ("name",))


def one_too_many(errors: Errors, kind: str, path: Path) -> None:
    """A second source; `path` leads to where sources stand."""
    told = (*path, _TOO_MANY.get(kind, kind))
    errors.forbidden(told, "may not specify more than 1 volume type", at=(*path, kind))


def is_target_too_long(found: Object, name: str) -> bool:
    """Whether the portal of an iSCSI target and the name of the volume are too long together."""
    whole = f"{name}:{found.get('targetPortal', '')}"
    return "initiatorName" in found and len(whole.encode("utf-8", "replace")) > _LONGEST_TARGET


def _persistent(errors: Errors, kind: str, found: Object, path: Path) -> None:
    """Checks what only a PersistentVolume has, which belongs to no namespace."""
    if kind == "csi":
        if not found.get("volumeHandle"):
            errors.required((*path, "volumeHandle"))
        for field in _SECRETS_OF_CSI:
            if field in found:
                _checked_secret(errors, found[field], (*path, field))
    elif kind in ("cinder", "storageos"):
        _secret(errors, found, path, ("name", "namespace"))
    elif kind == "azureFile" and found.get("secretNamespace") == "":
        errors.required((*path, "secretNamespace"))
    elif kind == "glusterfs" and "endpointsNamespace" in found:
        name, at = found["endpointsNamespace"], (*path, "endpointsNamespace")
        if not name:
            errors.invalid(at, name, "if the endpointnamespace is set, it must be a valid namespace name")
        for message in names.label(name) if name else ():
            errors.invalid(at, name, message)


def _secret(errors: Errors, found: Object, path: Path, fields: tuple[str, ...]) -> None:
    if "secretRef" in found:
        for field in fields:
            if not found["secretRef"].get(field):
                errors.required((*path, "secretRef", field))


def _checked_secret(errors: Errors, secret: Object, path: Path) -> None:
    for field, rule in (("name", names.subdomain), ("namespace", names.label)):
        value = secret.get(field, "")
        if not value:
            errors.required((*path, field))
        for message in rule(value) if value else ():
            errors.invalid((*path, field), value, message)


def _disk(name: str, told: str = "") -> Check:
    """The check of a disk that may have partitions."""

    def check(errors: Errors, found: Object, path: Path) -> None:
        where = (*path[:-1], told or path[-1])
        if not found.get(name):
            errors.required((*where, name), at=(*path, name))
        number = found.get("partition", 0)
        if not 0 <= number <= 255:
            errors.invalid((*where, "partition"), number, _between(1), at=(*path, "partition"))

    return check


def _between(least: int) -> str:
    return f"must be between {least} and 255, inclusive"


def _cinder(errors: Errors, found: Object, path: Path) -> None:
    if not found.get("volumeID"):
        errors.required((*path, "volumeID"))


def _fibre_channel(errors: Errors, found: Object, path: Path) -> None:
    targets, at = found.get("targetWWNs") or [], (*path, "targetWWNs")
    if not targets and not found.get("wwids"):
        errors.required(at, "must specify either targetWWNs or wwids, but not both")
    elif targets and found.get("wwids"):
        errors.invalid(at, targets, "targetWWNs and wwids can not be specified simultaneously")
    if not targets:
        return
    number = found.get("lun")
    if number is None:
        errors.required((*path, "lun"), "lun is required if targetWWNs is specified")
    elif not 0 <= number <= 255:
        errors.invalid((*path, "lun"), number, _between(0))


def _flex(errors: Errors, found: Object, path: Path) -> None:
    if not found.get("driver"):
        errors.required((*path, "driver"))
    for key in found.get("options") or ():
        domain = f".{key.partition('/')[0].lower()}"
        if domain.endswith((".kubernetes.io", ".k8s.io")):
            detail = "kubernetes.io and k8s.io namespaces are reserved"
            errors.invalid((*path, "options", Key(key)), key, detail, at=(*path, "options", key))


def _flocker(errors: Errors, found: Object, path: Path) -> None:
    name, other = found.get("datasetName", ""), found.get("datasetUUID", "")
    if not name and not other:
        errors.required(path, "one of datasetName and datasetUUID is required")
    if name and other:
        errors.invalid(path, "resource", "datasetName and datasetUUID can not be specified simultaneously")
    if "/" in name:
        errors.invalid((*path, "datasetName"), name, "must not contain '/'")


def _git(errors: Errors, found: Object, path: Path) -> None:
    if not found.get("repository"):
        errors.required((*path, "repository"))
    paths.descending(errors, found.get("directory", ""), (*path, "directory"))


def _iscsi(errors: Errors, found: Object, path: Path, volume: str | None) -> None:
    is_persistent = volume is not None
    if not found.get("targetPortal"):
        errors.required((*path, "targetPortal"))
    if volume is not None and is_target_too_long(found, volume):
        at = (*path, "targetPortal")
        errors.invalid((*path, "targetportal"), found.get("targetPortal", ""), TARGET_TOO_LONG, at=at)
    if not found.get("iqn"):
        errors.required((*path, "iqn"))
    else:
        _initiator(errors, found["iqn"], (*path, "iqn"), (*path, "iqn"), is_persistent)
    number = found.get("lun", 0)
    if not 0 <= number <= 255:
        errors.invalid((*path, "lun"), number, _between(0))
    if (found.get("chapAuthDiscovery") or found.get("chapAuthSession")) and "secretRef" not in found:
        errors.required((*path, "secretRef"))
    if is_persistent:
        _secret(errors, found, path, ("name",))
    if "initiatorName" in found:
        at = (*path, "initiatorName")
        _initiator(errors, found["initiatorName"], (*path, "initiatorname"), at, is_persistent)


def _initiator(errors: Errors, value: str, told: Path, at: Path, is_persistent: bool) -> None:
    known = _FORMATS.get(value[:3])
    if not known:
        detail = "must be valid format" + ("" if is_persistent else " starting with iqn, eui, or naa")
        errors.invalid(told, value, detail, at=at)
    elif not known.match(value):
        errors.invalid(told, value, "must be valid format", at=at)


def _local(errors: Errors, found: Object, path: Path) -> None:
    if not found.get("path"):
        errors.required((*path, "path"))
    paths.no_backsteps(errors, found.get("path", ""), (*path, "path"))


def _quobyte(errors: Errors, found: Object, path: Path) -> None:
    registry, at = found.get("registry", ""), (*path, "registry")
    detail = "must be a host:port pair or multiple pairs separated by commas"
    if not registry:
        errors.required(at, detail)
    elif len(found.get("tenant", "")) > 64:
        errors.required((*path, "tenant"), "must be a UUID and may not exceed a length of 64 characters")
    else:
        for pair in registry.split(","):
            if not _HOST_AND_PORT.match(pair):
                errors.invalid(at, registry, detail)
    if not found.get("volume"):
        errors.required((*path, "volume"))


# As Go's net.SplitHostPort takes them.
_HOST_AND_PORT = re.compile(r"(\[[^\[\]]*\]|[^:\[\]]*):[^:\[\]]*\Z")


def _storage_os(errors: Errors, found: Object, path: Path) -> None:
    if not found.get("volumeName"):
        errors.required((*path, "volumeName"))
    for field in ("volumeName", "volumeNamespace"):
        for message in names.label(found[field]) if found.get(field) else ():
            errors.invalid((*path, field), found[field], message)


_CHECKS: dict[str, Check] = {
    "awsElasticBlockStore": _disk("volumeID"),
    "cinder": _cinder,
    "fc": _fibre_channel,
    "flexVolume": _flex,
    "flocker": _flocker,
    "gcePersistentDisk": _disk("pdName", "persistentDisk"),
    "gitRepo": _git,
    "local": _local,
    "quobyte": _quobyte,
    "storageos": _storage_os,
}
