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
from azext_safeguards.check.policies.policy import POD, Confidence, Object, Parameters, Policy, Violation
from azext_safeguards.domain.initiative.titles import title_of

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
    short="windows-host-process",
    reference_id="windowsBlockHostProcess",
    constraint="",
    title=title_of("windows-host-process"),
    why="A HostProcess container is a process of the node with the node's rights, not a container.",
    fix="Set windowsOptions.hostProcess to false. Agents that need it belong into an excluded namespace.",
    patch="""\
spec:
  securityContext:
    windowsOptions:
      hostProcess: false
""",
    docs="https://kubernetes.io/docs/tasks/configure-pod-container/create-hostprocess-pod/",
    kinds=frozenset({POD}),
    rule=said_once(_rule),
    pod_security="Baseline",
    confidence=Confidence.TWIN,
    template_parameters=("excludedImages",),
)
