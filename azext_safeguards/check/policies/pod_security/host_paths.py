# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""host-paths: no folders of the node, but for approved ones.

The text is that of clusters (Azure/azure-policy#1161), the rule that of the Gatekeeper library
(src/pod-security-policy/host-filesystem). Excluded containers count for the question only whether a path is mounted
read-only (Azure/azure-policy, AllowedHostPaths.json). How the template treats excluded images is not published: here a
volume passes when only such containers mount it, as in the published template of volume-types. Windows has a list of
its own, in which \\ and / are the same and case does not count.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from azext_safeguards.check.policies.containers import ALL_LISTS, containers, is_excluded_image, is_excluded_name
from azext_safeguards.check.policies.pod_security.fields import holds, under
from azext_safeguards.check.policies.pod_security.pods import is_windows, pod_name, said_once
from azext_safeguards.check.policies.policy import Confidence, Object, Parameters, Policy, Violation
from azext_safeguards.check.rego.values import show
from azext_safeguards.domain.initiative.records import members


def _rule(pod: Object, parameters: Parameters) -> Iterator[Violation]:
    volumes = under(pod, "spec", "volumes")
    if not isinstance(volumes, list):
        return
    windows = is_windows(pod)
    listed = parameters.get("windowsAllowedHostPaths" if windows else "allowedHostPaths")
    allowed = under(listed, "paths") or []
    for index, volume in enumerate(volumes):
        if not holds(under(volume, "hostPath")) or _is_allowed(pod, volume, allowed, parameters, windows):
            continue
        if _only_excluded_images_mount(pod, volume.get("name"), parameters):
            continue
        yield Violation(
            f"HostPath volume {show(volume)} is not allowed, pod: {pod_name(pod)}. Allowed path: {show(allowed)}",
            ("spec", "volumes", index, "hostPath"),
        )


def _is_allowed(pod: Object, volume: Mapping[str, Any], allowed: Any, parameters: Parameters, windows: bool) -> bool:
    """Whether an approved path is the volume's path or above it, and mounted read-only where that is asked for."""
    path = under(volume, "hostPath", "path")
    for entry in allowed if isinstance(path, str) else ():
        prefix = under(entry, "pathPrefix")
        if not isinstance(prefix, str):
            continue
        above = _steps(prefix, windows)
        if _steps(path, windows)[: len(above)] != above:
            continue
        if under(entry, "readOnly") is not True or not _is_mounted_writable(pod, volume.get("name"), parameters):
            return True
    return False


def _steps(path: str, windows: bool) -> list[str]:
    """The folders of a path; none for the root."""
    if windows:
        path = path.replace("\\", "/").lower()
    trimmed = path.strip("/")
    return trimmed.split("/") if trimmed else []


def _mounts(pod: Object, volume_name: Any) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """The containers that mount a volume, each with the mount."""
    for container, _ in containers(pod, *ALL_LISTS):
        mounts = container.get("volumeMounts")
        for mount in mounts if isinstance(mounts, list) else ():
            if isinstance(mount, dict) and mount.get("name") == volume_name:
                yield container, mount


def _is_mounted_writable(pod: Object, volume_name: Any, parameters: Parameters) -> bool:
    """Whether a container that counts may write to a volume."""
    return any(
        not holds(mount.get("readOnly")) and not is_excluded_name(container, parameters)
        for container, mount in _mounts(pod, volume_name)
    )


def _only_excluded_images_mount(pod: Object, volume_name: Any, parameters: Parameters) -> bool:
    """Whether a volume is mounted, and by no container whose image counts."""
    if not parameters.get("excludedImages"):
        return False
    mounting = [container for container, _ in _mounts(pod, volume_name)]
    return bool(mounting) and all(is_excluded_image(container, parameters) for container in mounting)


POLICY = Policy(
    **members("host-paths"),
    rule=said_once(_rule),
    confidence=Confidence.TWIN,
)
