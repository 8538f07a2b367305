# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""privileged: no privileged containers.

The text is that of clusters, the rule that of the Gatekeeper library (src/pod-security-policy/privileged-containers).
"""

from __future__ import annotations

from collections.abc import Iterator

from azext_safeguards.check.policies.pod_security.fields import holds, under
from azext_safeguards.check.policies.pod_security.pods import judged_containers, said_once
from azext_safeguards.check.policies.policy import Confidence, Object, Parameters, Policy, Violation
from azext_safeguards.check.rego.values import show
from azext_safeguards.domain.initiative.records import members


def _rule(pod: Object, parameters: Parameters) -> Iterator[Violation]:
    for container, path, name in judged_containers(pod, parameters):
        context = container.get("securityContext")
        if holds(under(context, "privileged")):
            yield Violation(
                f"Privileged container is not allowed: {name}, securityContext: {show(context)}",
                (*path, "securityContext", "privileged"),
            )


POLICY = Policy(
    **members("privileged"),
    rule=said_once(_rule),
    confidence=Confidence.TWIN,
)
