# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Help of `az aks safeguards profile`."""

from __future__ import annotations

from knack.help_files import helps

helps["aks safeguards profile"] = """
type: group
short-summary: See, copy, move and remove the safeguards that --safeguards-level set.
long-summary: >-
  Safeguards are set with `az aks create` and `az aks update`: --safeguards-level Off, Warning or Enforcement,
  --safeguards-version, and --safeguards-excluded-ns.
"""

helps["aks safeguards profile show"] = """
type: command
short-summary: Show level, version and excluded namespaces of a cluster, and what each policy does.
long-summary: >-
  Everything shown is read from the Azure Policy assignment on the cluster, so it is what is true, not what was asked
  for. What differs from what was asked for is listed under drift, and what somebody else set so that it does not do
  what the level says under setByOthers. Where AKS enforces the safeguards itself, and no assignment is there, what acts
  is shown, and what can be changed of it. Ends with 3 where there is no such cluster, or no safeguards on it.
examples:
  - name: Show the safeguards of a cluster.
    text: az aks safeguards profile show -g MyResourceGroup -n MyManagedCluster -o table
  - name: Show what each policy does.
    text: az aks safeguards profile show -g MyResourceGroup -n MyManagedCluster --query doesByPolicy
"""

helps["aks safeguards profile delete"] = """
type: command
short-summary: Remove the safeguards assignment of a cluster with everything that was set on it.
long-summary: >-
  To only turn safeguards off, and find version and namespaces again later, set --safeguards-level Off with
  `az aks update`. What AKS manages is not touched. Ends with 0 where there is no assignment, too.
examples:
  - name: Remove the assignment without being asked.
    text: az aks safeguards profile delete -g MyResourceGroup -n MyManagedCluster --yes
  - name: Remove those of two clusters, after one question.
    text: az aks safeguards profile delete --ids FirstId SecondId
"""

helps["aks safeguards profile list"] = """
type: command
short-summary: List clusters with their level, version, drift and compliance.
long-summary: >-
  Reads a thousand clusters with three requests, from Azure Resource Graph or, where it does not answer, from each
  subscription's lists. Owner is Assignment where there is a safeguards assignment, and Managed on AKS Automatic; no
  list tells whether AKS manages the safeguards of another cluster, so that --ask-aks asks each. Ends with 1 when a
  subscription could not be read; the others are listed all the same.
examples:
  - name: List the clusters of the current subscription.
    text: az aks safeguards profile list -o table
  - name: List the clusters of all subscriptions that have drifted.
    text: az aks safeguards profile list --all-subscriptions --query "[?drift]"
  - name: List what Azure holds at this moment in a resource group.
    text: az aks safeguards profile list -g MyResourceGroup --live
  - name: List the clusters whose safeguards AKS manages.
    text: az aks safeguards profile list --ask-aks --query "[?owner=='Managed']" -o table
  - name: Write a page about the fleet, which links to a page for each cluster.
    text: az aks safeguards profile list --all-subscriptions --format html --report-dir safeguards
"""

helps["aks safeguards profile copy"] = """
type: command
short-summary: Give clusters the settings of another.
long-summary: >-
  Level, version, excluded namespaces and what was chosen for single policies are copied; choices take the place of the
  target's. A suspension is not copied, and the copied level ends one of a target, with a warning. Every target is
  checked as `az aks update --safeguards-level` checks it. What somebody else put on the assignment of a target stays;
  what somebody else put on that of the source is not copied. Eight clusters are worked on at a time; the result says
  what came of each, and the exit code is 1 when any failed.
examples:
  - name: Give two clusters the settings of a third.
    text: az aks safeguards profile copy --from SourceId --to FirstId SecondId
  - name: See what would change on the clusters whose ids are in a file.
    text: az aks safeguards profile copy --from SourceId --to @clusters.txt --dry-run -o table
"""

helps["aks safeguards profile migrate"] = """
type: command
short-summary: Move a cluster between AKS's managed safeguards and an assignment.
long-summary: >-
  Level and excluded namespaces are kept. The new safeguards are put in place before the old ones are removed. What the
  new ones can't hold is named first, and needs --yes or an answer. After an interruption run the same command again.
  With several --ids all are checked first, and asked about once.
examples:
  - name: Take a cluster over from AKS, to choose a version and single policies.
    text: az aks safeguards profile migrate -g MyResourceGroup -n MyManagedCluster --to assignment
  - name: Give a cluster to AKS without being asked, with half an hour in which both are in place.
    text: az aks safeguards profile migrate -g MyResourceGroup -n MyManagedCluster --to managed --overlap 35 --yes
  - name: See what taking two clusters over from AKS would lose.
    text: az aks safeguards profile migrate --ids FirstId SecondId --to assignment --dry-run -o table
"""
