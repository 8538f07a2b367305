# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What mutations make invalid: a Pod that is refused, or a workload whose Pods will be.

Tried on a cluster with the limits that the article of April 2024 tells: a Pod that asks for more than the default limit
and has no limit of its own is refused. A Deployment with such a template is taken, and each of its Pods is refused
later, where nobody looks.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from azext_safeguards.check.apiserver.refusals import Refusal

Object = dict[str, Any]

_SETS = {"cpu": "mutate-cpu-limits", "memory": "mutate-memory-limits"}


class Prose(NamedTuple):
    """What a report says about findings of a kind, as about those of a policy."""

    title: str
    why: str
    fix: str
    docs: str


WITHOUT_PODS = Prose(
    "The Pods that a workload makes are valid after the mutations of safeguards",
    "Mutations give defaults to containers that have none. A default limit below a request makes the Pod invalid: the "
    "workload is accepted, and each of its Pods is refused where nobody looks.",
    "Set resources.limits.cpu and resources.limits.memory of every container, at least as high as its requests.",
    "https://learn.microsoft.com/azure/aks/deployment-safeguards",
)


def culprit(refusal: Refusal, names: Iterable[str]) -> str:
    """The short name of the mutation behind a refusal, of those that changed the object."""
    step = str(refusal.path[-1]) if refusal.path else ""
    acting = tuple(names)
    return _SETS[step] if _SETS.get(step) in acting else acting[-1]


def explained(refusal: Refusal, names: Iterable[str]) -> Refusal:
    """A refusal of a Pod with the mutation that causes it and the way out."""
    short = culprit(refusal, names)
    return refusal._replace(reason=f"{short} makes the Pod invalid: {refusal.reason}; {_way_out(refusal)}")


def without_pods(refusal: Refusal) -> str:
    """What is said about a workload whose Pods a mutation makes invalid."""
    return f"accepted, but none of its Pods will be created: {refusal.cluster}"


def _way_out(refusal: Refusal) -> str:
    resource = str(refusal.path[-1]) if refusal.path else ""
    if resource in _SETS:
        return f"set resources.limits.{resource} yourself, at least as high as the request"
    return "set the field yourself"


def both_bounds(spec: Any) -> bool:
    """Whether a disruption budget would have two bounds, and be refused, if the mutation of budgets acted on it.

    Whether that of AKS spares budgets with minAvailable is not published, so that it is said rather than reported.
    """
    return isinstance(spec, dict) and spec.get("minAvailable") is not None and spec.get("maxUnavailable") is None


BOTH_BOUNDS = (
    "mutate-max-unavailable: budgets with minAvailable are taken to be left alone, which is not documented; if they "
    'are not, the API server refuses them: "minAvailable and maxUnavailable cannot be both set".'
)
