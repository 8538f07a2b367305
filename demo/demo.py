# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The main job in the real az, step by step, with the assignment on the cluster shown after each.

Runs inside `python -m sandbox run`, so nothing here reaches Azure. Exits with 1 as soon as a step does not do what
the text above it says.
"""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

GROUP, CLUSTER = "myResourceGroup", "myAKSCluster"
ASSIGNMENT = "aks-deployment-safeguards-policy-assignment"
# What of the assignment is worth a look.
QUERY = """{
  definitionVersion: definitionVersion, enforcementMode: enforcementMode,
  effect: parameters.effect.value, warn: parameters.warn.value,
  mutation: parameters.effectForMutationPolicies.value,
  overrides: overrides[].join(' ', [value, 'for', to_string(length(selectors[0].in)), 'policies'])
}"""
ON_TERMINAL = sys.stdout.isatty()


@dataclass
class Demo:
    """Says what is done, does it, and remembers the cluster's id once there is one."""

    step: int = 0
    cluster_id: str = ""

    def say(self, title: str, text: str = "") -> None:
        """Prints the heading of the next step."""
        self.step += 1
        print()
        print(_styled(f"{self.step}. {title}", "1"))
        for line in text.strip().splitlines():
            print(f"   {line.strip()}")
        print()

    def az(self, command: str, *, fails: bool = False, shown: str = "") -> str:
        """Runs an az command in full view and returns what it printed.

        :param fails: whether the step is about az saying no.
        :param shown: the command as it is printed, where the whole of it would be too long to read.
        """
        print(_styled(f"   $ {shown or command}", "36"), flush=True)
        done = _run(command)
        for line in (done.stdout + done.stderr).rstrip().splitlines():
            print(f"     {line}")
        if (done.returncode != 0) is not fails:
            sys.exit(f"\nThe demo stops: '{command}' ended with exit code {done.returncode}.")
        return done.stdout

    def show(self, level: str, enforcement: str, namespaces: list[str]) -> None:
        """Shows the assignment, first as people read it and then as Azure Policy holds it, and checks it."""
        self.az(f"az aks safeguards profile show -g {GROUP} -n {CLUSTER} -o table")
        print()
        assignment = f"az policy assignment show --name {ASSIGNMENT}"
        self.az(
            f"{assignment} --scope {self.cluster_id} --query {shlex.quote(QUERY)} -o yamlc",
            shown=f'{assignment} --scope "$CLUSTER_ID" --query "$QUERY"',
        )
        found: dict[str, Any] = json.loads(_quiet(f"az aks safeguards profile show -g {GROUP} -n {CLUSTER} -o json"))
        seen = (found["level"], found["enforcementMode"], found["excludedNamespaces"])
        if seen != (level, enforcement, namespaces):
            sys.exit(f"\nThe demo stops: expected {(level, enforcement, namespaces)}, the assignment has {seen}.")


def main() -> None:
    """Plays the whole act."""
    demo = Demo()
    print(_styled("Deployment safeguards: az aks create/update --safeguards-level, against a local sandbox", "1"))
    print(
        "Deployment safeguards are Kubernetes best practices that Azure Policy enforces on an AKS cluster.\n"
        "Warning prints warnings at kubectl apply; Enforcement denies and mutates; Off turns them off.\n"
        "What follows is the real az. Azure is played by a local server that refuses what Azure refuses."
    )
    _prepare(demo)
    _create(demo)
    _change(demo)
    _off_and_on(demo)
    print()
    print(_styled("That was all of it: one assignment, written five times, and every change read back.", "1;32"))


def _prepare(demo: Demo) -> None:
    demo.say(
        "A fresh subscription is not ready, and az says so before it creates anything",
        "The feature flag is not registered and the command forgets the add-on: both are named at once.",
    )
    demo.az(f"az group create --name {GROUP} --location eastus --output none")
    demo.az(
        f"az aks create --name {CLUSTER} --resource-group {GROUP} --safeguards-level Warning --generate-ssh-keys",
        fails=True,
    )
    demo.say("Register the feature, with the commands that were printed")
    demo.az("az feature register --namespace Microsoft.ContainerService --name SafeguardsPreview --output none")
    for _ in range(20):
        state = demo.az(
            "az feature show --namespace Microsoft.ContainerService --name SafeguardsPreview "
            "--query properties.state --output tsv"
        )
        if state.strip() == "Registered":
            break
    demo.az("az provider register --namespace Microsoft.ContainerService")


def _create(demo: Demo) -> None:
    demo.say(
        "Create a cluster at level Warning, version v2.0.0",
        "The cluster comes back with a safeguardsProfile, and an Azure Policy assignment hangs on it.",
    )
    demo.az(
        f"az aks create --name {CLUSTER} --resource-group {GROUP} --enable-addons azure-policy "
        "--safeguards-level Warning --safeguards-version v2.0.0 --generate-ssh-keys --query safeguardsProfile -o yamlc"
    )
    demo.cluster_id = _quiet(f"az aks show -g {GROUP} -n {CLUSTER} --query id -o tsv").strip()
    print()
    print("   Below is the profile as people read it, then the same assignment as Azure Policy holds it.")
    print("   Audit with warn means: kubectl apply prints a warning. Nothing is denied or changed yet.")
    print()
    demo.show("Warning", "Default", [])


def _change(demo: Demo) -> None:
    demo.say(
        "Move it to Enforcement",
        "Validating policies now deny, by an override that reaches exactly them; mutating policies mutate.",
    )
    demo.az(
        f"az aks update --name {CLUSTER} --resource-group {GROUP} --safeguards-level Enforcement "
        "--query safeguardsProfile.level -o tsv"
    )
    demo.show("Enforcement", "Default", [])
    demo.say(
        "Leave two namespaces alone",
        "Only the namespaces change: level and version stay. The system's own namespaces are always excluded.",
    )
    demo.az(
        f"az aks update --name {CLUSTER} --resource-group {GROUP} --safeguards-excluded-ns ns1,ns2 "
        "--query safeguardsProfile -o yamlc"
    )
    demo.show("Enforcement", "Default", ["ns1", "ns2"])


def _off_and_on(demo: Demo) -> None:
    demo.say(
        "Turn everything off, for an incident",
        "The assignment stays, so that version and namespaces are there when the incident is over.",
    )
    demo.az(
        f"az aks update --name {CLUSTER} --resource-group {GROUP} --safeguards-level Off "
        "--query safeguardsProfile.level -o tsv"
    )
    demo.show("Off", "DoNotEnforce", ["ns1", "ns2"])
    demo.say("And on again: version and namespaces are where they were")
    demo.az(
        f"az aks update --name {CLUSTER} --resource-group {GROUP} --safeguards-level Enforcement "
        "--query safeguardsProfile.level -o tsv"
    )
    demo.show("Enforcement", "Default", ["ns1", "ns2"])


def _quiet(command: str) -> str:
    done = _run(command)
    if done.returncode:
        sys.exit(f"\nThe demo stops: '{command}' ended with exit code {done.returncode}.\n{done.stderr}")
    return done.stdout


def _run(command: str) -> subprocess.CompletedProcess[str]:
    # az puts the current folder first on its path; in this repository it would load the sources, not the wheel.
    return subprocess.run(shlex.split(command), cwd=Path.home(), capture_output=True, text=True, check=False)


def _styled(text: str, code: str) -> str:
    return f"\033[{code}m{text}\033[0m" if ON_TERMINAL else text


if __name__ == "__main__":
    main()
