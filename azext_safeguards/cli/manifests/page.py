# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The page of a check: its JSON, with the fix of each finding and commands for the cluster."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from azext_safeguards.domain.acting.acting import Acting
    from azext_safeguards.domain.cluster import ClusterRef

# What commands name where no cluster was named.
_ANY_CLUSTER = "-g myResourceGroup -n myAKSCluster"


@dataclass(frozen=True)
class Asked:
    """What the command line asked for."""

    named: Sequence[str]
    skipped: Sequence[str]
    cluster: ClusterRef | None
    stamp: str
    """When the newest file was changed; "" where that is not known."""


def check_page(cli_ctx: Any, result: dict[str, Any], acting: Acting, asked: Asked) -> str:
    """The page.

    :param result: what the command puts out as JSON.
    """
    from azext_safeguards.cli.az.pages import command_line, evaluated, guides_of, tool, ways_of_namespaces
    from azext_safeguards.domain.namespaces import SYSTEM_NAMESPACES
    from azext_safeguards.domain.owners import Owner
    from azext_safeguards.pages.manifests import page
    from azext_safeguards.pages.values import Context

    findings = [{**finding, "patch": patch_of(finding)} for finding in result["findings"]]
    listed = [*findings, *result.get("ignoredFindings", ())]
    cluster = asked.cluster.arguments if asked.cluster else _ANY_CLUSTER
    unjudged = [str(item["policy"]) for item in result.get("unjudged", ())]
    titles = {str(finding["policy"]): "" for finding in listed} | dict.fromkeys([*asked.skipped, *unjudged], "")
    namespaces = {str(finding["namespace"]) for finding in findings}
    left_out = [{"policy": short, "reason": "Left out by --skip."} for short in asked.skipped]
    by_aks = acting.owner is Owner.MANAGED
    not_objects = int(result["summary"].get("notObjects") or 0)
    if not_objects:
        documents = "1 document is" if not_objects == 1 else f"{not_objects:,} documents are"
        left_out.append({"reason": f"{documents} no Kubernetes object, for want of apiVersion or kind."})
    context = Context(
        command=command_line(cli_ctx),
        tool=tool(),
        **evaluated(asked.stamp, "the newest change among the files"),  # type: ignore[arg-type]
        cluster_id=asked.cluster.plain_id if asked.cluster else "",
        level=" ".join(part for part in (result["summary"]["owner"] if by_aks else "", acting.level) if part),
        version=str(result["summary"]["version"]),
        excluded_namespaces=list(acting.user_namespaces),
        system_namespaces=[name for name in acting.excluded_namespaces if name in SYSTEM_NAMESPACES],
        suspended=acting.suspension.as_output() if acting.suspension else None,
        named=asked.named,
        guides=guides_of(titles, cluster, with_ways=not by_aks),
        namespace_ways={} if by_aks else ways_of_namespaces(namespaces, acting.user_namespaces, cluster),
    )
    values = {
        **result,
        "findings": findings,
        "ignored": result.get("ignoredFindings"),
        "excluded": result.get("excludedObjects"),
        "leftOut": left_out,
    }
    return page(values, context)


def patch_of(finding: dict[str, Any]) -> str:
    """The fix of a finding as a YAML patch, with the names that its message has."""
    from azext_safeguards.check.explain.patches import for_finding
    from azext_safeguards.check.policies.registry import NAMES
    from azext_safeguards.domain.acting.records import ADMISSION

    own = ADMISSION.get(finding["policy"])
    if own:
        # What AKS's check and the initiative's member say is fixed alike; one has no counterpart.
        finding = {**finding, "policy": own.like}
        if not own.like:
            return ""
    # Of what a mutation makes invalid, limits of one's own are the fix.
    short = finding["policy"] if finding["policy"] in NAMES else "resource-limits"
    about = (finding[key] for key in ("message", "kind", "name", "namespace", "implied"))
    return for_finding(short, *about)
