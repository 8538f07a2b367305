# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What the checker's rules say about one object as a cluster has it, and about the Pod that it stands for.

The object has been through the API server already, so that the rules are asked and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from azext_safeguards.check.judging.expansion import TEMPLATES, implied_pod
from azext_safeguards.check.judging.mutated import Mutator
from azext_safeguards.check.policies.policy import POD, Policy
from sandbox.cluster.add_on.neighbours import Neighbours

Json = dict[str, Any]
#: No real object has more texts of one policy.
_MOST_TEXTS = 100
#: Of the checker alone: nothing on a cluster reads these annotations, so that they must silence nothing here.
_IGNORE = "ignore-safeguards.aks/"


def texts(
    policies: Iterable[Policy], mutator: Mutator, parameters: Mapping[str, Any], item: Json, neighbours: Neighbours
) -> Iterator[tuple[str, bool, str]]:
    """Go through the texts of policies as (short name, whether it is about the Pod, text)."""
    item = _without_ignoring(item)
    identity = (item["apiVersion"].rpartition("/")[0], item["kind"])
    pod = pod_of(item)
    if pod is not None:
        # The API server fills in a Pod when it is created; the one that Gatekeeper expands is left as it is.
        pod = mutator.mutate(pod, POD).content
    for policy in policies:
        if policy.rule is not None and identity in policy.kinds:
            for message, _ in islice(policy.rule(item, parameters), _MOST_TEXTS):
                yield policy.short, False, message
        if policy.rule is not None and pod is not None and POD in policy.kinds:
            for message, _ in islice(policy.rule(pod, parameters), _MOST_TEXTS):
                yield policy.short, True, message
        if policy.rule_among is not None and identity in policy.kinds:
            others = neighbours.of(policy, item)
            for message, _ in islice(policy.rule_among(item, parameters, others), _MOST_TEXTS) if others else ():
                yield policy.short, False, message


def pod_of(item: Json) -> Json | None:
    """Return the Pod that a workload stands for, None of what is no workload."""
    template = TEMPLATES.get((item["apiVersion"].rpartition("/")[0], item["kind"]))
    if template is None:
        return None
    metadata = item["metadata"]
    return implied_pod(item, template, str(metadata.get("name")), str(metadata.get("namespace") or ""))


def _without_ignoring(item: Json) -> Json:
    annotations = item["metadata"].get("annotations")
    if not isinstance(annotations, dict) or not any(str(name).startswith(_IGNORE) for name in annotations):
        return item
    kept = {name: value for name, value in annotations.items() if not str(name).startswith(_IGNORE)}
    return {**item, "metadata": {**item["metadata"], "annotations": kept}}
