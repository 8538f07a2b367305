# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The members that change objects, and the one that deploys the add-on."""

from __future__ import annotations

from azext_safeguards.domain.initiative.records.record import BUDGET, NODE, POD, SAFEGUARDS, V2, V3, Record

MUTATIONS: tuple[Record, ...] = (
    Record(
        short="mutate-taints",
        reference_id="mutateReservedSystemPoolTaints",
        title="Nodes of user pools lose the taint CriticalAddonsOnly",
        versions=(V2, V3),
        kinds=frozenset({NODE}),
        why="AKS keeps that taint for system pools.",
        docs="https://learn.microsoft.com/azure/aks/use-system-pools",
        seen_by=frozenset({"no-node-edits", "reserved-taints"}),
    ),
    Record(
        short="mutate-read-only-root-init",
        reference_id="readOnlyRootFileSystemInitContainers",
        title="Init containers get a read-only root file system",
        versions=(V2,),
        kinds=frozenset({POD}),
        why="Who breaks into a container then cannot leave anything in its file system.",
        docs=SAFEGUARDS,
    ),
    Record(
        short="mutate-cpu-limits",
        reference_id="resourceCPULimits",
        title="Containers without a CPU limit get 500m",
        versions=(V2,),
        kinds=frozenset({POD}),
        why="A container without a CPU limit can slow down all others on its node.",
        fills_in=("CPU", "500m"),
        docs=SAFEGUARDS,
        seen_by=frozenset({"resource-limits", "resource-requests"}),
    ),
    Record(
        short="mutate-memory-limits",
        reference_id="resourceMemoryLimits",
        title="Containers without a memory limit get 500Mi",
        versions=(V2,),
        kinds=frozenset({POD}),
        why="A container without a memory limit can take the memory of its node until others are killed.",
        fills_in=("memory", "500Mi"),
        docs=SAFEGUARDS,
        seen_by=frozenset({"resource-limits", "resource-requests"}),
    ),
    Record(
        short="mutate-max-unavailable",
        reference_id="mutateMaxUnavailablePods",
        title="Disruption budgets get maxUnavailable 1",
        versions=(V2,),
        kinds=frozenset({BUDGET}),
        why="A budget that allows no disruption blocks the upgrade of nodes.",
        docs=SAFEGUARDS,
        seen_by=frozenset({"pod-disruption-budgets"}),
    ),
    Record(
        short="mutate-read-only-root",
        reference_id="mutateReadOnlyRootFilesystem",
        title="Containers get a read-only root file system",
        versions=(V2,),
        kinds=frozenset({POD}),
        why="Who breaks into a container then cannot leave anything in its file system.",
        docs=SAFEGUARDS,
    ),
    Record(
        short="deploy-azure-policy-add-on",
        reference_id="deployAzurePolicyAddOn",
        title="Deploys the azure-policy add-on",
    ),
)
