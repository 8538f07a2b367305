# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Fields that a mutation gives to every container of a Pod which does not have them."""

from __future__ import annotations

from typing import Any

from azext_safeguards.check.mutations.mutation import Change
from azext_safeguards.check.policies.policy import Object


def missing_fields(pod: Object, container_list: str, field: tuple[str, ...], value: Any) -> list[Change]:
    """The changes that set a field in each container of a list where nothing is at its path.

    A container where something on the way is no mapping is left alone, as the API server refuses it anyway.
    """
    spec = pod.get("spec")
    items = spec.get(container_list) if isinstance(spec, dict) else None
    changes = []
    for index, container in enumerate(items if isinstance(items, list) else ()):
        inner: Any = container if isinstance(container, dict) else MISPLACED
        for step in field:
            # A null counts as absent: the API server drops it.
            if inner is None:
                break
            if not isinstance(inner, dict):
                inner = MISPLACED
                break
            inner = inner.get(step)
        if inner is None:
            changes.append(Change(("spec", container_list, index, *field), value))
    return changes


MISPLACED = object()
"""Stands for a value that cannot hold the field."""


def runs_on_windows(pod: Object) -> bool:
    """Whether a Pod says that it is for Windows nodes."""
    spec = pod.get("spec")
    if not isinstance(spec, dict):
        return False
    system, selector = spec.get("os"), spec.get("nodeSelector")
    named = system.get("name") if isinstance(system, dict) else None
    selected = selector.get("kubernetes.io/os") if isinstance(selector, dict) else None
    return "windows" in (named, selected)
