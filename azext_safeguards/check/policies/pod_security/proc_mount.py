# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""proc-mount: /proc stays masked.

Text and rule are those of the Gatekeeper library (src/pod-security-policy/proc-mount) with its default, which the
initiative does not change.
"""

from __future__ import annotations

from collections.abc import Iterator

from azext_safeguards.check.policies.pod_security.fields import holds, under
from azext_safeguards.check.policies.pod_security.pods import judged_containers, said_once
from azext_safeguards.check.policies.policy import Confidence, Object, Parameters, Policy, Violation
from azext_safeguards.domain.initiative.records import members

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
    **members("proc-mount"),
    rule=said_once(_rule),
    confidence=Confidence.TWIN,
)
