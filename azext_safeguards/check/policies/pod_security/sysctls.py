# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""sysctls: only kernel parameters that are separate for each Pod.

Text and rule are those of the Gatekeeper library (src/pod-security-policy/forbidden-sysctls); the name of Azure's
constraint is not published.
"""

from __future__ import annotations

from collections.abc import Iterator

from azext_safeguards.check.policies.pod_security.fields import matches, texts, under
from azext_safeguards.check.policies.pod_security.pods import pod_name, said_once
from azext_safeguards.check.policies.policy import Confidence, Object, Parameters, Policy, Violation
from azext_safeguards.check.rego.values import show
from azext_safeguards.domain.initiative.records import members


def _rule(pod: Object, parameters: Parameters) -> Iterator[Violation]:
    sysctls = under(pod, "spec", "securityContext", "sysctls")
    if not isinstance(sysctls, list):
        return
    allowed = parameters.get("allowedSysctls") or []
    for index, sysctl in enumerate(sysctls):
        name = under(sysctl, "name")
        if name is None or (isinstance(name, str) and matches(name, texts(allowed))):
            continue
        yield Violation(
            f"The sysctl {show(name)} is not explicitly allowed, pod: {pod_name(pod)}. "
            f"Allowed sysctls: {show(allowed)}",
            ("spec", "securityContext", "sysctls", index, "name"),
        )


POLICY = Policy(
    **members("sysctls"),
    rule=said_once(_rule),
    confidence=Confidence.TWIN,
)
