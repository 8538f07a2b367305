# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Help of `az aks safeguards check`."""

from __future__ import annotations

from knack.help_files import helps

helps["aks safeguards check"] = """
type: command
short-summary: Check manifests for what a cluster with safeguards would warn of, deny and change, without a cluster.
long-summary: >-
  Ends with 0 when nothing was found, 1 when something would be denied (see --fail-on), and 2 when the command line
  was wrong or something could not be read; everything else is checked all the same. A finding is silenced by
  an annotation on its object, ignore-safeguards.aks/POLICY, whose value says why.
examples:
  - name: Check a folder as a cluster at Enforcement would.
    text: az aks safeguards check -f deploy/ --format text
  - name: Check what a pipeline is about to apply, against the assignment of the cluster.
    text: kubectl kustomize deploy/overlays/prod | az aks safeguards check -f - -g MyResourceGroup -n MyManagedCluster
  - name: Write a SARIF file for code scanning and print annotations for GitHub.
    text: az aks safeguards check -f deploy/ --format sarif github --report-file safeguards.sarif
  - name: Allow images of one registry only.
    text: az aks safeguards check -f deploy/ --param allowedContainerImagesRegex=^myregistry\\.azurecr\\.io/
  - name: Accept what is there and fail on what is new.
    text: |-
        az aks safeguards check -f deploy/ --baseline safeguards-baseline.json --write-baseline
        az aks safeguards check -f deploy/ --baseline safeguards-baseline.json
"""
