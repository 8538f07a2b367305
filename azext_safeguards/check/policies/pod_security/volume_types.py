# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""volume-types: only approved kinds of volumes.

Text and rule are those of the published template (Azure/draft, lib/v2.1.0/volume-types): only volumes that a container
mounts count, and each type is named once. An empty list, which is the initiative's default, allows none.
"""

from __future__ import annotations

from collections.abc import Iterator

from azext_safeguards.check.policies.containers import ALL_LISTS, containers, is_excluded_image
from azext_safeguards.check.policies.pod_security.fields import texts, under
from azext_safeguards.check.policies.pod_security.pods import pod_name
from azext_safeguards.check.policies.policy import Object, Parameters, Policy, Violation
from azext_safeguards.check.rego.values import show
from azext_safeguards.domain.initiative.records import members


def _rule(pod: Object, parameters: Parameters) -> Iterator[Violation]:
    volumes = under(pod, "spec", "volumes")
    allowed = parameters.get("allowedVolumeTypes") or []
    if not isinstance(volumes, list) or "*" in texts(allowed):
        return
    mounted = _mounted(pod, parameters)
    told = {"name", *texts(allowed)}
    for index, volume in enumerate(volumes):
        name = under(volume, "name")
        if not isinstance(name, str) or name not in mounted:
            continue
        for kind in volume:
            if kind not in told:
                told.add(kind)
                yield Violation(
                    f"The volume type {kind} is not allowed, pod: {pod_name(pod)}. "
                    f"Allowed volume types: {show(allowed)}",
                    ("spec", "volumes", index, kind),
                )


def _mounted(pod: Object, parameters: Parameters) -> set[str]:
    """The names of the volumes that containers mount whose images are not excluded."""
    names: set[str] = set()
    for container, _ in containers(pod, *ALL_LISTS):
        mounts = container.get("volumeMounts")
        if isinstance(mounts, list) and not is_excluded_image(container, parameters):
            names.update(name for mount in mounts if isinstance(name := under(mount, "name"), str))
    return names


POLICY = Policy(
    **members("volume-types"),
    rule=_rule,
)
