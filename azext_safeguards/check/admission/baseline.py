# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The admission policies of Baseline (aks-managed-baseline-...).

Rules: Kubernetes, Pod Security Standards. Texts: MicrosoftDocs/azure-aks-docs, deployment-safeguards.md (2026), and as
public logs have them: `Privileged init containers are disallowed` ends there, capabilities are listed by container,
hostPath volumes by name (Azure/AKS#5442). Texts of probes and hooks with a host, of HostProcess, and of SELinux user
and role: NOT FOUND; these are ours.

AKS lets some images of Microsoft mount hostPath volumes; which ones is not published, so that none is let pass here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from azext_safeguards.check.admission.fields import SECURITY, all_containers, contexts, field, listed
from azext_safeguards.check.policies.containers import CONTAINERS, EPHEMERAL_CONTAINERS, INIT_CONTAINERS, containers
from azext_safeguards.check.policies.policy import Object, Violation
from azext_safeguards.domain.initiative.pod_security import parameters_for
from azext_safeguards.domain.initiative.records.record import BASELINE

_CAPABILITIES = frozenset(parameters_for(BASELINE)["allowedCapabilities"])
_SYSCTLS = frozenset(
    {
        "kernel.shm_rmid_forced",
        "net.ipv4.ip_local_port_range",
        "net.ipv4.ip_local_reserved_ports",
        "net.ipv4.ip_unprivileged_port_start",
        "net.ipv4.ping_group_range",
        "net.ipv4.tcp_fin_timeout",
        "net.ipv4.tcp_keepalive_intvl",
        "net.ipv4.tcp_keepalive_probes",
        "net.ipv4.tcp_keepalive_time",
        "net.ipv4.tcp_syncookies",
    }
)
_SELINUX_TYPES = ("", "container_t", "container_init_t", "container_kvm_t", "container_engine_t")
_APPARMOR = "container.apparmor.security.beta.kubernetes.io/"
_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
_HOOKS = ("postStart", "preStop")
_CALLS = ("httpGet", "tcpSocket")


def _apparmor(pod: Object) -> Iterator[Violation]:
    annotations = field(pod, "metadata", "annotations")
    for key, value in annotations.items() if isinstance(annotations, dict) else ():
        allowed = value in ("", "runtime/default") or str(value).startswith("localhost/")
        if str(key).startswith(_APPARMOR) and not allowed:
            text = "AppArmor annotation values must be undefined/nil, runtime/default, or localhost/*"
            yield Violation(text, ("metadata", "annotations", key))
            break
    for value, path in contexts(pod, "appArmorProfile", "type"):
        if value not in ("RuntimeDefault", "Localhost"):
            yield Violation("AppArmor profile type must be one of: undefined/nil, RuntimeDefault, or Localhost", path)
            return


def _capabilities(pod: Object) -> Iterator[Violation]:
    found = []
    for container, path in all_containers(pod):
        added = listed(field(container, SECURITY, "capabilities", "add"))
        wrong = [name for name in added if name not in _CAPABILITIES]
        if wrong:
            where = (*path, SECURITY, "capabilities", "add", added.index(wrong[0]))
            names = ", ".join(map(str, wrong))
            found.append((f'container "{container.get("name")}" has disallowed capabilities: [{names}]', where))
    if found:
        yield Violation(f"Disallowed capabilities detected: {', '.join(text for text, _ in found)}", found[0][1])


def _host_namespaces(pod: Object) -> Iterator[Violation]:
    for name, noun in (("hostNetwork", "network"), ("hostPID", "PID"), ("hostIPC", "IPC")):
        if field(pod, "spec", name) is True:
            yield Violation(f"Host {noun} namespaces are disallowed: spec.{name} is set to true", ("spec", name))


def _host_ports(pod: Object) -> Iterator[Violation]:
    for container, path in all_containers(pod):
        for index, port in enumerate(listed(container.get("ports"))):
            if field(port, "hostPort"):
                text = "HostPorts are forbidden under baseline security policy"
                yield Violation(text, (*path, "ports", index, "hostPort"))
                return


def _host_probes(pod: Object) -> Iterator[Violation]:
    for container, path in all_containers(pod):
        for name in _PROBES:
            yield from _calls(container.get(name), (*path, name), "Probes")
        for name in _HOOKS:
            yield from _calls(field(container, "lifecycle", name), (*path, "lifecycle", name), "Lifecycle hooks")


def _calls(handler: Any, path: tuple[str | int, ...], noun: str) -> Iterator[Violation]:
    for name in _CALLS:
        if field(handler, name, "host"):
            yield Violation(f"{noun} must not set host: it must be undefined/nil or empty", (*path, name, "host"))


def _host_process(pod: Object) -> Iterator[Violation]:
    for value, path in contexts(pod, "windowsOptions", "hostProcess"):
        if value is True:
            yield Violation("HostProcess containers are disallowed", path)
            return


def _host_paths(pod: Object) -> Iterator[Violation]:
    volumes = listed(field(pod, "spec", "volumes"))
    places = [index for index, volume in enumerate(volumes) if field(volume, "hostPath") is not None]
    if places:
        names = ", ".join(str(field(volumes[index], "name")) for index in places)
        text = (
            f"HostPath volumes detected: [{names}] HostPath volumes are forbidden under restricted security policy "
            "unless containers mounting them are from allowed images"
        )
        yield Violation(text, ("spec", "volumes", places[0], "hostPath"))


def _privileged(pod: Object) -> Iterator[Violation]:
    for name, word in ((CONTAINERS, ""), (INIT_CONTAINERS, "init "), (EPHEMERAL_CONTAINERS, "ephemeral ")):
        for container, path in containers(pod, name):
            if field(container, SECURITY, "privileged") is True:
                yield Violation(f"Privileged {word}containers are disallowed", (*path, SECURITY, "privileged"))
                break


def _proc_mount(pod: Object) -> Iterator[Violation]:
    for container, path in all_containers(pod):
        if field(container, SECURITY, "procMount") not in (None, "", "Default"):
            text = "ProcMount must be undefined/nil or 'Default' in spec.containers[*].securityContext.procMount"
            yield Violation(text, (*path, SECURITY, "procMount"))
            return


def _seccomp(pod: Object) -> Iterator[Violation]:
    for value, path in contexts(pod, "seccompProfile", "type"):
        if value == "Unconfined":
            text = (
                "Seccomp profile must not be explicitly set to Unconfined. Allowed values are: undefined/nil, "
                "RuntimeDefault, or Localhost"
            )
            yield Violation(text, path)
            return


def _selinux(pod: Object) -> Iterator[Violation]:
    for value, path in contexts(pod, "seLinuxOptions", "type"):
        if value not in _SELINUX_TYPES:
            text = (
                "SELinux type must be one of: undefined/empty, container_t, container_init_t, container_kvm_t, or "
                "container_engine_t"
            )
            yield Violation(text, path)
            break
    for name in ("user", "role"):
        for value, path in contexts(pod, "seLinuxOptions", name):
            if value:
                yield Violation(f"SELinux {name} must be undefined/empty", path)
                break


def _sysctls(pod: Object) -> Iterator[Violation]:
    for index, sysctl in enumerate(listed(field(pod, "spec", SECURITY, "sysctls"))):
        if field(sysctl, "name") not in _SYSCTLS:
            text = "Disallowed sysctl detected. Only baseline Kubernetes pod security standard sysctls are permitted"
            yield Violation(text, ("spec", SECURITY, "sysctls", index, "name"))
            return


RULES: dict[str, Callable[[Object], Iterable[Violation]]] = {
    "apparmor": _apparmor,
    "capabilities": _capabilities,
    "host-namespaces": _host_namespaces,
    "host-ports": _host_ports,
    "host-probes-lifecycle-hooks": _host_probes,
    "host-process": _host_process,
    "hostpath-volumes": _host_paths,
    "privileged-containers": _privileged,
    "proc-mount-type": _proc_mount,
    "seccomp": _seccomp,
    "selinux": _selinux,
    "sysctls": _sysctls,
}
"""By what follows `aks-managed-baseline-`."""
