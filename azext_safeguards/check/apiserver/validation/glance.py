# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Whether a Pod is as most are, so that the rules of `pods` find nothing: seen at a glance, without words and paths.

True only where nothing is wrong. Where it is False the rules have a look themselves, and tell what there is to be told;
a test holds the two against each other.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from azext_safeguards.check.apiserver.shared import Shared, SharedList
from azext_safeguards.check.apiserver.validation import names, pod_fields, security, volumes
from azext_safeguards.check.apiserver.validation.affinity import affinity, spread_constraints
from azext_safeguards.check.apiserver.validation.containers import container_ports, grace_period
from azext_safeguards.check.apiserver.validation.environment import environment, environment_from
from azext_safeguards.check.apiserver.validation.errors import Errors
from azext_safeguards.check.apiserver.validation.handlers import lifecycle, probe
from azext_safeguards.check.apiserver.validation.metadata import are_labels
from azext_safeguards.check.apiserver.validation.resources import requirements
from azext_safeguards.check.apiserver.validation.volume_sources import source

Object = dict[str, Any]

# A Pod with any other field is left to the rules: most of those bear on what else is in it.
_FIELDS = frozenset(
    {"containers", "initContainers", "volumes", "securityContext", "restartPolicy", "dnsPolicy", "schedulerName"}
    | {"terminationGracePeriodSeconds", "serviceAccountName", "serviceAccount", "automountServiceAccountToken"}
    | {"enableServiceLinks", "imagePullSecrets", "nodeSelector", "tolerations", "affinity", "priorityClassName"}
    | {"topologySpreadConstraints", "priority"}
)
# Those that every Pod has once it is filled in, and those that are looked at first.
_LOOKED_AT = frozenset(
    {"containers", "initContainers", "volumes", "securityContext", "restartPolicy", "dnsPolicy", "schedulerName"}
    | {"terminationGracePeriodSeconds", "imagePullSecrets"}
)
_OF_INIT_CONTAINERS = frozenset(
    {"name", "image", "imagePullPolicy", "command", "args", "workingDir", "env", "envFrom", "ports", "resources"}
    | {"volumeMounts", "securityContext", "terminationMessagePath", "terminationMessagePolicy", "stdin", "tty"}
)
_OF_CONTAINERS = _OF_INIT_CONTAINERS | {"livenessProbe", "readinessProbe", "startupProbe", "lifecycle"}
_PARTS = ("ports", "resources", "livenessProbe", "readinessProbe", "securityContext", "startupProbe")
_LISTS = frozenset({"env", "envFrom", "volumeMounts"})
_PULL_POLICIES = frozenset({"Always", "IfNotPresent", "Never"})
_RESTART_POLICIES = frozenset({"Always", "OnFailure", "Never"})
_DNS_POLICIES = frozenset({"ClusterFirstWithHostNet", "ClusterFirst", "Default"})
# Sources of volumes that need one field, and have nothing else that is looked at if they have that alone.
_ONE_FIELD = {"configMap": "name", "secret": "secretName", "persistentVolumeClaim": "claimName"}
_POD = "pod"
_NOWHERE = ("spec",)
"""Stands for the paths of what is wrong, which is told elsewhere."""


def is_plain_pod(spec: Object) -> bool:
    """Whether nothing is wrong with what Pods and templates of Pods have in common."""
    get = spec.get
    found = get("containers")
    if not found or not spec.keys() <= _FIELDS:
        return False
    if get("restartPolicy", "Always") not in _RESTART_POLICIES or get("dnsPolicy", "Default") not in _DNS_POLICIES:
        return False
    seen: set[str] = set()
    mountable: volumes.Mountable = {}
    given = get("volumes")
    if given and not _are_plain_volumes(given, mountable):
        return False
    grace = grace_period(spec)
    for container in found:
        if not container.keys() <= _OF_CONTAINERS or not _is_plain_container(container, seen, mountable):
            return False
        hooks = container.get("lifecycle")
        if hooks and ("lifecycle", grace) not in getattr(hooks, "valid_for", ()) and not _are_hooks(hooks, grace):
            return False
    for container in get("initContainers") or ():
        if not container.keys() <= _OF_INIT_CONTAINERS or not _is_plain_container(container, seen, mountable):
            return False
    return (spec.keys() <= _LOOKED_AT and not get("securityContext")) or _is_plain_besides(spec)


def _is_plain_besides(spec: Object) -> bool:
    """The same for what is beside volumes and containers."""
    get = spec.get
    context = get("securityContext")
    if context and not _is_plain_part(context, _POD):
        return False
    for field in ("serviceAccountName", "priorityClassName"):
        name = get(field)
        if name and names.subdomain(name):
            return False
    if "nodeSelector" in spec and not are_labels(spec["nodeSelector"]):
        return False
    errors = Errors()
    if "tolerations" in spec:
        pod_fields.tolerations(errors, spec["tolerations"], _NOWHERE)
    if "affinity" in spec:
        affinity(errors, spec["affinity"], _NOWHERE)
    if "topologySpreadConstraints" in spec:
        spread_constraints(errors, spec["topologySpreadConstraints"], _NOWHERE)
    return not errors.refusals


def _are_plain_volumes(found: Iterable[Object], known: volumes.Mountable) -> bool:
    """The same for volumes, which become `known`."""
    for volume in found:
        name = volume.get("name")
        if not name or name in known or len(volume) != 2 or names.label(name):
            return False
        for kind, given in volume.items():
            if kind == "name":
                continue
            field = _ONE_FIELD.get(kind)
            if field and len(given) == 1 and given.get(field):
                continue
            errors = Errors()
            if kind != "emptyDir" or given:
                source(errors, volume, _NOWHERE, pod="")
            # What a Pod makes of a claim of its own has a name made of both.
            if kind == "ephemeral" or errors.refusals:
                return False
        known[name] = "persistentVolumeClaim" in volume
    return True


def _is_plain_container(container: Object, seen: set[str], mountable: volumes.Mountable) -> bool:
    """The same for a container; `seen` are the names of those before it."""
    get = container.get
    name = get("name")
    if not name or name in seen or names.label(name) or not get("image"):
        return False
    seen.add(name)
    if get("imagePullPolicy") not in _PULL_POLICIES:
        return False
    policy = get("terminationMessagePolicy")
    if policy != "File" and policy != "FallbackToLogsOnError":
        return False
    for field in _PARTS:
        part = get(field)
        if part is not None and field not in getattr(part, "valid_for", ()) and not _is_plain_part(part, field):
            return False
    if _LISTS.isdisjoint(container):
        return True
    errors = Errors()
    if "env" in container:
        environment(errors, container["env"], _NOWHERE)
    if "envFrom" in container:
        environment_from(errors, container["envFrom"], _NOWHERE)
    if "volumeMounts" in container:
        volumes.mounts(errors, container, mountable, _NOWHERE)
    return not errors.refusals


def _are_hooks(found: Object, grace: int | None) -> bool:
    errors = Errors()
    lifecycle(errors, found, grace, _NOWHERE)
    return not errors.refusals


def _is_plain_part(found: Any, field: str) -> bool:
    """The same for a part of a container, or for the security context of a Pod; remembered for one that is shared."""
    known = found.valid_for if isinstance(found, Shared | SharedList) else None
    if known is not None and field in known:
        return True
    errors = Errors()
    if field == "ports":
        container_ports(errors, found, _NOWHERE)
        is_plain = not any("hostPort" in port for port in found)
    elif field == "resources":
        requirements(errors, found, _NOWHERE)
        is_plain = "claims" not in found
    elif field == "securityContext":
        security.of_container(errors, found, _NOWHERE, host_users=True)
        is_plain = "windowsOptions" not in found
    elif field == _POD:
        security.of_pod(errors, {"securityContext": found}, _NOWHERE)
        is_plain = "windowsOptions" not in found
    else:
        probe(errors, found, None, _NOWHERE, must_succeed_once=field != "readinessProbe")
        is_plain = True
    is_plain = is_plain and not errors.refusals
    if is_plain and known is not None:
        known.add(field)
    return is_plain
