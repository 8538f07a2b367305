# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""selinux: only the SELinux types that containers are meant to have.

Azure's text and constraint are not published. The rule is that of Kubernetes' Baseline, which the initiative asks for
with `enforcePSS`: no user, no role, and one of four types or none. The text is that of the Gatekeeper library
(src/pod-security-policy/selinux) with the types in place of its parameter. Windows has no SELinux.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from azext_safeguards.check.policies.pod_security.fields import holds, under
from azext_safeguards.check.policies.pod_security.pods import (
    is_windows,
    judged_containers,
    pod_name,
    said_once,
)
from azext_safeguards.check.policies.policy import Confidence, Object, Parameters, Policy, Violation
from azext_safeguards.check.rego.values import show
from azext_safeguards.domain.initiative.records import members

_OPTIONS = ("securityContext", "seLinuxOptions")
_TYPES = ("container_t", "container_init_t", "container_kvm_t", "container_engine_t")
_ALLOWED = f"Allowed options: {show([{'type': name} for name in _TYPES])}"


def _rule(pod: Object, parameters: Parameters) -> Iterator[Violation]:
    if is_windows(pod):
        return
    field = _fault(under(pod, "spec", *_OPTIONS))
    if field:
        yield Violation(f"SELinux options is not allowed, pod: {pod_name(pod)}. {_ALLOWED}", ("spec", *_OPTIONS, field))
    for container, path, name in judged_containers(pod, parameters, by_name=False):
        field = _fault(under(container, *_OPTIONS))
        if field:
            yield Violation(
                f"SELinux options is not allowed, pod: {pod_name(pod)}, container {name}. {_ALLOWED}",
                (*path, *_OPTIONS, field),
            )


def _fault(options: Any) -> str | None:
    """The field of SELinux options that is not allowed."""
    kind = under(options, "type")
    if holds(kind) and kind != "" and kind not in _TYPES:
        return "type"
    for field in ("user", "role"):
        value = under(options, field)
        if holds(value) and value != "":
            return field
    return None


POLICY = Policy(
    **members("selinux"),
    rule=said_once(_rule),
    confidence=Confidence.DESCRIPTION,
)
