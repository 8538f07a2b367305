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
from azext_safeguards.check.policies.pod_security.pods import STANDARDS, is_windows, judged_containers, said_once
from azext_safeguards.check.policies.policy import POD, Confidence, Object, Parameters, Policy, Violation
from azext_safeguards.domain.initiative.titles import title_of

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
    short="no-privilege-escalation",
    reference_id="containerNoPrivilegeEscalation",
    constraint="k8sazurev4noprivilegeescalatio",
    title=title_of("no-privilege-escalation"),
    why="With privilege escalation a program that is set to run as root gets root, whatever user the container has.",
    fix="Set allowPrivilegeEscalation to false.",
    patch="""\
spec:
  containers:
    - name: my-container
      securityContext:
        allowPrivilegeEscalation: false
""",
    docs=STANDARDS,
    kinds=frozenset({POD}),
    rule=said_once(_rule),
    pod_security="Restricted",
    confidence=Confidence.DESCRIPTION,
    template_parameters=("forcePrivilegeEscalationToBeFalse", "excludedContainers", "excludedImages"),
)
