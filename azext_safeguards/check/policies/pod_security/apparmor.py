# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""apparmor: only approved AppArmor profiles.

Text and rule are those of the Gatekeeper library (src/pod-security-policy/apparmor): the container's field counts,
else the annotation of old, else the Pod's field; none of them is the runtime's default profile. Beyond the library an
entry `localhost/*` stands for every profile of the node, as in the seccomp policy; Kubernetes' Baseline cannot be said
without it. Windows has no AppArmor.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from azext_safeguards.check.policies.pod_security.fields import matches, texts, under
from azext_safeguards.check.policies.pod_security.pods import is_windows, judged_containers, pod_name, said_once
from azext_safeguards.check.policies.policy import Confidence, Object, Parameters, Path, Policy, Violation
from azext_safeguards.check.rego.values import show
from azext_safeguards.domain.initiative.records import members

_FIELD = ("securityContext", "appArmorProfile")
_ANNOTATION = "container.apparmor.security.beta.kubernetes.io/"
_DEFAULT = "runtime/default"


def _rule(pod: Object, parameters: Parameters) -> Iterator[Violation]:
    if is_windows(pod):
        return
    allowed = parameters.get("allowedAppArmorProfiles") or []
    for container, path, name in judged_containers(pod, parameters):
        profile, at = _profile(pod, container, path)
        if not (isinstance(profile, str) and matches(profile, texts(allowed))):
            yield Violation(
                f"AppArmor profile is not allowed, pod: {pod_name(pod)}, container: {name}. "
                f"Allowed profiles: {show(allowed)}",
                at,
            )


def _profile(pod: Object, container: Mapping[str, Any], path: Path) -> tuple[Any, Path]:
    """The profile of a container in the annotation's notation, and where it is set; None for one that is no profile."""
    own = under(container, *_FIELD)
    if own is not None:
        return _noted(own), (*path, *_FIELD, "type")
    key = f"{_ANNOTATION}{container.get('name')}"
    annotation = under(pod, "metadata", "annotations", key)
    if annotation is not None:
        return annotation, ("metadata", "annotations", key)
    of_pod = under(pod, "spec", *_FIELD)
    if of_pod is not None:
        return _noted(of_pod), ("spec", *_FIELD, "type")
    return _DEFAULT, (*path, *_FIELD, "type")


def _noted(profile: Any) -> str | None:
    """A profile field in the notation of annotations."""
    kind = under(profile, "type")
    if kind == "Localhost":
        file = under(profile, "localhostProfile")
        return f"localhost/{file}" if isinstance(file, str) else None
    return {"RuntimeDefault": _DEFAULT, "Unconfined": "unconfined"}.get(kind) if isinstance(kind, str) else None


POLICY = Policy(
    **members("apparmor"),
    rule=said_once(_rule),
    confidence=Confidence.TWIN,
)
