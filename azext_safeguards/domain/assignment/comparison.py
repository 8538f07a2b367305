# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Which parts of an assignment are the service's own, and when two bodies say the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from azext_safeguards.domain.assignment.overrides import is_sweeping, named
from azext_safeguards.domain.assignment.reading import properties_of

# What the service owns (recorded: Azure/azure-powershell AssignmentOverride.Recording.json): it comes back on every
# read and is not ours to send.
READ_ONLY = ("scope", "instanceId", "latestDefinitionVersion", "effectiveDefinitionVersion")
READ_ONLY_TOP = ("id", "type", "name", "systemData", "eTag", "etag")
SERVER_METADATA = ("createdBy", "createdOn", "updatedBy", "updatedOn")


def says_the_same(left: Mapping[str, Any], right: Mapping[str, Any]) -> bool:
    """Whether two bodies of an assignment, sent or returned, would have the service hold the same."""
    return _comparable(left) == _comparable(right)


def _comparable(body: Mapping[str, Any]) -> dict[str, Any]:
    """A body in a form in which equal means that the service would hold the same."""
    properties = {key: value for key, value in properties_of(body).items() if key not in READ_ONLY}
    metadata = properties.get("metadata") or {}
    properties["metadata"] = {key: value for key, value in metadata.items() if key not in SERVER_METADATA}
    properties["parameters"] = {name.lower(): value for name, value in (properties.get("parameters") or {}).items()}
    properties["enforcementMode"] = properties.get("enforcementMode") or "Default"
    properties["definitionVersion"] = str(properties.get("definitionVersion") or "").lower()
    overrides = properties.pop("overrides", None) or []
    properties["overrides"] = sorted(
        (str(item.get("kind")), str(item.get("value")), sorted(named(item)), str(item) if is_sweeping(item) else "")
        for item in overrides
    )
    top = {key: value for key, value in body.items() if key not in (*READ_ONLY_TOP, "properties") and value is not None}
    return {**top, "properties": {key: value for key, value in properties.items() if value not in (None, [])}}
