# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""windows-no-admin: no Windows container as ContainerAdministrator.

Azure's text and constraint are not published; rule and text are those of the Gatekeeper library's
src/pod-security-policy/windows-runasusername with this one user. Kubernetes' standards do not name the user, but
Restricted asks for `runAsNonRoot`, which on Windows means this: the kubelet refuses ContainerAdministrator then. So
Restricted is the level that turns it on.
"""

from __future__ import annotations

from collections.abc import Iterator

from azext_safeguards.check.policies.pod_security.fields import holds, under
from azext_safeguards.check.policies.pod_security.pods import is_windows, judged_containers, said_once
from azext_safeguards.check.policies.policy import Confidence, Object, Parameters, Path, Policy, Violation
from azext_safeguards.domain.initiative.records import members

_USER = ("securityContext", "windowsOptions", "runAsUserName")
_ADMINISTRATOR = "ContainerAdministrator"


def _rule(pod: Object, parameters: Parameters) -> Iterator[Violation]:
    if not is_windows(pod):
        return
    of_pod = under(pod, "spec", *_USER)
    for container, path, name in judged_containers(pod, parameters, by_name=False):
        own = under(container, *_USER)
        at: Path = (*path, *_USER) if holds(own) else ("spec", *_USER)
        user = own if holds(own) else of_pod
        # Windows compares user names without case.
        if isinstance(user, str) and user.lower() == _ADMINISTRATOR.lower():
            yield Violation(
                f'Container <{name}> has disallowed runAsUsername. Disallowed users are ["{_ADMINISTRATOR}"]', at
            )


POLICY = Policy(
    **members("windows-no-admin"),
    rule=said_once(_rule),
    confidence=Confidence.TWIN,
)
