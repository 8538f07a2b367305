# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What a report was made against, and what an offline check could not know about its findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from azext_safeguards.check.findings import Report
    from azext_safeguards.domain.acting.acting import Acting

_EXCLUDED = (
    "Namespaces that are excluded from AKS's safeguards are taken to be spared its admission policies, too, as seen on "
    "clusters; AKS does not document it."
)
_PROBES = (
    "probes: AKS documents that it denies on AKS Automatic; elsewhere it was said to warn only there. It is taken to "
    "deny."
)


def why_idle(acting: Acting) -> str:
    """Why nothing on a cluster would say anything, a sentence without its end; empty where something would."""
    from azext_safeguards.domain.acting.acting import DENY, WARN
    from azext_safeguards.domain.level import Level

    if {DENY, WARN} & {*(one.does for one in acting.members), *(one.does for one in acting.admission)}:
        return ""
    if acting.suspension:
        return f"Safeguards are {acting.suspension}"
    if acting.level == Level.OFF.value:
        return "Safeguards are Off"
    if not acting.is_enforced:
        return "The assignment is not enforced (DoNotEnforce)"
    return "No policy warns or denies"


def describe(report: Report, acting: Acting) -> None:
    """Puts in what the report was made against, and what is to be noted."""
    from azext_safeguards.check.policies.registry import NAMES, policy
    from azext_safeguards.domain.owners import Owner

    if acting.owner is Owner.MANAGED:
        report.owner = "AKS Automatic" if acting.automatic else "AKS"
    report.level = acting.level
    report.version = acting.version
    report.idle = why_idle(acting)
    if report.idle:
        report.notes.append(
            f"{report.idle}, so the cluster would say nothing, and no policy judged the manifests. --level judges them "
            "as if safeguards were at that level."
        )
    if acting.source.lower() == "original":
        report.notes.append(
            "The assignment looks at what is sent only: such workloads are accepted, and their Pods are refused."
        )
    if report.others:
        report.notes.append(
            f"{report.others} of the documents are no Kubernetes objects, for want of apiVersion or kind, and were "
            "passed over; kubectl would refuse them."
        )
    shorts = dict.fromkeys(finding.policy for finding in report.findings)
    if acting.admission and report.excluded:
        report.notes.append(_EXCLUDED)
    if acting.automatic and "probes" in shorts:
        report.notes.append(_PROBES)
    found = [policy(short) for short in shorts if short in NAMES]
    report.notes += sorted(f"{one.short}: {one.offline}" for one in found if one.offline)
