# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The page of a cluster's compliance: the JSON of `compliance show --details`, and commands for the cluster."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from azext_safeguards.domain.cluster import ClusterRef
    from azext_safeguards.services.compliance import Reading


def compliance_page(cli_ctx: Any, reading: Reading, cluster: ClusterRef) -> str:
    """The page."""
    from azext_safeguards.cli.az.pages import command_line, evaluated, guides_of, tool, ways_of_namespaces
    from azext_safeguards.pages.cluster import page
    from azext_safeguards.pages.values import Context, Way

    result = compliance_values(reading, cluster)
    off = _off(reading)
    titles = {item["name"]: item["title"] or "" for item in result["policies"]} | dict.fromkeys(off, "")
    excluded = list(reading.profile.excluded_namespaces)
    namespaces = {item["namespace"] or "" for item in result["details"] if item["complianceState"] == "NonCompliant"}
    arguments = cluster.arguments
    context = Context(
        command=command_line(cli_ctx),
        tool=tool(),
        **evaluated(result["lastScan"] or "", "the last scan of Azure Policy"),  # type: ignore[arg-type]
        cluster_id=cluster.plain_id,
        level=result["level"] or "",
        version=result["version"] or "",
        excluded_namespaces=excluded,
        system_namespaces=result["systemExcludedNamespaces"],
        suspended=result["suspended"],
        guides=guides_of(titles, arguments),
        namespace_ways=ways_of_namespaces(namespaces, excluded, arguments),
        ways=[
            Way("Check manifests before they are applied", f"az aks safeguards check -f deploy/ {arguments}"),
            Way("Explain what kubectl printed", "kubectl apply -f deploy/ 2>&1 | az aks safeguards explain"),
            Way("Have Azure Policy scan anew", f"az aks safeguards compliance show {arguments} --scan"),
        ],
    )
    return page({**result, "details": _with_patches(result), "leftOut": _rows_of(off)}, context)


def compliance_values(reading: Reading, cluster: ClusterRef) -> dict[str, Any]:
    """The JSON that the page is made of."""
    from azext_safeguards.cli.compliance._format import compliance_output

    return compliance_output(reading, cluster, "policy", details=True)


def _off(reading: Reading) -> list[str]:
    """The policies that judge objects and are off on the cluster, though they are members."""
    from azext_safeguards.check.policies.registry import NAMES

    effects: Mapping[str, str] = reading.profile.effects
    return [short for short, effect in effects.items() if effect.lower() == "disabled" and short in NAMES]


def _rows_of(off: list[str]) -> list[dict[str, Any]]:
    return [{"policy": short, "reason": "Off on this cluster, so that nothing is judged by it."} for short in off]


def _with_patches(result: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The details with the fix of each, where the message names what to fix."""
    from azext_safeguards.check.policies.registry import NAMES
    from azext_safeguards.cli.manifests.page import patch_of

    return [
        {**item, "patch": patch_of({**item, "implied": item["kind"] != "Pod"})}
        if item["message"] and item["policy"] in NAMES and item["complianceState"] == "NonCompliant"
        else item
        for item in result["details"]
    ]
