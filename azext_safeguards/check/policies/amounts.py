# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What the policies on resource limits and on resource requests have in common: the same tests with another word.

The limits are known from Azure/draft, container-resource-limits/template.yaml. The requests are its twin in the
Gatekeeper library (open-policy-agent/gatekeeper-library, src/general/containerrequests), whose texts fit the one text
that Microsoft publishes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, NamedTuple

from azext_safeguards.check.policies.containers import (
    CONTAINERS,
    INIT_CONTAINERS,
    is_excluded_image,
    is_excluded_name,
)
from azext_safeguards.check.policies.policy import Object, Parameters, Path, Violation
from azext_safeguards.check.rego import quantities
from azext_safeguards.check.rego.values import MISSING, elements, get, show

_LISTS = (CONTAINERS, INIT_CONTAINERS)


class Wanted(NamedTuple):
    """What a policy demands of each container."""

    field: str
    """The field of `resources`: limits or requests."""

    noun: str
    """Its singular, for messages."""

    maxima: tuple[str | None, str | None] = (None, None)
    """The parameters with the greatest CPU and memory allowed."""

    excludes_names: bool = False
    """Whether `excludedContainers` counts; `excludedImages` always does."""


_READERS: tuple[tuple[str, Callable[[Any], Any]], ...] = (("cpu", quantities.cpu), ("memory", quantities.memory))


def violations(pod: Object, parameters: Parameters, wanted: Wanted) -> Iterable[Violation]:
    """What is wrong with the resources of the containers and init containers of a Pod; each message once."""
    spec = pod.get("spec")
    if not isinstance(spec, dict):
        return ()
    found: dict[str, Path] = {}
    for name in _LISTS:
        for index, container in elements(spec[name]) if name in spec else ():
            if not isinstance(container, dict) or "name" not in container or _is_fine(container, parameters, wanted):
                continue
            if not _excluded(container, parameters, wanted):
                _judge(container, ("spec", name, index, "resources"), parameters, wanted, found)
    return [Violation(message, path) for message, path in found.items()]


def _is_fine(container: Object, parameters: Parameters, wanted: Wanted) -> bool:
    """Whether a container has amounts as usual, with which nothing is wrong; False where that takes a closer look."""
    resources = container.get("resources")
    amounts = resources.get(wanted.field) if isinstance(resources, dict) else None
    if not isinstance(amounts, dict):
        return False
    cpu, memory = amounts.get("cpu"), amounts.get("memory")
    if cpu.__class__ is not str or memory.__class__ is not str:
        return False
    name_of_cpu, name_of_memory = wanted.maxima
    most_cpu = parameters.get(name_of_cpu) if name_of_cpu else ""
    most_memory = parameters.get(name_of_memory) if name_of_memory else ""
    if most_cpu.__class__ is not str or most_memory.__class__ is not str:
        return False
    return _are_fine(cpu, memory, most_cpu, most_memory)  # type: ignore[arg-type]


@lru_cache(maxsize=4096)
def _are_fine(cpu: str, memory: str, most_cpu: str, most_memory: str) -> bool:
    """Whether two amounts are some, and not more than the most that is allowed; "" for no bound."""
    for text, most, read in ((cpu, most_cpu, quantities.cpu), (memory, most_memory, quantities.memory)):
        size = read(text) if text else None
        if size is None:
            return False
        bound = read(most) if most else None
        if most and (bound is None or size > bound):
            return False
    return True


def _excluded(container: Object, parameters: Parameters, wanted: Wanted) -> bool:
    """Whether the assignment leaves the container out."""
    return is_excluded_image(container, parameters) or (
        wanted.excludes_names and is_excluded_name(container, parameters)
    )


def _judge(container: Object, path: Path, parameters: Parameters, wanted: Wanted, found: dict[str, Path]) -> None:
    """Adds what is wrong with one container.

    Rego takes only false and undefined for "not there": a null has to be parsed, and cannot.
    """
    amounts = get(container, "resources", wanted.field)
    path = (*path, wanted.field)
    if amounts is MISSING or amounts is False or container["resources"] is False:
        found.setdefault(f"container <{show(container['name'])}> has no resource {wanted.field}", path)
        if amounts is MISSING:
            return
    for (resource, read), maximum in zip(_READERS, wanted.maxima, strict=True):
        amount = get(amounts, resource)
        if amount is MISSING or amount is False or amount == "":
            found.setdefault(
                f"container <{show(container['name'])}> has no {resource} {wanted.noun}", (*path, resource)
            )
        if amount is MISSING:
            continue
        size = read(amount)
        if size is None:
            subject = f"container <{show(container['name'])}> {resource} {wanted.noun}"
            found.setdefault(f"{subject} <{show(amount)}> could not be parsed", (*path, resource))
        elif maximum is not None:
            most = parameters.get(maximum)
            most_size = read(most)
            if most_size is not None and size > most_size:
                subject = f"container <{show(container['name'])}> {resource} {wanted.noun}"
                message = f"{subject} <{show(amount)}> is higher than the maximum allowed of <{show(most)}>"
                found.setdefault(message, (*path, resource))
