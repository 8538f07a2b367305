# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The first act: the article of April 2024 from begin to end, with az, kubectl and helm."""

from __future__ import annotations

import re
from collections import Counter

import yaml

from azext_safeguards.domain.initiative.records import RECORDS
from demo.stage import CLUSTER, GROUP, ON_CLUSTER, Done, Stage

FEATURE = "--namespace Microsoft.ContainerService --name SafeguardsPreview"
# v2.0.0 in Enforcement: the policies that an override makes deny.
DENYING = {"Deny": 13}
# What is wrong with pod.yaml, and how many texts there are about it.
WARNED = {"probes": 2, "no-aks-labels": 1, "resource-limits": 1, "image-pull-secrets": 1}
# At Enforcement limits are filled in, so that their absence is denied to nobody.
DENIED = {name: count for name, count in WARNED.items() if name != "resource-limits"}
FILLED_IN = {"cpu": "500m", "memory": "500Mi"}


def play(stage: Stage) -> None:
    """Plays the whole act. Leaves a cluster at Enforcement that leaves ns1 and ns2 alone."""
    stage.introduce(
        "First act: the article",
        "One assignment, written several times, and what kubectl and helm see of it each time.",
    )
    _prepare(stage)
    _create(stage)
    _warned(stage)
    _enforce(stage)
    _denied(stage)
    _leave_alone(stage)
    _one_policy_off(stage)
    _off_and_on(stage)


def _prepare(stage: Stage) -> None:
    stage.say(
        "A fresh subscription is not ready, and az says so before it creates anything",
        "The feature flag is not registered and the command forgets the add-on: both are named at once.",
    )
    stage.run(f"az group create --name {GROUP} --location eastus --output none")
    said = stage.run(
        f"az aks create --name {CLUSTER} --resource-group {GROUP} --safeguards-level Warning --generate-ssh-keys",
        code=None,
    ).err
    named = [text in said for text in ("SafeguardsPreview is not registered", "--enable-addons azure-policy")]
    stage.check("both are named", named, [True, True])
    stage.say(
        "Register the feature, as the article does",
        "`az aks safeguards register`, which was printed first, does the same and waits by itself.",
    )
    stage.run(f"az feature register {FEATURE} --output none")
    for _ in range(20):
        state = stage.run(f"az feature show {FEATURE} --query properties.state --output tsv").out.strip()
        if state == "Registered":
            break
    stage.check("the feature is registered", state, "Registered")
    stage.run("az provider register --namespace Microsoft.ContainerService")


def _create(stage: Stage) -> None:
    stage.say(
        "Create a cluster at level Warning, version v2.0.0",
        "The cluster comes back with a safeguardsProfile, and an Azure Policy assignment hangs on it.",
    )
    created = stage.run(
        f"az aks create --name {CLUSTER} --resource-group {GROUP} --enable-addons azure-policy "
        "--safeguards-level Warning --safeguards-version v2.0.0 --generate-ssh-keys "
        "--query '{id: id, safeguardsProfile: safeguardsProfile}' -o yamlc"
    )
    stage.cluster_id = yaml.safe_load(created.out)["id"]
    print()
    print("   Below is the profile as people read it, then the same assignment as Azure Policy holds it.")
    print("   Audit with warn means: kubectl apply prints a warning. Nothing is denied or changed yet.")
    print()
    stage.show("Warning", {})


def _warned(stage: Stage) -> None:
    stage.say(
        "See the warnings",
        "kubectl is the real one. The sandbox plays the cluster's API server: it runs nothing and judges everything.",
    )
    stage.run(f"az aks get-credentials --resource-group {GROUP} --name {CLUSTER}")
    done = stage.run("kubectl apply -f pod.yaml")
    stage.check("five warnings of four policies, and the Pod is there", _policies(done), WARNED)
    stage.check("kubectl has no complaint", done.out, "pod/my-pod created\n")
    stage.run("kubectl get pods,constraints", most=12)
    stage.run("kubectl delete -f pod.yaml")


def _enforce(stage: Stage) -> None:
    stage.say(
        "Move it to Enforcement",
        "Validating policies now deny, by an override that reaches exactly them; mutating policies mutate.",
    )
    _update(stage, "--safeguards-level Enforcement --query safeguardsProfile.level -o tsv")
    stage.show("Enforcement", DENYING)


def _denied(stage: Stage) -> None:
    stage.say("See the denial, and what becomes of a Pod that follows the rules")
    stage.check("the same Pod is denied", _policies(stage.run("kubectl apply -f pod.yaml", code=1)), DENIED)
    print()
    stage.run("kubectl apply -f good-pod.yaml")
    pod = stage.run("kubectl get pod good-pod -o yaml", into="stored.yaml")
    container = yaml.safe_load(pod.out)["spec"]["containers"][0]
    stage.check("the stored Pod has limits that nobody wrote", container["resources"]["limits"], FILLED_IN)
    stage.check("and a root file system to be read only", container["securityContext"]["readOnlyRootFilesystem"], True)
    print()
    stage.run("helm create web")
    done = stage.run("helm install web ./web", code=1)
    stage.check(
        "helm's own example is denied, for want of a pull secret", "image-pull-secrets" in _policies(done), True
    )
    stage.run("helm uninstall web")


def _leave_alone(stage: Stage) -> None:
    stage.say(
        "Leave two namespaces alone",
        "Only the namespaces change: level and version stay. The system's own namespaces are always excluded.",
    )
    _update(stage, "--safeguards-excluded-ns ns1,ns2 --query safeguardsProfile -o yamlc")
    stage.run("kubectl create namespace ns1")
    done = stage.run("kubectl apply -f pod.yaml --namespace ns1")
    stage.check("in ns1 nobody says anything", (done.err, done.out), ("", "pod/my-pod created\n"))
    stage.run("kubectl delete namespace ns1")


def _one_policy_off(stage: Stage) -> None:
    stage.say("Switch one policy off, and see it in the denial")
    stage.run(f"az aks safeguards policy set {ON_CLUSTER} --policy probes --effect Off -o table")
    done = stage.run("kubectl apply -f pod.yaml", code=1)
    others = {name: count for name, count in DENIED.items() if name != "probes"}
    stage.check("it is denied for the others alone", _policies(done), others)
    stage.run(f"az aks safeguards policy reset {ON_CLUSTER} --policy probes -o none")


def _off_and_on(stage: Stage) -> None:
    stage.say(
        "Turn everything off, for an incident",
        "The assignment stays, so that version and namespaces are there when the incident is over.",
    )
    _update(stage, "--safeguards-level Off --query safeguardsProfile.level -o tsv")
    stage.show("Off", {}, ["ns1", "ns2"])
    done = stage.run("kubectl apply -f pod.yaml")
    stage.check("everything passes", (done.err, done.out), ("", "pod/my-pod created\n"))
    stage.run("kubectl delete pod my-pod good-pod")
    stage.say("And on again: version and namespaces are where they were")
    _update(stage, "--safeguards-level Enforcement --query safeguardsProfile.level -o tsv")
    stage.show("Enforcement", DENYING, ["ns1", "ns2"])


def _update(stage: Stage, flags: str) -> None:
    stage.run(f"az aks update {ON_CLUSTER} {flags}")


def _policies(done: Done) -> dict[str, int]:
    """How many texts there are of each policy."""
    names = {record.constraint: short for short, record in RECORDS.items()}
    kinds = re.findall(r"\[azurepolicy-([a-z0-9]+)-[0-9a-f]{20}\] ", done.err)
    return dict(Counter(names.get(kind, kind) for kind in kinds))
