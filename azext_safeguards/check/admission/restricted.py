# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The admission policies that Restricted adds to Baseline's (aks-managed-restricted-...).

Rules: Kubernetes, Pod Security Standards, which spare Pods for Windows some of them. Texts:
MicrosoftDocs/azure-aks-docs, deployment-safeguards.md (2026).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from azext_safeguards.check.admission.fields import SECURITY, all_containers, contexts, field, is_windows, listed
from azext_safeguards.check.policies.policy import Object, Violation
from azext_safeguards.domain.initiative.pod_security import parameters_for
from azext_safeguards.domain.initiative.records.record import RESTRICTED

_PARAMETERS = parameters_for(RESTRICTED)
_VOLUMES: tuple[str, ...] = tuple(_PARAMETERS["allowedVolumeTypes"])
_ADDED = frozenset(_PARAMETERS["allowedCapabilities"])
_SECCOMP = ("RuntimeDefault", "Localhost")


def _capabilities(pod: Object) -> Iterator[Violation]:
    if is_windows(pod):
        return
    for container, path in all_containers(pod):
        if "ALL" not in listed(field(container, SECURITY, "capabilities", "drop")):
            text = "All containers must drop ALL capabilities under restricted policy"
            yield Violation(text, (*path, SECURITY, "capabilities", "drop"))
            break
    for container, path in all_containers(pod):
        for index, name in enumerate(listed(field(container, SECURITY, "capabilities", "add"))):
            if name not in _ADDED:
                text = "Only NET_BIND_SERVICE may be added to capabilities under restricted policy"
                yield Violation(text, (*path, SECURITY, "capabilities", "add", index))
                return


def _privilege_escalation(pod: Object) -> Iterator[Violation]:
    if is_windows(pod):
        return
    for container, path in all_containers(pod):
        if field(container, SECURITY, "allowPrivilegeEscalation") is not False:
            text = "Privilege escalation must be set to false under restricted policy"
            yield Violation(text, (*path, SECURITY, "allowPrivilegeEscalation"))
            return


def _non_root(pod: Object) -> Iterator[Violation]:
    for path, value in _inherited(pod, "runAsNonRoot"):
        if value is not True:
            text = "Containers must not run as root user in spec.containers[*].securityContext.runAsNonRoot"
            yield Violation(text, path)
            break
    for value, path in contexts(pod, "runAsUser"):
        if value == 0:
            yield Violation("Containers must not run as root user: spec.securityContext.runAsUser is set to 0", path)
            return


def _seccomp(pod: Object) -> Iterator[Violation]:
    if is_windows(pod):
        return
    for path, value in _inherited(pod, "seccompProfile"):
        if field(value, "type") not in _SECCOMP:
            text = 'Seccomp profile must be "RuntimeDefault" or "Localhost" under restricted policy'
            yield Violation(text, path)
            return


def _volume_types(pod: Object) -> Iterator[Violation]:
    for index, volume in enumerate(listed(field(pod, "spec", "volumes"))):
        wrong = next((name for name in volume if name != "name" and name not in _VOLUMES), None)
        if isinstance(volume, dict) and wrong:
            text = f"Only the following volume types are allowed under restricted policy: {', '.join(_VOLUMES)}"
            yield Violation(text, ("spec", "volumes", index, wrong))
            return


def _inherited(pod: Object, name: str) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """A field of each container's security context, the Pod's where the container has none, with the path."""
    own = field(pod, "spec", SECURITY, name)
    for container, path in all_containers(pod):
        value = field(container, SECURITY, name)
        yield (*path, SECURITY, name), own if value is None else value


RULES: dict[str, Callable[[Object], Iterable[Violation]]] = {
    "capabilities": _capabilities,
    "privilege-escalation": _privilege_escalation,
    "run-as-non-root": _non_root,
    "seccomp": _seccomp,
    "volume-types": _volume_types,
}
"""By what follows `aks-managed-restricted-`."""
