# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The initiative as Azure/azure-policy recorded it, and what an assignment's body does by it.

Written without the code under test, so that the two can be held against each other.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

RECORDING = Path(__file__).parents[2] / "azext_safeguards" / "domain" / "initiative" / "data" / "initiative.json"

POLICIES = "/providers/Microsoft.Authorization/policyDefinitions/"

_FEED = re.compile(r"\[parameters\('(\w+)'\)\]")


@lru_cache(maxsize=1)
def recording() -> dict[str, Any]:
    return json.loads(RECORDING.read_text(encoding="utf-8"))


def definition(version: str) -> dict[str, Any]:
    """One recorded version: parameters and policyDefinitions."""
    return next(entry for entry in recording()["versions"] if entry["version"] == version)


def arm_body(version: str, *, versions: list[str] | None = None) -> dict[str, Any]:
    """A recorded version in the shape of a policySetDefinitions answer."""
    entry = definition(version)
    body: dict[str, Any] = {
        "properties": {
            "displayName": entry["displayName"],
            "policyType": "BuiltIn",
            "version": version,
            "parameters": {
                name: {key: value for key, value in spec.items() if key != "required"}
                for name, spec in entry["parameters"].items()
            },
            "policyDefinitions": [
                {
                    "policyDefinitionReferenceId": item["referenceId"],
                    "policyDefinitionId": POLICIES + item["definitionId"],
                    "definitionVersion": item["definitionVersion"],
                    "parameters": {name: {"value": value} for name, value in item["parameters"].items()},
                }
                for item in entry["policyDefinitions"]
            ],
        },
        "id": "/providers/Microsoft.Authorization/policySetDefinitions/c047ea8e-9c78-49b2-958b-37e56d291a44",
        "type": "Microsoft.Authorization/policySetDefinitions",
        "name": "c047ea8e-9c78-49b2-958b-37e56d291a44",
    }
    if versions is not None:
        body["properties"]["versions"] = versions
    return body


def effects_of(body: dict[str, Any], version: str) -> dict[str, str]:
    """Reference id -> effect of every member, by the body's parameters and overrides."""
    entry = definition(version)
    properties = body["properties"]
    given = {name.lower(): holder["value"] for name, holder in properties["parameters"].items()}
    result = {}
    for member in entry["policyDefinitions"]:
        text = member["parameters"]["effect"]
        feed = _FEED.fullmatch(text)
        effect = text
        if feed:
            effect = given.get(feed[1].lower(), entry["parameters"][feed[1]].get("defaultValue"))
        for override in properties.get("overrides", []):
            if override["kind"] == "policyEffect" and _selects(override, member["referenceId"]):
                effect = override["value"]
                break
        result[member["referenceId"]] = effect
    return result


def _selects(override: dict[str, Any], reference: str) -> bool:
    for selector in override.get("selectors", []):
        if selector["kind"] != "policyDefinitionReferenceId":
            continue
        if "in" in selector and reference.lower() not in [item.lower() for item in selector["in"]]:
            return False
        if "notIn" in selector and reference.lower() in [item.lower() for item in selector["notIn"]]:
            return False
    return True
