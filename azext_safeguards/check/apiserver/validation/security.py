# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The security contexts of Pods and containers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from azext_safeguards.check.apiserver.refusals import Path
from azext_safeguards.check.apiserver.validation import names, paths
from azext_safeguards.check.apiserver.validation.errors import Errors
from azext_safeguards.check.apiserver.validation.known import is_known_valid, remember_valid
from azext_safeguards.check.apiserver.validation.metadata import check_name

Object = dict[str, Any]

_MOST_ID = (1 << 31) - 1
_PROFILES = ("Localhost", "RuntimeDefault", "Unconfined")
_SYSCTL = r"^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$"
_of_sysctls = re.compile(_SYSCTL.removesuffix("$") + r"\Z").match
_IPC_SYSCTLS = ("kernel.shm", "kernel.msg", "kernel.sem", "fs.mqueue.")
_OF_USERS = re.compile(r'["/:;|=,+*?<>@\[\]]').search


def of_pod(errors: Errors, spec: Object, path: Path) -> None:
    """Checks the security context of a Pod."""
    found = spec.get("securityContext")
    if not found and "shareProcessNamespace" not in spec:
        return
    found, at = found or {}, (*path, "securityContext")
    for field in ("fsGroup", "runAsUser", "runAsGroup"):
        _id(errors, found.get(field), (*at, field))
    for index, number in enumerate(found.get("supplementalGroups") or ()):
        _id(errors, number, (*at, "supplementalGroups", index))
    if spec.get("shareProcessNamespace") and spec.get("hostPID"):
        detail = "ShareProcessNamespace and HostPID cannot both be enabled"
        where = (*path, "shareProcessNamespace")
        errors.invalid((*at, "shareProcessNamespace"), True, detail, at=where, reason=detail)
    if found.get("sysctls"):
        _sysctls(errors, found["sysctls"], spec, (*at, "sysctls"))
    _one_of(errors, found, "fsGroupChangePolicy", ("Always", "OnRootMismatch"), at)
    _seccomp(errors, found.get("seccompProfile"), (*at, "seccompProfile"))
    _windows(errors, found.get("windowsOptions"), (*at, "windowsOptions"))
    _apparmor(errors, found.get("appArmorProfile"), (*at, "appArmorProfile"))
    _one_of(errors, found, "supplementalGroupsPolicy", ("Merge", "Strict"), at)


def of_container(errors: Errors, found: Object, path: Path, *, host_users: bool) -> None:
    """Checks the security context of a container; `host_users` is whether its users are those of the node."""
    around = ("security", host_users)
    if is_known_valid(found, around):
        return
    before = len(errors.refusals)
    for field in ("runAsUser", "runAsGroup"):
        _id(errors, found.get(field), (*path, field))
    if "procMount" in found:
        kind = found["procMount"]
        if kind not in ("Default", "Unmasked"):
            errors.unsupported((*path, "procMount"), kind, ("Default", "Unmasked"))
        elif kind == "Unmasked" and host_users:
            errors.invalid((*path, "procMount"), kind, "`hostUsers` must be false to use `Unmasked`")
    _seccomp(errors, found.get("seccompProfile"), (*path, "seccompProfile"))
    if found.get("allowPrivilegeEscalation") is False:
        _escalation(errors, found, path)
    _windows(errors, found.get("windowsOptions"), (*path, "windowsOptions"))
    _apparmor(errors, found.get("appArmorProfile"), (*path, "appArmorProfile"))
    remember_valid(errors, before, found, around)


def _escalation(errors: Errors, found: Object, path: Path) -> None:
    """Checks that what forbids more rights does not take them."""
    at = (*path, "allowPrivilegeEscalation")
    if found.get("privileged"):
        detail = "cannot set `allowPrivilegeEscalation` to false and `privileged` to true"
        errors.invalid(path, _internal(found), detail, at=at)
    for name in (found.get("capabilities") or {}).get("add") or ():
        if name == "CAP_SYS_ADMIN":
            detail = "cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN"
            errors.invalid(path, _internal(found), detail, at=at)


_INTERNAL = (
    *("capabilities", "privileged", "seLinuxOptions", "windowsOptions", "runAsUser", "runAsGroup", "runAsNonRoot"),
    *("readOnlyRootFilesystem", "allowPrivilegeEscalation", "procMount", "seccompProfile", "appArmorProfile"),
)


def _internal(found: Object) -> Object:
    """A security context as the API server holds it inside, which is what its errors print."""
    capabilities = found.get("capabilities")
    if capabilities is not None:
        capabilities = {"Add": capabilities.get("add"), "Drop": capabilities.get("drop")}
    shown = {**found, "capabilities": capabilities}
    if "seLinuxOptions" in found:
        shown["seLinuxOptions"] = {_capital(name): found["seLinuxOptions"].get(name, "") for name in _SELINUX}
    for name in ("seccompProfile", "appArmorProfile"):
        if name in found:
            local = found[name].get("localhostProfile")
            shown[name] = {"Type": found[name].get("type", ""), "LocalhostProfile": local}
    if "windowsOptions" in found:
        fields = ("gmsaCredentialSpecName", "gmsaCredentialSpec", "runAsUserName", "hostProcess")
        shown["windowsOptions"] = {_capital(name): found["windowsOptions"].get(name) for name in fields}
    return {_capital(name): shown.get(name) for name in _INTERNAL}


_SELINUX = ("user", "role", "type", "level")
_NAMES = {"seLinuxOptions": "SELinuxOptions", "gmsaCredentialSpecName": "GMSACredentialSpecName"}
_NAMES["gmsaCredentialSpec"] = "GMSACredentialSpec"


def _capital(name: str) -> str:
    return _NAMES.get(name, name[0].upper() + name[1:])


def _id(errors: Errors, number: int | None, path: Path) -> None:
    if number is not None and not 0 <= number <= _MOST_ID:
        errors.invalid(path, number, f"must be between 0 and {_MOST_ID}, inclusive")


def _one_of(errors: Errors, found: Object, field: str, allowed: tuple[str, ...], path: Path) -> None:
    if field in found and found[field] not in allowed:
        errors.unsupported((*path, field), found[field], allowed)


def _sysctls(errors: Errors, found: list[Object], spec: Object, path: Path) -> None:
    seen: set[str] = set()
    for index, one in enumerate(found):
        at, name = (*path, index, "name"), one.get("name", "")
        if not name:
            errors.required(at)
        elif len(name) > 253 or not _of_sysctls(name):
            errors.invalid(at, name, f"must have at most 253 characters and match regex {_SYSCTL}")
        elif name in seen:
            errors.duplicate(at, name)
        dotted = name.replace("/", ".")
        if spec.get("hostNetwork") and dotted.startswith("net."):
            errors.invalid(at, name, "may not be specified when 'hostNetwork' is true")
        elif spec.get("hostIPC") and dotted.startswith(_IPC_SYSCTLS):
            errors.invalid(at, name, "may not be specified when 'hostIPC' is true")
        seen.add(name)


def _seccomp(errors: Errors, profile: Object | None, path: Path) -> None:
    if profile is None:
        return
    kind = profile.get("type", "")
    if not kind:
        errors.required((*path, "type"), "type is required when seccompProfile is set")
    elif kind not in _PROFILES:
        errors.unsupported((*path, "type"), kind, _PROFILES)
    local = profile.get("localhostProfile")
    at = (*path, "localhostProfile")
    if kind != "Localhost":
        if local is not None:
            inner = {"Type": kind, "LocalhostProfile": local}
            detail = "can only be set when seccomp type is Localhost"
            errors.invalid(at, inner, detail, reason=f"localhostProfile {detail}")
    elif local is None:
        errors.required(at, "must be set when seccomp type is Localhost")
    else:
        paths.descending(errors, local, at)


def _apparmor(errors: Errors, profile: Object | None, path: Path) -> None:
    if profile is None:
        return
    kind, local, at = profile.get("type", ""), profile.get("localhostProfile"), (*path, "localhostProfile")
    if not kind:
        errors.required((*path, "type"), "type is required when appArmorProfile is set")
    elif kind not in _PROFILES:
        errors.unsupported((*path, "type"), kind, _PROFILES)
    elif kind != "Localhost":
        if local is not None:
            errors.invalid(at, local, "can only be set when AppArmor type is Localhost")
    elif local and local != local.strip():
        errors.invalid(at, local, "must not be padded with whitespace")
    elif not local:
        errors.required(at, "must be set when AppArmor type is Localhost")


def _windows(errors: Errors, found: Object | None, path: Path) -> None:
    if not found:
        return
    if "gmsaCredentialSpecName" in found:
        check_name(errors, (*path, "gmsaCredentialSpecName"), found["gmsaCredentialSpecName"], names.subdomain)
    user = found.get("runAsUserName")
    if user is None:
        return
    at = (*path, "runAsUserName")
    parts = user.split("\\")
    if not user:
        errors.invalid(at, user, "runAsUserName cannot be an empty string")
    elif re.search("[\x00-\x1f\x7f-\x9f]", user):
        errors.invalid(at, user, "runAsUserName cannot contain control characters")
    elif len(parts) > 2:
        errors.invalid(at, user, "runAsUserName cannot contain more than one backslash")
    else:
        _windows_user(errors, user, parts[-1], at)


def _windows_user(errors: Errors, whole: str, user: str, path: Path) -> None:
    """Checks the name of a user behind its domain."""
    if not user:
        errors.invalid(path, whole, "runAsUserName's User cannot be empty")
    elif len(user) > 104:
        errors.invalid(path, whole, "runAsUserName's User length must not be longer than 104 characters")
    if re.fullmatch("[. ]+", user):
        errors.invalid(path, whole, "runAsUserName's User cannot contain only periods or spaces")
    if _OF_USERS(user):
        characters = '"/\\:;|=,+*?<>@[]'
        errors.invalid(path, whole, f"runAsUserName's User cannot contain the following characters: {characters}")


_CONTAINERS = ("initContainers", "containers", "ephemeralContainers")


def _contexts(spec: Object, path: Path) -> Iterator[tuple[Object, Path]]:
    """The security contexts of the containers of a Pod."""
    for name in _CONTAINERS:
        for index, container in enumerate(spec.get(name) or ()):
            if container.get("securityContext"):
                yield container["securityContext"], (*path, name, index, "securityContext")


_OF_LINUX = (
    *("appArmorProfile", "seLinuxOptions", "seccompProfile", "capabilities", "readOnlyRootFilesystem", "privileged"),
    *("allowPrivilegeEscalation", "procMount", "runAsUser", "runAsGroup"),
)
_OF_LINUX_PODS = (
    *("appArmorProfile", "seLinuxOptions", "hostUsers", "hostPID", "hostIPC", "seccompProfile", "fsGroup"),
    *("fsGroupChangePolicy", "sysctls", "shareProcessNamespace", "runAsUser", "runAsGroup", "supplementalGroups"),
    *("supplementalGroupsPolicy", "seLinuxChangePolicy"),
)


def operating_system(errors: Errors, spec: Object, path: Path) -> None:
    """Checks that a Pod for one operating system asks for nothing of the other."""
    name = spec["os"].get("name", "")
    if not name:
        errors.required((*path, "os", "name"))
    elif name not in ("linux", "windows"):
        errors.unsupported((*path, "os"), name, ("linux", "windows"))
    elif name == "linux":
        detail = "windows options cannot be set for a linux pod"
        if "windowsOptions" in (spec.get("securityContext") or {}):
            errors.forbidden((*path, "securityContext", "windowsOptions"), detail)
        for found, at in _contexts(spec, path):
            if "windowsOptions" in found:
                errors.forbidden((*at, "windowsOptions"), detail)
    else:
        detail = "cannot be set for a windows pod"
        context = spec.get("securityContext") or {}
        for field in _OF_LINUX_PODS:
            if spec.get(field) or (field in spec and field in ("hostUsers", "shareProcessNamespace")):
                errors.forbidden((*path, field), detail)
            elif field in context:
                errors.forbidden((*path, "securityContext", field), detail)
        for found, at in _contexts(spec, path):
            for field in _OF_LINUX:
                if field in found:
                    errors.forbidden((*at, field), detail)


def host_processes(errors: Errors, spec: Object, path: Path) -> None:
    """Checks that all containers of a Windows Pod are processes of the node, or none is."""
    if not _has_windows_options(spec):
        return
    whole = _host_process(spec.get("securityContext"))
    found = [
        (_host_process(container.get("securityContext")), (*path, name, index))
        for name in _CONTAINERS
        for index, container in enumerate(spec.get(name) or ())
    ]
    for one, at in found:
        if whole is not None and one is not None and whole != one:
            detail = f"pod hostProcess value must be identical if both are specified, was {str(whole).lower()}"
            errors.invalid((*at, "securityContext", "windowsOptions", "hostProcess"), one, detail)
    number = sum(bool(whole if one is None else one) for one, _ in found)
    if number and number != len(found):
        detail = "If pod contains any hostProcess containers then all containers must be HostProcess containers"
        errors.invalid(path, "", detail, reason=detail)
    if number and not spec.get("hostNetwork"):
        detail = "hostNetwork must be true if pod contains any hostProcess containers"
        errors.invalid((*path, "hostNetwork"), False, detail, reason=detail)


def _has_windows_options(spec: Object) -> bool:
    """Whether a Pod or one of its containers has options for Windows."""
    if "windowsOptions" in (spec.get("securityContext") or ()):
        return True
    for name in _CONTAINERS:
        for container in spec.get(name) or ():
            if "windowsOptions" in container.get("securityContext", ()):
                return True
    return False


def _host_process(context: Object | None) -> bool | None:
    found: bool | None = ((context or {}).get("windowsOptions") or {}).get("hostProcess")
    return found
