# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The kinds of which plain objects are known."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from azext_safeguards.check.apiserver.doubt import Doubt
from azext_safeguards.check.apiserver.plain import access, networking, pods, workloads
from azext_safeguards.check.apiserver.plain.autoscaling import autoscaler
from azext_safeguards.check.apiserver.plain.data import config_map, secret, service_account
from azext_safeguards.check.apiserver.plain.fields import Step, number_or_percent, of, one_of
from azext_safeguards.check.apiserver.plain.storage import claim
from azext_safeguards.check.apiserver.plain.texts import (
    label,
    metadata,
    metadata_of_role,
    metadata_of_service,
    metadata_of_workload,
    selector,
)
from azext_safeguards.check.apiserver.refusals import Path
from azext_safeguards.check.apiserver.warnings.warned import Warned, Warnings

Object = dict[str, Any]
Taken = tuple[Object, list[Warned]]
"""An object as the API server hands it on, and what it warns of."""


def plain(content: Object, namespace: str) -> Taken:
    """A plain object. Raises `Doubt` for any other.

    :param content: the object, with apiVersion and kind.
    :param namespace: where it goes if it names no namespace.
    """
    kind = _KINDS.get((content["apiVersion"], content["kind"]))
    try:
        if kind is None:
            return _custom(content, namespace)
        taken = kind(content)
        if "namespace" not in taken[0]["metadata"]:
            label(namespace)
    except (LookupError, TypeError, ValueError):
        # Something is missing, or a list or a mapping stands where a text belongs.
        raise Doubt from None
    return taken


def plain_again(content: Object) -> Object:
    """A plain object that has come from here and was changed since, filled in again. Raises `Doubt` for any other."""
    kind = _KINDS.get((content["apiVersion"], content["kind"]))
    if kind is None:
        raise Doubt
    try:
        return kind(content)[0]
    except (LookupError, TypeError, ValueError):
        raise Doubt from None


def _custom(content: Object, namespace: str) -> Taken:
    """An object of a kind that is not Kubernetes' own, of which only the metadata is looked at."""
    if not _is_custom(content["apiVersion"].rpartition("/")[0]):
        raise Doubt
    found = content["metadata"]
    if "namespace" not in found:
        label(namespace)
    return {**content, "metadata": metadata(found)}, []


@lru_cache(maxsize=256)
def _is_custom(group: str) -> bool:
    from azext_safeguards.check.apiserver.groups import can_be_served, is_not_served
    from azext_safeguards.check.apiserver.types import table

    return "." in group and group not in table().groups and not is_not_served(group) and can_be_served(group)


def _of_spec(
    step: Callable[[Any], tuple[Object, bool]], path: Path, longest_name: int = 63
) -> Callable[[Object], Taken]:
    """A kind that has a spec with Pods in it.

    :param path: leads to the Pod, or to the template of one.
    """

    def take(content: Object) -> Taken:
        if len(content) != 4:
            raise Doubt
        metadata = metadata_of_workload(content["metadata"])
        if len(metadata["name"]) > longest_name:
            raise Doubt
        spec, is_quiet = step(content["spec"])
        taken = content.copy()
        taken["metadata"] = metadata
        taken["spec"] = spec
        return taken, [] if is_quiet else _of_ports(taken, path)

    return take


def _of_ports(pod: Object, path: Path) -> list[Warned]:
    """What is warned of in a Pod whose ports alone are not as most are."""
    from azext_safeguards.check.apiserver.warnings.containers import placed, warn_of_ports

    inner: Any = pod
    for step in path:
        inner = inner[step]
    warnings = Warnings()
    warn_of_ports(warnings, placed(inner["spec"], (*path, "spec")))
    return warnings.finished()


def _quiet(step: Step, take_metadata: Step = metadata) -> Callable[[Object], Taken]:
    """A kind that has a spec without Pods in it."""

    def take(content: Object) -> Taken:
        if len(content) != 4:
            raise Doubt
        taken = content.copy()
        taken["metadata"] = take_metadata(content["metadata"])
        taken["spec"] = step(content["spec"])
        return taken, []

    return take


def _of_fields(fields: dict[str, Step], *needed: str, take_metadata: Step = metadata) -> Callable[[Object], Taken]:
    """A kind that has no spec, but some fields."""
    known = of({"apiVersion": str, "kind": str, "metadata": dict, **fields}, *needed)

    def take(content: Object) -> Taken:
        known(content)
        taken = content.copy()
        taken["metadata"] = take_metadata(content["metadata"])
        return taken, []

    return take


_BUDGET = of(
    {
        **{"minAvailable": number_or_percent, "maxUnavailable": number_or_percent, "selector": selector},
        "unhealthyPodEvictionPolicy": one_of("AlwaysAllow", "IfHealthyBudget"),
    }
)


def _budget(found: Any) -> Any:
    _BUDGET(found)
    if "minAvailable" in found and "maxUnavailable" in found:
        raise Doubt
    return found


def _without_namespace(take: Callable[[Object], Taken]) -> Callable[[Object], Taken]:
    """A kind that is in no namespace, as long as nobody writes one."""

    def take_one(content: Object) -> Taken:
        if "namespace" in content["metadata"]:
            raise Doubt
        return take(content)

    return take_one


_TEMPLATE = ("spec", "template")
_RBAC = "rbac.authorization.k8s.io/v1"
_of_any, _of_cluster = access.role_reference("Role", "ClusterRole"), access.role_reference("ClusterRole")

_KINDS: dict[tuple[str, str], Callable[[Object], Taken]] = {
    ("v1", "Pod"): _of_spec(pods.pod, ()),
    ("v1", "Service"): _quiet(networking.service, metadata_of_service),
    ("v1", "ConfigMap"): config_map,
    ("v1", "Secret"): secret,
    ("v1", "ServiceAccount"): service_account,
    ("v1", "PersistentVolumeClaim"): _quiet(claim),
    ("apps/v1", "Deployment"): _of_spec(workloads.deployment, _TEMPLATE),
    ("apps/v1", "StatefulSet"): _of_spec(workloads.stateful_set, _TEMPLATE),
    ("apps/v1", "DaemonSet"): _of_spec(workloads.daemon_set, _TEMPLATE),
    ("apps/v1", "ReplicaSet"): _of_spec(workloads.replica_set, _TEMPLATE),
    ("batch/v1", "Job"): _of_spec(workloads.job, _TEMPLATE),
    ("batch/v1", "CronJob"): _of_spec(workloads.cron_job, ("spec", "jobTemplate", *_TEMPLATE), longest_name=52),
    ("autoscaling/v2", "HorizontalPodAutoscaler"): _quiet(autoscaler),
    ("policy/v1", "PodDisruptionBudget"): _quiet(_budget),
    ("networking.k8s.io/v1", "Ingress"): _quiet(networking.ingress),
    ("networking.k8s.io/v1", "NetworkPolicy"): _quiet(networking.network_policy),
    (_RBAC, "Role"): _of_fields({"rules": access.RULES}, take_metadata=metadata_of_role),
    (_RBAC, "RoleBinding"): _of_fields(
        {"roleRef": _of_any, "subjects": access.subjects}, "roleRef", take_metadata=metadata_of_role
    ),
    (_RBAC, "ClusterRole"): _without_namespace(_of_fields({"rules": access.RULES}, take_metadata=metadata_of_role)),
    (_RBAC, "ClusterRoleBinding"): _without_namespace(
        _of_fields(
            {"roleRef": _of_cluster, "subjects": access.subjects_of_all}, "roleRef", take_metadata=metadata_of_role
        )
    ),
}
