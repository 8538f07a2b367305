# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""allowed-images: images match the regular expression of the assignment.

Source of rule and text: Azure/draft, container-allowed-images/template.yaml. The image is taken as it is written:
`nginx` is not expanded to docker.io/library/nginx.
"""

from __future__ import annotations

from collections.abc import Iterable

from azext_safeguards.check.policies.containers import ALL_LISTS, is_excluded_name
from azext_safeguards.check.policies.policy import Object, Parameters, Path, Policy, Violation
from azext_safeguards.check.rego.patterns import search
from azext_safeguards.check.rego.values import elements, show
from azext_safeguards.domain.initiative.records import members


def _rule(pod: Object, parameters: Parameters) -> Iterable[Violation]:
    spec = pod.get("spec")
    pattern = parameters.get("allowedContainerImagesRegex")
    if not isinstance(spec, dict) or not isinstance(pattern, str):
        return ()
    is_allowed = search(pattern)
    found: dict[str, Path] = {}
    for name in ALL_LISTS:
        for index, container in elements(spec[name]) if name in spec else ():
            if not isinstance(container, dict) or "name" not in container or "image" not in container:
                continue
            image = container["image"]
            if isinstance(image, str) and is_allowed(image):
                continue
            if not is_excluded_name(container, parameters):
                message = f"Container image {show(image)} for container {show(container['name'])} has not been allowed."
                found.setdefault(message, ("spec", name, index, "image"))
    return [Violation(message, path) for message, path in found.items()]


POLICY = Policy(
    **members("allowed-images"),
    rule=_rule,
)
