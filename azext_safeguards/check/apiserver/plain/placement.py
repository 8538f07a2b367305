# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Where plain Pods are to run: affinities, tolerations, spread over nodes."""

from __future__ import annotations

from typing import Any

from azext_safeguards.check.apiserver.doubt import Doubt
from azext_safeguards.check.apiserver.plain.fields import Step, between, items, of
from azext_safeguards.check.apiserver.plain.texts import (
    label_key,
    label_value,
    labels,
    requirement,
    selector,
    some,
)
from azext_safeguards.check.apiserver.warnings.nodes import OLD_LABELS

Object = dict[str, Any]

_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"
_has_no_old_label = frozenset(OLD_LABELS).isdisjoint


def node_selector(found: Any) -> Any:
    """Labels of the nodes on which a Pod may run."""
    labels(found)
    if not _has_no_old_label(found):
        raise Doubt
    return found


_OF_TOLERATIONS = frozenset({"key", "operator", "value", "effect"})
_EFFECTS = frozenset({"NoSchedule", "PreferNoSchedule", "NoExecute"})


def tolerations(found: Any) -> Any:
    """Which taints a Pod tolerates."""
    for one in some(found):
        if one.__class__ is not dict or not one.keys() <= _OF_TOLERATIONS:
            raise Doubt
        operator = one.get("operator", "Equal")
        if operator == "Exists":
            if "value" in one:
                raise Doubt
            if "key" in one:
                label_key(one["key"])
        elif operator == "Equal":
            label_key(one["key"])
            label_value(one.get("value", ""))
        else:
            raise Doubt
        if "effect" in one and one["effect"] not in _EFFECTS:
            raise Doubt
    return found


def _topology(key: Any) -> Any:
    label_key(key)
    if key in OLD_LABELS:
        raise Doubt
    return key


def _constraint(one: Any) -> Any:
    skew = one["maxSkew"]
    if len(one) != 4 or skew.__class__ is not int or not 0 < skew < 1 << 31:
        raise Doubt
    if one["whenUnsatisfiable"] not in _ACTIONS:
        raise Doubt
    selector(one["labelSelector"])
    return _topology(one["topologyKey"])


_ACTIONS = frozenset({"DoNotSchedule", "ScheduleAnyway"})


def spread_constraints(found: Any) -> Any:
    """How Pods are spread over nodes."""
    seen = {(_constraint(one), one["whenUnsatisfiable"]) for one in some(found)}
    if len(seen) < len(found):
        raise Doubt
    return found


_weight = between(1, 100)


def _node_requirement(one: Any) -> Any:
    requirement(one)
    _topology(one["key"])
    return one


_NODE_TERM = of({"matchExpressions": items(_node_requirement)}, "matchExpressions")
_TERM = of({"topologyKey": label_key, "labelSelector": selector}, "topologyKey", "labelSelector")
_OF_PODS: Step = of(
    {
        _REQUIRED: items(_TERM),
        _PREFERRED: items(of({"weight": _weight, "podAffinityTerm": _TERM}, "weight", "podAffinityTerm")),
    }
)
_OF_NODES: Step = of(
    {
        _REQUIRED: of({"nodeSelectorTerms": items(_NODE_TERM)}, "nodeSelectorTerms"),
        _PREFERRED: items(of({"weight": _weight, "preference": _NODE_TERM}, "weight", "preference")),
    }
)
_AFFINITY = of({"nodeAffinity": _OF_NODES, "podAffinity": _OF_PODS, "podAntiAffinity": _OF_PODS})


def affinity(found: Any) -> Any:
    """Near which Pods, and on which nodes a Pod wants to run."""
    return _AFFINITY(found)
