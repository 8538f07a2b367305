# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Resources of a Pod as a whole: the devices that it claims, and its own requests and limits."""

from __future__ import annotations

from typing import Any

from azext_safeguards.check.apiserver import quantities
from azext_safeguards.check.apiserver.refusals import Path
from azext_safeguards.check.apiserver.validation import names, resources
from azext_safeguards.check.apiserver.validation.errors import Errors, Key

Object = dict[str, Any]

_CONTAINERS = ("containers", "initContainers")
_FIELDS = ("resourceClaimName", "resourceClaimTemplateName")
_OF_PODS = ("cpu", "hugepages-", "memory")
_NOT_THERE = "must be one of the names in pod.spec.resourceClaims"


def claims(errors: Errors, spec: Object, path: Path) -> None:
    """Checks the claims of a Pod, and that its containers name no others."""
    seen: set[str] = set()
    for index, claim in enumerate(spec.get("resourceClaims") or ()):
        at, name = (*path, "resourceClaims", index), claim.get("name", "")
        if not name:
            errors.required((*at, "name"))
        elif name in seen:
            errors.duplicate((*at, "name"), name)
        else:
            for message in names.label(name):
                errors.invalid((*at, "name"), name, message)
            seen.add(name)
        _source(errors, claim, at)
    for field in _CONTAINERS:
        for index, container in enumerate(spec.get(field) or ()):
            found = (container.get("resources") or {}).get("claims")
            if found:
                _of_container(errors, found, seen, (*path, field, index, "resources", "claims"))


def _source(errors: Errors, claim: Object, path: Path) -> None:
    given = [field for field in _FIELDS if field in claim]
    if len(given) != 1:
        detail = "must specify one of: `resourceClaimName`, `resourceClaimTemplateName`"
        detail = (
            "at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified" if given else detail
        )
        inner = {field[0].upper() + field[1:]: claim.get(field) for field in _FIELDS}
        errors.invalid(path, {"Name": claim.get("name", ""), **inner}, detail)
    for field in given:
        for message in names.subdomain(claim[field]):
            errors.invalid((*path, field), claim[field], message)


def _of_container(errors: Errors, found: list[Object], known: set[str], path: Path) -> None:
    seen: set[str] = set()
    for index, claim in enumerate(found):
        at, name, request = (*path, index), claim.get("name", ""), claim.get("request", "")
        if not name:
            errors.required(at)
            continue
        if name in seen:
            errors.duplicate(at, name)
        else:
            for message in names.label(request) if request else ():
                errors.invalid((*at, "request"), request, message)
            key = f"{name}/{request}" if request else name
            if key in seen or (not request and any(one.startswith(f"{name}/") for one in seen)):
                errors.duplicate(at, key)
            seen.add(key)
        if name not in known:
            detail = f"{_NOT_THERE}: {', '.join(sorted(known))}" if known else f"{_NOT_THERE} which is empty"
            errors.not_found(at, name, detail=detail)


def of_pod(errors: Errors, found: Object, spec: Object, path: Path) -> None:
    """Checks the `resources` of a Pod, which hold for all its containers together."""
    if (spec.get("os") or {}).get("name") == "windows":
        errors.forbidden(path, "may not be set for a windows pod")
        return
    if found.get("claims"):
        errors.forbidden((*path, "claims"), "claims may not be set for Resources at pod-level")
    kept: Object = {}
    for field in ("limits", "requests"):
        amounts = found.get(field) or {}
        kept[field] = {name: amount for name, amount in amounts.items() if _is_of_pods(name)}
        for name in amounts:
            if not _is_of_pods(name):
                told, at = (*path, field, Key(name)), (*path, field, name)
                problems = names.qualified(name)
                for message in problems:
                    errors.invalid(told, name, message, at=at)
                if not problems and "/" not in name and not resources.is_standard(name):
                    errors.invalid(told, name, "must be a standard resource type or fully qualified", at=at)
                elif not problems:
                    errors.unsupported(told, name, _OF_PODS, at=at)
    resources.requirements(errors, kept, path)
    for name, amount in kept["requests"].items():
        total = _total(spec, name)
        if total is not None and total.compare(quantities.parse(str(amount))) > 0:
            detail = f"must be greater than or equal to aggregate container requests of {total}"
            errors.invalid((*path, "requests", Key(name)), str(amount), detail, at=(*path, "requests", name))


def _is_of_pods(name: str) -> bool:
    return name in ("cpu", "memory") or name.startswith("hugepages-")


def _total(spec: Object, name: str) -> quantities.Quantity | None:
    """What the one container of a Pod requests; how sums are written is another matter, so none are told."""
    found = spec.get("containers") or []
    if len(found) != 1 or spec.get("initContainers"):
        return None
    amount = ((found[0].get("resources") or {}).get("requests") or {}).get(name)
    return None if amount is None else quantities.parse(str(amount))
