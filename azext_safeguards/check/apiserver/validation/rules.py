# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Which rules apply to which kind."""

from __future__ import annotations

from typing import Any

from azext_safeguards.check.apiserver.refusals import Refusal
from azext_safeguards.check.apiserver.types import table
from azext_safeguards.check.apiserver.validation import names, others, workloads
from azext_safeguards.check.apiserver.validation.errors import Errors
from azext_safeguards.check.apiserver.validation.metadata import core_finalizers, object_meta
from azext_safeguards.check.apiserver.validation.names import NameRule

_RULES = {**workloads.RULES, **others.RULES}

_NAME_RULES: dict[tuple[str, str], NameRule] = {
    ("", "Service"): names.dns1035,
    ("", "Namespace"): names.label,
    **{
        ("rbac.authorization.k8s.io", kind): names.path_segment
        for kind in ("Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding")
    },
    **{
        ("", kind): names.subdomain
        for kind in (
            *("Pod", "PodTemplate", "ReplicationController", "ConfigMap", "Secret", "ServiceAccount", "Node"),
            *("PersistentVolume", "PersistentVolumeClaim", "ResourceQuota", "LimitRange", "Endpoints"),
        )
    },
    **{("apps", kind): names.subdomain for kind in ("DaemonSet", "Deployment", "ReplicaSet")},
    ("apps", "StatefulSet"): names.stateful_set,
    **{("batch", kind): names.subdomain for kind in ("Job", "CronJob")},
    **{("networking.k8s.io", kind): names.subdomain for kind in ("Ingress", "IngressClass", "NetworkPolicy")},
    # Its names are not validated beyond what a path cannot hold.
    ("policy", "PodDisruptionBudget"): names.path_segment,
    ("autoscaling", "HorizontalPodAutoscaler"): names.subdomain,
    ("storage.k8s.io", "StorageClass"): names.subdomain,
    ("scheduling.k8s.io", "PriorityClass"): names.subdomain,
    ("storage.k8s.io", "CSIDriver"): names.subdomain,
    ("discovery.k8s.io", "EndpointSlice"): names.subdomain,
    ("coordination.k8s.io", "Lease"): names.subdomain,
    ("node.k8s.io", "RuntimeClass"): names.subdomain,
    **{
        ("admissionregistration.k8s.io", f"{one}{of}"): names.subdomain
        for one in ("Mutating", "Validating")
        for of in ("WebhookConfiguration", "AdmissionPolicy", "AdmissionPolicyBinding")
    },
    **{
        ("storage.k8s.io", kind): names.subdomain
        for kind in ("CSIStorageCapacity", "VolumeAttributesClass", "CSINode", "VolumeAttachment")
    },
    ("apps", "ControllerRevision"): names.subdomain,
    **{
        ("resource.k8s.io", kind): names.subdomain
        for kind in ("DeviceClass", "ResourceClaim", "ResourceClaimTemplate", "ResourceSlice")
    },
    **{
        ("flowcontrol.apiserver.k8s.io", kind): names.subdomain for kind in ("FlowSchema", "PriorityLevelConfiguration")
    },
    ("networking.k8s.io", "ServiceCIDR"): names.subdomain,
    ("apiextensions.k8s.io", "CustomResourceDefinition"): names.subdomain,
    ("apiregistration.k8s.io", "APIService"): names.path_segment,
}


# These groups are validated with the rules of the first one.
_CORE_FINALIZERS = frozenset({"", "apps", "batch", "autoscaling", "networking.k8s.io"})


def validate(content: dict[str, Any], group: str, kind: str) -> list[Refusal]:
    """What is wrong with an object that is decoded and filled in; nothing when it is valid."""
    errors = Errors()
    rule = _NAME_RULES.get((group, kind))
    if rule is None and group not in table().groups:
        if "metadata" not in content:
            # The configuration of a tool, which stands beside manifests and is nothing for a cluster.
            return []
        rule = names.subdomain  # custom resources
    metadata, check = content.get("metadata") or {}, _RULES.get((group, kind))
    if check and kind == "PodDisruptionBudget":
        # Its own rules know no metadata; that is looked at when there is nothing else.
        check(errors, content)
        check = None
        if errors.refusals:
            return errors.refusals
    object_meta(errors, metadata, rule)
    if group in _CORE_FINALIZERS and "finalizers" in metadata:
        core_finalizers(errors, metadata)
    if check:
        check(errors, content)
    return errors.refusals
