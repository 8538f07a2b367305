# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""users-groups: containers run as a user that is approved, by default any but root.

The rule is that of the published template (Azure/draft, lib/v2.1.0/allowed-users-groups). Groups are not judged: the
initiative leaves their rules at RunAsAny (Azure/azure-policy, AllowedUsersGroups.json).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from azext_safeguards.check.policies.pod_security.fields import holds, under
from azext_safeguards.check.policies.pod_security.pods import is_windows, judged_containers, said_once
from azext_safeguards.check.policies.policy import Object, Parameters, Path, Policy, Violation
from azext_safeguards.check.rego.values import show
from azext_safeguards.domain.initiative.records import members

_NON_ROOT = "MustRunAsNonRoot"
_RANGES = "MustRunAs"


def _rule(pod: Object, parameters: Parameters) -> Iterator[Violation]:
    rule = parameters.get("runAsUserRule", _NON_ROOT)
    if rule == "RunAsAny" or is_windows(pod):
        return
    ranges = under(parameters.get("runAsUserRanges"), "ranges") or []
    for container, path, name in judged_containers(pod, parameters):
        user, at = _set_for(pod, container, path, "runAsUser")
        if user is not None and not _accepts(rule, user, ranges):
            wanted = show({"rule": rule, "ranges": ranges})
            yield Violation(
                f"Container {name} is attempting to run as disallowed user {show(user)}. Allowed runAsUser: {wanted}",
                at,
            )
        if holds(user):
            continue
        context = (*path, "securityContext")
        if rule == _RANGES:
            yield Violation(
                f"Container {name} is attempting to run without a required securityContext/runAsUser",
                (*context, "runAsUser"),
            )
        elif rule == _NON_ROOT:
            non_root, at = _set_for(pod, container, path, "runAsNonRoot")
            if not holds(non_root):
                yield Violation(
                    f"Container {name} is attempting to run without a required securityContext/runAsNonRoot or "
                    "securityContext/runAsUser != 0",
                    at,
                )


def _set_for(pod: Object, container: Mapping[str, Any], path: Path, field: str) -> tuple[Any, Path]:
    """What holds for a container and where it is set: its own value, else the Pod's, else None and where it belongs."""
    own: Path = (*path, "securityContext", field)
    value = under(container, "securityContext", field)
    if value is None:
        inherited = under(pod, "spec", "securityContext", field)
        if inherited is not None:
            return inherited, ("spec", "securityContext", field)
    return value, own


def _accepts(rule: Any, user: Any, ranges: Any) -> bool:
    """Whether a rule lets a user be; one that is not known lets nobody."""
    if rule == _NON_ROOT:
        return isinstance(user, bool) or user != 0
    return rule == _RANGES and any(_is_within(user, item) for item in ranges if isinstance(item, dict))


def _is_within(user: Any, span: Mapping[str, Any]) -> bool:
    """Whether a user is between min and max; a max of -1 is none."""
    low, high = span.get("min"), span.get("max")
    numbers = all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in (user, low, high))
    return numbers and low <= user and (high == -1 or user <= high)  # type: ignore[operator]


POLICY = Policy(
    **members("users-groups"),
    rule=said_once(_rule),
)
