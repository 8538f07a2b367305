# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Jobs and CronJobs."""

from __future__ import annotations

import re
from typing import Any

from azext_safeguards.check.apiserver.refusals import Path
from azext_safeguards.check.apiserver.time_zones import closest, is_zone
from azext_safeguards.check.apiserver.validation import job_policies, names, selectors
from azext_safeguards.check.apiserver.validation.amounts import not_negative
from azext_safeguards.check.apiserver.validation.errors import Errors
from azext_safeguards.check.apiserver.validation.metadata import check_labels
from azext_safeguards.check.apiserver.validation.pods import template
from azext_safeguards.check.apiserver.validation.schedules import wrong_schedule

Object = dict[str, Any]

_ENDS = ("OnFailure", "Never")
_NUMBERS = (
    *("parallelism", "completions", "activeDeadlineSeconds", "backoffLimit", "ttlSecondsAfterFinished"),
    *("backoffLimitPerIndex", "maxFailedIndexes"),
)
_LABELS = ("job-name", "batch.kubernetes.io/job-name")
_MANY, _MOST_OF_MANY = 100_000, 10_000
_PATH = r"[A-Za-z0-9/\-._~%!$&'()*+,;=:]+"
_ONE_ZONE = re.compile(r"[A-Za-z0-9._+-]{1,}\Z").match


def job(errors: Errors, content: Object) -> None:
    """Checks a Job."""
    spec, metadata = content.get("spec") or {}, content.get("metadata") or {}
    name = metadata.get("name", "")
    found, is_manual = spec.get("template") or {}, bool(spec.get("manualSelector"))
    own = (found.get("metadata") or {}).get("labels")
    labels = own or {}
    if not is_manual:
        # Its Pods get labels with its name.
        labels = {**dict.fromkeys(_LABELS, name), **labels}
        found = {**found, "metadata": {**(found.get("metadata") or {}), "labels": labels}}
    if own and not metadata.get("labels"):
        # A Job without labels has those of its Pods; they are told first.
        _inherited(errors, labels)
    selector = spec.get("selector")
    is_valid = selectors.is_valid(selector)
    made = dict.fromkeys(_LABELS, name)
    if not is_manual and selector is not None and is_valid and not selectors.matches(selector, made):
        # Matched with what the API server adds itself; it prints one more label, whose value nobody can know.
        shown = selectors.printed(selector)
        reason = "a Job selects its Pods itself; leave out the selector, or set manualSelector"
        errors.invalid(("spec", "selector"), shown, "`selector` not auto-generated", reason=reason)
    _job_spec(errors, {**spec, "template": found}, ("spec",))
    selectors.label_selector(errors, selector, ("spec", "selector"))
    if is_manual and selector is None:
        errors.required(("spec", "selector"))
    if is_manual and is_valid and (selector is None or not selectors.matches(selector, labels)):
        at = ("spec", "template", "metadata", "labels")
        errors.invalid(at, labels or None, selectors.MISMATCH, reason=selectors.MISMATCH_REASON)
    number = spec.get("completions")
    if spec.get("completionMode") == "Indexed" and number:
        pod = f"{name}-{number - 1}"
        if names.label(pod):
            detail = f"will not able to create pod with invalid DNS label: {pod}"
            errors.invalid(("metadata", "name"), name, detail)


def _inherited(errors: Errors, labels: dict[str, str]) -> None:
    inner = Errors()
    check_labels(inner, labels, ("metadata", "labels"))
    for one in inner.refusals:
        is_made = one.path[-1] in _LABELS
        path = ("metadata", "name") if is_made else ("spec", "template", *one.path)
        errors.refusals.append(one._replace(path=path))


def cron_job(errors: Errors, content: Object) -> None:
    """Checks a CronJob."""
    spec, path = content.get("spec") or {}, ("spec",)
    schedule = spec.get("schedule", "")
    if not schedule:
        errors.required((*path, "schedule"))
    else:
        _schedule(errors, schedule, (*path, "schedule"))
    not_negative(errors, spec, path, "startingDeadlineSeconds")
    if "timeZone" in spec:
        _time_zone(errors, spec["timeZone"], (*path, "timeZone"))
    policy = spec.get("concurrencyPolicy", "Allow")
    if policy not in ("Allow", "Forbid", "Replace"):
        errors.unsupported((*path, "concurrencyPolicy"), policy, ("Allow", "Forbid", "Replace"))
    inner, at = (spec.get("jobTemplate") or {}).get("spec") or {}, (*path, "jobTemplate", "spec")
    _job_spec(errors, inner, at)
    if "selector" in inner:
        errors.invalid((*at, "selector"), inner["selector"], "`selector` will be auto-generated")
    if inner.get("manualSelector"):
        errors.unsupported((*at, "manualSelector"), True, ("nil", "false"))
    not_negative(errors, spec, path, "successfulJobsHistoryLimit", "failedJobsHistoryLimit")
    name = (content.get("metadata") or {}).get("name", "")
    if len(name) > 52:
        errors.invalid(("metadata", "name"), name, "must be no more than 52 characters")


def _schedule(errors: Errors, schedule: str, path: Path) -> None:
    """Checks a schedule."""
    found = wrong_schedule(schedule)
    if found:
        errors.invalid(path, schedule, found)
    if "TZ" in schedule:
        errors.invalid(path, schedule, "cannot use TZ or CRON_TZ in schedule, use timeZone field instead")


def _time_zone(errors: Errors, zone: str, path: Path) -> None:
    """Checks that there is a time zone of this name."""
    if not zone:
        errors.invalid(path, zone, "timeZone must be nil or non-empty string")
        return
    has_form = all(part not in (".", "..") and part[:1] != "-" and _ONE_ZONE(part) for part in zone.split("/"))
    if has_form and zone.lower() == "local":
        detail = "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones"
        errors.invalid(path, zone, detail)
    if zone not in ("UTC", "Local") and not (has_form and is_zone(zone)):
        meant = closest(zone)
        hint = f"; did you mean {meant}?" if meant else "; names are such as Europe/Berlin or Etc/UTC"
        reason = f"there is no time zone '{zone}'{hint}"
        errors.invalid(path, zone, f"unknown time zone {zone}", reason=reason)


def _job_spec(errors: Errors, spec: Object, path: Path) -> None:
    not_negative(errors, spec, path, *_NUMBERS)
    _indexes(errors, spec, path)
    policy = spec.get("podFailurePolicy")
    if policy is not None:
        job_policies.pod_failure_policy(errors, spec, path)
    if "successPolicy" in spec:
        job_policies.success_policy(errors, spec, path)
    replacement = spec.get("podReplacementPolicy")
    if replacement is not None:
        allowed = ("Failed",) if policy is not None else ("Failed", "TerminatingOrFailed")
        if replacement not in allowed:
            errors.unsupported((*path, "podReplacementPolicy"), replacement, allowed)
    template(errors, spec.get("template") or {}, (*path, "template"))
    inner = (spec.get("template") or {}).get("spec") or {}
    restart = inner.get("restartPolicy", "Always")
    at = (*path, "template", "spec", "restartPolicy")
    if restart == "Always":
        reason = "the restartPolicy of a Job's Pods is OnFailure or Never; it is Always where none is given"
        errors.required(at, 'valid values: "OnFailure", "Never"', reason=reason)
    elif restart not in _ENDS:
        errors.unsupported(at, restart, _ENDS)
    elif policy is not None and restart != "Never":
        errors.invalid(at, restart, 'only "Never" is supported when podFailurePolicy is specified')


def _indexes(errors: Errors, spec: Object, path: Path) -> None:
    """Checks what goes only with Pods that are numbered."""
    mode = spec.get("completionMode", "NonIndexed")
    most, each, number = spec.get("maxFailedIndexes"), spec.get("backoffLimitPerIndex"), spec.get("completions")
    if most is not None and each is None:
        errors.required((*path, "backoffLimitPerIndex"), "when maxFailedIndexes is specified")
    if "managedBy" in spec:
        _controller(errors, spec["managedBy"], (*path, "managedBy"))
    if mode not in ("NonIndexed", "Indexed"):
        errors.unsupported((*path, "completionMode"), mode, ("NonIndexed", "Indexed"))
    elif mode == "Indexed":
        if number is None:
            errors.required((*path, "completions"), "when completion mode is Indexed")
        if spec.get("parallelism", 1) > _MANY:
            detail = "must be less than or equal to 100000 when completion mode is Indexed"
            errors.invalid((*path, "parallelism"), spec["parallelism"], detail)
        if number is not None and most is not None and most > number:
            errors.invalid((*path, "maxFailedIndexes"), most, "must be less than or equal to completions")
        if most is not None and most > _MANY:
            errors.invalid((*path, "maxFailedIndexes"), most, f"must be less than or equal to {_MANY}")
        if number is not None and number > _MANY and each is not None:
            _many_indexes(errors, spec, path)
    else:
        for field in ("backoffLimitPerIndex", "maxFailedIndexes"):
            if field in spec:
                errors.invalid((*path, field), spec[field], "requires indexed completion mode")


def _many_indexes(errors: Errors, spec: Object, path: Path) -> None:
    """Checks numbered Pods with limits of their own, of which there are very many."""
    if "maxFailedIndexes" not in spec:
        errors.required((*path, "maxFailedIndexes"), f"must be specified when completions is above {_MANY}")
    detail = (
        f"must be less than or equal to {_MOST_OF_MANY} when completions are above {_MANY} and used with backoff limit "
        "per index"
    )
    for field in ("parallelism", "maxFailedIndexes"):
        if spec.get(field, 0) > _MOST_OF_MANY:
            errors.invalid((*path, field), spec[field], detail)


def _controller(errors: Errors, name: str, path: Path) -> None:
    """Checks the name of the controller that runs a Job."""
    host, _, rest = name.partition("/")
    if not name:
        errors.required(path)
    elif not host or not rest:
        errors.invalid(path, name, 'must be a domain-prefixed path (such as "acme.io/foo")')
    else:
        for message in names.subdomain(host):
            errors.invalid(path, host, message)
        if not re.fullmatch(_PATH, rest):
            errors.invalid(path, rest, f"Invalid path (regex used for validation is '{_PATH}')")
    if len(name.encode("utf-8", "replace")) > 63:
        errors.too_long(path, 63)
