# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Plain workloads: each function takes a spec, and returns it with whether the API server warns of nothing in it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from azext_safeguards.check.apiserver.doubt import Doubt
from azext_safeguards.check.apiserver.plain.fields import LATER, copied, count, number_or_percent, of, one_of
from azext_safeguards.check.apiserver.plain.pods import template
from azext_safeguards.check.apiserver.plain.storage import claim
from azext_safeguards.check.apiserver.plain.texts import inner_metadata, label, some
from azext_safeguards.check.apiserver.validation.amounts import is_zero

Object = dict[str, Any]
Taken = tuple[Object, bool]


def _selected(found: Object, claims: tuple[str, ...] = ()) -> Taken:
    """The template of Pods that are restarted for ever, if the selector is one of labels that they have."""
    taken = template(found["template"], claims)
    labels = found["template"]["metadata"]["labels"]
    selector = found["selector"]
    wanted = selector["matchLabels"]
    if wanted.__class__ is not dict or not wanted or len(selector) != 1 or not wanted.items() <= labels.items():
        raise Doubt
    if taken[0]["spec"]["restartPolicy"] != "Always":
        raise Doubt
    return taken


_ROLLING = of({"maxSurge": number_or_percent, "maxUnavailable": number_or_percent})


def _rolling(found: Object, unavailable: Any, surge: Any) -> Object:
    """A strategy in which Pods are replaced one after the other, with these numbers where none are given."""
    _ROLLING(found)
    return {
        **found,
        **{name: value for name, value in (("maxUnavailable", unavailable), ("maxSurge", surge)) if name not in found},
    }


_DEPLOYMENT = {
    **{"replicas": count, "selector": dict, "template": LATER, "strategy": LATER, "minReadySeconds": count},
    **{"revisionHistoryLimit": count, "progressDeadlineSeconds": count, "paused": bool},
}


def deployment(found: Any) -> Taken:
    """A Deployment's."""
    filled = copied(found, _DEPLOYMENT)
    filled["template"], is_quiet = _selected(found)
    if "replicas" not in found:
        filled["replicas"] = 1
    filled["strategy"] = _strategy(found["strategy"]) if "strategy" in found else _usual_strategy()
    if "revisionHistoryLimit" not in found:
        filled["revisionHistoryLimit"] = 10
    if "progressDeadlineSeconds" not in found:
        filled["progressDeadlineSeconds"] = 600
    if filled["progressDeadlineSeconds"] <= found.get("minReadySeconds", 0):
        raise Doubt
    return filled, is_quiet


def _usual_strategy() -> Object:
    return {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "25%", "maxSurge": "25%"}}


def _strategy(found: Any) -> Object:
    if found == _RECREATE:
        return found  # type: ignore[no-any-return]
    if found.__class__ is not dict or not found.keys() <= _USUAL_FIELDS or found.get("type", _KIND) != _KIND:
        raise Doubt
    rolling = _rolling(found.get("rollingUpdate", {}), "25%", "25%")
    if is_zero(rolling["maxUnavailable"]) and is_zero(rolling["maxSurge"]):
        raise Doubt
    return _filled_strategy(found, rolling)


_KIND = "RollingUpdate"
_RECREATE = {"type": "Recreate"}
_USUAL_FIELDS = frozenset({"type", "rollingUpdate"})


def _filled_strategy(found: Object, rolling: Object) -> Object:
    filled = found.copy()
    if "type" not in found:
        filled["type"] = _KIND
    filled["rollingUpdate"] = rolling
    return filled


_RETENTION = one_of("Retain", "Delete")
_STATEFUL_SET = {
    **{"replicas": count, "selector": dict, "template": LATER, "updateStrategy": LATER, "minReadySeconds": count},
    **{"revisionHistoryLimit": count, "serviceName": label, "podManagementPolicy": one_of("OrderedReady", "Parallel")},
    "persistentVolumeClaimRetentionPolicy": of({"whenDeleted": _RETENTION, "whenScaled": _RETENTION}),
    "volumeClaimTemplates": LATER,
}


def stateful_set(found: Any) -> Taken:
    """A StatefulSet's; its claims are volumes of its Pods."""
    filled = copied(found, _STATEFUL_SET)
    claims = [_claim(one) for one in some(found["volumeClaimTemplates"])] if "volumeClaimTemplates" in found else []
    named = tuple(one["metadata"]["name"] for one in claims)
    if len(set(named)) < len(named):
        raise Doubt
    filled["template"], is_quiet = _selected(found, named)
    if "replicas" not in found:
        filled["replicas"] = 1
    if "podManagementPolicy" not in found:
        filled["podManagementPolicy"] = "OrderedReady"
    filled["updateStrategy"] = _in_order(found.get("updateStrategy", {}))
    if "revisionHistoryLimit" not in found:
        filled["revisionHistoryLimit"] = 10
    if "persistentVolumeClaimRetentionPolicy" not in found:
        filled["persistentVolumeClaimRetentionPolicy"] = {"whenDeleted": "Retain", "whenScaled": "Retain"}
    if claims:
        filled["volumeClaimTemplates"] = claims
    return filled, is_quiet


_PARTITION = of({"partition": count})


def _in_order(found: Any) -> Object:
    """How a StatefulSet replaces its Pods."""
    if found == _ON_DELETE:
        return found  # type: ignore[no-any-return]
    if found.__class__ is not dict or not found.keys() <= _USUAL_FIELDS or found.get("type", _KIND) != _KIND:
        raise Doubt
    rolling = _PARTITION(found.get("rollingUpdate", {}))
    return _filled_strategy(found, {**rolling, "partition": rolling.get("partition", 0)})


_ON_DELETE = {"type": "OnDelete"}
_OF_CLAIMS = frozenset({"apiVersion", "kind", "metadata", "spec"})


def _claim(found: Any) -> Object:
    """A claim that a StatefulSet makes for each of its Pods."""
    if found.__class__ is not dict or not found.keys() <= _OF_CLAIMS:
        raise Doubt
    metadata = found["metadata"]
    label(metadata["name"])
    inner_metadata({field: value for field, value in metadata.items() if field != "name"})
    filled: Object = {**found, "spec": claim(found["spec"])}
    for field, value in (("apiVersion", "v1"), ("kind", "PersistentVolumeClaim")):
        if field not in found:
            filled[field] = value
        elif found[field] != value:
            raise Doubt
    return filled


_DAEMON_SET = {
    **{"selector": dict, "template": LATER, "updateStrategy": LATER, "minReadySeconds": count},
    "revisionHistoryLimit": count,
}


def daemon_set(found: Any) -> Taken:
    """A DaemonSet's."""
    filled = copied(found, _DAEMON_SET)
    filled["template"], is_quiet = _selected(found)
    filled["updateStrategy"] = _on_each_node(found.get("updateStrategy", {}))
    if "revisionHistoryLimit" not in found:
        filled["revisionHistoryLimit"] = 10
    return filled, is_quiet


def _on_each_node(found: Any) -> Object:
    """How a DaemonSet replaces its Pods."""
    if found == _ON_DELETE:
        return found  # type: ignore[no-any-return]
    if found.__class__ is not dict or not found.keys() <= _USUAL_FIELDS or found.get("type", _KIND) != _KIND:
        raise Doubt
    rolling = _rolling(found.get("rollingUpdate", {}), 1, 0)
    if is_zero(rolling["maxUnavailable"]) == is_zero(rolling["maxSurge"]):
        raise Doubt
    return _filled_strategy(found, rolling)


_REPLICA_SET = {"replicas": count, "selector": dict, "template": LATER, "minReadySeconds": count}


def replica_set(found: Any) -> Taken:
    """A ReplicaSet's."""
    filled = copied(found, _REPLICA_SET)
    filled["template"], is_quiet = _selected(found)
    if "replicas" not in found:
        filled["replicas"] = 1
    return filled, is_quiet


_JOB = {
    **{"template": LATER, "parallelism": count, "completions": count, "backoffLimit": count, "suspend": bool},
    **{"activeDeadlineSeconds": count, "ttlSecondsAfterFinished": count, "completionMode": one_of("NonIndexed")},
}


def _job(found: Any) -> Taken:
    filled = copied(found, _JOB)
    filled["template"], is_quiet = template(found["template"])
    if filled["template"]["spec"]["restartPolicy"] == "Always":
        raise Doubt
    return filled, is_quiet


def job(found: Any) -> Taken:
    """A Job's."""
    filled, is_quiet = _job(found)
    if "completions" not in found and "parallelism" not in found:
        filled["completions"] = 1
    for field, default in (("parallelism", 1), ("backoffLimit", 6), ("completionMode", "NonIndexed")):
        if field not in found:
            filled[field] = default
    if "suspend" not in found:
        filled["suspend"] = False
    return filled, is_quiet


@lru_cache(maxsize=1024)
def _schedule(text: str) -> str:
    from azext_safeguards.check.apiserver.validation.schedules import wrong_schedule

    if text.__class__ is not str or not text or "TZ" in text or wrong_schedule(text):
        raise Doubt
    return text


_CRON_JOB = {
    **{"schedule": _schedule, "concurrencyPolicy": one_of("Allow", "Forbid", "Replace"), "suspend": bool},
    **{"startingDeadlineSeconds": count, "successfulJobsHistoryLimit": count, "failedJobsHistoryLimit": count},
    "jobTemplate": LATER,
}


def cron_job(found: Any) -> Taken:
    """A CronJob's."""
    filled = copied(found, _CRON_JOB)
    if "schedule" not in found:
        raise Doubt
    for field, default in _OF_CRON_JOBS:
        if field not in found:
            filled[field] = default
    of_jobs = found["jobTemplate"]
    if of_jobs.__class__ is not dict:
        raise Doubt
    for field, value in of_jobs.items():
        if field == "metadata":
            inner_metadata(value)
        elif field != "spec":
            raise Doubt
    spec, is_quiet = _job(of_jobs["spec"])
    filled["jobTemplate"] = {**of_jobs, "spec": spec}
    return filled, is_quiet


_OF_CRON_JOBS: tuple[tuple[str, Any], ...] = (
    *(("concurrencyPolicy", "Allow"), ("suspend", False)),
    *(("successfulJobsHistoryLimit", 3), ("failedJobsHistoryLimit", 1)),
)
