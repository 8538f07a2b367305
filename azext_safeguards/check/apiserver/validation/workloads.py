# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Workloads: replicas, selectors and templates (pkg/apis/{apps,batch,core}/validation)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from azext_safeguards.check.apiserver.refusals import Path
from azext_safeguards.check.apiserver.validation import jobs, names, selectors
from azext_safeguards.check.apiserver.validation.amounts import at_most_all, is_zero, not_negative, number_or_percent
from azext_safeguards.check.apiserver.validation.claims import claim_spec
from azext_safeguards.check.apiserver.validation.errors import Errors
from azext_safeguards.check.apiserver.validation.metadata import are_labels, check_name
from azext_safeguards.check.apiserver.validation.pods import template

Object = dict[str, Any]


def _selector(errors: Errors, spec: Object, path: Path, kind: str) -> bool:
    """Checks a label selector that has to be there and to select something; returns whether it is one at all."""
    selector = spec.get("selector")
    if selector is None:
        errors.required((*path, "selector"))
        return True
    is_valid = selectors.label_selector(errors, selector, (*path, "selector"))
    if selectors.is_empty(selector):
        empty = f"empty selector is invalid for {kind}"
        errors.invalid((*path, "selector"), selector, empty, reason="the selector is empty")
    return is_valid


def _selects_its_pods(spec: Object) -> bool:
    """Whether a selector is as most are: labels that the template has, and valid if those are."""
    selector, found = spec.get("selector"), spec.get("template")
    if not selector or not found or len(selector) != 1:
        return False
    wanted, labels = selector.get("matchLabels"), (found.get("metadata") or {}).get("labels")
    return bool(wanted and labels and wanted.items() <= labels.items() and are_labels(wanted))


def _mismatch(errors: Errors, spec: Object, path: Path) -> None:
    """Checks that the selector selects the template; one that is not there selects nothing, an empty one all."""
    given = ((spec.get("template") or {}).get("metadata") or {}).get("labels")
    selector = spec.get("selector")
    if selector is None or not (selectors.is_empty(selector) or selectors.matches(selector, given or {})):
        at = (*path, "template", "metadata", "labels")
        errors.invalid(at, given, selectors.MISMATCH, reason=selectors.MISMATCH_REASON)


def _selected_template(errors: Errors, spec: Object, path: Path) -> None:
    """Checks the selector, and the template unless the selector is none."""
    if not _selects_its_pods(spec):
        if not _selector(errors, spec, path, "deployment"):
            shown = selectors.printed(spec["selector"])
            errors.invalid((*path, "selector"), shown, "invalid label selector", reason="the selector is not valid")
            return
        _mismatch(errors, spec, path)
    template(errors, spec.get("template") or {}, (*path, "template"))
    _always(errors, spec, path, "ReplicaSet")


def _always(errors: Errors, spec: Object, path: Path, kind: str) -> None:
    """Checks that the Pods of a workload that runs for ever are restarted for ever."""
    inner = (spec.get("template") or {}).get("spec") or {}
    if inner.get("restartPolicy") == "Always" and "activeDeadlineSeconds" not in inner:
        return
    at = (*path, "template", "spec")
    if inner.get("restartPolicy", "Always") != "Always":
        errors.unsupported((*at, "restartPolicy"), inner["restartPolicy"], ["Always"])
    if inner.get("activeDeadlineSeconds") is not None:
        errors.forbidden((*at, "activeDeadlineSeconds"), f"activeDeadlineSeconds in {kind} is not Supported")


def deployment(errors: Errors, content: Object) -> None:
    """Checks a Deployment."""
    spec, path = content.get("spec") or {}, ("spec",)
    not_negative(errors, spec, path, "replicas")
    _selected_template(errors, spec, path)
    strategy = spec.get("strategy") or {}
    if strategy != _USUAL_STRATEGY:
        _strategy(errors, strategy, (*path, "strategy"))
    not_negative(errors, spec, path, "minReadySeconds", "revisionHistoryLimit")
    deadline = spec.get("progressDeadlineSeconds")
    if deadline is not None:
        not_negative(errors, spec, path, "progressDeadlineSeconds")
        if deadline <= spec.get("minReadySeconds", 0):
            errors.invalid((*path, "progressDeadlineSeconds"), deadline, "must be greater than minReadySeconds")


# As it is filled in.
_USUAL_STRATEGY = {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "25%", "maxSurge": "25%"}}


def _strategy(errors: Errors, strategy: Object, path: Path) -> None:
    kind, rolling = strategy.get("type", "RollingUpdate"), strategy.get("rollingUpdate")
    if kind == "Recreate":
        if rolling is not None:
            errors.forbidden((*path, "rollingUpdate"), "may not be specified when strategy `type` is 'Recreate'")
    elif kind != "RollingUpdate":
        inner = {"Type": kind, "RollingUpdate": _capital(rolling, "maxUnavailable", "maxSurge")}
        errors.unsupported(path, inner, ("Recreate", "RollingUpdate"), at=(*path, "type"), shown=kind)
    elif rolling is not None:
        at = (*path, "rollingUpdate")
        for field in ("maxUnavailable", "maxSurge"):
            number_or_percent(errors, rolling.get(field), (*at, field))
        unavailable = rolling.get("maxUnavailable", "25%")
        if is_zero(unavailable) and is_zero(rolling.get("maxSurge", "25%")):
            errors.invalid((*at, "maxUnavailable"), unavailable, "may not be 0 when `maxSurge` is 0")
        at_most_all(errors, unavailable, (*at, "maxUnavailable"))


def _capital(found: Object | None, *fields: str) -> Object | None:
    """A part of an object as the API server holds it inside, which is what its errors print."""
    return None if found is None else {field[0].upper() + field[1:]: found.get(field) for field in fields}


def replica_set(errors: Errors, content: Object) -> None:
    """Checks a ReplicaSet."""
    spec, path = content.get("spec") or {}, ("spec",)
    not_negative(errors, spec, path, "replicas", "minReadySeconds")
    _selected_template(errors, spec, path)


def stateful_set(errors: Errors, content: Object) -> None:
    """Checks a StatefulSet; its claims are volumes of its Pods."""
    spec, path = content.get("spec") or {}, ("spec",)
    policy = spec.get("podManagementPolicy", "OrderedReady")
    if policy not in ("OrderedReady", "Parallel"):
        errors.invalid((*path, "podManagementPolicy"), policy, "must be 'OrderedReady' or 'Parallel'")
    _stateful_strategy(errors, spec.get("updateStrategy") or {}, (*path, "updateStrategy"))
    retention = spec.get("persistentVolumeClaimRetentionPolicy") or {}
    for field in ("whenDeleted", "whenScaled"):
        if retention.get(field) and retention[field] not in ("Retain", "Delete"):
            at = (*path, "persistentVolumeClaimRetentionPolicy", field)
            errors.unsupported(at, retention[field], ("Retain", "Delete"))
    found = spec.get("volumeClaimTemplates") or ()
    for index, claim in enumerate(found):
        claim_spec(errors, claim.get("spec") or {}, (*path, "volumeClaimTemplates", index, "spec"))
    not_negative(errors, spec, path, "replicas", "minReadySeconds")
    not_negative(errors, spec.get("ordinals") or {}, (*path, "ordinals"), "start")
    if spec.get("serviceName"):
        check_name(errors, (*path, "serviceName"), spec["serviceName"], names.label)
    if _selects_its_pods(spec):
        _stateful_template(errors, spec, path)
    elif not _selector(errors, spec, path, "statefulset"):
        shown = selectors.printed(spec["selector"])
        errors.invalid((*path, "selector"), shown, "", reason="the selector is not valid")
    else:
        _mismatch(errors, spec, path)
        _stateful_template(errors, spec, path)
    _always(errors, spec, path, "StatefulSet")


def _stateful_template(errors: Errors, spec: Object, path: Path) -> None:
    """Checks the template of a StatefulSet, which names its Pods and adds their claims itself."""
    found = spec.get("template") or {}
    inner = found.get("spec") or {}
    if "hostname" in inner or "subdomain" in inner:
        inner = {name: value for name, value in inner.items() if name not in ("hostname", "subdomain")}
        found = {**found, "spec": inner}
    claims = [(one.get("metadata") or {}).get("name", "") for one in spec.get("volumeClaimTemplates") or ()]
    template(errors, found, (*path, "template"), claims)


def _stateful_strategy(errors: Errors, strategy: Object, path: Path) -> None:
    kind, rolling = strategy.get("type", "RollingUpdate"), strategy.get("rollingUpdate")
    at = (*path, "rollingUpdate")
    if kind == "OnDelete":
        if rolling is not None:
            inner = _capital({"partition": 0, **rolling}, "partition", "maxUnavailable")
            errors.invalid(at, inner, "only allowed for updateStrategy 'RollingUpdate'")
    elif kind != "RollingUpdate":
        inner = {"Type": kind, "RollingUpdate": _capital(rolling, "partition", "maxUnavailable")}
        errors.invalid(path, inner, "must be 'RollingUpdate' or 'OnDelete'", at=(*path, "type"))
    elif rolling is not None:
        not_negative(errors, rolling, at, "partition")


def daemon_set(errors: Errors, content: Object) -> None:
    """Checks a DaemonSet."""
    spec, path = content.get("spec") or {}, ("spec",)
    selector = spec.get("selector")
    if selectors.label_selector(errors, selector, (*path, "selector")):
        _mismatch(errors, spec, path)
    if selector is not None and selectors.is_empty(selector):
        errors.invalid((*path, "selector"), selector, "empty selector is invalid for daemonset")
    template(errors, spec.get("template") or {}, (*path, "template"))
    _always(errors, spec, path, "DaemonSet")
    not_negative(errors, spec, path, "minReadySeconds")
    _daemon_strategy(errors, spec.get("updateStrategy") or {}, (*path, "updateStrategy"))
    not_negative(errors, spec, path, "revisionHistoryLimit")


def _daemon_strategy(errors: Errors, strategy: Object, path: Path) -> None:
    kind, rolling = strategy.get("type", "RollingUpdate"), strategy.get("rollingUpdate")
    if kind == "RollingUpdate" and rolling is not None:
        at = (*path, "rollingUpdate")
        unavailable, surge = rolling.get("maxUnavailable", 1), rolling.get("maxSurge", 0)
        for check in (number_or_percent, at_most_all):
            check(errors, unavailable, (*at, "maxUnavailable"))
            check(errors, surge, (*at, "maxSurge"))
        if is_zero(unavailable) and is_zero(surge):
            errors.required((*at, "maxUnavailable"), "cannot be 0 when maxSurge is 0")
        elif not is_zero(unavailable) and not is_zero(surge):
            errors.invalid((*at, "maxSurge"), surge, "may not be set when maxUnavailable is non-zero")
    elif kind not in ("RollingUpdate", "OnDelete"):
        inner = {"Type": kind, "RollingUpdate": _capital(rolling, "maxUnavailable", "maxSurge")}
        errors.unsupported(path, inner, ("RollingUpdate", "OnDelete"), at=(*path, "type"), shown=kind)


def replication_controller(errors: Errors, content: Object) -> None:
    """Checks a ReplicationController, whose selector is a plain mapping."""
    spec, path = content.get("spec") or {}, ("spec",)
    not_negative(errors, spec, path, "minReadySeconds")
    selector = spec.get("selector")
    if not selector:
        errors.required((*path, "selector"))
    not_negative(errors, spec, path, "replicas")
    found = spec.get("template")
    if found is None:
        errors.required((*path, "template"))
        return
    labels = (found.get("metadata") or {}).get("labels")
    if selector and not selectors.matches({"matchLabels": selector}, labels or {}):
        at = (*path, "template", "metadata", "labels")
        errors.invalid(at, labels, selectors.MISMATCH, reason=selectors.MISMATCH_REASON)
    template(errors, found, (*path, "template"))
    _always(errors, spec, path, "ReplicationController")


Rule = Callable[[Errors, Object], None]

RULES: dict[tuple[str, str], Rule] = {
    ("apps", "Deployment"): deployment,
    ("apps", "ReplicaSet"): replica_set,
    ("apps", "StatefulSet"): stateful_set,
    ("apps", "DaemonSet"): daemon_set,
    ("", "ReplicationController"): replication_controller,
    ("batch", "Job"): jobs.job,
    ("batch", "CronJob"): jobs.cron_job,
}
