# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Pods and the templates of Pods (pkg/api/pod/warnings.go)."""

from __future__ import annotations

from typing import Any

from azext_safeguards.check.apiserver.refusals import Path
from azext_safeguards.check.apiserver.validation.errors import Key
from azext_safeguards.check.apiserver.warnings.addresses import warn_of_address
from azext_safeguards.check.apiserver.warnings.containers import (
    placed,
    warn_of_apparmor,
    warn_of_container,
    warn_of_ports,
    warn_of_profiles,
)
from azext_safeguards.check.apiserver.warnings.nodes import OLD_LABELS, warn_of_label, warn_of_term
from azext_safeguards.check.apiserver.warnings.plain import is_plain
from azext_safeguards.check.apiserver.warnings.volumes import warn_of_fraction, warn_of_volumes
from azext_safeguards.check.apiserver.warnings.warned import Warnings, quoted

Object = dict[str, Any]

_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"
_SECCOMP = "seccomp.security.alpha.kubernetes.io/pod"
_ANNOTATIONS = {
    "scheduler.alpha.kubernetes.io/critical-pod": 'non-functional in v1.16+; use the "priorityClassName" field instead',
    "security.alpha.kubernetes.io/sysctls": 'non-functional in v1.11+; use the "sysctls" field instead',
    "security.alpha.kubernetes.io/unsafe-sysctls": 'non-functional in v1.11+; use the "sysctls" field instead',
}
_NO_SELECTOR = "a null labelSelector results in matching no pod"


def warn_of_pod(warnings: Warnings, pod: Object, path: Path) -> None:
    """Warns of a Pod, or of the template of one that `path` leads to."""
    if is_plain(pod):
        return
    spec, annotations = pod.get("spec") or {}, (pod.get("metadata") or {}).get("annotations") or {}
    containers, at = placed(spec, (*path, "spec")), (*path, "metadata", "annotations")
    if annotations and not path and (spec.get("os") or {}).get("name") != "windows":
        # A Pod's are told before anything else.
        for _, container in containers:
            warn_of_apparmor(warnings, container, annotations, spec, at)
    _scheduling(warnings, spec, (*path, "spec"))
    for key, message in _ANNOTATIONS.items() if annotations else ():
        if key in annotations:
            warnings.field((*at, Key(key)), message, at=(*at, key))
    if spec.get("volumes"):
        warn_of_volumes(warnings, spec["volumes"], (*path, "spec", "volumes"))
    _twice(warnings, spec, (*path, "spec"))
    for name in ("memory", "ephemeral-storage") if "overhead" in spec else ():
        if name in spec["overhead"]:
            warn_of_fraction(warnings, spec["overhead"][name], (*path, "spec", "overhead"), name)
    if _SECCOMP in annotations and "seccompProfile" not in (spec.get("securityContext") or {}):
        detail = 'non-functional in v1.27+; use the "seccompProfile" field instead'
        warnings.field((*at, Key(_SECCOMP)), detail, at=(*at, _SECCOMP))
    for place, container in containers:
        if annotations:
            warn_of_profiles(warnings, container, annotations, spec, at)
            if path:
                warn_of_apparmor(warnings, container, annotations, spec, at)
        warn_of_container(warnings, container, place)
    warn_of_ports(warnings, containers)
    if path and spec.get("terminationGracePeriodSeconds", 0) < 0:
        # Of a Pod itself the API server makes it 1 before it looks.
        detail = "must be >= 0; negative values are invalid and will be treated as 1"
        warnings.field((*path, "spec", "terminationGracePeriodSeconds"), detail)
    if "affinity" in spec:
        _between_pods(warnings, spec["affinity"], (*path, "spec", "affinity"))
    for index, server in enumerate((spec.get("dnsConfig") or {}).get("nameservers") or ()):
        warn_of_address(warnings, server, (*path, "spec", "dnsConfig", "nameservers", index))
    for index, alias in enumerate(spec.get("hostAliases") or ()):
        warn_of_address(warnings, alias.get("ip", ""), (*path, "spec", "hostAliases", index, "ip"))


def _scheduling(warnings: Warnings, spec: Object, path: Path) -> None:
    for key in spec.get("nodeSelector") or ():
        if key in OLD_LABELS:
            at = (*path, "nodeSelector")
            warnings.field((*at, Key(key)), OLD_LABELS[key], at=(*at, key))
    node = (spec.get("affinity") or {}).get("nodeAffinity") or {}
    at = (*path, "affinity", "nodeAffinity")
    for index, term in enumerate((node.get(_REQUIRED) or {}).get("nodeSelectorTerms") or ()):
        warn_of_term(warnings, term, (*at, _REQUIRED, "nodeSelectorTerms", index))
    for index, one in enumerate(node.get(_PREFERRED) or ()):
        term = one.get("preference") or {}
        warn_of_term(warnings, term, (*at, _PREFERRED, index, "preference"), with_values=True)
    for index, one in enumerate(spec.get("topologySpreadConstraints") or ()):
        place = (*path, "topologySpreadConstraints", index)
        warn_of_label(warnings, one.get("topologyKey", ""), (*place, "topologyKey"))
        if "labelSelector" not in one:
            warnings.field((*place, "labelSelector"), _NO_SELECTOR, at=place)


def _between_pods(warnings: Warnings, affinity: Object, path: Path) -> None:
    for kind in ("podAffinity", "podAntiAffinity"):
        terms = affinity.get(kind) or {}
        for index, term in enumerate(terms.get(_REQUIRED) or ()):
            if "labelSelector" not in term:
                at = (*path, kind, _REQUIRED, index)
                warnings.field((*at, "labelSelector"), _NO_SELECTOR, at=at)
        for index, one in enumerate(terms.get(_PREFERRED) or ()):
            if "labelSelector" not in (one.get("podAffinityTerm") or {}):
                at = (*path, kind, _PREFERRED, index, "podAffinityTerm")
                warnings.field((*at, "labelSelector"), _NO_SELECTOR, at=at)


def _twice(warnings: Warnings, spec: Object, path: Path) -> None:
    for field, key in (("hostAliases", "ip"), ("imagePullSecrets", "name")):
        seen: set[str] = set()
        for index, one in enumerate(spec.get(field) or ()):
            value = one.get(key, "")
            if value in seen:
                warnings.field((*path, field, index, key), f"duplicate {key} {quoted(value)}")
            seen.add(value)
    for index, one in enumerate(spec.get("imagePullSecrets") or ()):
        if not one.get("name"):
            at = (*path, "imagePullSecrets", index)
            warnings.field((*at, "name"), 'invalid empty name ""', at=at)
