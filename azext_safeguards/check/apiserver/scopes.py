# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Kinds that are in no namespace."""

from __future__ import annotations

CLUSTER_SCOPED = frozenset(
    {("", kind) for kind in ("Node", "Namespace", "PersistentVolume", "ComponentStatus")}
    | {("rbac.authorization.k8s.io", kind) for kind in ("ClusterRole", "ClusterRoleBinding")}
    | {("storage.k8s.io", kind) for kind in ("StorageClass", "CSIDriver", "CSINode", "VolumeAttachment")}
    | {("storage.k8s.io", "VolumeAttributesClass"), ("apiextensions.k8s.io", "CustomResourceDefinition")}
    | {("scheduling.k8s.io", "PriorityClass"), ("node.k8s.io", "RuntimeClass"), ("networking.k8s.io", "IngressClass")}
    | {("networking.k8s.io", kind) for kind in ("IPAddress", "ServiceCIDR")}
    | {("apiregistration.k8s.io", "APIService"), ("certificates.k8s.io", "CertificateSigningRequest")}
    | {
        ("admissionregistration.k8s.io", f"{one}{of}")
        for one in ("Mutating", "Validating")
        for of in ("WebhookConfiguration", "AdmissionPolicy", "AdmissionPolicyBinding")
    }
    | {("resource.k8s.io", kind) for kind in ("DeviceClass", "ResourceClass", "ResourceSlice", "DeviceTaintRule")}
    | {("certificates.k8s.io", "ClusterTrustBundle"), ("storagemigration.k8s.io", "StorageVersionMigration")}
    | {("internal.apiserver.k8s.io", "StorageVersion")}
    | {("flowcontrol.apiserver.k8s.io", kind) for kind in ("FlowSchema", "PriorityLevelConfiguration")}
)
"""(group, kind) of what is in no namespace."""
