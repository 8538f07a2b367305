# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Help of the commands about single policies, and of suspend and resume."""

from __future__ import annotations

from knack.help_files import helps

helps["aks safeguards policy"] = """
type: group
short-summary: Choose and see what single policies do, whatever the level.
"""

helps["aks safeguards policy list"] = """
type: command
short-summary: List what each policy does on a cluster now and what decides that, or the policies of a version.
long-summary: >-
  Origin says what decides: level, choice (yours), pod security (the switch --pod-security), foreign override (somebody
  else's), exemption, suspended, enforcement mode, notScopes, resourceSelectors, or drift, where somebody changed what
  the level had set. It is AKS where AKS enforces the safeguards itself; then its mutators and admission policies are
  listed, too.
examples:
  - name: What does each policy do on a cluster?
    text: az aks safeguards policy list -g MyResourceGroup -n MyManagedCluster -o table
  - name: What is there to choose from? Needs no cluster and no login.
    text: az aks safeguards policy list --version v3.0.0 -o table
"""

helps["aks safeguards policy set"] = """
type: command
short-summary: Choose what policies do on a cluster, or their parameters, whatever the level.
long-summary: >-
  What is chosen goes before the level and stays through changes of level and version; under the level Off nothing acts,
  and the choices are kept. A choice that says what the level does anyway is kept, too. Choosing an effect for a policy
  takes it out of overrides that somebody else put on the assignment. --pod-security turns the Pod Security policies of
  v3.0.0 on as a group, with the parameters that Kubernetes' Baseline or Restricted takes; a choice for one of them goes
  before it. With several --ids the result says what came of each cluster.
examples:
  - name: Have one policy warn while the others deny.
    text: az aks safeguards policy set -g MyResourceGroup -n MyManagedCluster --policy probes --effect Warn
  - name: Turn two policies off.
    text: >-
      az aks safeguards policy set -g MyResourceGroup -n MyManagedCluster
      --policy anti-affinity pre-stop-hook --effect Off
  - name: Allow images from two registries only.
    text: >-
      az aks safeguards policy set -g MyResourceGroup -n MyManagedCluster
      --allowed-registry myregistry mcr.microsoft.com
  - name: Have the Pod Security policies warn, whatever the level.
    text: az aks safeguards policy set -g MyResourceGroup -n MyManagedCluster --pod-security Restricted --effect Warn
  - name: See what higher limits would change.
    text: >-
      az aks safeguards policy set -g MyResourceGroup -n MyManagedCluster
      --policy resource-limits --param cpuLimit=8 memoryLimit=16Gi --dry-run
  - name: Choose on the clusters whose ids are on standard input.
    text: >-
      az aks list --query '[].id' -o tsv | az aks safeguards policy set --policy probes --effect Warn --ids @-
"""

helps["aks safeguards policy reset"] = """
type: command
short-summary: Take back what was chosen for policies, so that the level decides again.
examples:
  - name: Reset one policy, with its parameters.
    text: az aks safeguards policy reset -g MyResourceGroup -n MyManagedCluster --policy probes
  - name: Reset all.
    text: az aks safeguards policy reset -g MyResourceGroup -n MyManagedCluster --all
  - name: See what that would change on two clusters.
    text: az aks safeguards policy reset --all --dry-run --ids FirstId SecondId -o table
"""

helps["aks safeguards suspend"] = """
type: command
short-summary: Stop enforcing safeguards on a cluster for a while; level, version and choices stay.
long-summary: >-
  Nothing is denied, warned of or mutated; compliance is still evaluated. Who suspended, when and why is recorded and
  shown. The record of the first who suspended stays until somebody gives a reason anew.
examples:
  - name: Suspend during an incident.
    text: az aks safeguards suspend -g MyResourceGroup -n MyManagedCluster --reason "INC-1234"
  - name: Suspend on two clusters, of whatever subscriptions.
    text: az aks safeguards suspend --reason "INC-1234" --ids FirstId SecondId -o table
"""

helps["aks safeguards resume"] = """
type: command
short-summary: Enforce safeguards again that were suspended.
examples:
  - name: End a suspension.
    text: az aks safeguards resume -g MyResourceGroup -n MyManagedCluster
  - name: End those of the clusters whose ids are in a file.
    text: az aks safeguards resume --ids @clusters.txt
"""
