# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Containers of plain Pods."""

from __future__ import annotations

from typing import Any

from azext_safeguards.check.apiserver.doubt import Doubt
from azext_safeguards.check.apiserver.images import tag_of
from azext_safeguards.check.apiserver.plain import parts
from azext_safeguards.check.apiserver.plain.fields import LATER, Step, items, of, one_of, text
from azext_safeguards.check.apiserver.plain.texts import data_key, known_variables, label, subdomain, texts, variable
from azext_safeguards.check.apiserver.validation.environment import FIELDS_OF_VARIABLES

Object = dict[str, Any]

_FIELDS_OF_VARIABLES = frozenset(FIELDS_OF_VARIABLES)


def _field(found: Any) -> None:
    if len(found) != 1 or found["fieldPath"] not in _FIELDS_OF_VARIABLES:
        raise Doubt


_AMOUNT = of(
    {"resource": one_of("limits.cpu", "limits.memory", "requests.cpu", "requests.memory"), "containerName": str},
    "resource",
)
_KEY = of({"name": subdomain, "key": data_key, "optional": bool}, "name", "key")
_SOURCES: dict[str, Step] = {
    **{"fieldRef": _field, "resourceFieldRef": _AMOUNT, "secretKeyRef": _KEY, "configMapKeyRef": _KEY}
}


def _environment(found: Any) -> Any:
    if found.__class__ is not list or not found:
        raise Doubt
    seen = set()
    for one in found:
        if one.__class__ is not dict:
            raise Doubt
        name = one["name"]
        if name not in known_variables:
            variable(name)
        seen.add(name)
        if len(one) == 1:
            continue
        if len(one) != 2:
            raise Doubt
        if "value" in one:
            if one["value"].__class__ is not str:
                raise Doubt
            continue
        source = one["valueFrom"]
        if source.__class__ is not dict or len(source) != 1:
            raise Doubt
        for kind, reference in source.items():
            if reference.__class__ is not dict:
                raise Doubt
            _SOURCES[kind](reference)
    if len(seen) < len(found):
        raise Doubt
    return found


_BY_NAME = of({"name": subdomain, "optional": bool}, "name")


def _all_variables_of(one: Any) -> Any:
    if one.__class__ is not dict or len(one) != 1:
        raise Doubt
    _BY_NAME(one["configMapRef"] if "configMapRef" in one else one["secretRef"])
    return one


_PATHS = frozenset({"name", "mountPath"})


def _mounts(found: Any, volumes: set[str]) -> Any:
    """What a container mounts of the volumes there are."""
    if found.__class__ is not list or not found:
        raise Doubt
    points = set()
    for one in found:
        if one.__class__ is not dict or one["name"] not in volumes:
            raise Doubt
        point = one["mountPath"]
        if point.__class__ is not str or not point:
            raise Doubt
        points.add(point)
        if len(one) > 2:
            _how_mounted(one)
    if len(points) < len(found):
        raise Doubt
    return found


def _how_mounted(mount: Object) -> None:
    for field, value in mount.items():
        if field == "readOnly":
            if value.__class__ is not bool:
                raise Doubt
        elif field == "subPath":
            if value.__class__ is not str or value[:1] == "/" or ".." in value:
                raise Doubt
        elif field not in _PATHS:
            raise Doubt


# What is looked at with what is around it.
_STEPS: dict[str, Any] = {
    **{"name": LATER, "image": text, "imagePullPolicy": one_of("Always", "IfNotPresent", "Never")},
    **{"command": texts, "args": texts, "workingDir": str, "stdin": bool, "tty": bool},
    **{"terminationMessagePath": str, "terminationMessagePolicy": one_of("File", "FallbackToLogsOnError")},
    **{"env": _environment, "envFrom": items(_all_variables_of), "volumeMounts": LATER, "ports": LATER},
    **{"resources": parts.resources, "securityContext": parts.context},
}
_AT_WORK = {
    **{"livenessProbe": parts.must_succeed_once, "startupProbe": parts.must_succeed_once},
    **{"readinessProbe": parts.readiness, "lifecycle": parts.lifecycle},
}
_STEPS_AT_WORK = {**_STEPS, **_AT_WORK}


def container(found: Any, seen: set[str], volumes: set[str], ports: parts.Ports) -> Object:
    """A container.

    :param seen: the names of those before it, to which its own is added.
    :param volumes: the names of the volumes of its Pod.
    :param ports: those of the Pod, to which its own are added.
    """
    return _container(found, _STEPS_AT_WORK, seen, volumes, ports)


def init_container(found: Any, seen: set[str], volumes: set[str], ports: parts.Ports) -> Object:
    """A container that ends before the others start, or one beside them."""
    if found.__class__ is dict and found.get("restartPolicy") == "Always":
        return _container(found, _STEPS_OF_SIDECARS, seen, volumes, ports)
    return _container(found, _STEPS, seen, volumes, ports)


_STEPS_OF_SIDECARS = {**_STEPS_AT_WORK, "restartPolicy": str}


def _container(found: Any, steps: dict[str, Any], seen: set[str], volumes: set[str], ports: parts.Ports) -> Object:
    if found.__class__ is not dict:
        raise Doubt
    name, image = label(found["name"]), found["image"]
    if name in seen:
        raise Doubt
    seen.add(name)
    filled: Object = found.copy()
    for field, value in found.items():
        step = steps[field]
        if step is value.__class__:
            continue
        if step is not LATER:
            if step.__class__ is type:
                raise Doubt
            taken = step(value)
            if taken is not value:
                filled[field] = taken
        elif field == "volumeMounts":
            _mounts(value, volumes)
        elif field == "ports":
            filled[field] = ports.take(value)
    if "imagePullPolicy" not in found:
        filled["imagePullPolicy"] = "Always" if tag_of(image) == "latest" else "IfNotPresent"
    if "terminationMessagePath" not in found:
        filled["terminationMessagePath"] = "/dev/termination-log"
    if "terminationMessagePolicy" not in found:
        filled["terminationMessagePolicy"] = "File"
    if "resources" not in found:
        filled["resources"] = {}
    return filled
