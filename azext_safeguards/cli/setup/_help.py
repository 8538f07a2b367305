# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Help of `register`, `diagnose` and `version`."""

from __future__ import annotations

from knack.help_files import helps

helps["aks safeguards"] = """
type: group
short-summary: Deployment safeguards of clusters, by an Azure Policy assignment or managed by AKS.
long-summary: >-
  There are two kinds, and a cluster should have one of them.
  An assignment has levels (Off, Warning, Enforcement), versions and choices for single policies; it is set by
  `az aks create` and `az aks update` with --safeguards-level, seen by `profile show`, and everything about it is in
  check, compliance, diagnose, explain, export, namespace, policy, profile, register, resume, suspend and version.
  Safeguards that AKS manages are a resource of the cluster with two levels, Warn and Enforce; they are made, changed
  and removed by create, update, delete, show, list and wait. AKS Automatic always has them. `profile migrate` leads
  from one kind to the other, and `diagnose` tells which one a cluster has.
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
short-summary: Register the feature and the resource providers that safeguards need, once for each subscription.
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
