# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What the admission policies look at in a Pod."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from azext_safeguards.check.policies.containers import ALL_LISTS, containers
from azext_safeguards.check.policies.policy import Object, Path
from azext_safeguards.check.rego.values import MISSING, get

SECURITY = "securityContext"


def all_containers(pod: Object) -> Iterator[tuple[Mapping[str, Any], Path]]:
    """The containers of all three lists with their paths."""
    return containers(pod, *ALL_LISTS)


def field(value: Any, *names: str) -> Any:
    """The value some fields down; None where there is none."""
    found = get(value, *names)
    return None if found is MISSING else found


def contexts(pod: Object, *names: str) -> Iterator[tuple[Any, Path]]:
    """A field of every security context that has it, the Pod's first: its value and its path."""
    own = field(pod, "spec", SECURITY, *names)
    if own is not None:
        yield own, ("spec", SECURITY, *names)
    for container, path in all_containers(pod):
        value = field(container, SECURITY, *names)
        if value is not None:
            yield value, (*path, SECURITY, *names)


def listed(value: Any) -> list[Any]:
    """A list as it is; nothing for anything else."""
    return value if isinstance(value, list) else []


def is_windows(pod: Object) -> bool:
    """Whether a Pod says that it is for Windows, which Restricted spares some rules (Pod Security Standards)."""
    return bool(field(pod, "spec", "os", "name") == "windows")
