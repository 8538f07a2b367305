# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""How an update differs from a creation before it is validated: what the server made itself is not the client's."""

from __future__ import annotations

from typing import Any

from sandbox.cluster.core.kinds import Kind
from sandbox.cluster.core.schema import without

Json = dict[str, Any]
_JOB, _SERVICE = ("batch", "Job"), ("", "Service")


def as_new(kind: Kind, item: Json, before: Json) -> Json:
    """Return a changed object as one that a client would create.

    The selector that the server made for a Job is left out: only who creates one may not give it. The list of a
    Service's addresses follows the address where that alone was changed (kubernetes/kubernetes,
    registry/core/service, normalizeClusterIPs).
    """
    spec, old = item.get("spec"), before.get("spec") or {}
    if not isinstance(spec, dict):
        return item
    if kind.identity == _JOB and _is_made(spec, old):
        return without(item, ("spec", "selector"))  # type: ignore[no-any-return]
    is_moved = kind.identity == _SERVICE and spec.get("clusterIP") != old.get("clusterIP")
    if is_moved and spec.get("clusterIPs") == old.get("clusterIPs"):
        return {**item, "spec": {**spec, "clusterIPs": [spec["clusterIP"]] if spec.get("clusterIP") else []}}
    return item


def with_made(kind: Kind, item: Json, given: Json, before: Json) -> Json:
    """Return an object that went through ``as_new`` with what was left out of ``given``."""
    spec, old = given.get("spec"), before.get("spec") or {}
    if kind.identity == _JOB and isinstance(spec, dict) and _is_made(spec, old):
        return {**item, "spec": {**item["spec"], "selector": old["selector"]}}
    return item


def _is_made(spec: Json, old: Json) -> bool:
    return not old.get("manualSelector") and "selector" in spec and spec["selector"] == old.get("selector")
