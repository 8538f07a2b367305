# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The status of what would run on a real cluster: nothing runs here, and the status says so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Json = dict[str, Any]
_Made = Callable[[Json, str], Json]
NOTHING_RUNS = "the sandbox runs nothing: no Pod will come of this"
_WAITS = "MinimumReplicasUnavailable"
_STUCK = "ProgressDeadlineExceeded"


def status_of(group: str, kind: str, item: Json, now: str) -> Json | None:
    """Return the status of an object after a write of its spec; None for kinds whose status is as it was."""
    make = _MADE.get((group, kind))
    return make(item, now) if make else None


def _deployment(item: Json, now: str) -> Json:
    """A Deployment that wants Pods has failed to get them: this is what makes `kubectl rollout status` end."""
    idle = item.get("spec", {}).get("replicas", 1) == 0
    kept = (item.get("status") or {}).get("conditions") or ()
    available = ("Available", "True", "MinimumReplicasAvailable", "Deployment has minimum availability.")
    progressing = ("Progressing", "True", "NewReplicaSetAvailable", "there is nothing to run")
    if not idle:
        available = ("Available", "False", _WAITS, NOTHING_RUNS)
        progressing = ("Progressing", "False", _STUCK, NOTHING_RUNS)
    conditions = [_condition(*one, now, kept) for one in (available, progressing)]
    return {"observedGeneration": _generation(item), "conditions": conditions}


def _condition(kind: str, status: str, reason: str, message: str, now: str, kept: Any) -> Json:
    before = next((one for one in kept if isinstance(one, dict) and one.get("type") == kind), {})
    since = before.get("lastTransitionTime", now) if before.get("status") == status else now
    return {
        "type": kind,
        "status": status,
        "lastUpdateTime": before.get("lastUpdateTime", now) if before.get("status") == status else now,
        "lastTransitionTime": since,
        "reason": reason,
        "message": message,
    }


def _observed(item: Json, now: str) -> Json:
    return {"observedGeneration": _generation(item), "replicas": 0}


def _stateful(item: Json, now: str) -> Json:
    return {**_observed(item, now), "availableReplicas": 0}


def _daemon(item: Json, now: str) -> Json:
    """There are no nodes, so that no Pod is wanted: a DaemonSet is as complete as it can be."""
    return {
        "observedGeneration": _generation(item),
        "currentNumberScheduled": 0,
        "desiredNumberScheduled": 0,
        "numberMisscheduled": 0,
        "numberReady": 0,
    }


def _budget(item: Json, now: str) -> Json:
    counts = dict.fromkeys(("disruptionsAllowed", "currentHealthy", "desiredHealthy", "expectedPods"), 0)
    return {"observedGeneration": _generation(item), **counts}


def _pod(item: Json, now: str) -> Json:
    kept = (item.get("status") or {}).get("conditions") or ()
    before = next((one for one in kept if isinstance(one, dict) and one.get("type") == "PodScheduled"), {})
    condition = {
        "type": "PodScheduled",
        "status": "False",
        "lastProbeTime": None,
        "lastTransitionTime": before.get("lastTransitionTime", now),
        "reason": "Unschedulable",
        "message": NOTHING_RUNS,
    }
    return {"phase": "Pending", "conditions": [condition], "qosClass": _quality(item)}


def _quality(item: Json) -> str:
    """The quality of service of a Pod (kubernetes/kubernetes, pkg/apis/core/v1/helper/qos)."""
    spec = item.get("spec") or {}
    resources = [
        one.get("resources") or {} for name in ("containers", "initContainers") for one in spec.get(name) or ()
    ]
    if not any(one.get("requests") or one.get("limits") for one in resources):
        return "BestEffort"
    for one in resources:
        limits, requests = one.get("limits") or {}, one.get("requests") or {}
        if any(name not in limits or requests.get(name, limits[name]) != limits[name] for name in ("cpu", "memory")):
            return "Burstable"
    return "Guaranteed"


def _generation(item: Json) -> int:
    return int(item["metadata"].get("generation") or 1)


_MADE: dict[tuple[str, str], _Made] = {
    ("apps", "Deployment"): _deployment,
    ("apps", "ReplicaSet"): _observed,
    ("", "ReplicationController"): _observed,
    ("apps", "StatefulSet"): _stateful,
    ("apps", "DaemonSet"): _daemon,
    ("policy", "PodDisruptionBudget"): _budget,
    ("", "Pod"): _pod,
    ("", "Namespace"): lambda item, now: {"phase": "Active"},
    ("", "PersistentVolumeClaim"): lambda item, now: {"phase": "Pending"},
    ("", "Service"): lambda item, now: {"loadBalancer": {}},
    ("networking.k8s.io", "Ingress"): lambda item, now: {"loadBalancer": {}},
    ("batch", "Job"): lambda item, now: {},
    ("batch", "CronJob"): lambda item, now: {},
}
