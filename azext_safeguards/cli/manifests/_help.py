# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Help of `check` and `explain`."""

from __future__ import annotations

from knack.help_files import helps

helps["aks safeguards check"] = """
type: command
short-summary: Check manifests for what a cluster with safeguards would warn of, deny and change, without a cluster.
long-summary: >-
  Objects go the way that they go on a cluster: kubectl reads them, the API server decodes them, fills in defaults and
  validates them, mutations change them, and policies judge what is left. What is refused on the way is told with the
  place of the value.
  Ends with 0 when nothing would be denied, also when something would be warned of, unless --fail-on is warning; with 1
  when something would be denied; with 2 when something would be refused before any policy, could not be read or judged,
  or the command line was wrong. Everything else is checked all the same. A finding is silenced by an
  annotation on its object, ignore-safeguards.aks/POLICY, whose value says why.
examples:
  - name: Check a folder as a cluster at Enforcement would.
    text: az aks safeguards check -f deploy/ --format text
  - name: Check what a pipeline is about to apply, against the assignment of the cluster.
    text: kubectl kustomize deploy/overlays/prod | az aks safeguards check -f - -g MyResourceGroup -n MyManagedCluster
  - name: See whether manifests are ready for AKS Automatic, what it would change in them, and what to fix.
    text: az aks safeguards check -f deploy/ --automatic --format text
  - name: Check against the safeguards that AKS itself manages, with Restricted, and show what they change.
    text: >-
      az aks safeguards check -f deploy/ --managed Enforce --pod-security Restricted --show-mutations --format text
  - name: Write a SARIF file for code scanning and print annotations for GitHub.
    text: az aks safeguards check -f deploy/ --format sarif github --report-file safeguards.sarif
  - name: Write a page to look at in a browser.
    text: az aks safeguards check -f deploy/ --format html --report-file safeguards.html
  - name: Allow images of one registry only.
    text: az aks safeguards check -f deploy/ --allowed-registry myregistry.azurecr.io
  - name: The same as a pattern; quotes keep the shell from taking it apart.
    text: az aks safeguards check -f deploy/ --param 'allowedContainerImagesRegex=^myregistry\\.azurecr\\.io/'
  - name: Accept what is there and fail on what is new.
    text: |-
        az aks safeguards check -f deploy/ --baseline safeguards-baseline.json --write-baseline
        az aks safeguards check -f deploy/ --baseline safeguards-baseline.json
"""

helps["aks safeguards explain"] = """
type: command
short-summary: Explain a denial or a warning of a cluster, and show the fix and how to let it pass.
long-summary: >-
  Reads what kubectl or helm printed, an event, a log of a controller or of a CI job, or the name of a policy. Each
  policy that is recognised comes with the reason for it, a patch with the names and values that the message has, and
  commands that let pass what it stopped. Patches are strategic merge patches for the object that a person can edit:
  that of a Pod's controller where the name tells it, which is a guess and marked as one. Policies of AKS itself
  (aks-managed-...) and of others are told as theirs. Needs no cluster and no login. Lines that are no message of a
  policy are named on standard error; where there is nothing else, it ends with 1.
examples:
  - name: What does this policy want?
    text: az aks safeguards explain probes
  - name: Explain all that kubectl prints.
    text: kubectl apply -f deploy.yaml 2>&1 | az aks safeguards explain -o table
  - name: Print the patches only, one for each object.
    text: kubectl apply -f deploy.yaml 2>&1 | az aks safeguards explain --format patch
  - name: Write them to files, and see a manifest as it would be.
    text: |-
        helm upgrade --install web ./chart 2>&1 | az aks safeguards explain --write patches
        kubectl patch --local -f deploy.yaml --patch-file patches/deployment-web.patch.yaml -o yaml
  - name: Explain one message.
    text: >-
      az aks safeguards explain "[azurepolicy-k8sazurev3containerlimits-0e8a839bcd103e7b96a8] container <app> has no
      resource limits"
"""
