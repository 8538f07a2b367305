# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What may not change once an object is there (kubernetes/kubernetes, the Validate...Update functions)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from sandbox.cluster.core.kinds import Kind

Json = dict[str, Any]
Path = tuple[str, ...]
_FIXED: dict[tuple[str, str], tuple[Path, ...]] = {
    ("apps", "Deployment"): (("spec", "selector"),),
    ("apps", "ReplicaSet"): (("spec", "selector"),),
    ("apps", "DaemonSet"): (("spec", "selector"),),
    ("batch", "Job"): (("spec", "completionMode"), ("spec", "selector"), ("spec", "template")),
    ("storage.k8s.io", "StorageClass"): (("parameters",), ("provisioner",), ("reclaimPolicy",),
                                         ("volumeBindingMode",)),
    ("rbac.authorization.k8s.io", "RoleBinding"): (("roleRef",),),
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"): (("roleRef",),),
}  # fmt: skip
_STATEFUL = ("ordinals", "revisionHistoryLimit", "minReadySeconds", "persistentVolumeClaimRetentionPolicy", "replicas",
             "template", "updateStrategy")  # fmt: skip
_CANNOT_CHANGE_ROLE = "cannot change roleRef"
_STATEFUL_TEXT = (
    "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', "
    "'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' "
    "are forbidden"
)
_POD_TEXT = (
    "spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`,"
    "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing "
    "tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)"
)


def forbidden_changes(kind: Kind, item: Json, before: Json) -> Iterator[str]:
    """Go through what an update may not change, as errors of fields."""
    for path in _FIXED.get(kind.identity, ()):
        new, old = _at(item, path), _at(before, path)
        if new != old:
            reason = _CANNOT_CHANGE_ROLE if path == ("roleRef",) else "field is immutable"
            yield f"{'.'.join(path)}: Invalid value: {_shown(new)}: {reason}"
    if kind.identity == ("apps", "StatefulSet") and _other(item, _STATEFUL) != _other(before, _STATEFUL):
        yield _STATEFUL_TEXT
    if kind.identity == ("", "Pod") and _fixed_of_pod(item) != _fixed_of_pod(before):
        yield _POD_TEXT
    if kind.identity == ("", "Service"):
        yield from _service(item, before)
    if kind.identity in (("", "ConfigMap"), ("", "Secret")) and before.get("immutable"):
        if item.get("data") != before.get("data") or item.get("binaryData") != before.get("binaryData"):
            yield "data: Forbidden: field is immutable when `immutable` is set"
        if not item.get("immutable"):
            yield "immutable: Forbidden: field is immutable when `immutable` is set"
    if kind.identity == ("", "Secret") and item.get("type") != before.get("type"):
        yield f"type: Invalid value: {_shown(item.get('type'))}: field is immutable"


def _service(item: Json, before: Json) -> Iterator[str]:
    new, old = (item.get("spec") or {}), (before.get("spec") or {})
    leaves = new.get("type") == "ExternalName" or old.get("type") == "ExternalName"
    if not leaves and new.get("clusterIP") != old.get("clusterIP"):
        yield f"spec.clusterIPs[0]: Invalid value: {_shown(new.get('clusterIPs'))}: may not change once set"


def _fixed_of_pod(item: Json) -> Json:
    spec = {name: value for name, value in (item.get("spec") or {}).items()
            if name not in ("activeDeadlineSeconds", "tolerations", "terminationGracePeriodSeconds")}  # fmt: skip
    for name in ("containers", "initContainers"):
        if isinstance(spec.get(name), list):
            spec[name] = [{key: value for key, value in one.items() if key != "image"} for one in spec[name]]
    return spec


def _other(item: Json, changeable: tuple[str, ...]) -> Json:
    return {name: value for name, value in (item.get("spec") or {}).items() if name not in changeable}


def _at(item: Any, path: Path) -> Any:
    for step in path:
        item = item.get(step) if isinstance(item, dict) else None
    return item


def _shown(value: Any) -> str:
    """A value as the API server prints it where it is text; what it prints of structures is Go's, here it is JSON."""
    return json.dumps(value, separators=(",", ":"))
