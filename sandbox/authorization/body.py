# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The rules for an assignment's body: everything but its parameters and overrides."""

from __future__ import annotations

import json
import re
from typing import Any

from sandbox.authorization.exceptions import InvalidPolicyAssignment
from sandbox.core.errors import InvalidRequestContent
from sandbox.core.ids import fold

Json = dict[str, Any]
#: Documented limit for one metadata value of an assignment.
MAX_METADATA = 1024
#: The pattern that azure-cli 2.91 itself applies; the service's own text for a bad name is not recorded.
_NAME = re.compile(r"^[^<>%&:\\?/]*[^<>%&:\\?/ ]+$")
MAX_NAME = 128
_MODES = ("Default", "DoNotEnforce")
_LATER_MODES = ("Enroll",)
ENROLL_SINCE = "2025-11-01"
_IDENTITIES = ("systemassigned", "userassigned", "none")


def check_name(name: str) -> None:
    """Check an assignment's name. Raises InvalidPolicyAssignment."""
    if not _NAME.match(name) or len(name) > MAX_NAME:
        raise InvalidPolicyAssignment(f"The policy assignment name '{name}' is invalid.")


def properties_of(body: Json, identifier: str, name: str) -> Json:
    """Return the properties of a PUT body. Raises InvalidRequestContent, InvalidPolicyAssignment when the body
    speaks of another assignment than the URL."""
    properties = body.get("properties")
    if not isinstance(properties, dict) or not isinstance(properties.get("policyDefinitionId"), str):
        # Recorded: Azure/azure-sdk-for-net ValidatePolicyAssignmentErrorHandling. The position is not computed.
        raise InvalidRequestContent(
            "Required property 'policyDefinitionId' not found in JSON. Path 'properties', line 1, position 1."
        )
    if body.get("name") is not None and str(body["name"]).lower() != name.lower():
        raise InvalidPolicyAssignment(
            f"The name '{body['name']}' in the request content does not match the name '{name}' in the URL."
        )
    if body.get("id") is not None and fold(str(body["id"])) != fold(identifier):
        raise InvalidPolicyAssignment(
            f"The id '{body['id']}' in the request content does not match the id '{identifier}' in the URL."
        )
    return properties


def check_identity(body: Json) -> None:
    """Check identity and location. Raises InvalidPolicyAssignment."""
    identity = body.get("identity")
    if identity is None:
        return
    if not isinstance(identity, dict) or str(identity.get("type", "")).lower() not in _IDENTITIES:
        raise InvalidPolicyAssignment("The identity must have the type SystemAssigned, UserAssigned or None.")
    if has_identity(body) and not body.get("location"):
        raise InvalidPolicyAssignment("A policy assignment with an identity must have a location.")
    if str(identity["type"]).lower() == "userassigned" and not identity.get("userAssignedIdentities"):
        raise InvalidPolicyAssignment("An identity of type UserAssigned must name the identity.")


def has_identity(body: Json) -> bool:
    """Tell whether a body brings an identity that can deploy."""
    return str((body.get("identity") or {}).get("type", "none")).lower() != "none"


def check_properties(properties: Json, api_version: str, references: set[str] | None) -> None:
    """Check the simple members. ``references``: lower-case member names, None when they are not known.

    Raises InvalidPolicyAssignment.
    """
    mode = properties.get("enforcementMode")
    modes = _MODES + (_LATER_MODES if api_version[:10] >= ENROLL_SINCE else ())
    if mode is not None and mode not in modes:
        raise InvalidPolicyAssignment(f"The enforcement mode '{mode}' is invalid. Allowed are: {', '.join(modes)}.")
    _check_metadata(properties.get("metadata"))
    _check_strings("notScopes", properties.get("notScopes"))
    for name in ("displayName", "description"):
        if properties.get(name) is not None and not isinstance(properties[name], str):
            raise InvalidPolicyAssignment(f"The property '{name}' must be a string.")
    for message in _objects("nonComplianceMessages", properties.get("nonComplianceMessages")):
        if not message.get("message"):
            raise InvalidPolicyAssignment("Every element of 'nonComplianceMessages' must have a message.")
        reference = message.get("policyDefinitionReferenceId")
        if reference is not None and references is not None and str(reference).lower() not in references:
            raise InvalidPolicyAssignment(
                f"The policy definition reference '{reference}' of a non-compliance message does not exist."
            )


def _check_metadata(metadata: Any) -> None:
    if metadata is None:
        return
    if not isinstance(metadata, dict):
        raise InvalidPolicyAssignment("The property 'metadata' must be an object.")
    for name, value in metadata.items():
        text = value if isinstance(value, str) else json.dumps(value)
        if len(text) > MAX_METADATA:
            raise InvalidPolicyAssignment(
                f"The metadata value '{name}' has {len(text)} characters; at most {MAX_METADATA} are allowed."
            )


def _check_strings(name: str, value: Any) -> None:
    if value is not None and (not isinstance(value, list) or not all(isinstance(item, str) for item in value)):
        raise InvalidPolicyAssignment(f"The property '{name}' must be a list of strings.")


def _objects(name: str, value: Any) -> list[Json]:
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise InvalidPolicyAssignment(f"The property '{name}' must be a list of objects.")
    return value
