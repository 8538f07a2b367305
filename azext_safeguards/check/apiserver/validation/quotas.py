# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""ResourceQuotas and LimitRanges."""

from __future__ import annotations

from typing import Any

from azext_safeguards.check.apiserver import quantities
from azext_safeguards.check.apiserver.refusals import Path
from azext_safeguards.check.apiserver.validation import names, resources
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
    scopes, limited = spec.get("scopes") or [], sorted(spec.get("hard") or ())
    for index, scope in enumerate(scopes):
        at = ("spec", "scopes", index)
        if scope not in _SCOPES:
            errors.invalid(("spec", "scopes"), scopes, "unsupported scope", at=at, reason=f"'{scope}' is no scope")
        for name in _outside(scope, limited):
            reason = f"{name} cannot be limited in the scope {scope}"
            errors.invalid(("spec", "scopes"), scopes, "unsupported scope applied to resource", at=at, reason=reason)
    _conflicts(errors, set(scopes), scopes, ("spec", "scopes"), ("spec", "scopes"))
    if "scopeSelector" in spec:
        _scope_selector(errors, spec["scopeSelector"], scopes, limited)


def _outside(scope: str, limited: list[str]) -> list[str]:
    """The limited resources that have nothing to do with a scope."""
    of_scope = _OF_SCOPES.get(scope)
    if of_scope is None:
        return []
    standard = (one for one in limited if one in _COUNTED or one in _AMOUNTS or one.startswith(_HUGE))
    return [one for one in standard if one not in of_scope]


def _conflicts(errors: Errors, given: set[str], shown: list[str], path: Path, at: Path) -> None:
    for one, other in (("BestEffort", "NotBestEffort"), ("Terminating", "NotTerminating")):
        if {one, other} <= given:
            errors.invalid(
                path, shown or None, "conflicting scopes", at=at, reason=f"the scopes {one} and {other} conflict"
            )


def _scope_selector(errors: Errors, selector: Object, scopes: list[str], limited: list[str]) -> None:
    path, given = ("spec", "scopeSelector", "matchExpressions"), set()
    found = selector.get("matchExpressions") or ()
    shown = [
        {"ScopeName": one.get("scopeName", ""), "Operator": one.get("operator", ""), "Values": one.get("values")}
        for one in found
    ]
    for index, one in enumerate(found):
        at = (*path, index)
        scope, operator, values = one.get("scopeName", ""), one.get("operator", ""), one.get("values") or []
        given.add(scope)
        if scope not in _SCOPES:
            errors.invalid((*path, "scopeName"), scope, "unsupported scope", at=at)
        for name in _outside(scope, limited):
            reason = f"{name} cannot be limited in the scope {scope}"
            inner = {"MatchExpressions": shown}
            errors.invalid(path, inner, "unsupported scope applied to resource", at=at, reason=reason)
        if scope in _EXISTING and operator != "Exists":
            errors.invalid((*path, "operator"), operator, f"must be 'Exists' when scope is any of {_NAMES}", at=at)
        if operator in ("In", "NotIn"):
            if not values:
                detail = "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector"
                errors.required((*path, "values"), detail, at=at)
        elif operator in ("Exists", "DoesNotExist"):
            if values:
                detail = "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector"
                errors.invalid((*path, "values"), values, detail, at=at)
        else:
            errors.invalid((*path, "operator"), operator, "not a valid selector operator", at=at)
    _conflicts(errors, given, scopes, path, path)


_OF_PODS = frozenset({"pods", "cpu", "memory", "limits.cpu", "limits.memory", "requests.cpu", "requests.memory"})
_OF_SCOPES = {
    **dict.fromkeys(("Terminating", "NotTerminating", "NotBestEffort", "PriorityClass"), _OF_PODS),
    "CrossNamespacePodAffinity": _OF_PODS,
    "BestEffort": frozenset({"pods"}),
    "VolumeAttributesClass": frozenset({"persistentvolumeclaims", "requests.storage"}),
}
_EXISTING = ("Terminating", "NotTerminating", "BestEffort", "NotBestEffort", "CrossNamespacePodAffinity")
_NAMES = (
    "ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, "
    "ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity"
)


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
        for field in (*_BOUNDS, "maxLimitRequestRatio"):
            if kind != "Pod" or not field.startswith("default"):
                _limited_names(errors, limit.get(field) or (), kind, (*at, field))
        for name in sorted({name for field in (*_BOUNDS, "maxLimitRequestRatio") for name in limit.get(field) or ()}):
            _bounds(errors, limit, name, kind == "Pod", at)
            ratio = (limit.get("maxLimitRequestRatio") or {}).get(name)
            if ratio is not None:
                _ratio(errors, limit, name, ratio, (*at, "maxLimitRequestRatio"))


def _limited_names(errors: Errors, found: Any, kind: str, path: Path) -> None:
    """Checks what is limited: of Pods and containers only what containers can have."""
    for name in found:
        told, at = (*path, Key(name)), (*path, name)
        if kind in ("Pod", "Container"):
            resources.container_name(errors, name, told)
            continue
        problems = names.qualified(name)
        for message in problems:
            errors.invalid(told, name, message, at=at)
        if not problems and "/" not in name and not resources.is_standard(name) and not name.startswith("hugepages-"):
            errors.invalid(told, name, "must be a standard resource type or fully qualified", at=at)


def _ratio(errors: Errors, limit: Object, name: str, ratio: str, path: Path) -> None:
    """Checks by how much the limit may be higher than the request."""
    told, at = (*path, Key(name)), (*path, name)
    if quantities.parse(ratio).compare(quantities.parse("1")) < 0:
        errors.invalid(told, ratio, f"ratio {ratio} is less than 1", at=at)
    low, high = (limit.get("min") or {}).get(name), (limit.get("max") or {}).get(name)
    if low is None or high is None:
        return
    least, most = quantities.parse(low).as_float(), quantities.parse(high).as_float()
    if least and quantities.parse(ratio).as_float() > most / least:
        errors.invalid(told, ratio, f"ratio {ratio} is greater than max/min = {most / least:f}", at=at)


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
