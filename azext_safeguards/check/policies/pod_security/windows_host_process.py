# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""windows-host-process: no HostProcess containers.

Text and rule are those of the Gatekeeper library (src/pod-security-policy/host-process); the name of Azure's
constraint is not published.
"""

from __future__ import annotations

from collections.abc import Iterator

from azext_safeguards.check.policies.pod_security.fields import under
from azext_safeguards.check.policies.pod_security.pods import judged_containers, pod_name, said_once
from azext_safeguards.check.policies.policy import Confidence, Object, Parameters, Policy, Violation
from azext_safeguards.domain.initiative.records import members

_FIELD = ("securityContext", "windowsOptions", "hostProcess")


def _rule(pod: Object, parameters: Parameters) -> Iterator[Violation]:
    if under(pod, "spec", *_FIELD) is True:
        yield Violation(f"HostProcess is not allowed at pod level: {pod_name(pod)}", ("spec", *_FIELD))
    for container, path, name in judged_containers(pod, parameters, by_name=False):
        if under(container, *_FIELD) is True:
            yield Violation(
                f"HostProcess container is not allowed: {name}, securityContext.windowsOptions.hostProcess: true",
                (*path, *_FIELD),
            )


POLICY = Policy(
    **members("windows-host-process"),
    rule=said_once(_rule),
    confidence=Confidence.TWIN,
)
