# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What the commands about single policies print: full objects, and rows for -o table."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from azext_safeguards.cli.az.tables import Table

if TYPE_CHECKING:
    from azext_safeguards.domain.assignment.rows import PolicyRow


def policy_output(row: PolicyRow) -> dict[str, Any]:
    """A policy of a cluster as a plain object."""
    return {
        "name": row.name,
        "policy": row.name,
        "title": row.title,
        "referenceId": row.reference_id or None,
        "kind": row.kind,
        "does": row.does,
        "origin": row.origin,
        "effect": row.effect,
        "choice": row.choice,
        "podSecurity": row.pod_security,
        "parameters": {item.name: {"value": item.value, "origin": item.origin} for item in row.parameters},
    }


# What decides what a policy does; what nobody set by a command of ours comes first.
_WORST = (
    "drift",
    "notScopes",
    "resourceSelectors",
    "exemption",
    "foreign override",
    "enforcement mode",
    "suspended",
    "choice",
    "pod security",
)


def policy_table(result: Any) -> list[OrderedDict[str, Any]]:
    """A row for each policy, of a cluster or of a version; first those that do something else than the level says."""
    rows = [_cluster_row(item) if "does" in item else _version_row(item) for item in result]
    return sorted(rows, key=lambda row: _WORST.index(row["Origin"]) if row.get("Origin") in _WORST else len(_WORST))


_WHOLE = ("Policy", "Does", "Origin", "Choice", "Warning", "Enforcement", "Choices")
POLICIES = Table(policy_table, prose=("Parameters",), whole=_WHOLE, only_wide=("Title",), may_go=("Origin",))


def _cluster_row(item: Mapping[str, Any]) -> OrderedDict[str, Any]:
    return OrderedDict(
        Policy=item["name"],
        Title=item["title"],
        Does=item["does"],
        Origin=item["origin"],
        Choice=item["choice"] or (item["podSecurity"] if item["origin"] == "pod security" else None) or "-",
        Parameters=_set_parameters(item["parameters"]),
    )


def _version_row(item: Mapping[str, Any]) -> OrderedDict[str, Any]:
    return OrderedDict(
        Policy=item["name"],
        Title=item["title"],
        Warning=item["byLevel"]["Warning"],
        Enforcement=item["byLevel"]["Enforcement"],
        Choices=",".join(item["choices"]),
        Parameters=",".join(item["parameters"]) or "-",
    )


def _set_parameters(parameters: Mapping[str, Mapping[str, Any]]) -> str:
    """The parameters that are not at their defaults, short enough for a table."""
    texts = []
    for name, item in parameters.items():
        if item["origin"] != "default":
            value = item["value"] if isinstance(item["value"], str) else json.dumps(item["value"])
            texts.append(f"{name}={value if len(value) <= 40 else value[:37] + '...'}")
    return " ".join(texts) or "-"
