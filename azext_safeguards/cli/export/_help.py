# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Help of `az aks safeguards export`."""

from __future__ import annotations

from knack.help_files import helps

helps["aks safeguards export"] = """
type: command
short-summary: Print the safeguards of a cluster as code that recreates them.
long-summary: >-
  The code holds everything that can be set on the Azure Policy assignment of the cluster: what --safeguards-level,
  --safeguards-version and --safeguards-excluded-ns made, and what somebody else put there. The cluster is a parameter
  of the code, so it gives another cluster the same settings. The text is printed as it is, whatever --output says.
examples:
  - name: Print a Bicep file.
    text: az aks safeguards export -g MyResourceGroup -n MyManagedCluster --format bicep
  - name: Write a Terraform file.
    text: az aks safeguards export -g MyResourceGroup -n MyManagedCluster --format terraform --output-file main.tf
  - name: Write a shell script, and give another cluster the same settings with it.
    text: |
      az aks safeguards export -g MyResourceGroup -n MyManagedCluster --format azcli --output-file safeguards.sh
      sh safeguards.sh "$(az aks show -g MyResourceGroup -n OtherCluster --query id -o tsv)"
"""
