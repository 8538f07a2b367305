# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What an assignment can assign: the initiative, or one of its members."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from sandbox.authorization import effects, versions
from sandbox.authorization.exceptions import InvalidDefinitionVersion, PolicyDefinitionNotFound, UnknownDefinition
from sandbox.authorization.initiative import NAME, POLICY_TYPE, SET_ID, Initiative

Json = dict[str, Any]
_ID = re.compile(r"^(?P<scope>.*)/providers/microsoft\.authorization/(?P<kind>policy(?:set)?definitions)/[^/]+$", re.I)


@dataclass(frozen=True)
class Definition:
    """What an assignment is checked against."""

    id: str
    name: str
    version: str
    """The version that the pin resolves to."""
    pin: str
    parameters: Json | None
    """None when the body of that version is unknown; nothing can be checked against it then."""
    members: tuple[Json, ...]
    is_set: bool


class Definitions:
    """The built-in definitions of the tenant: one initiative and its members."""

    def __init__(self, initiative: Initiative) -> None:
        self._initiative = initiative

    def for_assignment(self, definition_id: str, pin: str | None) -> Definition:
        """Return what an assignment's policyDefinitionId and definitionVersion name.

        Raises UnknownDefinition, InvalidDefinitionVersion.
        """
        match = _ID.match(definition_id)
        is_set = match is not None and match["kind"].lower() == "policysetdefinitions"
        name = definition_id.rpartition("/")[2].lower()
        # A built-in definition exists at tenant level only (recorded: Azure/azure-powershell).
        if match is None or match["scope"]:
            raise UnknownDefinition(definition_id, is_set)
        if is_set and name == NAME:
            return self._set(pin)
        if not is_set and name in self._member_ids():
            return self._policy(name, pin)
        raise UnknownDefinition(definition_id, is_set)

    def policy(self, name: str) -> Json:
        """Return a member's policy definition as its GET does. Raises PolicyDefinitionNotFound.

        Only what the initiative tells about it: its parameters and the effects that it allows.
        """
        for body, member in self._initiative.members():
            if str(member["policyDefinitionId"]).rpartition("/")[2].lower() == name.lower():
                return _policy_document(body, member)
        raise PolicyDefinitionNotFound(name)

    def policies(self) -> list[Json]:
        """Return all member definitions."""
        return [self.policy(name) for name in self._member_ids()]

    def _member_ids(self) -> list[str]:
        ids = (str(member["policyDefinitionId"]) for _, member in self._initiative.members())
        return list(dict.fromkeys(identifier.rpartition("/")[2].lower() for identifier in ids))

    def _set(self, pin: str | None) -> Definition:
        known = tuple(self._initiative.versions)
        chosen, version = _choose(pin, known)
        body = self._initiative.versions[version]
        return Definition(
            id=SET_ID,
            name=NAME,
            version=version,
            pin=chosen,
            parameters=body["parameters"] if body else None,
            members=tuple(body["policyDefinitions"]) if body else (),
            is_set=True,
        )

    def _policy(self, name: str, pin: str | None) -> Definition:
        document = self.policy(name)
        known = tuple(document["properties"]["versions"])
        chosen, version = _choose(pin, known)
        parameters = document["properties"]["parameters"]
        return Definition(document["id"], document["name"], version, chosen, parameters, (), False)


def _choose(pin: str | None, known: Iterable[str]) -> tuple[str, str]:
    wanted = versions.default_pin(known) if pin is None else pin
    if not isinstance(wanted, str) or not versions.is_pin(wanted):
        raise InvalidDefinitionVersion(
            f"The definition version '{wanted}' is invalid: it must have the form M.*.* or M.m.*, with -preview or not."
        )
    version = versions.resolve(wanted, known)
    if version is None:
        raise InvalidDefinitionVersion(
            f"The definition version '{wanted}' matches no version. There are: {', '.join(known)}."
        )
    return wanted, version


def _policy_document(body: Json, member: Json) -> Json:
    name = str(member["policyDefinitionId"]).rpartition("/")[2]
    # The exact version of a member is not in the data: the lowest that its pin allows stands for it.
    version = str(member["definitionVersion"]).replace("*", "0")
    parameters: Json = {}
    for parameter, sent in member["parameters"].items():
        source = effects.source(sent["value"])
        kind = body["parameters"].get(source, {}).get("type", "String") if source else _type_of(sent["value"])
        parameters[parameter] = {"type": kind, "metadata": {"displayName": parameter}}
        if source and "defaultValue" in body["parameters"].get(source, {}):
            parameters[parameter]["defaultValue"] = body["parameters"][source]["defaultValue"]
    allowed = effects.allowed(member)
    parameters["effect"] = {**parameters.get("effect", {"type": "String"}), "allowedValues": list(allowed)}
    parameters["effect"]["defaultValue"] = allowed[0]
    return {
        "properties": {
            "displayName": _display_names().get(name.lower(), member["policyDefinitionReferenceId"]),
            "policyType": "BuiltIn",
            "mode": "Indexed" if effects.deploys(member) else "Microsoft.Kubernetes.Data",
            "metadata": {"version": version, "category": "Kubernetes"},
            "version": version,
            "parameters": parameters,
            "policyRule": {
                "if": {"field": "type", "equals": "Microsoft.ContainerService/managedClusters"},
                "then": {"effect": "[parameters('effect')]"},
            },
            "versions": [version],
        },
        "id": f"/providers/{POLICY_TYPE}/{name}",
        "type": POLICY_TYPE,
        "name": name,
    }


def _type_of(value: Any) -> str:
    if isinstance(value, bool):
        return "Boolean"
    return {list: "Array", dict: "Object", int: "Integer"}.get(type(value), "String")


@cache
def _display_names() -> dict[str, str]:
    text = resources.files("sandbox").joinpath("data/member_names.json").read_text("utf-8")
    names: dict[str, str] = json.loads(text)["displayNames"]
    return names
