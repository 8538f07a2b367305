# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The first act: the flags, from a fresh subscription to a cluster in every level, with the assignment after each."""

from __future__ import annotations

import yaml

from demo.stage import CLUSTER, GROUP, ON_CLUSTER, Stage

FEATURE = "--namespace Microsoft.ContainerService --name SafeguardsPreview"
# v2.0.0 in Enforcement: the policies that an override makes deny.
DENYING = {"Deny": 13}


def play(stage: Stage) -> None:
    """Plays the whole act. Leaves a cluster at Enforcement that leaves ns1 and ns2 alone."""
    stage.introduce("First act: the flags", "One assignment, written five times, and shown after each change.")
    _prepare(stage)
    _create(stage)
    _change(stage)
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
    stage.say("Register the feature, with the commands that were printed")
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


def _change(stage: Stage) -> None:
    stage.say(
        "Move it to Enforcement",
        "Validating policies now deny, by an override that reaches exactly them; mutating policies mutate.",
    )
    _update(stage, "--safeguards-level Enforcement --query safeguardsProfile.level -o tsv")
    stage.show("Enforcement", DENYING)
    stage.say(
        "Leave two namespaces alone",
        "Only the namespaces change: level and version stay. The system's own namespaces are always excluded.",
    )
    _update(stage, "--safeguards-excluded-ns ns1,ns2 --query safeguardsProfile -o yamlc")
    stage.show("Enforcement", DENYING, ["ns1", "ns2"])


def _off_and_on(stage: Stage) -> None:
    stage.say(
        "Turn everything off, for an incident",
        "The assignment stays, so that version and namespaces are there when the incident is over.",
    )
    _update(stage, "--safeguards-level Off --query safeguardsProfile.level -o tsv")
    stage.show("Off", {}, ["ns1", "ns2"])
    stage.say("And on again: version and namespaces are where they were")
    _update(stage, "--safeguards-level Enforcement --query safeguardsProfile.level -o tsv")
    stage.show("Enforcement", DENYING, ["ns1", "ns2"])


def _update(stage: Stage, flags: str) -> None:
    stage.run(f"az aks update {ON_CLUSTER} {flags}")
