# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""ResourceQuotas and LimitRanges."""

from __future__ import annotations

from typing import Any

from azext_safeguards.check.apiserver import quantities
from azext_safeguards.check.apiserver.refusals import Path
from azext_safeguards.check.apiserver.validation import names
from azext_safeguards.check.apiserver.validation.errors import Errors, Key

Object = dict[str, Any]

_COUNTED = frozenset(
    {"pods", "resourcequotas", "services", "replicationcontrollers", "secrets", "configmaps"}
    | {"persistentvolumeclaims", "services.nodeports", "services.loadbalancers"}
)
_AMOUNTS = frozenset(
    {"cpu", "memory", "ephemeral-storage", "requests.storage"}
    | {f"{one}.{name}" for one in ("requests", "limits") for name in ("cpu", "memory", "ephemeral-storage")}
)
_HUGE = ("hugepages-", "requests.hugepages-")
_SCOPES = frozenset(
    {"Terminating", "NotTerminating", "BestEffort", "NotBestEffort", "PriorityClass", "CrossNamespacePodAffinity"}
    | {"VolumeAttributesClass"}
)


def quota(errors: Errors, content: Object) -> None:
    """Checks a ResourceQuota."""
    spec = content.get("spec") or {}
    for name, amount in sorted((spec.get("hard") or {}).items()):
        told, at = ("spec", "hard", Key(name)), ("spec", "hard", name)
        problems = names.qualified(name)
        for message in problems:
            errors.invalid(told, name, message, at=at)
        is_known = "/" in name or name in _COUNTED or name in _AMOUNTS or name.startswith(_HUGE)
        if not is_known:
            reason = f"'{name}' is nothing that a quota can limit; objects are counted with count/RESOURCE.GROUP"
            if not problems and name != "storage":
                errors.invalid(told, name, "must be a standard resource type or fully qualified", at=at, reason=reason)
            errors.invalid(told, name, "must be a standard resource for quota", at=at, reason=reason)
        quantity = quantities.parse(str(amount))
        if quantity.value < 0:
            errors.invalid(told, str(amount), "must be greater than or equal to 0", at=at)
        if (name in _COUNTED or name.startswith("count/")) and not quantity.is_whole():
            errors.invalid(told, str(amount), "must be an integer", at=at)
    scopes = spec.get("scopes") or []
    for index, scope in enumerate(scopes):
        if scope not in _SCOPES:
            at = ("spec", "scopes", index)
            errors.invalid(("spec", "scopes"), scopes, "unsupported scope", at=at, reason=f"'{scope}' is no scope")


def limit_range(errors: Errors, content: Object) -> None:
    """Checks a LimitRange."""
    seen: set[str] = set()
    for index, limit in enumerate((content.get("spec") or {}).get("limits") or ()):
        at, kind = ("spec", "limits", index), limit.get("type", "")
        problems = names.qualified(kind)
        for message in problems:
            errors.invalid((*at, "type"), kind, message)
        if not problems and "/" not in kind and kind not in ("Pod", "Container", "PersistentVolumeClaim"):
            errors.invalid((*at, "type"), kind, "must be a standard limit type or fully qualified")
        if kind in seen:
            errors.duplicate((*at, "type"), kind)
        seen.add(kind)
        if kind == "Pod":
            for field in ("default", "defaultRequest"):
                if limit.get(field):
                    errors.forbidden((*at, field), "may not be specified when `type` is 'Pod'")
        if kind == "PersistentVolumeClaim" and not any("storage" in (limit.get(one) or {}) for one in ("min", "max")):
            detail = "either minimum or maximum storage value is required, but neither was provided"
            errors.required((*at, "limits"), detail, at=at)
        for name in sorted({name for field in _BOUNDS for name in limit.get(field) or ()}):
            _bounds(errors, limit, name, kind == "Pod", at)


_BOUNDS = ("max", "min", "default", "defaultRequest")
# A lower bound, an upper bound, which of them is told, whose value is printed, and the words.
_ORDER = (
    ("min", "max", "min", "min", "min value {} is greater than max value {}"),
    (
        *("min", "defaultRequest", "defaultRequest", "defaultRequest"),
        "min value {} is greater than default request value {}",
    ),
    (
        *("defaultRequest", "max", "defaultRequest", "defaultRequest"),
        "default request value {} is greater than max value {}",
    ),
    (
        *("defaultRequest", "default", "defaultRequest", "defaultRequest"),
        "default request value {} is greater than default limit value {}",
    ),
    ("min", "default", "default", "min", "min value {} is greater than default value {}"),
    ("default", "max", "default", "max", "default value {} is greater than max value {}"),
)


def _bounds(errors: Errors, limit: Object, name: str, is_pod: bool, path: Path) -> None:
    """Checks that the amounts of one resource are in order."""
    found = {field: (limit.get(field) or {}).get(name) for field in _BOUNDS}
    if is_pod:
        found["default"] = found["defaultRequest"] = None
    for low, high, told, shown, words in _ORDER:
        if found[low] is None or found[high] is None:
            continue
        if quantities.parse(found[low]).compare(quantities.parse(found[high])) > 0:
            place = (*path, told, name)
            errors.invalid((*path, told, Key(name)), found[shown], words.format(found[low], found[high]), at=place)
