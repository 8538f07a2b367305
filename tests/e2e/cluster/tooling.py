# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""kubectl and helm against one cluster of a sandbox, and the policies behind the recorded answers."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

from sandbox import Sandbox

INITIATIVE = "/providers/Microsoft.Authorization/policySetDefinitions/c047ea8e-9c78-49b2-958b-37e56d291a44"
ASSIGNMENT = "aks-deployment-safeguards-policy-assignment"
#: Those whose Rego is public, which the recorded cluster had.
RECORDED = [
    "ensureProbesConfiguredInKubernetesCluster", "ensureAllowedContainerImagesInKubernetesCluster",
    "memoryAndCPULimitsInKubernetesCluster", "containerRestrictedImagePulls",
    "podEnforceAntiaffinityInKubernetesCluster", "uniqueServiceSelectors", "disallowedBadPodDisruptionBudgets",
    "restrictedTaintsInKubernetesCluster",
]  # fmt: skip
_PARAMETERS: dict[str, Any] = {
    "effect": "Audit",
    "warn": True,
    "allowedUsers": [],
    "allowedGroups": [],
    "labels": ["kubernetes.azure.com"],
    "reservedTaints": ["CriticalAddonsOnly"],
    "cpuLimit": "2",
    "memoryLimit": "1Gi",
    "allowedContainerImagesRegex": (
        r"^(mcr\.microsoft\.com/|[a-z0-9]+\.azurecr\.io/|docker\.io/library/|localhost:5000/)"
    ),
    "excludedContainers": ["istio-proxy"],
    "excludedImages": ["mcr.microsoft.com/oss/*", "myacr.azurecr.io/exact:1"],
    "excludedNamespaces": [
        "kube-system", "gatekeeper-system", "azure-arc", "calico-system", "tigera-system", "sandbox-excluded",
    ],
}  # fmt: skip


class Done(NamedTuple):
    """What a command printed."""

    code: int
    out: str
    err: str

    @property
    def all(self) -> str:
        """Standard error and what stands on standard output behind it, as in a log."""
        return self.err + self.out


class Tools:
    """Runs kubectl and helm with the kubeconfig of one cluster, in a folder of their own."""

    def __init__(self, box: Sandbox, folder: Path, name: str = "aks", **cluster: Any) -> None:
        self.box = box
        self.folder = folder
        self.cluster = box.add_cluster("rg", name, **cluster)
        config = folder / f"{name}.kubeconfig"
        config.write_text(box.backends.api_servers.kubeconfig(box.clusters[self.cluster]), "utf-8")
        self.environment = {**box.environment(folder / "azure"), "KUBECONFIG": str(config), "HOME": str(folder)}

    def __call__(self, line: str, stdin: str = "", code: int | None = 0, **environment: str) -> Done:
        """Run a command line; None for a code that is anything."""
        done = self.together(shlex.split(line), stdin, **environment)
        assert code is None or done.code == code, f"{line} ended with {done.code}\n{done.out}\n{done.err}"
        return done

    def together(self, words: list[str], stdin: str = "", one: bool = False, **environment: str) -> Done:
        """Run a command given in words; ``one``: standard error goes where standard output goes."""
        done = subprocess.run(
            words, env={**self.environment, **environment}, cwd=self.folder, input=stdin, text=True, timeout=60,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT if one else subprocess.PIPE, check=False,
        )  # fmt: skip
        return Done(done.returncode, done.stdout, done.stderr or "")

    def assign(self, effect: str = "Audit", references: list[str] | None = None, **parameters: Any) -> None:
        """Assign the initiative with these members on Audit (they warn) or Deny, and all others off."""
        wanted = RECORDED if references is None else references
        version = self.box.initiative.versions[str(self.box.initiative.resolve("2.1.*"))]
        names = [member["policyDefinitionReferenceId"] for member in (version or {})["policyDefinitions"]]
        chosen = [("Disabled", [name for name in names if name not in wanted and name not in _MUTATING])]
        chosen += [("Deny", wanted)] if effect == "Deny" else []
        overrides = [
            {"kind": "policyEffect", "value": value,
             "selectors": [{"kind": "policyDefinitionReferenceId", "in": members}]}
            for value, members in chosen
        ]  # fmt: skip
        values = {name: {"value": value} for name, value in {**_PARAMETERS, **parameters}.items()}
        properties = {"policyDefinitionId": INITIATIVE, "definitionVersion": "2.1.*", "parameters": values}
        body = {"properties": {**properties, "overrides": overrides}}
        self.box.backends.assignments.put(self.cluster, ASSIGNMENT, body, "2025-03-01")


_MUTATING = (
    "resourceCPULimits", "resourceMemoryLimits", "readOnlyRootFileSystemInitContainers", "mutateMaxUnavailablePods",
    "mutateReadOnlyRootFilesystem", "mutateReservedSystemPoolTaints",
)  # fmt: skip


def plain(text: str) -> str:
    """Return a text with what differs for good reasons made alike.

    That is: names of constraints, that of the add-on's expansion, and the words of anti-affinity, which have changed.
    """
    text = re.sub(r"\[azurepolicy-[a-z0-9-]+\]", "[azurepolicy]", text)
    text = text.replace("gatekeeper-expand-workloads", "expand-workloads")
    old, new = "pod anti-affinity rules set", "either podAntiAffinity or topologySpreadConstraints set"
    return text.replace(new, old)
