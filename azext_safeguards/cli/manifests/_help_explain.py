# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Help of `az aks safeguards explain`."""

from __future__ import annotations

from knack.help_files import helps

helps["aks safeguards explain"] = """
type: command
short-summary: Explain a denial or a warning of a cluster, and show the fix and how to let it pass.
long-summary: >-
  Reads what kubectl printed, an event of a ReplicaSet or a Job, or the name of a policy. Each policy that is recognised
  comes with the reason for it, a patch with the names that the message has, and commands that exclude what it stopped.
  Needs no cluster and no login. Lines that are no message of a policy are named on standard error.
examples:
  - name: What does this policy want?
    text: az aks safeguards explain probes
  - name: Explain all that kubectl prints.
    text: kubectl apply -f deploy.yaml 2>&1 | az aks safeguards explain -o table
  - name: Print the patches only.
    text: kubectl apply -f deploy.yaml 2>&1 | az aks safeguards explain --query "[].patch" -o tsv
  - name: Explain one message.
    text: >-
      az aks safeguards explain "[azurepolicy-k8sazurev3containerlimits-0e8a839bcd103e7b96a8] container <app> has no
      resource limits"
"""
