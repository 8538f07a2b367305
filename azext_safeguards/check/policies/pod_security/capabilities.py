# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""capabilities: containers add only approved Linux capabilities, and drop those they must.

Text and rule are those of the published template (Azure/draft, lib/v2.1.0/container-allowed-capabilities). An empty
list of allowed capabilities, which is the initiative's default, allows none.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from azext_safeguards.check.policies.pod_security.fields import texts, under
from azext_safeguards.check.policies.pod_security.pods import is_windows, judged_containers, said_once
from azext_safeguards.check.policies.policy import Object, Parameters, Policy, Violation
from azext_safeguards.check.rego.values import show
from azext_safeguards.domain.initiative.records import members

_FIELD = ("securityContext", "capabilities")


def _rule(pod: Object, parameters: Parameters) -> Iterator[Violation]:
    if is_windows(pod):
        return
    allowed = parameters.get("allowedCapabilities") or []
    required = parameters.get("requiredDropCapabilities") or []
    allowed_lowered, required_lowered = _lowered(allowed), _lowered(required)
    for container, path, name in judged_containers(pod, parameters):
        capabilities = under(container, *_FIELD)
        added = under(capabilities, "add")
        if "*" not in allowed_lowered and _lowered(added) - allowed_lowered:
            places = (
                place
                for place, item in enumerate(added)
                if isinstance(item, str) and item.lower() not in allowed_lowered
            )
            index = next(places, 0)
            yield Violation(
                f"container <{name}> has a disallowed capability. Allowed capabilities are {show(allowed)}",
                (*path, *_FIELD, "add", index),
            )
        dropped = _lowered(under(capabilities, "drop"))
        if required_lowered - dropped and "all" not in dropped:
            yield Violation(
                f"container <{name}> is not dropping all required capabilities. "
                f'Container must drop all of {show(required)} or "ALL"',
                (*path, *_FIELD, "drop"),
            )


def _lowered(names: Any) -> set[str]:
    """The names of a list without case."""
    return {name.lower() for name in texts(names)}


POLICY = Policy(
    **members("capabilities"),
    rule=said_once(_rule),
)
