# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Whether there is anything in a Pod that might be warned of: for most there is not, and that is quickly seen."""

from __future__ import annotations

from typing import Any

from azext_safeguards.check.apiserver.shared import Shared, SharedList
from azext_safeguards.check.apiserver.warnings.nodes import OLD_LABELS

Object = dict[str, Any]

# Fields that are looked at in full; of volumes those that are not.
_LOOKED_AT = frozenset(
    {"affinity", "topologySpreadConstraints", "dnsConfig", "hostAliases", "overhead", "ephemeralContainers"}
)
_PLAIN_VOLUMES = frozenset(
    {"name", "emptyDir", "hostPath", "persistentVolumeClaim", "csi", "nfs", "azureFile", "azureDisk"}
)
_WITH_ITEMS = frozenset({"configMap", "secret"})
_OLD_LABELS = frozenset(OLD_LABELS)


def is_plain(pod: Object) -> bool:
    """Whether a Pod, or the template of one, has nothing in it that is warned of; False where it might have."""
    spec = pod.get("spec") or {}
    if not _LOOKED_AT.isdisjoint(spec) or spec.get("terminationGracePeriodSeconds", 0) < 0:
        return False
    if "nodeSelector" in spec and not _OLD_LABELS.isdisjoint(spec["nodeSelector"]):
        return False
    for key in (pod.get("metadata") or {}).get("annotations") or ():
        if ".kubernetes.io/" in key and (".alpha." in key or ".beta." in key):
            return False
    for volume in spec.get("volumes") or ():
        for kind in volume:
            if kind not in _PLAIN_VOLUMES and (kind not in _WITH_ITEMS or "items" in volume[kind]):
                return False
    names = [one.get("name") for one in spec.get("imagePullSecrets") or ()]
    if names and (not all(names) or len(set(names)) < len(names)):
        return False
    return _are_plain(spec)


def _are_plain(spec: Object) -> bool:
    ports: list[Any] = []
    for field in ("initContainers", "containers"):
        for container in spec.get(field) or ():
            variables = container.get("env")
            if variables and len({one.get("name") for one in variables}) < len(variables):
                return False
            resources = container.get("resources")
            if resources and _WHOLE not in getattr(resources, "valid_for", ()) and not _are_whole(resources):
                return False
            found = container.get("ports")
            if found:
                ports.append(found)
    if len(ports) < 2:
        return not ports or _DISTINCT in getattr(ports[0], "valid_for", ()) or _are_distinct(ports[0], ports[0])
    return _are_distinct([port for found in ports for port in found])


# What is remembered of parts that are shared.
_WHOLE, _DISTINCT = "whole amounts", "distinct ports"


def _are_whole(resources: Object) -> bool:
    """Whether no amount of bytes has a fraction."""
    for amounts in resources.values():
        if amounts.__class__ is list:
            continue
        for name in ("memory", "ephemeral-storage"):
            amount = amounts.get(name, "0")
            if amount[-1:] not in "ikMG0123456789" or "." in amount or "e" in amount:
                return False
    if isinstance(resources, Shared):
        resources.valid_for.add(_WHOLE)
    return True


def _are_distinct(ports: list[Any], shared: Any = None) -> bool:
    """Whether no two of some ports are alike, and none has an address; remembered for a list that is shared."""
    told = [port["name"] for port in ports if "name" in port]
    numbers = {(port.get("containerPort"), port.get("protocol")) for port in ports}
    has_addresses = any("hostIP" in port for port in ports)
    are_distinct = not has_addresses and len(numbers) == len(ports) and len(set(told)) == len(told)
    if are_distinct and isinstance(shared, SharedList):
        shared.valid_for.add(_DISTINCT)
    return are_distinct
