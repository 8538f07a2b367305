# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""pod-disruption-budgets: a budget leaves room to move Pods.

Source of rule and texts: Azure/draft, disallowed-bad-pod-disruption-budgets/template.yaml (v1). Version 2 of the
template, which is not published, is given budgets only (Azure/azure-policy, DisallowedBadPodDisruptionBudgets.json),
so that v1's texts about workloads cannot appear any more.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Any

from azext_safeguards.check.policies.policy import Object, Parameters, Policy, Violation
from azext_safeguards.check.rego.values import MISSING, get, greater, literal, show_integer, show_string
from azext_safeguards.domain.initiative.records import members

_BUDGET = ("policy", "PodDisruptionBudget")
_WORKLOADS = ("Deployment", "StatefulSet", "ReplicaSet")


def _rule(budget: Object, parameters: Parameters) -> Iterable[Violation]:
    del parameters
    name = get(budget, "metadata", "name")
    spec = budget.get("spec")
    # Text such as "0%" is greater than any number to Rego, so that percentages always pass.
    if name is MISSING or (isinstance(spec, dict) and greater(spec.get("maxUnavailable", 1), 0)):
        return ()
    message = (
        f"PodDisruptionBudget <{show_string(name)}> has maxUnavailable of 0, "
        "only positive integers are allowed for maxUnavailable"
    )
    return (Violation(message, ("spec", "maxUnavailable")),)


def _match_labels(one: Object) -> Hashable:
    """The labels that a budget or a workload selects, to be compared; None where there are none."""
    labels = get(one, "spec", "selector", "matchLabels")
    if isinstance(labels, dict):
        for value in labels.values():
            if value.__class__ is not str:
                break
        else:
            return tuple(sorted(labels.items())) if len(labels) > 1 else tuple(labels.items())
    return None if labels is MISSING else literal(labels)


def _rule_among(budget: Object, parameters: Parameters, others: Iterable[Object]) -> Iterable[Violation]:
    del parameters
    least = get(budget, "spec", "minAvailable")
    if least is MISSING or get(budget, "spec", "selector", "matchLabels") is MISSING:
        return
    for workload in others:
        if workload.get("kind") not in _WORKLOADS or workload.get("apiVersion") != "apps/v1":
            continue
        replicas = get(workload, "spec", "replicas")
        if replicas is not MISSING and not greater(replicas, least):
            yield Violation(_message(budget, workload, least, replicas), ("spec", "minAvailable"))


def _message(budget: Object, workload: Object, least: Any, replicas: Any) -> str:
    """The text, in which Go complains about a minAvailable that is a percentage."""
    count = show_integer(replicas)
    return (
        f"PodDisruptionBudget {show_string(budget['metadata']['name'])} specifies minAvailable of "
        f"{show_integer(least)}, but matching {workload['kind']} {show_string(workload['metadata']['name'])} "
        f"has {count} replicas. minAvailable should be less than {count}"
    )


POLICY = Policy(
    **members("pod-disruption-budgets"),
    rule=_rule,
    rule_among=_rule_among,
    among=frozenset(("apps", kind) for kind in _WORKLOADS),
    keep=("selector", "replicas", "minAvailable"),
    places=(("spec", "minAvailable"),),
    likenesses=lambda one: (_match_labels(one),),
    offline="workloads that are on the cluster but not in the given files",
)
