# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The built-in initiative that AKS deployment safeguards are, in all its versions.

Data: Azure/azure-policy built-in-policies/policySetDefinitions/Kubernetes/AKS_Safeguards.json, one entry for each
version in its git history; see ``_provenance`` and ``commit`` in the data file.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, MutableMapping
from functools import cache
from importlib import resources
from typing import Any

from sandbox.authorization import versions
from sandbox.authorization.exceptions import PolicySetDefinitionNotFound
from sandbox.core.copies import copied

Json = dict[str, Any]
NAME = "c047ea8e-9c78-49b2-958b-37e56d291a44"
SET_TYPE = "Microsoft.Authorization/policySetDefinitions"
SET_ID = f"/providers/{SET_TYPE}/{NAME}"
POLICY_TYPE = "Microsoft.Authorization/policyDefinitions"
_DESCRIPTION = "Best practices for Kubernetes workloads on AKS, as one initiative."


class Versions(MutableMapping[str, "Json | None"]):
    """Version -> ``properties`` of that version; None for a version that is listed but whose body is unknown.

    Keys are compared without regard to case and listed newest first.
    """

    def __init__(self, items: dict[str, Json | None]) -> None:
        self._items = {name.lower(): (name, value) for name, value in items.items()}

    def __getitem__(self, key: str) -> Json | None:
        return self._items[key.lower()][1]

    def __setitem__(self, key: str, value: Json | None) -> None:
        versions.sort_key(key)
        self._items[key.lower()] = (self._items.get(key.lower(), (key, None))[0], value)

    def __delitem__(self, key: str) -> None:
        del self._items[key.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(versions.newest_first(name for name, _ in self._items.values()))

    def __len__(self) -> int:
        return len(self._items)


class Initiative:
    """The initiative. ``versions`` may be edited: remove some (a cloud that lags), add others."""

    def __init__(self) -> None:
        self.versions = Versions(copied(_recorded()))

    def resolve(self, pin: str) -> str | None:
        """Return the newest version that a pin matches, or None."""
        return versions.resolve(pin, self.versions)

    def latest(self) -> str:
        """Return the newest version whose body is known."""
        return next(name for name in self.versions if self.versions[name] is not None)

    def document(self) -> Json:
        """Return the initiative as its GET at tenant level does (recorded shape: versions newest first)."""
        body = copied(self.versions[self.latest()] or {})
        body["versions"] = list(self.versions)
        return {"properties": body, "id": SET_ID, "type": SET_TYPE, "name": NAME}

    def version_document(self, version: str) -> Json:
        """Return one version as its GET does. Raises PolicySetDefinitionNotFound, also for a version that is
        listed but whose body is unknown: it has no git revision of its own (1.5.0-preview)."""
        try:
            body = self.versions[version]
        except KeyError:
            body = None
        if body is None:
            # The answer for a version that does not exist is not recorded; that of a missing initiative is.
            raise PolicySetDefinitionNotFound(f"{NAME}/versions/{version}")
        name = str(body["version"])
        return {
            "properties": copied(body),
            "id": f"{SET_ID}/versions/{name}",
            "type": f"{SET_TYPE}/versions",
            "name": name,
        }

    def version_documents(self) -> list[Json]:
        """Return every version whose body is known, newest first."""
        return [self.version_document(name) for name in self.versions if self.versions[name] is not None]

    def members(self) -> Iterator[tuple[Json, Json]]:
        """Go through (properties of the version, member) of all versions, newest first."""
        for body in self.versions.values():
            for member in (body or {}).get("policyDefinitions", []):
                yield body or {}, member


@cache
def _recorded() -> dict[str, Json | None]:
    # The product ships the recorded versions; the sandbox plays the same file rather than a copy of it.
    package = resources.files("azext_safeguards.domain.initiative")
    text = package.joinpath("data/initiative.json").read_text("utf-8")
    entries = json.loads(text)["versions"]
    bodies = {entry["version"].lower(): _properties(entry) for entry in entries}
    listed: list[str] = entries[0]["versions_property"]
    return {name: bodies.get(name.lower()) for name in listed}


def _properties(entry: Json) -> Json:
    metadata: Json = {"version": entry["metadata_version"], "category": "Kubernetes"}
    if entry["preview"]:
        metadata["preview"] = True
    return {
        "displayName": entry["displayName"],
        "policyType": "BuiltIn",
        "description": _DESCRIPTION,
        "metadata": metadata,
        "version": entry["version"],
        "parameters": {name: _parameter(value) for name, value in entry["parameters"].items()},
        "policyDefinitions": [_member(member) for member in entry["policyDefinitions"]],
    }


def _parameter(value: Json) -> Json:
    # "required" is how the data file marks the absence of a default.
    return {name: part for name, part in value.items() if name != "required"}


def _member(member: Json) -> Json:
    return {
        "policyDefinitionReferenceId": member["referenceId"],
        "policyDefinitionId": f"/providers/{POLICY_TYPE}/{member['definitionId']}",
        "definitionVersion": member["definitionVersion"],
        "parameters": {name: {"value": value} for name, value in member["parameters"].items()},
    }
