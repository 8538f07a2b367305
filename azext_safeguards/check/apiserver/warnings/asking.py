# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What an API server warns of in which kind (pkg/registry, `WarningsOnCreate`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from azext_safeguards.check.apiserver.refusals import Path
from azext_safeguards.check.apiserver.validation import names
from azext_safeguards.check.apiserver.warnings import others
from azext_safeguards.check.apiserver.warnings.pods import warn_of_pod
from azext_safeguards.check.apiserver.warnings.volumes import warn_of_claim
from azext_safeguards.check.apiserver.warnings.warned import MOST_WARNINGS, Warned, Warnings

Object = dict[str, Any]
Rule = Callable[[Warnings, Object], None]

_OF_PODS = (
    "this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended"
)
_OF_A_POD = "this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended"
_OWNERS = (
    ".metadata.ownerReferences contains duplicate entries; API server dedups owner references in 1.20+, and may reject "
    "such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: "
)
_MANY, _MANY_AT_ONCE = 100_000, 10_000
_TOO_MANY = (
    "In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, Kubernetes "
    "might not be able to track completedIndexes when a big number of indexes fail"
)


def warn(content: Object, group: str, kind: str) -> list[Warned]:
    """What an API server warns of when it takes an object.

    :param content: the object, decoded, with defaults, and valid.
    """
    rule, metadata = _RULES.get((group, kind)), content.get("metadata") or {}
    owners = metadata.get("ownerReferences")
    old = others.OLD_KINDS.get((content.get("apiVersion", ""), kind))
    if rule is None and not old and not owners:
        return []
    warnings = Warnings()
    if old:
        warnings.add(("apiVersion",), old)
    if owners and len(owners) > 1:
        _owners(warnings, owners)
    if rule:
        rule(warnings, content)
    return warnings.finished()


def _owners(warnings: Warnings, owners: list[Object]) -> None:
    known: set[str] = set()
    twice = []
    for owner in owners:
        text = repr(sorted(owner.items()))
        if text in known:
            twice.append(owner.get("uid", ""))
        known.add(text)
    if twice:
        warnings.add(("metadata", "ownerReferences"), _OWNERS + ", ".join(twice[:MOST_WARNINGS]))


def _name(warnings: Warnings, content: Object, detail: str = _OF_PODS) -> None:
    messages = names.label((content.get("metadata") or {}).get("name") or "a")
    if messages:
        warnings.field(("metadata", "name"), f"{detail}: [{' '.join(messages)}]")


def _template(warnings: Warnings, spec: Object, path: Path) -> None:
    template = spec.get("template")
    if template is not None:
        warn_of_pod(warnings, template, (*path, "template"))


def _pod(warnings: Warnings, content: Object) -> None:
    early = Warnings()
    warn_of_pod(early, content, ())
    found = early.finished()
    # What is told of AppArmor comes before the name.
    told = [one for one in found if one.text.startswith("metadata.annotations[container.apparmor")]
    for one in told:
        warnings.add(*one)
    _name(warnings, content, _OF_A_POD)
    for one in found:
        warnings.add(*one)


def _workload(warnings: Warnings, content: Object) -> None:
    _name(warnings, content)
    _template(warnings, content.get("spec") or {}, ("spec",))


def _daemon_set(warnings: Warnings, content: Object) -> None:
    _template(warnings, content.get("spec") or {}, ("spec",))


def _stateful_set(warnings: Warnings, content: Object) -> None:
    spec = content.get("spec") or {}
    _template(warnings, spec, ("spec",))
    for index, claim in enumerate(spec.get("volumeClaimTemplates") or ()):
        path = ("spec", "volumeClaimTemplates", index)
        warn_of_claim(warnings, claim.get("spec") or {}, path, (*path, "spec"))
    if spec.get("revisionHistoryLimit", 0) < 0:
        detail = "a negative value retains all historical revisions; a value >= 0 is recommended"
        warnings.field(("spec", "revisionHistoryLimit"), detail)


def _job_spec(warnings: Warnings, spec: Object, path: Path) -> None:
    is_indexed = spec.get("completionMode") == "Indexed"
    if is_indexed and spec.get("completions", 0) > _MANY and spec.get("parallelism", 0) > _MANY_AT_ONCE:
        warnings.field(path, _TOO_MANY)
    _template(warnings, spec, path)


def _job(warnings: Warnings, content: Object) -> None:
    _name(warnings, content)
    _job_spec(warnings, content.get("spec") or {}, ("spec",))


def _cron_job(warnings: Warnings, content: Object) -> None:
    _name(warnings, content)
    inner = ((content.get("spec") or {}).get("jobTemplate") or {}).get("spec") or {}
    _job_spec(warnings, inner, ("spec", "jobTemplate", "spec"))


_RULES: dict[tuple[str, str], Rule] = {
    ("", "Pod"): _pod,
    ("", "PodTemplate"): lambda warnings, content: _template(warnings, content, ()),
    ("", "ReplicationController"): _workload,
    ("apps", "Deployment"): _workload,
    ("apps", "ReplicaSet"): _workload,
    ("apps", "DaemonSet"): _daemon_set,
    ("apps", "StatefulSet"): _stateful_set,
    ("batch", "Job"): _job,
    ("batch", "CronJob"): _cron_job,
    **others.RULES,
}
