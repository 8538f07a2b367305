# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""no-privilege-escalation: no process gets more privileges than its parent.

The text is that of clusters (version 3 of the template); the template of version 4 is not published. What is known of
it: an absent field passes unless forcePrivilegeEscalationToBeFalse is set (Azure/azure-policy,
ContainerNoPrivilegeEscalation.json 8.0.0; Azure/Azure-Landing-Zones-Library#347). Its description also says that
`runAsUser` plays a part; which, is not known, so it plays none here. Windows has no such field.
"""

from __future__ import annotations

from collections.abc import Iterator

from azext_safeguards.check.policies.pod_security.fields import under
from azext_safeguards.check.policies.pod_security.pods import is_windows, judged_containers, said_once
from azext_safeguards.check.policies.policy import Confidence, Object, Parameters, Policy, Violation
from azext_safeguards.domain.initiative.records import members

_FIELD = ("securityContext", "allowPrivilegeEscalation")


def _rule(pod: Object, parameters: Parameters) -> Iterator[Violation]:
    if is_windows(pod):
        return
    forced = parameters.get("forcePrivilegeEscalationToBeFalse") is True
    for container, path, name in judged_containers(pod, parameters):
        value = under(container, *_FIELD)
        if value is True or (forced and value is not False):
            yield Violation(f"Privilege escalation container is not allowed: {name}", (*path, *_FIELD))


POLICY = Policy(
    **members("no-privilege-escalation"),
    rule=said_once(_rule),
    confidence=Confidence.DESCRIPTION,
)
