# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What stands behind a volume of a Pod."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from azext_safeguards.check.apiserver import quantities
from azext_safeguards.check.apiserver.refusals import Path
from azext_safeguards.check.apiserver.validation import claims, environment, names, paths
from azext_safeguards.check.apiserver.validation.errors import Errors
from azext_safeguards.check.apiserver.validation.metadata import check_labels
from azext_safeguards.check.apiserver.validation.volume_kinds import (
    TARGET_TOO_LONG,
    check_kind,
    is_target_too_long,
    one_too_many,
)

Object = dict[str, Any]

_HOST_PATHS = (*("", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"),)
_FIELDS_OF_FILES = ("metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid")


def source(errors: Errors, volume: Object, path: Path, *, pod: str) -> None:
    """Checks that a volume has one source, and the source."""
    given = [key for key in volume if key != "name"]
    if len(given) > 1:
        given = _in_order(given)
        for extra in given[1:]:
            # Of the newest kind older clusters see nothing.
            if extra != "image":
                one_too_many(errors, extra, path)
    if not given:
        return
    kind = given[0]
    found, at = volume[kind] or {}, (*path, kind)
    check = _SOURCES.get(kind)
    if check:
        check(errors, found, at)
    elif kind == "ephemeral":
        _ephemeral(errors, found, at)
        if pod and volume.get("name"):
            name = f"{pod}-{volume['name']}"
            for message in names.subdomain(name):
                errors.invalid((*path, "name"), volume["name"], f'PVC name "{name}": {message}')
    else:
        check_kind(errors, kind, found, at)
        if kind == "iscsi" and is_target_too_long(found, volume.get("name", "")):
            errors.invalid((*path, "name"), volume.get("name", ""), TARGET_TOO_LONG)


# In the order in which the API server looks for them; the first that is there is the source.
_ORDER = (
    *("emptyDir", "hostPath", "gitRepo", "gcePersistentDisk", "awsElasticBlockStore", "secret", "nfs", "iscsi"),
    *("glusterfs", "flocker", "persistentVolumeClaim", "rbd", "cinder", "cephfs", "quobyte", "downwardAPI", "fc"),
    *(
        "flexVolume",
        "configMap",
        "azureFile",
        "vsphereVolume",
        "photonPersistentDisk",
        "portworxVolume",
        "azureDisk",
        "storageos",
    ),
    *("projected", "scaleIO", "csi", "ephemeral", "image"),
)


def _in_order(given: list[str]) -> list[str]:
    return sorted(given, key=lambda kind: _ORDER.index(kind) if kind in _ORDER else len(_ORDER))


def _empty_dir(errors: Errors, found: Object, path: Path) -> None:
    limit = found.get("sizeLimit")
    if limit is not None and quantities.parse(limit).value < 0:
        errors.forbidden((*path, "sizeLimit"), "SizeLimit field must be a valid resource quantity")


def host_path(errors: Errors, found: Object, path: Path) -> None:
    """Checks a path on the node."""
    value = found.get("path", "")
    if not value:
        errors.required((*path, "path"))
        return
    paths.no_backsteps(errors, value, (*path, "path"))
    if found.get("type", "") not in _HOST_PATHS:
        errors.unsupported((*path, "type"), found["type"], _HOST_PATHS)


def nfs(errors: Errors, found: Object, path: Path) -> None:
    """Checks a share of an NFS server."""
    for field in ("server", "path"):
        if not found.get(field):
            errors.required((*path, field))
    if not found.get("path", "").startswith("/"):
        errors.invalid((*path, "path"), found.get("path", ""), "must be an absolute path")


def _files_of(name_field: str) -> Callable[[Errors, Object, Path], None]:
    """The check of a ConfigMap or a Secret whose keys become files."""

    def check(errors: Errors, found: Object, path: Path) -> None:
        if not found.get(name_field):
            errors.required((*path, name_field))
        paths.mode(errors, found.get("defaultMode"), (*path, "defaultMode"))
        _items(errors, found, path)

    return check


def _items(errors: Errors, found: Object, path: Path) -> None:
    for index, item in enumerate(found.get("items") or ()):
        at = (*path, "items", index)
        for field in ("key", "path"):
            if not item.get(field):
                errors.required((*at, field))
        paths.not_reserved(errors, item.get("path", ""), (*at, "path"))
        paths.mode(errors, item.get("mode"), (*at, "mode"))


def _downward(errors: Errors, found: Object, path: Path) -> None:
    paths.mode(errors, found.get("defaultMode"), (*path, "defaultMode"))
    for index, item in enumerate(found.get("items") or ()):
        _downward_file(errors, item, path, (*path, "items", index))


def _downward_file(errors: Errors, item: Object, path: Path, at: Path) -> None:
    """Checks a file of the downward API, whose errors are told with the path of the volume."""
    if not item.get("path"):
        errors.required((*path, "path"), at=at)
    paths.not_reserved(errors, item.get("path", ""), (*path, "path"), at=(*at, "path"))
    if "fieldRef" in item:
        environment.field_reference(errors, item["fieldRef"], _FIELDS_OF_FILES, (*path, "fieldRef"))
        if "resourceFieldRef" in item:
            detail = "fieldRef and resourceFieldRef can not be specified simultaneously"
            errors.invalid(path, "resource", detail, at=at)
    elif "resourceFieldRef" in item:
        environment.resource_reference(errors, item["resourceFieldRef"], (*path, "resourceFieldRef"), in_volume=True)
    else:
        errors.required(path, "one of fieldRef and resourceFieldRef is required", at=at)
    paths.mode(errors, item.get("mode"), (*path, "mode"), at=(*at, "mode"))


def _projected(errors: Errors, found: Object, path: Path) -> None:
    paths.mode(errors, found.get("defaultMode"), (*path, "defaultMode"))
    seen: set[str] = set()
    for index, one in enumerate(found.get("sources") or ()):
        at = (*path, "sources", index)
        for kind in ("secret", "configMap"):
            if kind in one:
                if not one[kind].get("name"):
                    errors.required((*at, kind, "name"))
                _items(errors, one[kind], (*at, kind))
                _conflicts(errors, one[kind], one[kind].get("name", ""), seen, path, (*at, kind))
        if "downwardAPI" in one:
            for position, item in enumerate(one["downwardAPI"].get("items") or ()):
                _downward_file(errors, item, (*at, "downwardAPI"), (*at, "downwardAPI", "items", position))
            _conflicts(errors, one["downwardAPI"], None, seen, path, (*at, "downwardAPI"))
        if "serviceAccountToken" in one:
            _token(errors, one["serviceAccountToken"], path, (*at, "serviceAccountToken"))
        kinds = ("secret", "configMap", "downwardAPI", "serviceAccountToken", "clusterTrustBundle", "podCertificate")
        if sum(kind in one for kind in kinds) > 1:
            errors.forbidden(at, "may not specify more than 1 volume type per source")


def _conflicts(errors: Errors, found: Object, name: str | None, seen: set[str], path: Path, at: Path) -> None:
    """Checks that no two files of a projected volume are at one path."""
    for index, item in enumerate(found.get("items") or ()):
        value = item.get("path", "")
        if value and value in seen:
            told = value if name is None else name
            place = (*at, "items", index, "path")
            errors.invalid(path, told, "conflicting duplicate paths", at=place, reason=f"path '{value}' is used twice")
        seen.add(value)


def _token(errors: Errors, found: Object, path: Path, at: Path) -> None:
    seconds = found.get("expirationSeconds", 3600)
    if seconds < 600:
        errors.invalid((*at, "expirationSeconds"), seconds, "may not specify a duration less than 10 minutes")
    if seconds > 1 << 32:
        errors.invalid((*at, "expirationSeconds"), seconds, "may not specify a duration larger than 2^32 seconds")
    if not found.get("path"):
        errors.required((*path, "path"), at=at)
    else:
        paths.not_reserved(errors, found["path"], (*path, "path"), at=(*at, "path"))


def _csi(errors: Errors, found: Object, path: Path) -> None:
    csi_driver(errors, found.get("driver", ""), (*path, "driver"))
    secret = found.get("nodePublishSecretRef")
    if secret is not None:
        name, at = secret.get("name", ""), (*path, "nodePublishSecretRef", "name")
        if not name:
            errors.required(at)
        else:
            for message in names.subdomain(name):
                errors.invalid((*path, "name"), name, message, at=at)


def csi_driver(errors: Errors, name: str, path: Path) -> None:
    """Checks the name of a CSI driver."""
    if not name:
        errors.required(path)
    if len(name) > 63:
        errors.add(path, "Too long: may not be more than 63 bytes", "the name of a driver has at most 63 characters")
    for message in names.subdomain(name.lower()):
        errors.invalid(path, name, message)


def azure_disk(errors: Errors, found: Object, path: Path) -> None:
    """Checks a disk of Azure."""
    for field in ("diskName", "diskURI"):
        if not found.get(field):
            errors.required((*path, field))
    for field, allowed in (("cachingMode", ("None", "ReadOnly", "ReadWrite")), ("kind", _DISKS)):
        if field in found and found[field] not in allowed:
            errors.unsupported((*path, field), found[field], allowed)
    uri, kind = found.get("diskURI", ""), found.get("kind", "Shared")
    if kind == "Managed" and not uri.startswith("/subscriptions/"):
        errors.unsupported((*path, "diskURI"), uri, [_MANAGED])
    elif kind != "Managed" and not uri.startswith("https://"):
        errors.unsupported((*path, "diskURI"), uri, [_BLOB])


_DISKS = ("Dedicated", "Managed", "Shared")
_MANAGED = "/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}"
_BLOB = "https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd"


def _ephemeral(errors: Errors, found: Object, path: Path) -> None:
    template = found.get("volumeClaimTemplate")
    at = (*path, "volumeClaimTemplate")
    if template is None:
        errors.required(at)
        return
    metadata = template.get("metadata") or {}
    check_labels(errors, metadata.get("labels"), (*at, "metadata", "labels"))
    claims.claim_spec(errors, template.get("spec") or {}, (*at, "spec"))


_SOURCES: dict[str, Callable[[Errors, Object, Path], None]] = {
    "emptyDir": _empty_dir,
    "hostPath": host_path,
    "nfs": nfs,
    "configMap": _files_of("name"),
    "secret": _files_of("secretName"),
    "downwardAPI": _downward,
    "projected": _projected,
    "csi": _csi,
    "azureDisk": azure_disk,
}
