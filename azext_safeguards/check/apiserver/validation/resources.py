# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Requests and limits of containers (pkg/apis/core/validation, ValidateContainerResourceRequirements)."""

from __future__ import annotations

from typing import Any

from azext_safeguards.check.apiserver import quantities
from azext_safeguards.check.apiserver.quantities import Quantity
from azext_safeguards.check.apiserver.refusals import Path
from azext_safeguards.check.apiserver.validation import names
from azext_safeguards.check.apiserver.validation.errors import Errors, Key
from azext_safeguards.check.apiserver.validation.known import is_known_valid, remember_valid

_COMPUTE = frozenset({"cpu", "memory"})
_OF_CONTAINERS = frozenset({"cpu", "memory", "ephemeral-storage"})
# Names without a domain that Kubernetes knows for quotas and the like, but not for containers.
_STANDARD = frozenset(
    {"storage", "pods", "services", "replicationcontrollers", "resourcequotas", "secrets", "configmaps"}
    | {"persistentvolumeclaims", "services.nodeports", "services.loadbalancers"}
    | {f"{one}.{name}" for one in ("requests", "limits") for name in ("cpu", "memory", "ephemeral-storage")}
    | {"requests.storage"}
)
_HUGE = "hugepages-"
# Beyond it floating-point numbers are no whole ones any more, and no pages.
_LARGEST = 1 << 53
_RULE = "requirements"


def requirements(errors: Errors, found: dict[str, Any] | None, path: Path) -> None:
    """Checks the `resources` of a container."""
    if not found or is_known_valid(found, _RULE):
        return
    before = len(errors.refusals)
    limits, requests = found.get("limits") or {}, found.get("requests") or {}
    parsed: dict[str, Quantity] = {}
    for name, amount in limits.items():
        parsed[name] = _amount(errors, name, amount, (*path, "limits", Key(name)))
    for name, amount in requests.items():
        request = _amount(errors, name, amount, (*path, "requests", Key(name)))
        _compare(errors, name, request, parsed.get(name), path)
    named = {*limits, *requests}
    if not named & _COMPUTE and any(name.startswith(_HUGE) for name in named):
        errors.forbidden(path, "HugePages require cpu or memory")
    remember_valid(errors, before, found, _RULE)


def container_name(errors: Errors, name: str, path: Path) -> None:
    """Checks the name of a resource that containers may have."""
    problems = names.qualified(name)
    for message in problems:
        errors.invalid(path, name, message)
    if "/" not in name and name not in _OF_CONTAINERS and not name.startswith(_HUGE):
        reason = f"'{name}' is no resource of a container; there are cpu, memory, ephemeral-storage"
        if not problems and name not in _STANDARD:
            errors.invalid(path, name, "must be a standard resource type or fully qualified", reason=reason)
        errors.invalid(path, name, "must be a standard resource for containers", reason=reason)
    elif "/" in name and "kubernetes.io/" not in name and not _is_of_quotas(name):
        errors.invalid(path, name, "doesn't follow extended resource name standard")


def _is_of_quotas(name: str) -> bool:
    """Whether the name of a device can be one of a quota, with a word in front of it, which it has not yet."""
    return not name.startswith("requests.") and not names.qualified(f"requests.{name}")


def _amount(errors: Errors, name: str, text: Any, path: Path) -> Quantity:
    """Checks the name of a resource and its amount."""
    container_name(errors, name, path)
    amount = quantities.parse(str(text))
    if amount.value < 0:
        errors.invalid(path, str(text), "must be greater than or equal to 0")
    if _is_extended(name) and not amount.is_whole():
        errors.invalid(path, str(text), "must be an integer")
    if name.startswith(_HUGE) and not _is_multiple(amount, name):
        errors.invalid(path, str(text), f"{amount} is not positive integer multiple of {name}")
    return amount


def _is_multiple(amount: Quantity, name: str) -> bool:
    """Whether an amount is so many pages; of pages of no size at all nothing is said."""
    try:
        size = quantities.parse(name.removeprefix(_HUGE))
    except quantities.WrongQuantity:
        return True
    number = size.as_float()
    return not 1 <= number < _LARGEST or not size.is_whole() or amount.is_whole(int(number))


def is_standard(name: str) -> bool:
    """Whether Kubernetes itself knows a resource of this name."""
    return name in _OF_CONTAINERS or name in _STANDARD


def _compare(errors: Errors, name: str, request: Quantity, limit: Quantity | None, path: Path) -> None:
    """Checks a request against its limit."""
    may_differ = not _is_extended(name) and not name.startswith(_HUGE)
    at = (*path, "requests", Key(name))
    if limit is None:
        if not may_differ:
            detail = "Limit must be set for non overcommitable resources"
            errors.required((*path, "limits"), detail, reason=f"{name} is requested and needs a limit of the same size")
        return
    order = request.compare(limit)
    if order and not may_differ:
        detail = f"must be equal to {name} limit of {limit}"
        errors.invalid((*path, "requests"), str(request), detail, at=at)
    elif order > 0:
        detail = f"must be less than or equal to {name} limit of {limit}"
        reason = f"the {name} request of {request} is higher than the {name} limit of {limit}"
        errors.invalid((*path, "requests"), str(request), detail, at=at, reason=reason)


def _is_extended(name: str) -> bool:
    """Whether a resource is one of a device or the like, which is counted in whole pieces."""
    return "/" in name and "kubernetes.io/" not in name and not name.startswith("requests.")
