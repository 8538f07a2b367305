# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""host-namespaces: no Pod in the process or IPC namespace of its node.

Text and rule are those of the Gatekeeper library (src/pod-security-policy/host-namespaces); Azure's kind is known.
"""

from __future__ import annotations

from collections.abc import Iterator

from azext_safeguards.check.policies.pod_security.fields import holds, under
from azext_safeguards.check.policies.pod_security.pods import pod_name
from azext_safeguards.check.policies.policy import Confidence, Object, Parameters, Policy, Violation
from azext_safeguards.domain.initiative.records import members


def _rule(pod: Object, _parameters: Parameters) -> Iterator[Violation]:
    spec = under(pod, "spec")
    for field in ("hostPID", "hostIPC"):
        if holds(under(spec, field)):
            yield Violation(f"Sharing the host namespace is not allowed: {pod_name(pod)}", ("spec", field))
            return


POLICY = Policy(
    **members("host-namespaces"),
    rule=_rule,
    confidence=Confidence.TWIN,
)
