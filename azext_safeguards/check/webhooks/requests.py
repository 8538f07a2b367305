# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""requests-mutator: every container gets requests and limits of CPU and memory, no lower than a minimum.

Source: MicrosoftDocs/azure-aks-docs, articles/aks/deployment-safeguards.md, "Resource requests mutator" (2026), and
microsoft/GitHub-Copilot-for-Azure, constraint-spec-v1.yaml. For each resource, in this order:

1. neither request nor limit: both get the default;
2. a value below the minimum is raised to it;
3. of CPU, a limit alone is requested, too. The documentation says "Set request equal to limit" also of a request
   alone, where there is no limit to take; it is left as it is. Of memory a value alone is left: the documentation says
   so, while the specification makes no difference. Of a Pod the API server has requested the limits before;
4. a request above the limit is lowered to it.

"All containers in a pod are processed": init containers too. Ephemeral ones can have no resources.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from azext_safeguards.check.apiserver.quantities import Quantity, WrongQuantity, parse
from azext_safeguards.check.mutations.mutation import Change
from azext_safeguards.check.policies.containers import CONTAINERS, INIT_CONTAINERS
from azext_safeguards.check.policies.policy import Object, Path
from azext_safeguards.check.policies.workloads import POD_PLACES
from azext_safeguards.check.rego.values import MISSING, elements, get

KINDS = frozenset(POD_PLACES)


class _Rule(NamedTuple):
    resource: str
    default: str
    minimum: str
    requests_limit: bool
    """Whether a limit alone is requested, too."""


_RULES = (_Rule("cpu", "500m", "100m", True), _Rule("memory", "2048Mi", "100Mi", False))
_FIELDS = ("requests", "limits")


def changes(item: Object, kind: tuple[str, str]) -> Iterator[Change]:
    """What the mutator changes in a Pod or in the Pod template of a workload."""
    place = (*POD_PLACES[kind], "spec")
    pod = get(item, *place)
    for name in (INIT_CONTAINERS, CONTAINERS):
        for index, container in elements(get(pod, name)):
            if isinstance(container, dict):
                path = (*place, name, index, "resources")
                for rule in _RULES:
                    yield from _amounts(container, path, rule)


def memory_alone(item: Object, kind: tuple[str, str]) -> bool:
    """Whether a workload has a container with a memory limit and no request, which the mutator leaves as it is."""
    pod = get(item, *POD_PLACES[kind], "spec")
    found = [one for name in (INIT_CONTAINERS, CONTAINERS) for _, one in elements(get(pod, name))]
    return any(_text(get(one, "resources", "limits", "memory")) for one in found if _requests_none(one))


def _requests_none(container: Any) -> bool:
    return _text(get(container, "resources", "requests", "memory")) is None


def _amounts(container: Object, path: Path, rule: _Rule) -> Iterator[Change]:
    """The changes to request and limit of one resource."""
    before = tuple(_text(get(container, "resources", name, rule.resource)) for name in _FIELDS)
    try:
        after = _mutated(before[0], before[1], rule)
    except WrongQuantity:
        # The API server has refused it long before.
        return
    for name, old, new in zip(_FIELDS, before, after, strict=True):
        if new is not None and new != old:
            yield Change((*path, name, rule.resource), new)


def _mutated(request: str | None, limit: str | None, rule: _Rule) -> tuple[str | None, str | None]:
    """Request and limit as the mutator leaves them."""
    if request is None and limit is None:
        return rule.default, rule.default
    request, limit = _raised(request, rule.minimum), _raised(limit, rule.minimum)
    if request is None and rule.requests_limit:
        request = limit
    if request is not None and limit is not None and _parsed(request).compare(_parsed(limit)) > 0:
        request = limit
    return request, limit


def _raised(amount: str | None, minimum: str) -> str | None:
    if amount is None:
        return None
    return minimum if _parsed(amount).compare(_parsed(minimum)) < 0 else amount


def _parsed(amount: str) -> Quantity:
    return parse(amount)


def _text(amount: Any) -> str | None:
    """An amount as text; None where there is none."""
    return None if amount is MISSING or amount is None else str(amount)
