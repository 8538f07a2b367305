# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Services, budgets, nodes, claims and the like (pkg/apis/*/validation)."""

from __future__ import annotations

import re
from typing import Any

from azext_safeguards.check.apiserver.refusals import Path
from azext_safeguards.check.apiserver.validation import (
    access,
    admission_policies,
    claims,
    classes,
    data,
    definitions,
    endpoints,
    names,
    networking,
    quotas,
    selectors,
    storage,
    webhooks,
)
from azext_safeguards.check.apiserver.validation.amounts import at_most_all, number_or_percent
from azext_safeguards.check.apiserver.validation.autoscaling import autoscaler
from azext_safeguards.check.apiserver.validation.errors import Errors, Key
from azext_safeguards.check.apiserver.validation.metadata import NO_FINALIZER, STANDARD_FINALIZERS
from azext_safeguards.check.apiserver.validation.pods import pod, template
from azext_safeguards.check.apiserver.validation.services import service
from azext_safeguards.check.apiserver.validation.workloads import Rule

Object = dict[str, Any]

_EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")


def disruption_budget(errors: Errors, content: Object) -> None:
    """Checks a PodDisruptionBudget."""
    spec = content.get("spec") or {}
    fields = ("minAvailable", "maxUnavailable")
    if all(spec.get(field) is not None for field in fields):
        detail = "minAvailable and maxUnavailable cannot be both set"
        # The API server prints its internal form of the object.
        inner = {
            "MinAvailable": spec["minAvailable"],
            "Selector": spec.get("selector"),
            "MaxUnavailable": spec["maxUnavailable"],
            "UnhealthyPodEvictionPolicy": spec.get("unhealthyPodEvictionPolicy"),
        }
        errors.invalid(("spec",), inner, detail, at=("spec", "maxUnavailable"), reason=detail)
    for field in fields:
        number_or_percent(errors, spec.get(field), ("spec", field))
        at_most_all(errors, spec.get(field), ("spec", field))
    selectors.label_selector(errors, spec.get("selector"), ("spec", "selector"))
    eviction = spec.get("unhealthyPodEvictionPolicy", "AlwaysAllow")
    if eviction not in ("AlwaysAllow", "IfHealthyBudget"):
        at = ("spec", "unhealthyPodEvictionPolicy")
        errors.unsupported(at, eviction, ("AlwaysAllow", "IfHealthyBudget"))


def node(errors: Errors, content: Object) -> None:
    """Checks the taints of a Node."""
    seen: set[tuple[str, str]] = set()
    for index, taint in enumerate((content.get("spec") or {}).get("taints") or ()):
        # The API server tells another path than where they stand.
        at, place = ("metadata", "taints", index), ("spec", "taints", index)
        key, value, effect = (taint.get("key", ""), taint.get("value", ""), taint.get("effect", ""))
        for message in names.qualified(key):
            errors.invalid((*at, "key"), key, message, at=(*place, "key"))
        if names.label_value(value):
            errors.invalid((*at, "value"), value, ";".join(names.label_value(value)), at=(*place, "value"))
        if not effect:
            errors.required((*at, "effect"), at=place)
        elif effect not in _EFFECTS:
            errors.unsupported((*at, "effect"), effect, _EFFECTS, at=(*place, "effect"))
        if (key, effect) in seen:
            inner = {"Key": key, "Value": value, "Effect": effect, "TimeAdded": None}
            detail = "taints must be unique by key and effect pair"
            errors.duplicate(at, inner, detail=detail, reason=f"the taint {key}:{effect} is there twice")
        seen.add((key, effect))


def namespace(errors: Errors, content: Object) -> None:
    """Checks a Namespace."""
    path = ("spec", "finalizers")
    for index, finalizer in enumerate((content.get("spec") or {}).get("finalizers") or ()):
        for message in names.qualified(finalizer):
            errors.invalid(path, finalizer, message, at=(*path, index))
        if "/" not in finalizer and finalizer not in STANDARD_FINALIZERS:
            errors.invalid(path, finalizer, NO_FINALIZER, at=(*path, index))
    if not errors.refusals:
        _pod_security(errors, (content.get("metadata") or {}).get("labels") or {})


_LEVELS = ("privileged", "baseline", "restricted")
_VERSION = re.compile(r"latest|v1\.(0|[1-9][0-9]*)")


def _pod_security(errors: Errors, labels: dict[str, str]) -> None:
    """Checks the labels that the admission of Pods by the Pod Security Standards reads."""
    for mode in ("enforce", "audit", "warn"):
        name = f"pod-security.kubernetes.io/{mode}"
        level, version = labels.get(name, "baseline"), labels.get(f"{name}-version", "latest")
        if level not in _LEVELS:
            errors.invalid(_label(name), level, f"must be one of {', '.join(_LEVELS)}", at=("metadata", "labels", name))
        if not _VERSION.fullmatch(version):
            at = ("metadata", "labels", f"{name}-version")
            errors.invalid(_label(at[-1]), version, 'must be "latest" or "v1.x"', at=at)


def _label(name: str) -> Path:
    return ("metadata", "labels", Key(name))


def claim(errors: Errors, content: Object) -> None:
    """Checks a PersistentVolumeClaim."""
    claims.claim_spec(errors, content.get("spec") or {}, ("spec",))


def pod_template(errors: Errors, content: Object) -> None:
    """Checks a PodTemplate."""
    template(errors, content.get("template") or {}, ("template",))


def priority_class(errors: Errors, content: Object) -> None:
    """Checks a PriorityClass."""
    name, value = content["metadata"].get("name", ""), content.get("value", 0)
    if name.startswith("system-"):
        wrong = _wrong_system_class(name, value, bool(content.get("globalDefault")))
        if wrong:
            detail = f"priority class names with 'system-' prefix are reserved for system use only. error: {wrong}"
            errors.forbidden(("metadata", "name"), detail)
    elif value > _HIGHEST_PRIORITY:
        detail = f"maximum allowed value of a user defined priority is {_HIGHEST_PRIORITY}"
        errors.forbidden(("value",), detail)
    policy = content.get("preemptionPolicy", "Never")
    if not policy:
        errors.required(("preemptionPolicy",))
    elif policy not in ("PreemptLowerPriority", "Never"):
        errors.unsupported(("preemptionPolicy",), policy, ("PreemptLowerPriority", "Never"))


_HIGHEST_PRIORITY = 1_000_000_000
_SYSTEM_CLASSES = {"system-node-critical": 2_000_001_000, "system-cluster-critical": 2_000_000_000}


def _wrong_system_class(name: str, value: int, is_default: bool) -> str:
    """What is wrong with a class of Kubernetes' own; "" for one as it is."""
    if name not in _SYSTEM_CLASSES:
        return f"{name} is not a known system priority class"
    if value != _SYSTEM_CLASSES[name]:
        return f"value of {name} PriorityClass must be {_SYSTEM_CLASSES[name]}"
    return f"globalDefault of {name} PriorityClass must be false" if is_default else ""


_RBAC = "rbac.authorization.k8s.io"
_ADMISSION = "admissionregistration.k8s.io"

RULES: dict[tuple[str, str], Rule] = {
    ("", "Pod"): pod,
    ("", "PodTemplate"): pod_template,
    ("", "Service"): service,
    ("policy", "PodDisruptionBudget"): disruption_budget,
    ("", "Node"): node,
    ("", "Namespace"): namespace,
    ("", "ConfigMap"): data.config_map,
    ("", "Secret"): data.secret,
    ("", "PersistentVolumeClaim"): claim,
    ("", "PersistentVolume"): storage.volume,
    ("storage.k8s.io", "StorageClass"): storage.storage_class,
    ("autoscaling", "HorizontalPodAutoscaler"): autoscaler,
    ("networking.k8s.io", "Ingress"): networking.ingress,
    ("networking.k8s.io", "IngressClass"): networking.ingress_class,
    ("networking.k8s.io", "NetworkPolicy"): networking.network_policy,
    (_RBAC, "Role"): access.role,
    (_RBAC, "ClusterRole"): access.cluster_role,
    (_RBAC, "RoleBinding"): access.role_binding,
    (_RBAC, "ClusterRoleBinding"): access.cluster_role_binding,
    ("scheduling.k8s.io", "PriorityClass"): priority_class,
    ("", "ResourceQuota"): quotas.quota,
    ("", "LimitRange"): quotas.limit_range,
    ("", "Endpoints"): endpoints.endpoints,
    ("discovery.k8s.io", "EndpointSlice"): endpoints.endpoint_slice,
    (_ADMISSION, "ValidatingWebhookConfiguration"): webhooks.validating,
    (_ADMISSION, "MutatingWebhookConfiguration"): webhooks.mutating,
    (_ADMISSION, "ValidatingAdmissionPolicy"): admission_policies.policy,
    (_ADMISSION, "ValidatingAdmissionPolicyBinding"): admission_policies.binding,
    ("storage.k8s.io", "CSIDriver"): classes.csi_driver,
    ("storage.k8s.io", "CSIStorageCapacity"): classes.storage_capacity,
    ("storage.k8s.io", "VolumeAttributesClass"): classes.volume_attributes_class,
    ("node.k8s.io", "RuntimeClass"): classes.runtime_class,
    ("coordination.k8s.io", "Lease"): classes.lease,
    ("apiregistration.k8s.io", "APIService"): classes.api_service,
    ("apiextensions.k8s.io", "CustomResourceDefinition"): definitions.definition,
}
