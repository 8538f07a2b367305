# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""spread-mutator: a workload that says nothing of it prefers to spread over nodes.

Source: MicrosoftDocs/azure-aks-docs, articles/aks/deployment-safeguards.md, "Anti-affinity and topology spread
mutator" (2026). It says nothing of replicas, so that one replica is enough. Not published: whose labels count, and the
form of the selector. What is selected are Pods, so that the labels of the Pod template are taken, in matchLabels.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from azext_safeguards.check.mutations.mutation import Change
from azext_safeguards.check.policies.policy import Object
from azext_safeguards.check.rego.values import get
from azext_safeguards.domain.initiative.records.record import DEPLOYMENT, REPLICA_SET, STATEFUL_SET

KINDS = frozenset({DEPLOYMENT, STATEFUL_SET, REPLICA_SET})
FALLBACK = "default-antiaffinity-applabel"
_LABELS = ("app", "app.kubernetes.io/name")
_MANAGED_BY = "kubernetes.azure.com/managedby"
_HOST = "kubernetes.io/hostname"
_TEMPLATE = ("spec", "template")
_RULES = ("requiredDuringSchedulingIgnoredDuringExecution", "preferredDuringSchedulingIgnoredDuringExecution")


def changes(item: Object, kind: tuple[str, str]) -> Iterator[Change]:
    """What the mutator changes in a workload."""
    del kind
    pod = get(item, *_TEMPLATE, "spec")
    if not isinstance(pod, dict) or _is_spread(pod) or get(item, "metadata", "labels", _MANAGED_BY) == "aks":
        return
    label = _label(get(item, *_TEMPLATE, "metadata", "labels"))
    if label is None:
        name = get(item, "metadata", "name")
        if not isinstance(name, str) or not name:
            # "Workloads without identifiable names or labels" are skipped.
            return
        label = FALLBACK, name
        yield Change((*_TEMPLATE, "metadata", "labels", FALLBACK), name)
    selector = {"matchLabels": {label[0]: label[1]}}
    term = {"labelSelector": selector, "topologyKey": _HOST}
    spread = {"maxSkew": 1, "topologyKey": _HOST, "whenUnsatisfiable": "ScheduleAnyway", "labelSelector": selector}
    preferred = {_RULES[1]: [{"weight": 100, "podAffinityTerm": term}]}
    yield Change((*_TEMPLATE, "spec", "affinity", "podAntiAffinity"), preferred)
    yield Change((*_TEMPLATE, "spec", "topologySpreadConstraints"), [spread])


def _is_spread(pod: Object) -> bool:
    """Whether a Pod template has any rule of its own; an empty podAntiAffinity holds none."""
    constraints = get(pod, "topologySpreadConstraints")
    anti = get(pod, "affinity", "podAntiAffinity")
    return _has(constraints) or any(_has(get(anti, name)) for name in _RULES)


def _has(listed: Any) -> bool:
    return isinstance(listed, list) and bool(listed)


def _label(labels: Any) -> tuple[str, str] | None:
    """The label by which the Pods are found; None where there is none."""
    if not isinstance(labels, dict):
        return None
    return next(((name, labels[name]) for name in _LABELS if isinstance(labels.get(name), str) and labels[name]), None)
