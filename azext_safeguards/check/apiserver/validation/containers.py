# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Containers, init containers and their probes (pkg/apis/core/validation, validateContainers and below)."""

from __future__ import annotations

from typing import Any

from azext_safeguards.check.apiserver.refusals import Path
from azext_safeguards.check.apiserver.validation import names, resources, security, volumes
from azext_safeguards.check.apiserver.validation.environment import environment, environment_from
from azext_safeguards.check.apiserver.validation.errors import Errors
from azext_safeguards.check.apiserver.validation.handlers import lifecycle, probe
from azext_safeguards.check.apiserver.validation.metadata import check_name

Container = dict[str, Any]

_PULL_POLICIES = ("Always", "IfNotPresent", "Never")
_PROTOCOLS = ("SCTP", "TCP", "UDP")
_MESSAGE_POLICIES = ("File", "FallbackToLogsOnError")
_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")


def containers(errors: Errors, spec: dict[str, Any], mountable: volumes.Mountable, path: Path) -> None:
    """Checks the containers of a Pod."""
    found = spec.get("containers") or ()
    at = (*path, "containers")
    if not found:
        errors.required(at)
    grace = grace_period(spec)
    host_users, never = spec.get("hostUsers") is not False, spec.get("restartPolicy") == "Never"
    seen: set[str] = set()
    for index, container in enumerate(found):
        _common(errors, container, mountable, (*at, index), host_users, never)
        _unique(errors, container, seen, (*at, index))
        _hooks_and_probes(errors, container, grace, (*at, index))
    _host_ports(errors, found, at)


def init_containers(errors: Errors, spec: dict[str, Any], mountable: volumes.Mountable, path: Path) -> None:
    """Checks the init containers of a Pod; one with restartPolicy Always is a sidecar and may have probes."""
    grace = grace_period(spec)
    host_users, never = spec.get("hostUsers") is not False, spec.get("restartPolicy") == "Never"
    seen = {container.get("name", "") for container in spec.get("containers") or ()}
    for index, container in enumerate(spec.get("initContainers") or ()):
        at = (*path, "initContainers", index)
        _common(errors, container, mountable, at, host_users, never)
        _unique(errors, container, seen, at)
        # Another policy than Always is dropped, or taken, as the version of Kubernetes has it.
        if container.get("restartPolicy") == "Always":
            _hooks_and_probes(errors, container, grace, at)
            continue
        for field in ("lifecycle", *_PROBES):
            if container.get(field) is not None:
                errors.forbidden((*at, field), "may not be set for init containers without restartPolicy=Always")


_NOT_EPHEMERAL = ("ports", "resources", "resizePolicy", *_PROBES, "lifecycle")


def ephemeral_containers(errors: Errors, spec: dict[str, Any], mountable: volumes.Mountable, path: Path) -> None:
    """Checks the ephemeral containers of a Pod, which are refused as a whole, too."""
    host_users, never = spec.get("hostUsers") is not False, spec.get("restartPolicy") == "Never"
    others = {one.get("name", "") for field in ("containers", "initContainers") for one in spec.get(field) or ()}
    seen = {*others}
    for index, container in enumerate(spec["ephemeralContainers"]):
        at = (*path, "ephemeralContainers", index)
        _common(errors, container, mountable, at, host_users, never)
        image = container.get("image", "")
        if image != image.strip():
            errors.invalid((*at, "image"), image, "must not have leading or trailing whitespace")
        _unique(errors, container, seen, at)
        target = container.get("targetContainerName", "")
        if target and target not in others:
            errors.not_found((*at, "targetContainerName"), target)
        for field in _NOT_EPHEMERAL:
            if container.get(field):
                errors.forbidden((*at, field), "cannot be set for an Ephemeral Container")
        for position, mount in enumerate(container.get("volumeMounts") or ()):
            for field in ("subPath", "subPathExpr"):
                if mount.get(field):
                    told = (*at, "volumeMounts", position, field)
                    errors.forbidden(told, "cannot be set for an Ephemeral Container")


def grace_period(spec: dict[str, Any]) -> int | None:
    """The seconds that a Pod has to end; negative ones are one to the API server."""
    found: int | None = spec.get("terminationGracePeriodSeconds")
    return 1 if found is not None and found < 0 else found


def _unique(errors: Errors, container: Container, seen: set[str], path: Path) -> None:
    name = container.get("name", "")
    if name in seen:
        errors.duplicate((*path, "name"), name)
    elif name:
        seen.add(name)


def _common(
    errors: Errors, container: Container, mountable: volumes.Mountable, path: Path, host_users: bool, never: bool
) -> None:
    """Checks what containers of all kinds have."""
    name = container.get("name", "")
    if not name:
        errors.required((*path, "name"))
    else:
        check_name(errors, (*path, "name"), name, names.label)
    if not container.get("image"):
        errors.required((*path, "image"))
    _one_of(errors, container, "terminationMessagePolicy", _MESSAGE_POLICIES, path)
    if container.get("ports"):
        container_ports(errors, container["ports"], (*path, "ports"))
    if container.get("env"):
        environment(errors, container["env"], (*path, "env"))
    if container.get("envFrom"):
        environment_from(errors, container["envFrom"], (*path, "envFrom"))
    if container.get("volumeMounts"):
        volumes.mounts(errors, container, mountable, (*path, "volumeMounts"))
    if container.get("volumeDevices"):
        volumes.devices(errors, container, mountable, (*path, "volumeDevices"))
    _one_of(errors, container, "imagePullPolicy", _PULL_POLICIES, path)
    resources.requirements(errors, container.get("resources"), (*path, "resources"))
    if "resizePolicy" in container:
        _resizing(errors, container["resizePolicy"], never, (*path, "resizePolicy"))
    if container.get("securityContext"):
        at = (*path, "securityContext")
        security.of_container(errors, container["securityContext"], at, host_users=host_users)


def _one_of(errors: Errors, container: Container, field: str, allowed: tuple[str, ...], path: Path) -> None:
    value = container.get(field)
    if value and value not in allowed:
        errors.unsupported((*path, field), value, allowed)


def _resizing(errors: Errors, policies: list[Container], never: bool, path: Path) -> None:
    """Checks whether containers are restarted when they are resized; `never` is the restartPolicy of the Pod."""
    seen: set[str] = set()
    for index, one in enumerate(policies):
        at, name = (*path, index), one.get("resourceName", "")
        if name in seen:
            errors.duplicate(at, name)
        seen.add(name)
        for field, allowed in (("resourceName", ("cpu", "memory")), ("restartPolicy", _RESTARTS)):
            value = one.get(field, "")
            if not value:
                errors.required(path, at=(*at, field))
            elif value not in allowed:
                errors.unsupported(path, value, allowed, at=(*at, field))
        if never and one.get("restartPolicy") != "NotRequired":
            detail = "must be 'NotRequired' when `restartPolicy` is 'Never'"
            errors.invalid(path, one.get("restartPolicy", ""), detail, at=(*at, "restartPolicy"))


_RESTARTS = ("NotRequired", "RestartContainer")


def _hooks_and_probes(errors: Errors, container: Container, grace: int | None, path: Path) -> None:
    if container.get("lifecycle"):
        lifecycle(errors, container["lifecycle"], grace, (*path, "lifecycle"))
    for name in _PROBES:
        if container.get(name) is not None:
            probe(errors, container[name], grace, (*path, name), must_succeed_once=name != "readinessProbe")


def container_ports(errors: Errors, ports: list[dict[str, Any]], path: Path) -> None:
    """Checks the ports of a container, but for whether others want the same."""
    seen: set[str] = set()
    for index, port in enumerate(ports):
        at = (*path, index)
        name = port.get("name", "")
        messages = names.port_name(name) if name else ()
        for message in messages:
            errors.invalid((*at, "name"), name, message)
        if name and not messages:
            if name in seen:
                errors.duplicate((*at, "name"), name)
            seen.add(name)
        number = port.get("containerPort", 0)
        if not number:
            errors.required((*at, "containerPort"))
        else:
            for message in names.port_number(number):
                errors.invalid((*at, "containerPort"), number, message)
        if port.get("hostPort"):
            for message in names.port_number(port["hostPort"]):
                errors.invalid((*at, "hostPort"), port["hostPort"], message)
        if port.get("protocol", "TCP") not in _PROTOCOLS:
            errors.unsupported((*at, "protocol"), port["protocol"], _PROTOCOLS)


def _host_ports(errors: Errors, found: Any, path: Path) -> None:
    """Checks that no two containers want the same port of the node."""
    seen: set[str] = set()
    for index, container in enumerate(found):
        for position, port in enumerate(container.get("ports") or ()):
            if port.get("hostPort"):
                text = f"{port.get('protocol', 'TCP')}/{port.get('hostIP', '')}/{port['hostPort']}"
                if text in seen:
                    errors.duplicate((*path, index, "ports", position, "hostPort"), text)
                seen.add(text)
