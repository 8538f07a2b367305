# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Pods and the templates of Pods (pkg/apis/core/validation, ValidatePodSpec)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from azext_safeguards.check.apiserver.refusals import Path
from azext_safeguards.check.apiserver.validation import device_claims, names, pod_fields, security, volumes
from azext_safeguards.check.apiserver.validation.affinity import affinity, spread_constraints
from azext_safeguards.check.apiserver.validation.containers import containers, ephemeral_containers, init_containers
from azext_safeguards.check.apiserver.validation.errors import Errors
from azext_safeguards.check.apiserver.validation.glance import is_plain_pod
from azext_safeguards.check.apiserver.validation.metadata import (
    are_labels,
    check_annotations,
    check_labels,
    check_name,
)
from azext_safeguards.check.apiserver.validation.resources import requirements

Object = dict[str, Any]

_RESTART_POLICIES = ("Always", "OnFailure", "Never")
_DNS_POLICIES = ("ClusterFirstWithHostNet", "ClusterFirst", "Default", "None")


def pod(errors: Errors, content: Object) -> None:
    """Checks the spec of a Pod."""
    spec, metadata = content.get("spec") or {}, content.get("metadata") or {}
    if metadata.get("annotations"):
        at = ("metadata", "annotations")
        pod_fields.pod_annotations(errors, metadata["annotations"], spec, at, at)
    pod_spec(errors, spec, ("spec",), pod=metadata.get("name", ""))
    for name in ("containers", "initContainers"):
        for index, container in enumerate(spec.get(name) or ()):
            image = container.get("image", "")
            if image != image.strip():
                detail = "must not have leading or trailing whitespace"
                errors.invalid(("spec", name, index, "image"), image, detail)
    if spec.get("ephemeralContainers"):
        errors.forbidden(("spec", "ephemeralContainers"), "cannot be set on create")


def template(errors: Errors, found: Object, path: Path, claims: Sequence[str] = ()) -> None:
    """Checks the template of a workload's Pods; `claims` are volumes that a StatefulSet makes for each."""
    metadata = found.get("metadata") or {}
    spec = found.get("spec") or {}
    # The API server leaves out `metadata` in these paths.
    _labels_of_template(errors, metadata, spec, path)
    if claims:
        spec = _with_claims(spec, claims)
    pod_spec(errors, spec, (*path, "spec"))
    if spec.get("ephemeralContainers"):
        errors.forbidden((*path, "spec", "ephemeralContainers"), "ephemeral containers not allowed in pod template")


def _with_claims(spec: Object, claims: Sequence[str]) -> Object:
    """A Pod as a StatefulSet makes it: with its claims in front of the other volumes."""
    made = set(claims)
    added = [{"name": name, "persistentVolumeClaim": {"claimName": name}} for name in dict.fromkeys(claims)]
    others = [one for one in spec.get("volumes") or () if one.get("name", "") not in made]
    return {**spec, "volumes": [*added, *others]}


def _labels_of_template(errors: Errors, metadata: Object, spec: Object, path: Path) -> None:
    labels, annotations = metadata.get("labels"), metadata.get("annotations")
    if not labels and not annotations:
        return
    if not annotations and are_labels(labels):
        return
    inner = Errors()
    check_labels(inner, labels, (*path, "labels"))
    if annotations:
        check_annotations(inner, annotations, (*path, "annotations"))
        pod_fields.pod_annotations(inner, annotations, spec, (*path, "annotations"), (*path, "annotations"))
    for one in inner.refusals:
        errors.refusals.append(one._replace(path=(*path, "metadata", *one.path[len(path) :])))


def pod_spec(errors: Errors, spec: Object, path: Path, *, pod: str = "") -> None:
    """Checks what Pods and templates of Pods have in common; `pod` is the name of a Pod."""
    if is_plain_pod(spec):
        return
    found = spec.get("volumes")
    mountable = volumes.volumes(errors, found, (*path, "volumes"), pod=pod) if found else {}
    if "resourceClaims" in spec or _claims_devices(spec):
        device_claims.claims(errors, spec, path)
    _containers(errors, spec, mountable, path)
    if "resources" in spec:
        device_claims.of_pod(errors, spec["resources"], spec, (*path, "resources"))
    if spec.get("hostNetwork"):
        _host_network(errors, spec, path)
    policy = spec.get("dnsPolicy", "ClusterFirst")
    for field, allowed in (("restartPolicy", _RESTART_POLICIES), ("dnsPolicy", _DNS_POLICIES)):
        if spec.get(field, allowed[0]) not in allowed:
            errors.unsupported((*path, field), spec[field], allowed)
    check_labels(errors, spec.get("nodeSelector"), (*path, "nodeSelector"))
    security.of_pod(errors, spec, path)
    if spec.get("affinity"):
        affinity(errors, spec["affinity"], (*path, "affinity"))
    if policy == "None" or "dnsConfig" in spec:
        pod_fields.dns(errors, spec.get("dnsConfig"), policy, (*path, "dnsConfig"))
    if "readinessGates" in spec or "schedulingGates" in spec:
        pod_fields.gates(errors, spec, path)
    if spec.get("topologySpreadConstraints"):
        spread_constraints(errors, spec["topologySpreadConstraints"], (*path, "topologySpreadConstraints"))
    _of_the_node(errors, spec, path)
    for field in ("serviceAccountName", "nodeName"):
        if spec.get(field):
            check_name(errors, (*path, field), spec[field], names.subdomain)
    deadline = spec.get("activeDeadlineSeconds")
    if deadline is not None and not 1 <= deadline < 1 << 31:
        errors.invalid((*path, "activeDeadlineSeconds"), deadline, "must be between 1 and 2147483647, inclusive")
    for field in ("hostname", "subdomain"):
        if spec.get(field):
            check_name(errors, (*path, field), spec[field], names.label)
    if spec.get("tolerations"):
        pod_fields.tolerations(errors, spec["tolerations"], (*path, "tolerations"))
    if "hostAliases" in spec:
        pod_fields.host_aliases(errors, spec["hostAliases"], (*path, "hostAliases"))
    _classes(errors, spec, path)
    if "overhead" in spec:
        requirements(errors, {"limits": spec["overhead"]}, (*path, "overhead"))
    if "os" in spec:
        security.operating_system(errors, spec, path)


def _containers(errors: Errors, spec: Object, mountable: volumes.Mountable, path: Path) -> None:
    """Checks containers of all kinds."""
    containers(errors, spec, mountable, path)
    if spec.get("initContainers"):
        init_containers(errors, spec, mountable, path)
    if spec.get("ephemeralContainers"):
        ephemeral_containers(errors, spec, mountable, path)


def _claims_devices(spec: Object) -> bool:
    for field in ("containers", "initContainers"):
        for one in spec.get(field) or ():
            resources = one.get("resources")
            if resources and "claims" in resources:
                return True
    return False


_PREEMPTION = ("PreemptLowerPriority", "Never")


def _classes(errors: Errors, spec: Object, path: Path) -> None:
    """Checks the names of classes, and the policy that belongs to the first."""
    if spec.get("priorityClassName"):
        check_name(errors, (*path, "priorityClassName"), spec["priorityClassName"], names.subdomain)
    if "runtimeClassName" in spec:
        check_name(errors, (*path, "runtimeClassName"), spec["runtimeClassName"], names.subdomain)
    policy, at = spec.get("preemptionPolicy"), (*path, "preemptionPolicy")
    if policy == "":
        errors.required(at)
    elif policy is not None and policy not in _PREEMPTION:
        errors.unsupported(at, policy, _PREEMPTION)


def _of_the_node(errors: Errors, spec: Object, path: Path) -> None:
    """Checks what Pods share with their node."""
    security.host_processes(errors, spec, path)
    if spec.get("hostUsers") is False:
        for field in ("hostNetwork", "hostPID", "hostIPC"):
            if spec.get(field):
                told = field if field == "hostNetwork" else field[0].upper() + field[1:]
                errors.forbidden((*path, told), "when `hostUsers` is false", at=(*path, field))


def _host_network(errors: Errors, spec: Object, path: Path) -> None:
    for index, container in enumerate(spec.get("containers") or ()):
        for position, port in enumerate(container.get("ports") or ()):
            # A template may leave it out: it is filled in when a Pod is made of it.
            if port.get("hostPort") and port["hostPort"] != port.get("containerPort", 0):
                detail = "must match `containerPort` when `hostNetwork` is true"
                at = (*path, "containers", index, "ports", position, "hostPort")
                errors.invalid(at, port["hostPort"], detail)
