# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Plain Pods, and templates of such."""

from __future__ import annotations

from typing import Any

from azext_safeguards.check.apiserver import quantities
from azext_safeguards.check.apiserver.doubt import Doubt
from azext_safeguards.check.apiserver.plain import parts
from azext_safeguards.check.apiserver.plain.containers import container, init_container
from azext_safeguards.check.apiserver.plain.fields import LATER, Step, copied, count, file_mode, of, one_of, text
from azext_safeguards.check.apiserver.plain.placement import affinity, node_selector, spread_constraints, tolerations
from azext_safeguards.check.apiserver.plain.texts import inner_metadata, label, some, subdomain

Object = dict[str, Any]


def _size(value: Any) -> Any:
    if value.__class__ is not str or quantities.canonical(value) != value or quantities.parse(value).value < 0:
        raise Doubt
    return value


_VOLUMES: dict[str, Step] = {
    "emptyDir": of({"medium": str, "sizeLimit": _size}),
    "configMap": of({"name": text, "defaultMode": file_mode, "optional": bool}, "name"),
    "secret": of({"secretName": text, "defaultMode": file_mode, "optional": bool}, "secretName"),
    "persistentVolumeClaim": of({"claimName": text, "readOnly": bool}, "claimName"),
}


def _volumes(found: Any, seen: set[str]) -> list[Object]:
    """Volumes; their names are added to those `seen`."""
    if found.__class__ is not list or not found:
        raise Doubt
    for one in found:
        if one.__class__ is not dict or len(one) != 2:
            raise Doubt
        for field, value in one.items():
            if field != "name":
                _VOLUMES[field](value)
        name = label(one["name"])
        if name in seen:
            raise Doubt
        seen.add(name)
    return found


def pull_secrets(found: Any) -> Any:
    """Secrets with credentials of registries; the API server warns of two that are alike."""
    seen = set()
    for one in some(found):
        if one.__class__ is not dict or len(one) != 1:
            raise Doubt
        seen.add(text(one["name"]))
    if len(seen) < len(found):
        raise Doubt
    return found


# What is looked at with what is around it.
_STEPS: dict[str, Any] = {
    **{"containers": LATER, "initContainers": LATER, "volumes": LATER, "securityContext": parts.context_of_pod},
    **{"restartPolicy": one_of("Always", "OnFailure", "Never")},
    **{"dnsPolicy": one_of("ClusterFirst", "ClusterFirstWithHostNet", "Default"), "schedulerName": text},
    **{"terminationGracePeriodSeconds": count, "serviceAccountName": subdomain, "serviceAccount": str},
    **{"automountServiceAccountToken": bool, "enableServiceLinks": bool, "imagePullSecrets": pull_secrets},
    **{"nodeSelector": node_selector, "tolerations": tolerations, "affinity": affinity, "priorityClassName": subdomain},
    **{"topologySpreadConstraints": spread_constraints, "priority": count},
}
_NO_CONTEXT: Object = {}


def pod_spec(found: Any, claims: tuple[str, ...] = ()) -> tuple[Object, bool]:
    """What Pods and templates of Pods have in common, and whether the API server warns of nothing in it.

    :param claims: volumes that a StatefulSet makes for each of its Pods.
    """
    filled = copied(found, _STEPS)
    for field, default in _DEFAULTS:
        if field not in found:
            filled[field] = default
    if "securityContext" not in found:
        filled["securityContext"] = {}
    if "terminationGracePeriodSeconds" not in found:
        filled["terminationGracePeriodSeconds"] = 30
    volumes = set(claims)
    if "volumes" in found:
        _volumes(found["volumes"], volumes)
    seen: set[str] = set()
    ports = parts.Ports()
    filled["containers"] = [container(one, seen, volumes, ports) for one in some(found["containers"])]
    if "initContainers" in found:
        first = some(found["initContainers"])
        filled["initContainers"] = [init_container(one, seen, volumes, ports) for one in first]
    return filled, ports.are_distinct


_DEFAULTS = (("restartPolicy", "Always"), ("dnsPolicy", "ClusterFirst"), ("schedulerName", "default-scheduler"))


def template(found: Any, claims: tuple[str, ...] = ()) -> tuple[Object, bool]:
    """The template of a workload's Pods, see `pod_spec`."""
    if found.__class__ is not dict:
        raise Doubt
    for field, value in found.items():
        if field == "metadata":
            inner_metadata(value)
        elif field != "spec":
            raise Doubt
    spec, is_quiet = pod_spec(found["spec"], claims)
    return {**found, "spec": spec}, is_quiet


def pod(found: Any) -> tuple[Object, bool]:
    """The spec of a Pod, see `pod_spec`: what is only limited is requested, too."""
    filled, is_quiet = pod_spec(found)
    filled.setdefault("enableServiceLinks", True)
    for field in ("initContainers", "containers"):
        for one in filled.get(field, ()):
            if one["image"] != one["image"].strip():
                raise Doubt
            limits = one["resources"].get("limits")
            if limits:
                requests = one["resources"].get("requests", _NO_CONTEXT)
                others = {name: amount for name, amount in limits.items() if name not in requests}
                if others:
                    one["resources"] = {**one["resources"], "requests": {**requests, **others}}
    return filled, is_quiet
