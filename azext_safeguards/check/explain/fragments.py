# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Parts of patches: what one message wants changed, and how several are put together.

A patch is a strategic merge patch, as `kubectl patch` and Kustomize take it: mappings are merged, containers and
volumes are merged by their names, other lists are replaced, and null takes a field away (kubernetes/community,
contributors/devel/sig-api-machinery/strategic-merge-patch.md).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from azext_safeguards.check.explain.texts import Named
from azext_safeguards.check.explain.yaml_text import bare

Part = dict[str, Any]

CONTAINERS = "containers"
INIT_CONTAINERS = "initContainers"
EPHEMERAL = "ephemeralContainers"
# How `kubectl debug` names what it adds, where it is not told (kubernetes/kubectl, pkg/cmd/debug).
_DEBUG_NAME = re.compile(r"debugger-[bcdfghjklmnpqrstvwxz2456789]{5}\Z")
_INIT_NAME = re.compile(r"(?:^|-)init(?:$|-)", re.IGNORECASE)


@dataclass(frozen=True)
class Fragment:
    """What is to be changed for one message."""

    pod: Part = field(default_factory=dict)
    """In the Pod, or in the template of a workload."""

    whole: Part = field(default_factory=dict)
    """In the object itself."""

    missing: str = ""
    """What the message does not tell, so that a person must do the rest; "" when the patch is all there is to do."""


@dataclass(frozen=True)
class Known:
    """What a text tells beside the one message: by other messages about the object, or by the object itself."""

    images: Mapping[str, str] = field(default_factory=dict)
    """Container -> image."""

    regular: frozenset[str] = frozenset()
    """Containers that other messages show to be no init containers."""

    manifest: Mapping[str, Any] = field(default_factory=dict)
    """The object, where it stands in the text."""

    pod: Mapping[str, Any] = field(default_factory=dict)
    """The Pod, or the template, in that."""

    name: str = ""
    """The object's name."""

    def containers(self, name: str) -> list[tuple[str, dict[str, Any]]]:
        """The containers of that Pod with a name, each with the list it is in; all for ""."""
        spec = self.pod.get("spec")
        return [
            (listed, item)
            for listed in (CONTAINERS, INIT_CONTAINERS)
            for item in _dicts(spec.get(listed) if isinstance(spec, dict) else None)
            if not name or item.get("name") == name
        ]

    def list_of(self, named: Named) -> str:
        """The list that a container is in: as told, as the object has it, or as its name says."""
        if named.list:
            return named.list
        for listed, _ in self.containers(named.container):
            return listed
        if _DEBUG_NAME.match(named.container):
            return EPHEMERAL
        if named.container in self.regular or not _INIT_NAME.search(named.container):
            return CONTAINERS
        return INIT_CONTAINERS


def in_container(named: Named, known: Known, body: Part, without: str = "") -> Fragment:
    """A change to the container that a message names.

    :param without: what to say when it names none.
    """
    if not named.container:
        return Fragment(missing=without or "the message does not name the container")
    listed = known.list_of(named)
    if listed == EPHEMERAL:
        return Fragment(
            missing=f"{named.container} is an ephemeral container, which kubectl debug added and no manifest holds; "
            "kubectl debug --profile=restricted makes one that passes"
        )
    return Fragment(pod={"spec": {listed: [{"name": named.container, **body}]}})


def merged(first: Any, second: Any) -> Any:
    """Two parts of one patch as one; where both set a value, the second counts."""
    one, two = bare(first), bare(second)
    if isinstance(one, dict) and isinstance(two, dict):
        result = dict(one)
        for key, value in two.items():
            result[key] = merged(result[key], value) if key in result else value
        return result
    if isinstance(one, list) and isinstance(two, list) and _are_named(one) and _are_named(two):
        items = {item["name"]: item for item in one}
        for item in two:
            items[item["name"]] = merged(items.get(item["name"], {}), item)
        return list(items.values())
    return second


def _are_named(items: list[Any]) -> bool:
    """Whether a list is merged by names."""
    return all(isinstance(item, dict) and "name" in item for item in items)


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
