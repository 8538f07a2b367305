# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Help of `az aks safeguards compliance`."""

from __future__ import annotations

from knack.help_files import helps

helps["aks safeguards compliance"] = """
type: group
short-summary: See what on a cluster does not comply with its safeguards.
"""

helps["aks safeguards compliance show"] = """
type: command
short-summary: Show which policies and namespaces of a cluster do not comply, and since which scan that is known.
long-summary: >-
  Everything shown is what Azure Policy knows since its last scan of the cluster. Objects that policies deny never
  become part of it; those that were there before, or that are only warned about, do. Policies that only mutate or
  announce find no fault with any object and do not count. What was scanned before the last change of the assignment or
  of an exemption is said to be outdated; --scan brings it up to date. A policy that an exemption turns off is off by
  exemption, and a cluster on which nothing is judged is never called Compliant. Azure Policy is told of 500 objects at
  most for each policy of a cluster.
examples:
  - name: Show the policies with what does not comply.
    text: az aks safeguards compliance show -g MyResourceGroup -n MyManagedCluster -o table
  - name: Show the namespaces.
    text: az aks safeguards compliance show -g MyResourceGroup -n MyManagedCluster --by namespace -o table
  - name: Show every object that does not comply, and why.
    text: az aks safeguards compliance show -g MyResourceGroup -n MyManagedCluster --details -o table
  - name: Write a page to look at in a browser.
    text: az aks safeguards compliance show -g MyResourceGroup -n MyManagedCluster --format html --report-file aks.html
  - name: Have Azure Policy scan first, and fail a pipeline on what it finds.
    text: az aks safeguards compliance show -g MyResourceGroup -n MyManagedCluster --scan --fail-on error
"""
