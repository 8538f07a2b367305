# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The values that an API server fills in to parts of containers: see `defaults`."""

from __future__ import annotations

from typing import Any

from azext_safeguards.check.apiserver import quantities

Object = dict[str, Any]

PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
_PROBE_DEFAULTS = {"timeoutSeconds": 1, "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 3}


def resources(found: Object) -> None:
    """Fills in the resources of a container, which is changed: amounts are rounded up to thousandths."""
    for name in ("limits", "requests"):
        if name in found:
            found[name] = rounded(found[name])


def probe(found: Object) -> None:
    """Fills in a probe, which is changed."""
    for name, default in _PROBE_DEFAULTS.items():
        if not found.get(name):
            found[name] = default
    if "httpGet" in found:
        _http(found["httpGet"])
    if "grpc" in found:
        found["grpc"].setdefault("service", "")


def ports(found: list[Object]) -> None:
    """Fills in the ports of a container, which are changed."""
    for port in found:
        if not port.get("protocol"):
            port["protocol"] = "TCP"


def lifecycle(found: Object) -> None:
    """Fills in the hooks of a container, which are changed."""
    for hook in found.values():
        if isinstance(hook, dict) and isinstance(hook.get("httpGet"), dict):
            _http(hook["httpGet"])


def _http(action: Object) -> None:
    if not action.get("path"):
        action["path"] = "/"
    if not action.get("scheme"):
        action["scheme"] = "HTTP"


def rounded(amounts: Object) -> Object:
    """Amounts rounded up to thousandths; those that are no quantities stay as they are."""
    return {name: _rounded(amount) for name, amount in amounts.items()}


def _rounded(amount: Any) -> Any:
    try:
        return quantities.rounded(amount)
    except quantities.WrongQuantity:
        return amount
