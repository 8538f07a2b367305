# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Workloads: replicas, selectors and templates (pkg/apis/{apps,batch,core}/validation)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from azext_safeguards.check.apiserver.refusals import Path
from azext_safeguards.check.apiserver.validation import selectors
from azext_safeguards.check.apiserver.validation.errors import Errors
from azext_safeguards.check.apiserver.validation.pods import template

Object = dict[str, Any]

_MISMATCH = "`selector` does not match template `labels`"
_ENDS = ("OnFailure", "Never")


def _not_negative(errors: Errors, spec: Object, path: Path, *fields: str) -> None:
    for field in fields:
        value = spec.get(field)
        if isinstance(value, int) and value < 0:
            errors.invalid((*path, field), value, "must be greater than or equal to 0")


def _selector(errors: Errors, spec: Object, path: Path, empty: str) -> None:
    """Checks a label selector that has to be there and to select something."""
    selector = spec.get("selector")
    if selector is None:
        errors.required((*path, "selector"))
        return
    selectors.label_selector(errors, selector, (*path, "selector"))
    if selectors.is_empty(selector):
        errors.invalid((*path, "selector"), selector, empty, reason="the selector is empty")


def _selected_template(errors: Errors, spec: Object, path: Path, claims: tuple[str, ...] = ()) -> None:
    """Checks the template, and that the selector selects it; a selector that is not there selects nothing."""
    found = spec.get("template") or {}
    given = (found.get("metadata") or {}).get("labels") or {}
    selector = spec.get("selector")
    is_selected = selector is not None and (selectors.is_empty(selector) or selectors.matches(selector, given))
    if not is_selected:
        errors.invalid(
            (*path, "template", "metadata", "labels"),
            given or None,
            _MISMATCH,
            reason="the selector does not match the labels of the template",
        )
    template(errors, found, (*path, "template"), claims)


def _always(errors: Errors, spec: Object, path: Path) -> None:
    """Checks that the Pods of a workload that runs for ever are restarted for ever."""
    inner = (spec.get("template") or {}).get("spec") or {}
    at = (*path, "template", "spec")
    if inner.get("restartPolicy", "Always") != "Always":
        errors.unsupported((*at, "restartPolicy"), inner["restartPolicy"], ["Always"])
    if inner.get("activeDeadlineSeconds") is not None:
        errors.forbidden((*at, "activeDeadlineSeconds"), "activeDeadlineSeconds in ReplicaSet is not Supported")


def deployment(errors: Errors, content: Object) -> None:
    """Checks a Deployment."""
    spec, path = content.get("spec") or {}, ("spec",)
    _not_negative(errors, spec, path, "replicas")
    _selector(errors, spec, path, "empty selector is invalid for deployment")
    _selected_template(errors, spec, path)
    _always(errors, spec, path)
    _strategy(errors, spec.get("strategy") or {}, (*path, "strategy"))
    _not_negative(errors, spec, path, "minReadySeconds", "revisionHistoryLimit")
    deadline = spec.get("progressDeadlineSeconds")
    if deadline is not None:
        _not_negative(errors, spec, path, "progressDeadlineSeconds")
        if deadline <= spec.get("minReadySeconds", 0):
            errors.invalid((*path, "progressDeadlineSeconds"), deadline, "must be greater than minReadySeconds")


def _strategy(errors: Errors, strategy: Object, path: Path) -> None:
    kind = strategy.get("type", "RollingUpdate")
    if kind == "Recreate":
        if strategy.get("rollingUpdate"):
            errors.forbidden((*path, "rollingUpdate"), "may not be specified when strategy `type` is 'Recreate'")
    elif kind != "RollingUpdate":
        errors.unsupported((*path, "type"), kind, ("Recreate", "RollingUpdate"))


def replica_set(errors: Errors, content: Object) -> None:
    """Checks a ReplicaSet."""
    spec, path = content.get("spec") or {}, ("spec",)
    _not_negative(errors, spec, path, "replicas", "minReadySeconds")
    _selector(errors, spec, path, "empty selector is invalid for deployment")
    _selected_template(errors, spec, path)
    _always(errors, spec, path)


def stateful_set(errors: Errors, content: Object) -> None:
    """Checks a StatefulSet; its claims are volumes of its Pods."""
    spec, path = content.get("spec") or {}, ("spec",)
    policy = spec.get("podManagementPolicy", "OrderedReady")
    if policy not in ("OrderedReady", "Parallel"):
        errors.invalid((*path, "podManagementPolicy"), policy, "must be 'OrderedReady' or 'Parallel'")
    kind = (spec.get("updateStrategy") or {}).get("type", "RollingUpdate")
    if kind not in ("RollingUpdate", "OnDelete"):
        errors.invalid((*path, "updateStrategy"), spec["updateStrategy"], "must be 'RollingUpdate' or 'OnDelete'")
    _not_negative(errors, spec, path, "replicas", "minReadySeconds")
    _selector(errors, spec, path, "empty selector is invalid for statefulset")
    claims = tuple((one.get("metadata") or {}).get("name", "") for one in spec.get("volumeClaimTemplates") or ())
    _selected_template(errors, spec, path, claims)
    _always(errors, spec, path)


def daemon_set(errors: Errors, content: Object) -> None:
    """Checks a DaemonSet."""
    spec, path = content.get("spec") or {}, ("spec",)
    selector = spec.get("selector")
    if selector is None:
        errors.required((*path, "selector"))
    else:
        selectors.label_selector(errors, selector, (*path, "selector"))
    labels = ((spec.get("template") or {}).get("metadata") or {}).get("labels") or {}
    if selector is not None and not selectors.is_empty(selector) and not selectors.matches(selector, labels):
        at = (*path, "template", "metadata", "labels")
        errors.invalid(at, labels or None, _MISMATCH, reason="the selector does not match the labels of the template")
    if selector is not None and selectors.is_empty(selector):
        errors.invalid((*path, "selector"), selector, "empty selector is invalid for daemonset")
    template(errors, spec.get("template") or {}, (*path, "template"))
    _always(errors, spec, path)
    _not_negative(errors, spec, path, "minReadySeconds", "revisionHistoryLimit")


def replication_controller(errors: Errors, content: Object) -> None:
    """Checks a ReplicationController, whose selector is a plain mapping."""
    spec, path = content.get("spec") or {}, ("spec",)
    _not_negative(errors, spec, path, "minReadySeconds")
    selector = spec.get("selector")
    if not selector:
        errors.required((*path, "selector"))
    _not_negative(errors, spec, path, "replicas")
    found = spec.get("template")
    if found is None:
        errors.required((*path, "template"))
        return
    labels = (found.get("metadata") or {}).get("labels") or {}
    if selector and not selectors.matches({"matchLabels": selector}, labels):
        at = (*path, "template", "metadata", "labels")
        errors.invalid(at, labels or None, _MISMATCH, reason="the selector does not match the labels of the template")
    template(errors, found, (*path, "template"))
    _always(errors, spec, path)


def job(errors: Errors, content: Object) -> None:
    """Checks a Job."""
    _job_spec(errors, content.get("spec") or {}, ("spec",))


def cron_job(errors: Errors, content: Object) -> None:
    """Checks a CronJob."""
    spec, path = content.get("spec") or {}, ("spec",)
    schedule = spec.get("schedule", "")
    if not schedule:
        errors.required((*path, "schedule"))
    else:
        _schedule(errors, schedule, (*path, "schedule"))
    policy = spec.get("concurrencyPolicy", "Allow")
    if policy not in ("Allow", "Forbid", "Replace"):
        errors.unsupported((*path, "concurrencyPolicy"), policy, ("Allow", "Forbid", "Replace"))
    _not_negative(errors, spec, path, "startingDeadlineSeconds", "successfulJobsHistoryLimit", "failedJobsHistoryLimit")
    _job_spec(errors, (spec.get("jobTemplate") or {}).get("spec") or {}, (*path, "jobTemplate", "spec"))
    name = (content.get("metadata") or {}).get("name", "")
    if len(name) > 52:
        errors.invalid(("metadata", "name"), name, "must be no more than 52 characters")


def _schedule(errors: Errors, schedule: str, path: Path) -> None:
    """Checks the number of fields; what stands in them is not looked at."""
    text = schedule.partition(" ")[2] if schedule.startswith(("TZ=", "CRON_TZ=")) else schedule
    fields = text.split()
    if not text.startswith("@") and len(fields) != 5:
        errors.invalid(path, schedule, f"expected exactly 5 fields, found {len(fields)}: [{' '.join(fields)}]")


def _job_spec(errors: Errors, spec: Object, path: Path) -> None:
    numbers = ("parallelism", "completions", "activeDeadlineSeconds", "backoffLimit", "ttlSecondsAfterFinished")
    _not_negative(errors, spec, path, *numbers)
    template(errors, spec.get("template") or {}, (*path, "template"))
    inner = (spec.get("template") or {}).get("spec") or {}
    policy = inner.get("restartPolicy", "Always")
    at = (*path, "template", "spec", "restartPolicy")
    if policy == "Always":
        reason = "the restartPolicy of a Job's Pods is OnFailure or Never; it is Always where none is given"
        errors.required(at, 'valid values: "OnFailure", "Never"', reason=reason)
    elif policy not in _ENDS:
        errors.unsupported(at, policy, _ENDS)


Rule = Callable[[Errors, Object], None]

RULES: dict[tuple[str, str], Rule] = {
    ("apps", "Deployment"): deployment,
    ("apps", "ReplicaSet"): replica_set,
    ("apps", "StatefulSet"): stateful_set,
    ("apps", "DaemonSet"): daemon_set,
    ("", "ReplicationController"): replication_controller,
    ("batch", "Job"): job,
    ("batch", "CronJob"): cron_job,
}
