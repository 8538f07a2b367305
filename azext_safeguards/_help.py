# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Help of our own commands; the help of `aks create` and `aks update` stays their owner's."""

from __future__ import annotations

from knack.help_files import helps

helps["aks safeguards profile"] = """
type: group
short-summary: See or remove the safeguards of a cluster that --safeguards-level set.
long-summary: >-
  Safeguards are set with `az aks create` and `az aks update`: --safeguards-level Off, Warning or Enforcement,
  --safeguards-version, and --safeguards-excluded-ns.
"""

helps["aks safeguards profile show"] = """
type: command
short-summary: Show level, version and excluded namespaces of a cluster, and what each policy does.
long-summary: >-
  Everything shown is read from the Azure Policy assignment on the cluster, so it is what is true, not what was asked
  for. What differs from what was asked for is listed under drift.
examples:
  - name: Show the safeguards of a cluster.
    text: az aks safeguards profile show -g MyResourceGroup -n MyManagedCluster -o table
  - name: Show what each policy does.
    text: az aks safeguards profile show -g MyResourceGroup -n MyManagedCluster --query policies
"""

helps["aks safeguards profile delete"] = """
type: command
short-summary: Remove the safeguards assignment of a cluster with everything that was set on it.
long-summary: >-
  To only turn safeguards off, and find version and namespaces again later, set --safeguards-level Off with
  `az aks update`.
examples:
  - name: Remove the assignment without being asked.
    text: az aks safeguards profile delete -g MyResourceGroup -n MyManagedCluster --yes
  - name: Remove those of two clusters, after one question.
    text: az aks safeguards profile delete --ids FirstId SecondId
"""

helps["aks safeguards diagnose"] = """
type: command
short-summary: Find out why safeguards do nothing on a cluster, or not what was asked for.
long-summary: >-
  Checks the cluster, the feature, the providers, the add-on, the assignment and what is beside it, in the order in
  which one cause hides the next: the first check that is not ok is where to begin. Each check says what was seen and
  what to do.
examples:
  - name: Read the checks.
    text: az aks safeguards diagnose -g MyResourceGroup -n MyManagedCluster -o table
  - name: Fail a pipeline on warnings, too.
    text: az aks safeguards diagnose -g MyResourceGroup -n MyManagedCluster --fail-on warning
"""

helps["aks safeguards register"] = """
type: command
short-summary: Register the feature and the resource providers that deployment safeguards need, once a subscription.
long-summary: >-
  Registers the feature Microsoft.ContainerService/SafeguardsPreview, waits for it, refreshes the registration of
  Microsoft.ContainerService, and makes sure that Microsoft.PolicyInsights is registered. Safe to repeat and to
  interrupt. A feature that Azure has retired is reported and is no error.
examples:
  - name: Register, and wait until everything is registered.
    text: az aks safeguards register -o table
  - name: Ask for it and come back later.
    text: az aks safeguards register --no-wait
"""

helps["aks safeguards version"] = """
type: group
short-summary: Versions of deployment safeguards.
"""

helps["aks safeguards version list"] = """
type: command
short-summary: List the versions that --safeguards-version takes and the policies in each.
examples:
  - name: List the versions.
    text: az aks safeguards version list -o table
"""
