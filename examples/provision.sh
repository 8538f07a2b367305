#!/usr/bin/env bash
# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
#
# One AKS cluster with deployment safeguards, made or brought up to date. For a pipeline that nobody watches: it asks
# nothing, needs no terminal, and may be run again at any time; what is as it should be is left alone.
#
# stdout: what it did, a line each, and the safeguards of the cluster at the end.
# stderr: what az says. An error of the safeguards commands ends with the command to run next.
#
# Exit codes:
#   0  the cluster exists and its safeguards are what the variables below say
#   1  az or Azure refused, or a request failed in spite of retries: see stderr, then run this script again
#   2  a command line that az does not understand: a typo below, or the extension is not installed
#   3  something that should be there is not: the cluster was deleted meanwhile, for example
# 130  interrupted: run this script again
set -euo pipefail

GROUP=${GROUP:-myResourceGroup}
LOCATION=${LOCATION:-eastus}
CLUSTER=${CLUSTER:-myAKSCluster}
LEVEL=${LEVEL:-Warning} # Warning or Enforcement
VERSION=${VERSION:-v2.0.0}
EXCLUDED_NS=${EXCLUDED_NS:-'ingress,team-*'}
TIMEOUT=${TIMEOUT:-1800} # seconds that each wait may take

safeguards=(--safeguards-level "$LEVEL" --safeguards-version "$VERSION" --safeguards-excluded-ns "$EXCLUDED_NS")
cluster=(--resource-group "$GROUP" --name "$CLUSTER")
step=start

say() {
    step=$1
    echo "$(date -u +%H:%M:%SZ) $1"
}

trap 'echo "Stopped at: $step. To finish the job, run this script again." >&2' ERR

say "Registering what safeguards need in this subscription"
az aks safeguards register --timeout "$TIMEOUT" --output table

say "Resource group $GROUP"
if [ "$(az group exists --name "$GROUP" --output tsv)" = true ]; then
    echo "  is there"
else
    az group create --name "$GROUP" --location "$LOCATION" --output none
    echo "  created"
fi

say "Cluster $CLUSTER"
# A list is empty where there is no such cluster; `az aks show` would fail, and so hide a real failure.
state=$(az aks list --resource-group "$GROUP" --query "[?name=='$CLUSTER'].provisioningState" --output tsv)
case $state in
    '')
        echo "  creating it, $LEVEL from the start"
        az aks create "${cluster[@]}" --location "$LOCATION" --node-count 1 --no-ssh-key \
            --enable-addons azure-policy "${safeguards[@]}" --output none
        ;;
    Creating)
        # An earlier run was interrupted. Safeguards do not need the cluster to be ready.
        echo "  is being created; setting $LEVEL meanwhile"
        az aks update "${cluster[@]}" "${safeguards[@]}" --output none
        az aks wait "${cluster[@]}" --created --timeout "$TIMEOUT"
        ;;
    *)
        if [ "$state" = Failed ] || [ "$state" = Canceled ]; then
            echo "  its last operation is $state; reconciling it"
            az aks update "${cluster[@]}" --yes --output none
        fi
        if [ "$(az aks show "${cluster[@]}" --query addonProfiles.azurepolicy.enabled --output tsv)" != true ]; then
            echo "  enabling the azure-policy add-on"
            az aks enable-addons "${cluster[@]}" --addons azure-policy --output none
        fi
        # Writes nothing when the safeguards are so already.
        echo "  is there ($state); setting $LEVEL"
        az aks update "${cluster[@]}" "${safeguards[@]}" --output none
        ;;
esac

say "Safeguards of $CLUSTER"
az aks safeguards profile show "${cluster[@]}" --output table
level=$(az aks safeguards profile show "${cluster[@]}" --query level --output tsv)
if [ "$level" != "$LEVEL" ]; then
    echo "The level is '$level', not '$LEVEL'. To see why: az aks safeguards diagnose ${cluster[*]} -o table" >&2
    exit 1
fi
say "Done"
