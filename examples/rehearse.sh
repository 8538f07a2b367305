#!/bin/sh
# A roll-out of safeguards, rehearsed without a cluster: python -m sandbox run --feature Registered -- sh rehearse.sh CHART MANIFESTS
az group create -n rehearsal -l eastus -o none
az aks create -g rehearsal -n cluster --enable-addons azure-policy --no-ssh-key -o none && az aks get-credentials -g rehearsal -n cluster
for version in v2.0.0 v3.0.0; do for level in Warning Enforcement; do
    echo "== $version, $level"
    az aks update -g rehearsal -n cluster --safeguards-version $version --safeguards-level $level -o none
    helm upgrade --install rehearsed "$1" --namespace chart --create-namespace
    kubectl apply --recursive -f "$2"
    az aks safeguards compliance show -g rehearsal -n cluster --scan --details -o table
    kubectl delete namespace chart && kubectl delete --recursive -f "$2" --ignore-not-found
done; done
