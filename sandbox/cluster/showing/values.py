# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What stands in the cells of a table."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]
NONE = "<none>"


def at(item: Any, *path: str) -> Any:
    """Return what is at a path, None where nothing is."""
    for step in path:
        item = item.get(step) if isinstance(item, dict) else None
    return item


def text(item: Json, *path: str, default: Any = NONE) -> Any:
    """Return a plain value as text, or what stands for nothing."""
    value = at(item, *path)
    return default if value is None or value == "" else str(value)


def count(item: Json, *path: str) -> int:
    """Return a number, 0 where there is none; the number of a list's items."""
    value = at(item, *path)
    if isinstance(value, list):
        return len(value)
    return value if isinstance(value, int) else 0


def ready(item: Json) -> str:
    """Return how many of the wanted Pods are ready."""
    return f"{count(item, 'status', 'readyReplicas')}/{count(item, 'spec', 'replicas')}"


def labels(item: Json, *path: str) -> str:
    """Return a mapping as a selector shows it."""
    value = at(item, *path)
    if not isinstance(value, dict) or not value:
        return NONE
    return ",".join(f"{name}={value[name]}" for name in sorted(value))


def selector(item: Json) -> str:
    """Return the selector of a workload or a Service."""
    found = at(item, "spec", "selector")
    if isinstance(found, dict) and isinstance(found.get("matchLabels"), dict):
        return labels(item, "spec", "selector", "matchLabels")
    return labels(item, "spec", "selector")


def containers(item: Json) -> str:
    """Return the names of a workload's containers."""
    return ",".join(str(one.get("name")) for one in _containers(item)) or NONE


def images(item: Json) -> str:
    """Return the images of a workload's containers."""
    return ",".join(str(one.get("image")) for one in _containers(item)) or NONE


def _containers(item: Json) -> list[Json]:
    spec = at(item, "spec", "jobTemplate", "spec", "template", "spec") or at(item, "spec", "template", "spec") or {}
    return spec.get("containers") or []


def port_list(item: Json) -> str:
    """Return the ports of a Service."""
    found = []
    for port in at(item, "spec", "ports") or ():
        node = f":{port['nodePort']}" if port.get("nodePort") else ""
        found.append(f"{port.get('port')}{node}/{port.get('protocol', 'TCP')}")
    return ",".join(found) or NONE


def hosts(item: Json) -> str:
    """Return the hosts of an Ingress: three of them and how many more there are."""
    found = [str(rule["host"]) for rule in at(item, "spec", "rules") or () if rule.get("host")]
    if len(found) > 3:
        return ",".join(found[:3]) + f" + {len(found) - 3} more..."
    return ",".join(found) or "*"


def yes_or_no(item: Json, name: str) -> str:
    """Return a truth value."""
    return str(bool(item.get(name))).lower()
