# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""privileged: no privileged containers.

The text is that of clusters, the rule that of the Gatekeeper library (src/pod-security-policy/privileged-containers).
"""

from __future__ import annotations

from collections.abc import Iterator

from azext_safeguards.check.policies.pod_security.fields import holds, under
from azext_safeguards.check.policies.pod_security.pods import STANDARDS, judged_containers, said_once
from azext_safeguards.check.policies.policy import POD, Confidence, Object, Parameters, Policy, Violation
from azext_safeguards.check.rego.values import show
from azext_safeguards.domain.initiative.titles import title_of


def _rule(pod: Object, parameters: Parameters) -> Iterator[Violation]:
    for container, path, name in judged_containers(pod, parameters):
        context = container.get("securityContext")
        if holds(under(context, "privileged")):
            yield Violation(
                f"Privileged container is not allowed: {name}, securityContext: {show(context)}",
                (*path, "securityContext", "privileged"),
            )


POLICY = Policy(
    short="privileged",
    reference_id="privilegedContainers",
    constraint="k8sazurev2noprivilege",
    title=title_of("privileged"),
    why="A privileged container has every right of its node: whoever gets into it has the node.",
    fix="Set privileged to false, and add the single capability that is needed, if any.",
    patch="""\
spec:
  containers:
    - name: my-container
      securityContext:
        privileged: false
""",
    docs=STANDARDS,
    kinds=frozenset({POD}),
    rule=said_once(_rule),
    pod_security="Baseline",
    confidence=Confidence.TWIN,
    template_parameters=("excludedContainers", "excludedImages"),
)
