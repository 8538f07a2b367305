# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Containers, init containers and their probes (pkg/apis/core/validation, validateContainers and below)."""

from __future__ import annotations

from typing import Any

from azext_safeguards.check.apiserver.refusals import Path
from azext_safeguards.check.apiserver.validation import names, resources, volumes
from azext_safeguards.check.apiserver.validation.errors import Errors
from azext_safeguards.check.apiserver.validation.handlers import lifecycle, probe
from azext_safeguards.check.apiserver.validation.metadata import check_name

Container = dict[str, Any]

_PULL_POLICIES = ("Always", "IfNotPresent", "Never")
_PROTOCOLS = ("SCTP", "TCP", "UDP")
_MESSAGE_POLICIES = ("File", "FallbackToLogsOnError")
_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
_SOURCES = ("fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef")


def containers(errors: Errors, spec: dict[str, Any], mountable: set[str], path: Path) -> None:
    """Checks the containers of a Pod."""
    found = spec.get("containers") or ()
    at = (*path, "containers")
    if not found:
        errors.required(at)
    grace = spec.get("terminationGracePeriodSeconds")
    seen: set[str] = set()
    for index, container in enumerate(found):
        _common(errors, container, mountable, (*at, index))
        _unique(errors, container, seen, (*at, index))
        _hooks_and_probes(errors, container, grace, (*at, index))
        if container.get("restartPolicy") and "restartPolicyRules" not in container:
            # From Kubernetes 1.34 on containers may have one, behind a feature that is off by default there.
            _restart_policy(errors, container, (*at, index))
    _host_ports(errors, found, at)


def init_containers(errors: Errors, spec: dict[str, Any], mountable: set[str], path: Path) -> None:
    """Checks the init containers of a Pod; one with restartPolicy Always is a sidecar and may have probes."""
    grace = spec.get("terminationGracePeriodSeconds")
    seen = {container.get("name", "") for container in spec.get("containers") or ()}
    for index, container in enumerate(spec.get("initContainers") or ()):
        at = (*path, "initContainers", index)
        _common(errors, container, mountable, at)
        policy = container.get("restartPolicy")
        if policy:
            _restart_policy(errors, container, at)
        _unique(errors, container, seen, at)
        if policy == "Always":
            _hooks_and_probes(errors, container, grace, at)
            continue
        for field in ("lifecycle", *_PROBES):
            if container.get(field) is not None:
                errors.forbidden((*at, field), "may not be set for init containers without restartPolicy=Always")


def _restart_policy(errors: Errors, container: Container, path: Path) -> None:
    policy = container["restartPolicy"]
    if policy not in ("Always", "OnFailure", "Never"):
        errors.unsupported((*path, "restartPolicy"), policy, ["Always"])


def _unique(errors: Errors, container: Container, seen: set[str], path: Path) -> None:
    name = container.get("name", "")
    if name in seen:
        errors.duplicate((*path, "name"), name)
    elif name:
        seen.add(name)


def _common(errors: Errors, container: Container, mountable: set[str], path: Path) -> None:
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
        _ports(errors, container["ports"], (*path, "ports"))
    if container.get("env"):
        _environment(errors, container["env"], (*path, "env"))
    if container.get("envFrom"):
        _environment_from(errors, container["envFrom"], (*path, "envFrom"))
    if container.get("volumeMounts"):
        volumes.mounts(errors, container["volumeMounts"], mountable, (*path, "volumeMounts"))
    if container.get("volumeDevices"):
        volumes.devices(errors, container["volumeDevices"], mountable, (*path, "volumeDevices"))
    _one_of(errors, container, "imagePullPolicy", _PULL_POLICIES, path)
    resources.requirements(errors, container.get("resources"), (*path, "resources"))
    _security(errors, container.get("securityContext"), (*path, "securityContext"))


def _one_of(errors: Errors, container: Container, field: str, allowed: tuple[str, ...], path: Path) -> None:
    value = container.get(field)
    if value and value not in allowed:
        errors.unsupported((*path, field), value, allowed)


def _hooks_and_probes(errors: Errors, container: Container, grace: int | None, path: Path) -> None:
    if container.get("lifecycle"):
        lifecycle(errors, container["lifecycle"], grace, (*path, "lifecycle"))
    for name in _PROBES:
        if container.get(name) is not None:
            probe(errors, container[name], grace, (*path, name), must_succeed_once=name != "readinessProbe")


def _ports(errors: Errors, ports: list[dict[str, Any]], path: Path) -> None:
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


def _environment(errors: Errors, variables: list[dict[str, Any]], path: Path) -> None:
    for index, variable in enumerate(variables):
        at = (*path, index)
        name = variable.get("name", "")
        if not name:
            errors.required((*at, "name"))
        elif not name.isascii() or not name.isprintable() or "=" in name:
            detail = "a valid environment variable name must consist only of printable ASCII characters other than '='"
            errors.invalid((*at, "name"), name, detail)
        source = variable.get("valueFrom")
        if source is None:
            continue
        given = [one for one in _SOURCES if one in source]
        place = (*at, "valueFrom")
        if not given:
            detail = "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`"
            errors.invalid(place, "", detail, reason=f"valueFrom {detail}")
        elif variable.get("value"):
            detail = "may not be specified when `value` is not empty"
            errors.invalid(place, "", detail, reason=f"valueFrom {detail}")
        elif len(given) > 1:
            detail = "may not have more than one field specified at a time"
            errors.invalid(place, "", detail, reason=f"valueFrom {detail}")
        for one in ("configMapKeyRef", "secretKeyRef"):
            if one in source and not source[one].get("key"):
                errors.required((*place, one, "key"))


def _environment_from(errors: Errors, sources: list[dict[str, Any]], path: Path) -> None:
    for index, source in enumerate(sources):
        given = [one for one in ("configMapRef", "secretRef") if one in source]
        for one in given:
            if not source[one].get("name"):
                errors.required((*path, index, one, "name"))
        if not given:
            detail = "must specify one of: `configMapRef` or `secretRef`"
            errors.invalid(path, "", detail, at=(*path, index), reason=f"envFrom {detail}")
        elif len(given) > 1:
            detail = "may not have more than one field specified at a time"
            errors.invalid(path, "", detail, at=(*path, index), reason=f"envFrom {detail}")


def _security(errors: Errors, found: dict[str, Any] | None, path: Path) -> None:
    if not found:
        return
    for field in ("runAsUser", "runAsGroup"):
        number = found.get(field)
        if number is not None and not 0 <= number <= 0xFFFFFFFF:
            errors.invalid((*path, field), number, "must be between 0 and 4294967295, inclusive")
    if found.get("allowPrivilegeEscalation") is False:
        if found.get("privileged"):
            detail = "cannot set `allowPrivilegeEscalation` to false and `privileged` to true"
            errors.invalid(path, found, detail, at=(*path, "allowPrivilegeEscalation"))
        if "CAP_SYS_ADMIN" in ((found.get("capabilities") or {}).get("add") or ()):
            detail = "cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN"
            errors.invalid(path, found, detail, at=(*path, "allowPrivilegeEscalation"))
