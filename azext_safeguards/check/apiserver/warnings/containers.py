# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Containers of a Pod (pkg/api/pod/warnings.go)."""

from __future__ import annotations

from typing import Any

from azext_safeguards.check.apiserver.refusals import Path
from azext_safeguards.check.apiserver.validation.errors import Key, told_path
from azext_safeguards.check.apiserver.warnings.volumes import warn_of_fraction
from azext_safeguards.check.apiserver.warnings.warned import MOST_WARNINGS, Warnings, quoted

Object = dict[str, Any]
Placed = list[tuple[Path, Object]]

_BYTES = ("memory", "ephemeral-storage")
SECCOMP = "container.seccomp.security.alpha.kubernetes.io/"
APPARMOR = "container.apparmor.security.beta.kubernetes.io/"


def placed(spec: Object, path: Path) -> Placed:
    """The containers of a Pod's spec with their paths, as the API server goes through them."""
    lists = ("initContainers", "containers", "ephemeralContainers")
    return [((*path, field, index), one) for field in lists for index, one in enumerate(spec.get(field) or ())]


def warn_of_container(warnings: Warnings, container: Object, path: Path) -> None:
    """Warns of amounts and variables of one container."""
    resources = container.get("resources") or {}
    for name in _BYTES if resources else ():
        for field in ("limits", "requests"):
            amount = (resources.get(field) or {}).get(name)
            # Whole numbers and binary suffixes are whole.
            if amount is not None and not (str(amount)[-1:] == "i" or str(amount).isdigit()):
                warn_of_fraction(warnings, amount, (*path, "resources", field), name)
    variables = container.get("env") or []
    if len(variables) > 1 and len({one.get("name", "") for one in variables}) < len(variables):
        _hidden(warnings, variables, (*path, "env"))


def _hidden(warnings: Warnings, variables: list[Object], path: Path) -> None:
    """Warns of a variable that is there twice, unless the second one is made of the first."""
    seen: set[str] = set()
    for index, one in enumerate(variables):
        name, value = one.get("name", ""), one.get("value", "")
        reference = f"$({name})"
        if name in seen and ("valueFrom" in one or value == reference or reference not in value):
            detail = f"hides previous definition of {quoted(name)}, which may be dropped when using apply"
            warnings.field((*path, index), detail)
        seen.add(name)


def warn_of_profiles(
    warnings: Warnings, container: Object, annotations: dict[str, str], spec: Object, at: Path
) -> None:
    """Warns of annotations that say what a field says now; `at` leads to the annotations."""
    name, context = container.get("name", ""), container.get("securityContext") or {}
    key = SECCOMP + name
    if key in annotations and "seccompProfile" not in context:
        warnings.field(
            (*at, Key(key)), 'non-functional in v1.27+; use the "seccompProfile" field instead', at=(*at, key)
        )


def warn_of_apparmor(
    warnings: Warnings, container: Object, annotations: dict[str, str], spec: Object, at: Path
) -> None:
    """The same for AppArmor, unless the annotation says what the Pod says."""
    name, context = container.get("name", ""), container.get("securityContext") or {}
    key = APPARMOR + name
    if key not in annotations or "appArmorProfile" in context:
        return
    profile = (spec.get("securityContext") or {}).get("appArmorProfile")
    if profile is None or profile != _profile(annotations[key]):
        detail = 'deprecated since v1.30; use the "appArmorProfile" field instead'
        warnings.field((*at, Key(key)), detail, at=(*at, key))


def _profile(text: str) -> Object | None:
    if text in ("unconfined", "runtime/default"):
        return {"type": "Unconfined" if text == "unconfined" else "RuntimeDefault"}
    path = text.removeprefix("localhost/")
    return {"type": "Localhost", "localhostProfile": path} if path and path != text else None


def warn_of_ports(warnings: Warnings, containers: Placed) -> None:
    """Warns of ports that are there twice, in one container or in two of a Pod."""
    all_ports = [
        ((*path, "ports", index), port)
        for path, container in containers
        for index, port in enumerate(container.get("ports") or ())
    ]
    if _are_all_different([port for _, port in all_ports]):
        return
    known: dict[tuple[int, str], list[int]] = {}
    of_hosts: dict[tuple[int, str, int], list[int]] = {}
    for number, (path, port) in enumerate(all_ports):
        if warnings.is_full:
            return
        if port.get("hostIP") and not port.get("hostPort"):
            warnings.field(path, f"hostIP set without hostPort: {_printed(port)}")
        key, host = (port.get("containerPort", 0), port.get("protocol") or "TCP"), port.get("hostPort", 0)
        same = known.setdefault(key, [])
        # A port of a node clashes with the same one, or with none; none with any.
        near = sorted({*of_hosts.get((*key, host), ()), *of_hosts.get((*key, 0), ())}) if host else same
        for other in near[:MOST_WARNINGS]:
            place, its = all_ports[other]
            what = _clash(port, its)
            if what:
                warnings.field(path, f"{what} port definition with {told_path(place)}")
        same.append(number)
        of_hosts.setdefault((*key, host), []).append(number)
    named: dict[str, Path] = {}
    for path, port in all_ports:
        name = port.get("name")
        if name and name in named:
            first = told_path(named[name])
            will = f"services and probes that select ports by name will use {first}"
            warnings.field(path, f"duplicate port name {quoted(name)} with {first}, {will}")
        elif name:
            named[name] = path


def _are_all_different(ports: list[Object]) -> bool:
    """Whether ports have nothing in common, and none is one of the node."""
    numbers = {port.get("containerPort", 0) for port in ports}
    names = {port.get("name") or number for number, port in enumerate(ports)}
    are_told_apart = len(numbers) == len(names) == len(ports)
    return are_told_apart and not any("hostPort" in port or "hostIP" in port for port in ports)


def _clash(port: Object, other: Object) -> str:
    mine, its = port.get("hostPort", 0), other.get("hostPort", 0)
    my_address, its_address = port.get("hostIP", ""), other.get("hostIP", "")
    if (mine, my_address) == (its, its_address):
        return "duplicate"
    if not mine or not its:
        return "overlapping"
    return "dangerously ambiguous" if mine == its and bool(my_address) != bool(its_address) else ""


def _printed(port: Object) -> str:
    fields: tuple[tuple[str, str, str | int], ...] = (
        *(("Name", "name", ""), ("HostPort", "hostPort", 0), ("ContainerPort", "containerPort", 0)),
        *(("Protocol", "protocol", "TCP"), ("HostIP", "hostIP", "")),
    )
    return "{" + " ".join(f"{told}:{port.get(field, default)}" for told, field, default in fields) + "}"
