# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What each Pod Security policy wants changed, from what its message names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from azext_safeguards.check.explain.fragments import Fragment, Known, Part, in_container
from azext_safeguards.check.explain.texts import Named
from azext_safeguards.check.explain.yaml_text import Noted

_RUNTIME_DEFAULT: Part = {"type": "RuntimeDefault", "localhostProfile": None}
_APPARMOR_ANNOTATION = "container.apparmor.security.beta.kubernetes.io/"
_NO_CONTAINER = "the message does not name the containers"


def _context(named: Named, known: Known, body: Part) -> Fragment:
    """A change to the security context of the container, or of all containers of the object where it is known."""
    if named.container or not known.pod:
        return in_container(named, known, {"securityContext": body}, _NO_CONTAINER)
    part: Part = {}
    for listed, container in known.containers(""):
        part.setdefault(listed, []).append({"name": container.get("name"), "securityContext": body})
    return Fragment(pod={"spec": part})


def _of_pod(body: Part, named: Named | None = None) -> Fragment:
    """A change to the Pod's own security context; for a message that may be about a container, that is not all."""
    missing = (
        "" if named is None or named.object else "a container that has a setting of its own has to be changed, too"
    )
    return Fragment(pod={"spec": {"securityContext": body}}, missing=missing)


def _host_namespaces(named: Named, known: Known) -> Fragment:
    del known
    fields = [f"host{named.field[:1].upper()}{named.field[1:]}"] if named.field else ["hostPID", "hostIPC"]
    return Fragment(pod={"spec": dict.fromkeys(fields, False)})


def _host_ports(named: Named, known: Known) -> Fragment:
    del named
    spec: Part = {"hostNetwork": False}
    for listed, container in known.containers(""):
        ports = [
            {"containerPort": port.get("containerPort"), "hostPort": None}
            for port in container.get("ports") or ()
            if isinstance(port, dict) and port.get("hostPort")
        ]
        if ports:
            spec.setdefault(listed, []).append({"name": container.get("name"), "ports": ports})
    missing = "" if known.pod else "every hostPort has to go, too: the message does not say which ports have one"
    return Fragment(pod={"spec": spec}, missing=missing)


def _sysctls(named: Named, known: Known) -> Fragment:
    listed: Any = None
    if named.key and known.pod:
        context = (known.pod.get("spec") or {}).get("securityContext") or {}
        listed = [item for item in context.get("sysctls") or () if item.get("name") != named.key] or None
    note = f"all but {named.key} may come back" if named.key else "the safe ones may come back"
    return _of_pod({"sysctls": listed or Noted(None, note)})


def _users(named: Named, known: Known) -> Fragment:
    body: Part = {"runAsNonRoot": True, "runAsUser": Noted(1000, "the user that the image is made for")}
    return _context(named, known, body) if named.container else _of_pod(body, named)


def _windows_admin(named: Named, known: Known) -> Fragment:
    return _context(named, known, {"windowsOptions": {"runAsUserName": "ContainerUser"}})


def _escalation(named: Named, known: Known) -> Fragment:
    return _context(named, known, {"allowPrivilegeEscalation": False})


def _host_paths(named: Named, known: Known) -> Fragment:
    del known
    if not named.volumes:
        return Fragment(missing="the message does not name the volume")
    empty = Noted({}, "or a persistentVolumeClaim, a configMap, a secret")
    return Fragment(pod={"spec": {"volumes": [_volume(name, empty) for name in named.volumes]}})


def _volume(name: str, empty: Any) -> Part:
    return {"name": name, "hostPath": None, "emptyDir": empty}


def _volume_types(named: Named, known: Known) -> Fragment:
    volumes = (known.pod.get("spec") or {}).get("volumes") if known.pod else None
    names = [item["name"] for item in volumes or () if isinstance(item, dict) and named.key in item and "name" in item]
    if not names or not named.key:
        kind = named.key or "this type"
        return Fragment(missing=f"the message does not name the volume: make each of {kind} a persistentVolumeClaim")
    claim = {"claimName": Noted("my-claim", "a claim that there is")}
    return Fragment(
        pod={"spec": {"volumes": [{"name": name, named.key: None, "persistentVolumeClaim": claim} for name in names]}}
    )


def _apparmor(named: Named, known: Known) -> Fragment:
    if not named.container:
        return _of_pod({"appArmorProfile": _RUNTIME_DEFAULT}, named)
    fragment = _context(named, known, {"appArmorProfile": _RUNTIME_DEFAULT})
    if not fragment.pod:
        return fragment
    # An annotation of old that says otherwise is refused beside the field.
    annotations = {f"{_APPARMOR_ANNOTATION}{named.container}": None}
    return Fragment(pod={"metadata": {"annotations": annotations}, **fragment.pod})


def _selinux(named: Named, known: Known) -> Fragment:
    body: Part = {"seLinuxOptions": None}
    return _context(named, known, body) if named.container else _of_pod(body, named)


def _host_process(named: Named, known: Known) -> Fragment:
    body: Part = {"windowsOptions": {"hostProcess": False}}
    return _context(named, known, body) if named.container else _of_pod(body)


def _privileged(named: Named, known: Known) -> Fragment:
    return _context(named, known, {"privileged": False})


def _proc_mount(named: Named, known: Known) -> Fragment:
    return _context(named, known, {"procMount": "Default"})


def _capabilities(named: Named, known: Known) -> Fragment:
    if named.field:
        return _context(named, known, {"capabilities": {"add": Noted(None, "only allowed ones may come back")}})
    drop = list(named.values) or ["ALL"]
    return _context(named, known, {"capabilities": {"drop": drop if "ALL" not in drop else ["ALL"]}})


def _seccomp(named: Named, known: Known) -> Fragment:
    if named.container and named.key.startswith("container"):
        return _context(named, known, {"seccompProfile": _RUNTIME_DEFAULT})
    return _of_pod({"seccompProfile": _RUNTIME_DEFAULT}, None if named.container else named)


FIXES: dict[str, Callable[[Named, Known], Fragment]] = {
    "host-namespaces": _host_namespaces,
    "host-ports": _host_ports,
    "sysctls": _sysctls,
    "users-groups": _users,
    "windows-no-admin": _windows_admin,
    "no-privilege-escalation": _escalation,
    "host-paths": _host_paths,
    "volume-types": _volume_types,
    "apparmor": _apparmor,
    "selinux": _selinux,
    "windows-host-process": _host_process,
    "privileged": _privileged,
    "proc-mount": _proc_mount,
    "capabilities": _capabilities,
    "seccomp": _seccomp,
}
"""Short name -> the change that a message of the policy wants."""
