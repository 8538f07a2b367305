# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Help of the commands about namespaces."""

from __future__ import annotations

from knack.help_files import helps

helps["aks safeguards namespace"] = """
type: group
short-summary: See, exclude and include single namespaces.
"""

helps["aks safeguards namespace list"] = """
type: command
short-summary: List the excluded namespaces, which safeguards leave alone, and who excluded them.
examples:
  - name: Which namespaces are excluded?
    text: az aks safeguards namespace list -g MyResourceGroup -n MyManagedCluster -o table
"""

helps["aks safeguards namespace add"] = """
type: command
short-summary: Exclude namespaces, beside those that are excluded already.
long-summary: >-
  Unlike --safeguards-excluded-ns, which takes the place of the whole list, this changes the named ones only, also when
  somebody else changes the list at the same time. The result tells what the list was and what it is.
examples:
  - name: Let a team deploy during an incident.
    text: az aks safeguards namespace add team-a -g MyResourceGroup -n MyManagedCluster
  - name: See what that would change on two clusters.
    text: az aks safeguards namespace add team-a "*-dev" --dry-run --ids FirstId SecondId -o table
"""

helps["aks safeguards namespace remove"] = """
type: command
short-summary: Include namespaces again that were excluded; the others stay on the list.
examples:
  - name: Check a team's namespace again.
    text: az aks safeguards namespace remove team-a -g MyResourceGroup -n MyManagedCluster
"""
