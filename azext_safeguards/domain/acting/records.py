# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""AKS's own mutators and admission policies: one record each, in the words that help the reader of a finding.

Names of the mutators: microsoft/GitHub-Copilot-for-Azure, constraint-spec-v1.yaml (2026-03-15); those of Baseline:
public listings of ValidatingAdmissionPolicies on AKS Automatic clusters. Names of Restricted were NOT FOUND one by one:
they follow the same pattern.
"""

from __future__ import annotations

from dataclasses import dataclass

from azext_safeguards.domain.initiative.records import RECORDS
from azext_safeguards.domain.initiative.records.record import BASELINE, RESTRICTED, SAFEGUARDS, STANDARDS, Record

REQUESTS = "requests-mutator"
SPREAD = "spread-mutator"
PREFIX = "aks-managed-"


@dataclass(frozen=True)
class OwnRecord:
    """Something of AKS's own that acts beside the initiative."""

    name: str
    title: str
    """What it wants or does: a sentence without a full stop."""
    why: str
    fix: str
    docs: str
    webhook: str = ""
    """What AKS calls a mutator."""
    like: str = ""
    """The short name of the member of the initiative that says the same, or that it fixes objects for."""
    pod_security: str = ""
    """`Baseline` or `Restricted`, for an admission policy."""


MUTATORS: dict[str, OwnRecord] = {
    one.name: one
    for one in (
        OwnRecord(
            REQUESTS,
            "Containers get requests and limits of CPU and memory",
            "The scheduler places Pods by their requests. A container without any gets 500m and 2048Mi as request and "
            "limit, which may be far from what the program needs.",
            "Set requests and limits of CPU and memory of every container and init container, at least 100m and "
            "100Mi, requests no higher than limits.",
            SAFEGUARDS,
            webhook="ResourceRequestsWorkloadMutator",
            like="resource-requests",
        ),
        OwnRecord(
            SPREAD,
            "Workloads prefer to spread over nodes",
            "Replicas on one node go down with it. A workload that says nothing gets a preferred podAntiAffinity and a "
            "topology spread constraint, and a label for them where it has none.",
            "Set topologySpreadConstraints or affinity.podAntiAffinity in the Pod template yourself.",
            SAFEGUARDS,
            webhook="AntiAffinityTopologySpreadWorkloadMutator",
            like="anti-affinity",
        ),
    )
}
"""AKS's mutating webhooks by name."""


def _of(record: Record, level: str, **words: str) -> OwnRecord:
    said = {"title": record.title, "why": record.why, "fix": record.fix, "docs": record.docs, **words}
    name = f"{PREFIX}{level.lower()}-{record.managed_check}"
    return OwnRecord(name, **said, like=record.short, pod_security=level)


_HOST_PROBES = OwnRecord(
    f"{PREFIX}baseline-host-probes-lifecycle-hooks",
    "Probes and lifecycle hooks name no host",
    "A probe or a hook with a host of its own makes the node call any address for the Pod.",
    "Remove host from httpGet and tcpSocket of probes and of lifecycle hooks; without it the Pod itself is called.",
    STANDARDS,
    pod_security=BASELINE,
)
# Where AKS's check reaches further than the member of the initiative.
_WORDS = {
    "host-namespaces": {
        "title": "Pods do not share the network, process and IPC namespaces of their node",
        "fix": "Remove hostNetwork, hostPID and hostIPC, or set them to false. Agents that need them belong into an "
        "excluded namespace.",
    },
    "host-ports": {
        "title": "Pods use no ports of their node",
        "fix": "Remove every hostPort, and expose the Pod by a Service.",
    },
    "windows-host-process": {"title": "Pods run no HostProcess containers"},
}
_STRICTER = ("capabilities", "seccomp")
"""Members whose check Restricted has once more, in a stricter form."""


def _admission() -> list[OwnRecord]:
    checked = [record for record in RECORDS.values() if record.managed_check]
    baseline = [
        _of(record, BASELINE, **_WORDS.get(record.short, {})) for record in checked if record.pod_security == BASELINE
    ]
    restricted = [
        _of(record, RESTRICTED) for record in checked if record.pod_security == RESTRICTED or record.short in _STRICTER
    ]
    return [*sorted([*baseline, _HOST_PROBES], key=_name), *sorted(restricted, key=_name)]


def _name(one: OwnRecord) -> str:
    return one.name


ADMISSION: dict[str, OwnRecord] = {one.name: one for one in _admission()}
"""AKS's ValidatingAdmissionPolicies on Pods by name: Baseline's, then those that Restricted adds, each by name.

In which order a cluster asks them is not defined; it prints the first text that denies.
"""
