# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Pods and the templates of Pods (pkg/apis/core/validation, ValidatePodSpec)."""

from __future__ import annotations

from typing import Any

from azext_safeguards.check.apiserver.refusals import Path
from azext_safeguards.check.apiserver.validation import names, volumes
from azext_safeguards.check.apiserver.validation.affinity import affinity, spread_constraints
from azext_safeguards.check.apiserver.validation.containers import containers, init_containers
from azext_safeguards.check.apiserver.validation.errors import Errors
from azext_safeguards.check.apiserver.validation.metadata import check_annotations, check_labels, check_name

Object = dict[str, Any]

_RESTART_POLICIES = ("Always", "OnFailure", "Never")
_DNS_POLICIES = ("ClusterFirstWithHostNet", "ClusterFirst", "Default", "None")
_EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")


def pod(errors: Errors, content: Object) -> None:
    """Checks the spec of a Pod."""
    spec = content.get("spec") or {}
    pod_spec(errors, spec, ("spec",))
    for name in ("containers", "initContainers"):
        for index, container in enumerate(spec.get(name) or ()):
            image = container.get("image", "")
            if image != image.strip():
                detail = "must not have leading or trailing whitespace"
                errors.invalid(("spec", name, index, "image"), image, detail)
    if spec.get("ephemeralContainers"):
        errors.forbidden(("spec", "ephemeralContainers"), "cannot be set on create")


def template(errors: Errors, found: Object, path: Path, claims: tuple[str, ...] = ()) -> None:
    """Checks the template of a workload's Pods; `claims` are volumes that a StatefulSet makes for each."""
    metadata = found.get("metadata") or {}
    # The API server leaves out `metadata` in these paths.
    _labels_of_template(errors, metadata, path)
    spec = found.get("spec") or {}
    pod_spec(errors, spec, (*path, "spec"), claims)
    if spec.get("ephemeralContainers"):
        errors.forbidden((*path, "spec", "ephemeralContainers"), "ephemeral containers not allowed in pod template")


def _labels_of_template(errors: Errors, metadata: Object, path: Path) -> None:
    inner = Errors()
    check_labels(inner, metadata.get("labels"), (*path, "labels"))
    check_annotations(inner, metadata.get("annotations"), (*path, "annotations"))
    for one in inner.refusals:
        errors.refusals.append(one._replace(path=(*path, "metadata", *one.path[len(path) :])))


def pod_spec(errors: Errors, spec: Object, path: Path, claims: tuple[str, ...] = ()) -> None:
    """Checks what Pods and templates of Pods have in common."""
    mountable = volumes.volumes(errors, spec.get("volumes"), (*path, "volumes")) | set(claims)
    containers(errors, spec, mountable, path)
    if spec.get("initContainers"):
        init_containers(errors, spec, mountable, path)
    if spec.get("hostNetwork"):
        _host_network(errors, spec, path)
    for field, allowed in (("restartPolicy", _RESTART_POLICIES), ("dnsPolicy", _DNS_POLICIES)):
        if spec.get(field, allowed[0]) not in allowed:
            errors.unsupported((*path, field), spec[field], allowed)
    check_labels(errors, spec.get("nodeSelector"), (*path, "nodeSelector"))
    if spec.get("affinity"):
        affinity(errors, spec["affinity"], (*path, "affinity"))
    if spec.get("dnsPolicy") == "None":
        _dns(errors, spec.get("dnsConfig"), (*path, "dnsConfig"))
    if spec.get("topologySpreadConstraints"):
        spread_constraints(errors, spec["topologySpreadConstraints"], (*path, "topologySpreadConstraints"))
    for field, rule in _NAMES:
        if spec.get(field):
            check_name(errors, (*path, field), spec[field], rule)
    deadline = spec.get("activeDeadlineSeconds")
    if deadline is not None and not 1 <= deadline < 1 << 31:
        errors.invalid((*path, "activeDeadlineSeconds"), deadline, "must be between 1 and 2147483647, inclusive")
    _tolerations(errors, spec.get("tolerations") or (), (*path, "tolerations"))


_NAMES = (
    ("serviceAccountName", names.subdomain),
    ("nodeName", names.subdomain),
    ("hostname", names.label),
    ("subdomain", names.label),
    ("priorityClassName", names.subdomain),
    ("runtimeClassName", names.subdomain),
)


def _host_network(errors: Errors, spec: Object, path: Path) -> None:
    for index, container in enumerate(spec.get("containers") or ()):
        for position, port in enumerate(container.get("ports") or ()):
            # A template may leave it out: it is filled in when a Pod is made of it.
            if port.get("hostPort") and port["hostPort"] != port.get("containerPort", 0):
                detail = "must match `containerPort` when `hostNetwork` is true"
                at = (*path, "containers", index, "ports", position, "hostPort")
                errors.invalid(at, port["hostPort"], detail)


def _dns(errors: Errors, config: Object | None, path: Path) -> None:
    if config is None:
        errors.required(path, "must provide `dnsConfig` when `dnsPolicy` is None")
    elif not config.get("nameservers"):
        errors.required((*path, "nameservers"), "must provide at least one DNS nameserver when `dnsPolicy` is None")


def _tolerations(errors: Errors, found: Any, path: Path) -> None:
    for index, one in enumerate(found):
        at = (*path, index)
        key, operator, effect = one.get("key", ""), one.get("operator", ""), one.get("effect", "")
        value = one.get("value", "")
        for message in names.qualified(key) if key else ():
            errors.invalid((*at, "key"), key, message)
        if not key and operator != "Exists":
            detail = 'operator must be Exists when `key` is empty, which means "match all values and all keys"'
            errors.invalid((*at, "operator"), operator, detail)
        if one.get("tolerationSeconds") is not None and effect != "NoExecute":
            errors.invalid((*at, "effect"), effect, "effect must be 'NoExecute' when `tolerationSeconds` is set")
        if operator == "Exists":
            if value:
                errors.invalid((*at, "operator"), value, "value must be empty when `operator` is 'Exists'")
        elif operator in ("", "Equal"):
            if names.label_value(value):
                errors.invalid((*at, "operator"), value, ";".join(names.label_value(value)))
        elif operator not in ("Lt", "Gt"):
            errors.unsupported((*at, "operator"), operator, ("Equal", "Exists"))
        if effect and effect not in _EFFECTS:
            errors.unsupported((*at, "effect"), effect, _EFFECTS)
