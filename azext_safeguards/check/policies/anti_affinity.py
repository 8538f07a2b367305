# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""anti-affinity: a workload with several replicas spreads them over nodes.

Source of the rule: Azure/draft, pod-enforce-antiaffinity/template.yaml. Text and topology spread constraints came
later: MicrosoftDocs/azure-aks-docs, articles/aks/deployment-safeguards.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from azext_safeguards.check.policies.policy import Object, Parameters, Policy, Violation
from azext_safeguards.check.rego.values import MISSING, get, greater, show_integer, show_string
from azext_safeguards.domain.initiative.records import members

_POD_SPEC = ("spec", "template", "spec")
_PATH = (*_POD_SPEC, "topologySpreadConstraints")


def _rule(workload: Object, parameters: Parameters) -> Iterable[Violation]:
    del parameters
    replicas = get(workload, "spec", "replicas")
    if replicas.__class__ is int:
        # As it nearly always is.
        is_one = replicas <= 1
    else:
        is_one = replicas is MISSING or replicas == 1 or not greater(replicas, 1)
    if is_one:
        return ()
    pod_spec = get(workload, *_POD_SPEC)
    # Only false and undefined are "not there" to Rego; an empty list is.
    spread = get(pod_spec, "affinity", "podAntiAffinity"), get(pod_spec, "topologySpreadConstraints")
    if pod_spec is MISSING:
        return ()
    for one in spread:
        if one is not MISSING and one is not False:
            return ()
    kind = workload.get("kind")
    if kind.__class__ is str and replicas.__class__ is int:
        return _violation(kind, replicas)
    return (Violation(_message(kind, replicas), _PATH),)


@lru_cache(maxsize=1024)
def _violation(kind: str, replicas: int) -> tuple[Violation, ...]:
    """The same for all workloads of a kind with so many replicas."""
    return (Violation(_message(kind, replicas), _PATH),)


def _message(kind: Any, replicas: Any) -> str:
    return (
        f"{show_string(kind)} with {show_integer(replicas)} replicas should have either "
        "podAntiAffinity or topologySpreadConstraints set to avoid disruptions due to nodes crashing"
    )


POLICY = Policy(
    **members("anti-affinity"),
    rule=_rule,
)
