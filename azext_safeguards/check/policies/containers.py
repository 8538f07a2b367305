# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The containers of a Pod, and which of them an assignment leaves out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from azext_safeguards.check.policies.policy import Object, Parameters, Path

CONTAINERS = "containers"
INIT_CONTAINERS = "initContainers"
EPHEMERAL_CONTAINERS = "ephemeralContainers"
ALL_LISTS = (CONTAINERS, INIT_CONTAINERS, EPHEMERAL_CONTAINERS)


def containers(pod: Object, *lists: str) -> Iterator[tuple[Mapping[str, Any], Path]]:
    """Each container of the given lists of a Pod with its path, such as ("spec", "containers", 0).

    What is no list, or no mapping in one, is passed over: the API server refuses it before any policy sees it.
    """
    spec = pod.get("spec")
    if not isinstance(spec, dict):
        return
    for name in lists:
        items = spec.get(name)
        if isinstance(items, list):
            for index, container in enumerate(items):
                if isinstance(container, dict):
                    yield container, ("spec", name, index)


def is_excluded_image(container: Mapping[str, Any], parameters: Parameters) -> bool:
    """Whether `excludedImages` names the image: an entry that ends in * is a prefix, any other must be equal."""
    image = container.get("image")
    return isinstance(image, str) and any(
        image.startswith(entry[:-1]) if entry.endswith("*") else image == entry
        for entry in parameters.get("excludedImages") or ()
        if isinstance(entry, str)
    )


def is_excluded_name(container: Mapping[str, Any], parameters: Parameters) -> bool:
    """Whether `excludedContainers` names the container."""
    return container.get("name") in (parameters.get("excludedContainers") or ())
