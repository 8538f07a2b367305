# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What the server itself warns of, before any policy is asked (kubernetes/kubernetes, pkg/api/pod/warnings.go).

Those are here that were seen on a cluster, and the two about definitions that hide others.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]
_PODS = {
    ("", "Pod"): (),
    ("batch", "CronJob"): ("spec", "jobTemplate", "spec", "template"),
    **dict.fromkeys(
        [("apps", "Deployment"), ("apps", "ReplicaSet"), ("apps", "StatefulSet"), ("apps", "DaemonSet"),
         ("batch", "Job"), ("", "ReplicationController")],
        ("spec", "template"),
    ),
}  # fmt: skip
_NO_POD = "a null labelSelector results in matching no pod"
_AFFINITIES = ("podAffinity", "podAntiAffinity")
_REQUIRED, _PREFERRED = (f"{name}DuringSchedulingIgnoredDuringExecution" for name in ("required", "preferred"))


def cautions(identity: tuple[str, str], item: Json) -> Iterator[str]:
    """Go through what the server warns of in an object that it takes."""
    path = _PODS.get(identity)
    if path is None:
        return
    pod: Any = item
    for step in path:
        pod = pod.get(step) if isinstance(pod, dict) else None
    spec = pod.get("spec") if isinstance(pod, dict) else None
    if isinstance(spec, dict):
        yield from _of_pod(spec, ".".join((*path, "spec")))


def _of_pod(spec: Json, at: str) -> Iterator[str]:
    for number, secret in enumerate(spec.get("imagePullSecrets") or ()):
        if not secret.get("name"):
            yield f'{at}.imagePullSecrets[{number}].name: invalid empty name ""'
    for name in ("containers", "initContainers"):
        for number, container in enumerate(spec.get(name) or ()):
            yield from _of_container(container, f"{at}.{name}[{number}]")
    for number, constraint in enumerate(spec.get("topologySpreadConstraints") or ()):
        if constraint.get("labelSelector") is None:
            yield f"{at}.topologySpreadConstraints[{number}].labelSelector: {_NO_POD}"
    affinity = spec.get("affinity") or {}
    for name in _AFFINITIES:
        terms = affinity.get(name) or {}
        for number, term in enumerate(terms.get(_REQUIRED) or ()):
            if term.get("labelSelector") is None:
                yield f"{at}.affinity.{name}.{_REQUIRED}[{number}].labelSelector: {_NO_POD}"
        for number, weighted in enumerate(terms.get(_PREFERRED) or ()):
            if (weighted.get("podAffinityTerm") or {}).get("labelSelector") is None:
                yield f"{at}.affinity.{name}.{_PREFERRED}[{number}].podAffinityTerm.labelSelector: {_NO_POD}"


def _of_container(container: Json, at: str) -> Iterator[str]:
    resources = container.get("resources") or {}
    for name in ("limits", "requests"):
        value = (resources.get(name) or {}).get("memory")
        if isinstance(value, str) and value.endswith("m"):
            yield f'{at}.resources.{name}[memory]: fractional byte value "{value}" is invalid, must be an integer'
    seen: dict[Any, int] = {}
    for number, variable in enumerate(container.get("env") or ()):
        if variable.get("name") in seen:
            name = variable["name"]
            yield f'{at}.env[{number}]: hides previous definition of "{name}", which may be dropped when using apply'
        seen[variable.get("name")] = number
    ports: dict[tuple[Any, Any], int] = {}
    for number, port in enumerate(container.get("ports") or ()):
        key = (port.get("containerPort"), port.get("protocol"))
        if key in ports:
            yield f"{at}.ports[{number}]: duplicate port definition with {at}.ports[{ports[key]}]"
        ports.setdefault(key, number)
