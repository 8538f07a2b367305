# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Plain HorizontalPodAutoscalers."""

from __future__ import annotations

from typing import Any

from azext_safeguards.check.apiserver import quantities
from azext_safeguards.check.apiserver.doubt import Doubt
from azext_safeguards.check.apiserver.plain.fields import between, items, of, one_of, positive, text
from azext_safeguards.check.apiserver.plain.texts import path_segment

Object = dict[str, Any]

_REFERENCE = of({"apiVersion": str, "kind": path_segment, "name": path_segment}, "apiVersion", "kind", "name")


def _amount(value: Any) -> Any:
    # One that is written anew makes the object another.
    if value.__class__ is not str or quantities.canonical(value) != value or quantities.parse(value).value <= 0:
        raise Doubt
    return value


_TARGET = of(
    {"type": one_of("Utilization", "AverageValue"), "averageUtilization": positive, "averageValue": _amount}, "type"
)


def _target(found: Any) -> Any:
    _TARGET(found)
    if len(found) != 2:
        raise Doubt
    return found


_METRIC = of(
    {"type": one_of("Resource"), "resource": of({"name": text, "target": _target}, "name", "target")},
    "type",
    "resource",
)


_POLICIES = items(
    of(
        {"type": one_of("Percent", "Pods"), "value": positive, "periodSeconds": between(1, 1800)},
        *("type", "value", "periodSeconds"),
    )
)
_SCALING = of(
    {
        **{"stabilizationWindowSeconds": between(0, 3600), "policies": _POLICIES},
        "selectPolicy": one_of("Disabled", "Max", "Min"),
    }
)
_SPEC = of(
    {
        **{"scaleTargetRef": _REFERENCE, "minReplicas": positive, "maxReplicas": positive, "metrics": items(_METRIC)},
        "behavior": of({"scaleUp": _SCALING, "scaleDown": _SCALING}),
    },
    *("scaleTargetRef", "maxReplicas"),
)


def autoscaler(found: Any) -> Object:
    """The spec of a HorizontalPodAutoscaler."""
    _SPEC(found)
    if "/" not in found["scaleTargetRef"]["apiVersion"] or found["maxReplicas"] < found.get("minReplicas", 1):
        raise Doubt
    return found if "minReplicas" in found else {**found, "minReplicas": 1}
