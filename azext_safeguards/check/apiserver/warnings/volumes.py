# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Volumes of Pods: kinds that are no more, and files that lie over each other (pkg/api/pod/warnings.go)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from azext_safeguards.check.apiserver import quantities
from azext_safeguards.check.apiserver.refusals import Path
from azext_safeguards.check.apiserver.validation.errors import Key
from azext_safeguards.check.apiserver.warnings.warned import MOST_WARNINGS, Warnings, quoted

Object = dict[str, Any]

_OLD = {
    "photonPersistentDisk": "deprecated in v1.11, non-functional in v1.16+",
    "gitRepo": "deprecated in v1.11, and disabled by default in v1.33+",
    "scaleIO": "deprecated in v1.16, non-functional in v1.22+",
    "flocker": "deprecated in v1.22, non-functional in v1.25+",
    "storageos": "deprecated in v1.22, non-functional in v1.25+",
    "quobyte": "deprecated in v1.22, non-functional in v1.25+",
    "glusterfs": "deprecated in v1.25, non-functional in v1.26+",
    "cephfs": "deprecated in v1.28, non-functional in v1.31+",
    "rbd": "deprecated in v1.28, non-functional in v1.31+",
}
# The API server tells one of them by another name than its own.
_TOLD = {"storageos": "storageOS"}
_FILES = ("configMap", "secret", "downwardAPI", "projected")
_OF_VOLUMES = ("photonPersistentDisk", "scaleIO", "storageos", "glusterfs", "cephfs", "rbd")


def warn_of_volumes(warnings: Warnings, volumes: list[Object], path: Path) -> None:
    """Warns of the volumes of a Pod; `path` leads to them."""
    for index, volume in enumerate(volumes):
        for kind in volume:
            if kind in _OLD:
                told = (*path, index, _TOLD.get(kind, kind))
                warnings.field(told, _OLD[kind], at=(*path, index, kind))
        template = (volume.get("ephemeral") or {}).get("volumeClaimTemplate")
        if template is not None:
            at = (*path, index, "ephemeral", "volumeClaimTemplate", "spec")
            warn_of_claim(warnings, template.get("spec") or {}, at, at)
    for index, volume in enumerate(volumes):
        for kind in _FILES:
            if kind in volume:
                _overlapping(warnings, volume, kind, (*path, index, kind))


def warn_of_old_source(warnings: Warnings, spec: Object) -> None:
    """Warns of the kind of a PersistentVolume."""
    for kind in ("cephfs", *(one for one in _OF_VOLUMES if one != "cephfs")):
        if kind in spec:
            warnings.field(("spec", _TOLD.get(kind, kind)), _OLD[kind], at=("spec", kind))


def warn_of_claim(warnings: Warnings, spec: Object, path: Path, at: Path) -> None:
    """Warns of a claim for a part of a byte; `at` is where its spec stands, if not at the path told."""
    for field in ("requests", "limits"):
        amount = ((spec.get("resources") or {}).get(field) or {}).get("storage")
        if amount is not None:
            warn_of_fraction(warnings, amount, (*path, "resources", field), "storage", (*at, "resources", field))


def warn_of_fraction(warnings: Warnings, amount: Any, path: Path, name: str, at: Path | None = None) -> None:
    """Warns of parts of bytes."""
    quantity = quantities.parse(str(amount))
    if not quantity.is_whole():
        detail = f"fractional byte value {quoted(quantity)} is invalid, must be an integer"
        warnings.field((*path, Key(name)), detail, at=(*(at or path), name))


_File = tuple[str, str]
"""The path of a file, and where it is from."""


def _overlapping(warnings: Warnings, volume: Object, kind: str, at: Path) -> None:
    found, name = volume[kind], volume.get("name", "")
    if kind != "projected" and "items" not in found:
        return
    if kind == "projected":
        described, files = "Projected", _projected(warnings, found, name, at)
    else:
        files = ((item.get("path", ""), "") for item in found.get("items") or ())
        of = {"configMap": f"ConfigMap {quoted(found.get('name', ''))}", "downwardAPI": "DownwardAPI"}
        described = of.get(kind) or f"Secret {quoted(found.get('secretName', ''))}"
    # By the path of a file or of a folder over it: the files there, and those below, by their numbers.
    there: dict[str, list[int]] = {}
    below: dict[str, list[int]] = {}
    known: list[_File] = []
    for number, (path, source) in enumerate(files):
        one = (path.rstrip("/"), source)
        known.append(one)
        folders = _folders(one[0])
        if not one[0] or folders is None or warnings.is_full:
            continue
        others = [*there.get(one[0], ()), *below.get(one[0], ())]
        for folder in folders:
            others += there.get(folder, ())
            below.setdefault(folder, []).append(number)
        there.setdefault(one[0], []).append(number)
        for other in sorted(others)[:MOST_WARNINGS]:
            text = f"overlapping paths: {_file(one)} with {_file(known[other])}"
            warnings.add(at, f"volume {quoted(name)} ({described}): {text}")


_DEEPEST = 50


def _folders(path: str) -> list[str] | None:
    """The folders over a file; None for one that is deeper than any."""
    steps = path.split("/")
    return ["/".join(steps[:count]) for count in range(1, len(steps))] if len(steps) <= _DEEPEST else None


def _file(one: _File) -> str:
    return f"{quoted(one[0])} ({one[1]})" if one[1] else quoted(one[0])


def _projected(warnings: Warnings, found: Object, name: str, at: Path) -> Iterator[_File]:
    for index, source in enumerate(found.get("sources") or ()):
        if not source:
            warnings.add((*at, "sources", index), f"volume {quoted(name)} (Projected) has no sources provided")
            continue
        for kind, described in (("configMap", "ConfigMap"), ("secret", "Secret"), ("downwardAPI", "DownwardAPI")):
            inner = source.get(kind) or {}
            if inner.get("items"):
                of = described if kind == "downwardAPI" else f"{described} {quoted(inner.get('name', ''))}"
                yield from ((item.get("path", ""), of) for item in inner["items"])
                break
        else:
            if "serviceAccountToken" in source:
                yield source["serviceAccountToken"].get("path", ""), "ServiceAccountToken"
            # Others are dropped where their features are off, and told then.
