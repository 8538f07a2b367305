# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""image-pull-secrets: a Pod names the secrets that its images are pulled with.

Source of rule and text: Azure/draft, container-restricted-image-pulls/template.yaml. The key counts, not its value.
"""

from __future__ import annotations

from collections.abc import Iterable

from azext_safeguards.check.policies.containers import ALL_LISTS, is_excluded_image
from azext_safeguards.check.policies.policy import Object, Parameters, Policy, Violation
from azext_safeguards.check.rego.values import MISSING, elements, get, show_string
from azext_safeguards.domain.initiative.records import members


def _rule(pod: Object, parameters: Parameters) -> Iterable[Violation]:
    spec = pod.get("spec")
    if not isinstance(spec, dict) or "imagePullSecrets" in spec:
        return ()
    name = get(pod, "metadata", "name")
    if name is MISSING or not _has_any_container(spec, parameters):
        return ()
    namespace = get(pod, "metadata", "namespace")
    where = "default" if namespace is MISSING else show_string(namespace)
    message = (
        f"{show_string(name)} in {where} does not have imagePullSecrets. "
        "Unauthenticated image pulls are not recommended."
    )
    return (Violation(message, ("spec", "imagePullSecrets")),)


def _has_any_container(spec: Object, parameters: Parameters) -> bool:
    """Whether the Pod has a container that the assignment does not leave out."""
    leaves_out = parameters.get("excludedImages")
    for name in ALL_LISTS:
        for _, container in elements(spec.get(name)):
            if not (leaves_out and isinstance(container, dict) and is_excluded_image(container, parameters)):
                return True
    return False


POLICY = Policy(
    **members("image-pull-secrets"),
    rule=_rule,
    offline="a service account that brings imagePullSecrets adds them before the policy sees the Pod; such a Pod "
    "passes on a cluster",
)
