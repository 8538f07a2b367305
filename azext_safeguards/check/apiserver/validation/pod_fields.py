# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Fields of a Pod beside its containers, volumes and affinity."""

from __future__ import annotations

import re
from typing import Any

from azext_safeguards.check.apiserver.refusals import Path
from azext_safeguards.check.apiserver.validation import addresses, names, paths
from azext_safeguards.check.apiserver.validation.errors import Errors, Key
from azext_safeguards.check.apiserver.validation.metadata import check_name

Object = dict[str, Any]

_EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")


def host_aliases(errors: Errors, found: list[Object], path: Path) -> None:
    """Checks the lines for /etc/hosts."""
    for index, one in enumerate(found):
        addresses.check_address(errors, one.get("ip", ""), (*path, index, "ip"))
        for position, name in enumerate(one.get("hostnames") or ()):
            check_name(errors, (*path, index, "hostnames", position), name, names.subdomain)


def dns(errors: Errors, config: Object | None, policy: str, path: Path) -> None:
    """Checks the DNS configuration, which there has to be when the policy is None."""
    if policy == "None":
        if config is None:
            errors.required(path, "must provide `dnsConfig` when `dnsPolicy` is None")
            return
        if not config.get("nameservers"):
            errors.required((*path, "nameservers"), "must provide at least one DNS nameserver when `dnsPolicy` is None")
            return
    config = config or {}
    servers, searches = config.get("nameservers") or [], config.get("searches") or []
    if len(servers) > 3:
        errors.invalid((*path, "nameservers"), servers, "must not have more than 3 nameservers")
    for index, server in enumerate(servers):
        addresses.check_address(errors, server, (*path, "nameservers", index))
    if len(searches) > 32:
        errors.invalid((*path, "searches"), searches, "must not have more than 32 search paths")
    if len(" ".join(searches)) > 2048:
        detail = "must not have more than 2048 characters (including spaces) in the search list"
        errors.invalid((*path, "searches"), searches, detail)
    for index, search in enumerate(searches):
        for message in names.search_domain(search.removesuffix(".")) if search != "." else ():
            errors.invalid((*path, "searches", index), search.removesuffix("."), message)
    for index, option in enumerate(config.get("options") or ()):
        if not option.get("name"):
            errors.required((*path, "options", index), "must not be empty")


def gates(errors: Errors, spec: Object, path: Path) -> None:
    """Checks what a Pod waits for before it is ready, and before it is scheduled."""
    for index, gate in enumerate(spec.get("readinessGates") or ()):
        for message in names.qualified(gate.get("conditionType", "")):
            at = (*path, "readinessGates", index, "conditionType")
            errors.invalid(at, gate.get("conditionType", ""), message)
    seen: set[str] = set()
    for index, gate in enumerate(spec.get("schedulingGates") or ()):
        name, at = gate.get("name", ""), (*path, "schedulingGates", index)
        for message in names.qualified(name):
            errors.invalid(at, name, message)
        if name in seen:
            errors.duplicate(at, name)
        seen.add(name)


def tolerations(errors: Errors, found: Any, path: Path) -> None:
    """Checks which taints a Pod tolerates."""
    for index, one in enumerate(found):
        at = (*path, index)
        key, operator, effect = one.get("key", ""), one.get("operator", ""), one.get("effect", "")
        value = one.get("value", "")
        for message in names.qualified(key) if key else ():
            errors.invalid((*at, "key"), key, message)
        if not key and operator != "Exists":
            detail = 'operator must be Exists when `key` is empty, which means "match all values and all keys"'
            errors.invalid((*at, "operator"), operator, detail)
        if one.get("tolerationSeconds") is not None and effect != "NoExecute":
            errors.invalid((*at, "effect"), effect, "effect must be 'NoExecute' when `tolerationSeconds` is set")
        if operator == "Exists":
            if value:
                errors.invalid((*at, "operator"), value, "value must be empty when `operator` is 'Exists'")
        elif operator in ("", "Equal"):
            if names.label_value(value):
                errors.invalid((*at, "operator"), value, ";".join(names.label_value(value)))
        elif operator not in ("Lt", "Gt"):
            errors.unsupported((*at, "operator"), operator, ("Equal", "Exists"))
        if effect and effect not in _EFFECTS:
            errors.unsupported((*at, "effect"), effect, _EFFECTS)


_SECCOMP = "seccomp.security.alpha.kubernetes.io/pod"
_SECCOMP_OF_CONTAINERS = "container.seccomp.security.alpha.kubernetes.io/"
_APPARMOR = "container.apparmor.security.beta.kubernetes.io/"
_DELETION_COST = "controller.kubernetes.io/pod-deletion-cost"


def pod_annotations(errors: Errors, found: dict[str, str], spec: Object, path: Path, at: Path) -> None:
    """Checks annotations that say something of containers; `at` is where they stand."""
    cost = found.get(_DELETION_COST)
    if cost is not None and (not re.fullmatch("0|-?[1-9][0-9]{0,9}", cost) or not -(1 << 31) <= int(cost) < 1 << 31):
        errors.invalid((*path, Key(_DELETION_COST)), cost, "must be a 32bit integer", at=(*at, _DELETION_COST))
    for key in (_SECCOMP, *(key for key in found if key.startswith(_SECCOMP_OF_CONTAINERS))):
        value = found.get(key, "unconfined")
        if value.startswith("localhost/"):
            paths.descending(errors, value.removeprefix("localhost/"), (*path, key), at=(*at, key))
        elif value not in ("runtime/default", "docker/default", "unconfined"):
            errors.invalid((*path, key), value, "must be a valid seccomp profile", at=(*at, key))
    profiles = {key: value for key, value in found.items() if key.startswith(_APPARMOR)}
    if profiles:
        lists = ("initContainers", "containers", "ephemeralContainers")
        containers = {one.get("name", "") for kind in lists for one in spec.get(kind) or ()}
        for key, value in profiles.items():
            _apparmor(errors, key, value, containers, (*path, Key(key)), (*at, key))


def _apparmor(errors: Errors, key: str, value: str, containers: set[str], path: Path, at: Path) -> None:
    name = key.removeprefix(_APPARMOR)
    if name not in containers:
        errors.invalid(path, name, "container not found", at=at, reason=f"there is no container '{name}'")
    if value not in ("", "runtime/default", "unconfined") and not value.startswith("localhost/"):
        errors.invalid(path, value, f'invalid AppArmor profile name: "{value}"', at=at)
