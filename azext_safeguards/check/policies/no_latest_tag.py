# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""no-latest-tag: images have a tag, and it is not latest; a digest is as good as a tag.

The text is the documented one (MicrosoftDocs/azure-aks-docs, deployment-safeguards.md at 096b38474, also the wording of
the definition's description); the rule is that of Azure/containerization-assist, kubernetes-validator.ts. An older
template (Azure/draft at 4be7fc75, container-no-latest-image) has a second text for images tagged latest, "Avoiding the
latest tag for container: ...", and clusters of 2026 were seen to print it; see docs/check.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from azext_safeguards.check.policies.containers import CONTAINERS, INIT_CONTAINERS
from azext_safeguards.check.policies.policy import Confidence, Object, Parameters, Policy, Violation
from azext_safeguards.check.rego.values import show
from azext_safeguards.domain.initiative.records import members


@lru_cache(maxsize=4096)
def _is_latest(image: str) -> bool:
    """Whether an image has no digest and either no tag or the tag latest; a registry's port is no tag."""
    if "@sha256:" in image:
        return False
    _, colon, tag = image.rpartition("/")[2].partition(":")
    return not colon or tag == "latest"


def _rule(pod: Object, parameters: Parameters) -> Iterable[Violation]:
    del parameters
    spec = pod.get("spec")
    found: list[Violation] = []
    if not isinstance(spec, dict):
        return found
    for name in (CONTAINERS, INIT_CONTAINERS):
        items = spec.get(name)
        for index, container in enumerate(items) if isinstance(items, list) else ():
            image = container.get("image") if isinstance(container, dict) else None
            if isinstance(image, str) and _is_latest(image):
                found.append(Violation(_message(container), ("spec", name, index, "image")))
    return found


def _message(container: Object) -> str:
    """The text about one container."""
    return (
        "Please specify an explicit version such as '1.0'. Using the latest tag for container "
        f"{show(container.get('name'))} in Kubernetes is a best practice to ensure reproducibility, prevent "
        "unintended updates, and facilitate easier debugging and rollbacks by using explicit and versioned "
        "container images."
    )


POLICY = Policy(
    **members("no-latest-tag"),
    rule=_rule,
    confidence=Confidence.DESCRIPTION,
)
