# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Manifests that cause the messages of every policy, and what `check` and a cluster say about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from azext_safeguards.check.findings import Finding, Report
from azext_safeguards.check.judging.against import planned, settings_of, with_parameters
from azext_safeguards.check.policies.registry import REGISTRY
from azext_safeguards.check.report.interface import cluster_text
from azext_safeguards.check.sources.source import Source
from azext_safeguards.check.workers.run import check
from azext_safeguards.domain.level import Level


@dataclass(frozen=True)
class Cause:
    """A manifest that a policy says something about."""

    id: str
    policy: str
    manifest: str
    version: str = "v2.0.0"
    pod_security: str | None = None
    parameters: tuple[str, ...] = ()
    is_partial: bool = False
    """Whether its message tells too little for a patch that does all."""

    def report(self, manifest: str | None = None) -> Report:
        """What `check` says about the manifest, or another in its place."""
        against = with_parameters(planned(Level.WARNING, self.version, ()), self.parameters)
        content = (manifest or self.manifest).encode()
        settings = settings_of(against.assignment, self.pod_security)
        return check([Source("a.yaml", "", len(content), content)], settings)

    def findings(self, manifest: str | None = None) -> list[Finding]:
        """Those of the policy alone."""
        return [one for one in self.report(manifest).findings if one.policy == self.policy]


def lines(findings: Sequence[Finding]) -> list[str]:
    """The findings as a cluster prints them, with the hash that `check` cannot know."""
    return [cluster_text(one, REGISTRY).replace("] ", "-0e8a839bcd103e7b96a8] ", 1) for one in findings]


def pod(spec: str, metadata: str = "name: nginx") -> str:
    return f"apiVersion: v1\nkind: Pod\nmetadata: {{{metadata}}}\nspec: {{{spec}}}\n"


def deployment(spec: str, own: str = "", labels: str = "app: web", kind: str = "Deployment") -> str:
    return (
        f"apiVersion: apps/v1\nkind: {kind}\nmetadata: {{name: web, namespace: team-a{own}}}\nspec:\n"
        f"  replicas: 3\n  selector: {{matchLabels: {{app: web}}}}\n  template:\n"
        f"    metadata: {{labels: {{{labels}}}}}\n    spec: {{{spec}}}\n"
    )


def cron_job(spec: str) -> str:
    return (
        "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: nightly}\nspec:\n  schedule: '0 0 * * *'\n"
        f"  jobTemplate: {{spec: {{template: {{spec: {{restartPolicy: Never, {spec}}}}}}}}}\n"
    )


def job(spec: str) -> str:
    return (
        "apiVersion: batch/v1\nkind: Job\nmetadata: {name: once}\nspec:\n"
        f"  template: {{spec: {{restartPolicy: Never, {spec}}}}}\n"
    )


C = "containers: [{name: c, image: myacr.azurecr.io/c:1"
TWO = "containers: [{name: c, image: myacr.azurecr.io/c:1}, {name: side, image: myacr.azurecr.io/s:1}]"
_LIMITS = ("cpuLimit=2", "memoryLimit=1Gi")
_IMAGES = (r"allowedContainerImagesRegex=^[a-z0-9]+\.azurecr\.io/",)
_V3 = "v3.0.0"


def _of_levels() -> list[Cause]:
    grpc = "livenessProbe: {grpc: {port: 9000}, periodSeconds: 3}, readinessProbe: {grpc: {port: 9000}}"
    return [
        Cause("a pod", "probes", pod(TWO)),
        Cause("grpc alone", "probes", deployment(f"{C}, {grpc}}}]")),
        Cause("one probe", "probes", deployment(f"{C}, livenessProbe: {{exec: {{command: [a]}}}}}}]")),
        Cause("a DaemonSet", "probes", deployment(TWO, kind="DaemonSet").replace("  replicas: 3\n", "")),
        Cause("a job", "probes", job(TWO)),
        Cause("no limits", "resource-limits", deployment(TWO), parameters=_LIMITS),
        Cause(
            "requests without limits",
            "resource-limits",
            deployment(f"{C}, resources: {{requests: {{cpu: 1500m, memory: 900Mi}}}}}}]"),
            parameters=_LIMITS,
        ),
        Cause("cpu alone", "resource-limits", pod(f"{C}, resources: {{limits: {{cpu: 1}}}}}}]"), parameters=_LIMITS),
        Cause(
            "over the maxima",
            "resource-limits",
            deployment(
                f"{C}, resources: {{limits: {{cpu: 3, memory: 2Gi}}, requests: {{cpu: 2500m, memory: 1500Mi}}}}}}]"
            ),
            parameters=_LIMITS,
        ),
        Cause(
            "over, by a pod",
            "resource-limits",
            pod(f"{C}, resources: {{limits: {{cpu: 1500m, memory: 2Gi}}}}}}]"),
            parameters=("cpuLimit=500m", "memoryLimit=128Mi"),
        ),
        Cause(
            "an init container",
            "resource-limits",
            deployment(
                f"initContainers: [{{name: init-db, image: a:1}}], {C}, "
                "resources: {limits: {cpu: 1, memory: 1Gi}}}]"
            ),
            parameters=_LIMITS,
        ),
        Cause("no requests", "resource-requests", deployment(TWO), _V3),
        Cause("two replicas", "anti-affinity", deployment(TWO)),
        Cause("another kind", "anti-affinity", deployment(TWO, kind="StatefulSet")),
        Cause("a registry", "allowed-images", deployment("containers: [{name: c, image: nginx}]"), parameters=_IMAGES),
        Cause(
            "a registry with a port",
            "allowed-images",
            pod("containers: [{name: c, image: 'reg.example.com:5000/a/b:2.1'}, {name: d, image: x@sha256:0}]"),
            parameters=_IMAGES,
        ),
        Cause("no tag", "no-latest-tag", deployment("containers: [{name: c, image: myacr.azurecr.io/c}]"), _V3),
        Cause("latest", "no-latest-tag", pod("containers: [{name: c, image: 'a/b:latest'}]"), _V3),
        Cause("no secret", "image-pull-secrets", deployment(TWO)),
        Cause("no secret, a pod", "image-pull-secrets", pod(TWO, "name: nginx, namespace: team-a")),
        Cause("no hook", "pre-stop-hook", deployment(TWO)),
        Cause(
            "its own label", "no-aks-labels", deployment(TWO, ", labels: {kubernetes.azure.com: x}"), is_partial=True
        ),
        Cause(
            "a template's label",
            "no-aks-labels",
            deployment(TWO, labels="app: web, kubernetes.azure.com/mode: user"),
            is_partial=True,
        ),
        Cause(
            "a budget of nothing",
            "pod-disruption-budgets",
            "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: b}\nspec: {maxUnavailable: 0, "
            "selector: {matchLabels: {app: web}}}\n",
        ),
        Cause(
            "a budget of all",
            "pod-disruption-budgets",
            "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: b, namespace: team-a}\n"
            f"spec: {{minAvailable: 3, selector: {{matchLabels: {{app: web}}}}}}\n---\n{deployment(TWO)}",
        ),
        Cause(
            "a disk",
            "csi-storage",
            "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: old}\n"
            "provisioner: kubernetes.io/azure-disk\n",
        ),
        Cause(
            "a share",
            "csi-storage",
            "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: old}\n"
            "provisioner: kubernetes.io/azure-file\n",
        ),
        Cause(
            "a taint",
            "reserved-taints",
            "apiVersion: v1\nkind: Node\nmetadata: {name: n1}\n"
            "spec: {taints: [{key: CriticalAddonsOnly, effect: NoSchedule}]}\n",
        ),
        Cause("a node", "no-node-edits", "apiVersion: v1\nkind: Node\nmetadata: {name: n1, labels: {a: b}}\n"),
        Cause(
            "two services",
            "unique-selectors",
            "".join(
                f"apiVersion: v1\nkind: Service\nmetadata: {{name: {name}, namespace: team-a}}\n"
                "spec: {selector: {app: web}, ports: [{port: 80}]}\n---\n"
                for name in ("one", "two")
            ),
        ),
    ]


def _context(context: str) -> str:
    return f"{C}, securityContext: {{{context}}}}}]"


def _of_pod_security() -> list[Cause]:
    mounts = "volumeMounts: [{name: v, mountPath: /v}]"
    rows = [
        ("host-namespaces", f"hostPID: true, {TWO}", "Baseline", False),
        ("host-ports", f"hostNetwork: true, {TWO}", "Baseline", True),
        ("host-ports", f"{C}, ports: [{{containerPort: 80, hostPort: 80}}]}}]", "Baseline", True),
        ("sysctls", f"securityContext: {{sysctls: [{{name: kernel.msgmax, value: '1'}}]}}, {TWO}", "Baseline", False),
        ("users-groups", TWO, "Restricted", False),
        ("users-groups", _context("runAsUser: 0"), "Restricted", False),
        ("no-privilege-escalation", TWO, "Restricted", False),
        ("host-paths", f"volumes: [{{name: v, hostPath: {{path: /}}}}], {C}, {mounts}}}]", "Baseline", False),
        ("volume-types", f"volumes: [{{name: v, nfs: {{server: a, path: /}}}}], {C}, {mounts}}}]", "Restricted", True),
        ("apparmor", _context("appArmorProfile: {type: Unconfined}"), "Baseline", False),
        (
            "selinux",
            f"securityContext: {{seLinuxOptions: {{user: a}}}}, {_context('seLinuxOptions: {role: b}')}",
            "Baseline",
            False,
        ),
        (
            "windows-host-process",
            f"hostNetwork: true, securityContext: {{windowsOptions: {{hostProcess: true}}}}, {TWO}",
            "Baseline",
            False,
        ),
        (
            "windows-host-process",
            f"hostNetwork: true, {_context('windowsOptions: {hostProcess: true}')}",
            "Baseline",
            False,
        ),
        ("privileged", _context("privileged: true"), "Baseline", False),
        ("proc-mount", f"hostUsers: false, {_context('procMount: Unmasked')}", "Baseline", False),
        ("capabilities", _context("capabilities: {add: [SYS_PTRACE, CHOWN]}"), "Baseline", False),
        ("capabilities", _context("capabilities: {add: [CHOWN], drop: [KILL]}"), "Restricted", False),
        ("seccomp", _context("seccompProfile: {type: Unconfined}"), "Baseline", False),
        ("seccomp", TWO, "Restricted", False),
        ("seccomp", f"securityContext: {{seccompProfile: {{type: Unconfined}}}}, {TWO}", "Baseline", False),
        (
            "windows-no-admin",
            f"nodeSelector: {{kubernetes.io/os: windows}}, "
            f"{_context('windowsOptions: {runAsUserName: ContainerAdministrator}')}",
            "Restricted",
            False,
        ),
    ]
    return [
        Cause(f"{number} {kind}", policy, make(spec), _V3, level, is_partial=is_partial)
        for number, (policy, spec, level, is_partial) in enumerate(rows)
        for kind, make in (("pod", pod), ("deployment", deployment), ("cron job", cron_job))
    ]


CAUSES = [*_of_levels(), *_of_pod_security()]
