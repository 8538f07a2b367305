# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""proc-mount: /proc stays masked.

Text and rule are those of the Gatekeeper library (src/pod-security-policy/proc-mount) with its default, which the
initiative does not change.
"""

from __future__ import annotations

from collections.abc import Iterator

from azext_safeguards.check.policies.pod_security.fields import holds, under
from azext_safeguards.check.policies.pod_security.pods import STANDARDS, judged_containers, said_once
from azext_safeguards.check.policies.policy import POD, Confidence, Object, Parameters, Policy, Violation
from azext_safeguards.domain.initiative.titles import title_of

_FIELD = ("securityContext", "procMount")


def _rule(pod: Object, parameters: Parameters) -> Iterator[Violation]:
    for container, path, name in judged_containers(pod, parameters):
        value = under(container, *_FIELD)
        if holds(value) and not (isinstance(value, str) and value.lower() == "default"):
            yield Violation(
                f"ProcMount type is not allowed, container: {name}. Allowed procMount types: default",
                (*path, *_FIELD),
            )


POLICY = Policy(
    short="proc-mount",
    reference_id="allowedProcMountType",
    constraint="k8sazurev4procmount",
    title=title_of("proc-mount"),
    why="An unmasked /proc shows and changes settings of the node's kernel.",
    fix="Remove procMount, or set it to Default.",
    patch="""\
spec:
  containers:
    - name: my-container
      securityContext:
        procMount: Default
""",
    docs=STANDARDS,
    kinds=frozenset({POD}),
    rule=said_once(_rule),
    pod_security="Baseline",
    confidence=Confidence.TWIN,
    template_parameters=("excludedContainers", "excludedImages"),
)
