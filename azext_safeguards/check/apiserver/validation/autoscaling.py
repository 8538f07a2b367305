# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""HorizontalPodAutoscalers."""

from __future__ import annotations

from typing import Any

from azext_safeguards.check.apiserver import quantities
from azext_safeguards.check.apiserver.refusals import Path, Refusal
from azext_safeguards.check.apiserver.validation import names, resources
from azext_safeguards.check.apiserver.validation.errors import Errors
from azext_safeguards.check.apiserver.validation.metadata import check_name

Object = dict[str, Any]

_SOURCES = {
    "Object": "object",
    "External": "external",
    "Pods": "pods",
    "Resource": "resource",
    "ContainerResource": "containerResource",
}
_TARGETS = ("Utilization", "Value", "AverageValue")


def autoscaler(errors: Errors, content: Object) -> None:
    """Checks a HorizontalPodAutoscaler."""
    spec, path = content.get("spec") or {}, ("spec",)
    least, most = spec.get("minReplicas", 1), spec.get("maxReplicas", 0)
    if least < 1:
        errors.invalid((*path, "minReplicas"), least, "must be greater than or equal to 1")
    if most < 1:
        errors.invalid((*path, "maxReplicas"), most, "must be greater than 0")
    if most < least:
        errors.invalid((*path, "maxReplicas"), most, "must be greater than or equal to `minReplicas`")
    _reference(errors, spec.get("scaleTargetRef") or {}, (*path, "scaleTargetRef"), needs_group=True)
    metrics = spec.get("metrics") or ()
    for index, metric in enumerate(metrics):
        _metric(errors, metric, (*path, "metrics", index))
    share = spec.get("targetCPUUtilizationPercentage")
    if share is not None and share < 1:
        # Of the first version of this kind; inside it is a metric.
        told = (*path, "metrics", 0, "resource", "target", "averageUtilization")
        errors.invalid(told, share, "must be greater than 0", at=(*path, "targetCPUUtilizationPercentage"))
    if not least and not any(one.get("type") in ("Object", "External") for one in metrics):
        detail = "must specify at least one Object or External metric to support scaling to zero replicas"
        errors.forbidden((*path, "metrics"), detail)
    for name in ("scaleUp", "scaleDown"):
        rules = (spec.get("behavior") or {}).get(name)
        if rules is not None:
            _rules(errors, rules, (*path, "behavior", name))


def _reference(errors: Errors, found: Object, path: Path, *, needs_group: bool = False) -> None:
    for field in ("kind", "name"):
        if not found.get(field):
            errors.required((*path, field))
        else:
            check_name(errors, (*path, field), found[field], names.path_segment)
    version = found.get("apiVersion", "")
    # ReplicationControllers alone are in the group without a name.
    if needs_group and "/" not in version and found.get("kind") != "ReplicationController":
        errors.invalid((*path, "apiVersion"), version, "apiVersion must specify API group")


def _metric(errors: Errors, metric: Object, path: Path) -> None:
    kind = metric.get("type", "")
    if not kind:
        errors.required((*path, "type"), "must specify a metric source type")
    if kind not in _SOURCES:
        errors.unsupported((*path, "type"), kind, sorted(_SOURCES))
    given = [field for field in _SOURCES.values() if field in metric]
    for field in given[:1]:
        _source(errors, field, metric[field], (*path, field))
    expected = _SOURCES.get(kind)
    if expected and expected not in metric:
        errors.required((*path, expected), "must populate information for the given metric source")
    if len(given) != 1:
        for field in given:
            if field != expected:
                errors.forbidden((*path, field), "must populate the given metric source only")


def _source(errors: Errors, kind: str, found: Object, path: Path) -> None:
    target, at = found.get("target") or {}, (*path, "target")
    if kind == "object":
        _reference(errors, found.get("describedObject") or {}, (*path, "describedObject"))
    if kind in ("resource", "containerResource"):
        _resource(errors, kind, found, path)
    else:
        name = (found.get("metric") or {}).get("name", "")
        if not name:
            errors.required((*path, "metric", "name"), "must specify a metric name")
        else:
            check_name(errors, (*path, "metric", "name"), name, names.path_segment)
    _target(errors, target, at)
    value, average, share = ("value" in target, "averageValue" in target, "averageUtilization" in target)
    if kind == "pods" and not average:
        errors.required((*at, "averageValue"), "must specify a positive target averageValue")
    elif kind == "object" and not (value or average):
        errors.required((*at, "averageValue"), "must set either a target value or averageValue")
    elif kind == "external":
        if not (value or average):
            detail = "must set either a target value for metric or a per-pod target"
            errors.required((*at, "averageValue"), detail)
        if value and average:
            errors.forbidden((*at, "value"), "may not set both a target value for metric and a per-pod target")
    elif kind in ("resource", "containerResource"):
        if not (share or average):
            detail = "must set either a target raw value or a target utilization"
            errors.required((*at, "averageUtilization"), detail)
        if share and average:
            errors.forbidden((*at, "averageValue"), "may not set both a target raw value and a target utilization")


def _resource(errors: Errors, kind: str, found: Object, path: Path) -> None:
    if not found.get("name"):
        errors.required((*path, "name"), "must specify a resource name")
    elif kind == "containerResource":
        resources.container_name(errors, found["name"], (*path, "name"))
    if kind == "containerResource":
        name = found.get("container", "")
        if not name:
            errors.required((*path, "container"), "must specify a container")
        else:
            check_name(errors, (*path, "container"), name, names.label)


def _target(errors: Errors, target: Object, path: Path) -> None:
    kind = target.get("type", "")
    if not kind:
        errors.required((*path, "type"), "must specify a metric target type")
    if kind not in _TARGETS:
        errors.invalid((*path, "type"), kind, "must be either Utilization, Value, or AverageValue")
    for field in ("value", "averageValue"):
        if field in target and quantities.parse(target[field]).value <= 0:
            errors.invalid((*path, field), target[field], "must be positive")
    share = target.get("averageUtilization")
    if share is not None and share < 1:
        errors.invalid((*path, "averageUtilization"), share, "must be greater than 0")


def _rules(errors: Errors, rules: Object, path: Path) -> None:
    seconds, at = (rules.get("stabilizationWindowSeconds", 0), (*path, "stabilizationWindowSeconds"))
    if seconds < 0:
        errors.invalid(at, seconds, "must be greater than or equal to zero")
    if seconds > 3600:
        errors.invalid(at, seconds, "must be less than or equal to 3600")
    chosen = rules.get("selectPolicy", "Max")
    if chosen not in ("Disabled", "Max", "Min"):
        errors.unsupported((*path, "selectPolicy"), chosen, ("Disabled", "Max", "Min"))
    for index, policy in enumerate(rules.get("policies") or ()):
        at = (*path, "policies", index)
        if policy.get("type", "") not in ("Percent", "Pods"):
            errors.unsupported((*at, "type"), policy.get("type", ""), ("Percent", "Pods"))
        for field in ("value", "periodSeconds"):
            if policy.get(field, 0) <= 0:
                errors.invalid((*at, field), policy.get(field, 0), "must be greater than zero")
        if policy.get("periodSeconds", 0) > 1800:
            errors.invalid((*at, "periodSeconds"), policy["periodSeconds"], "must be less than or equal to 1800")


AUTOSCALER = "HorizontalPodAutoscaler"


def no_policies(document: Object) -> list[Refusal]:
    """Refuses rules of scaling whose list of policies is empty in the manifest; one that is not there has defaults."""
    errors = Errors()
    behavior = (document.get("spec") or _NOTHING).get("behavior") or _NOTHING
    for name in ("scaleUp", "scaleDown"):
        if (behavior.get(name) or _NOTHING).get("policies") == []:
            errors.required(("spec", "behavior", name, "policies"), "must specify at least one Policy")
    return errors.refusals


_NOTHING: Object = {}
