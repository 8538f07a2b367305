# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The shape of a policy assignment as far as it is read or changed here (Azure/azure-rest-api-specs, 2023-04-01).

Metadata and the values of parameters may hold any JSON: they are other people's, too.
"""

from __future__ import annotations

from azext_safeguards.domain.shapes import anything, list_of, map_of, record, text

_SELECTORS = list_of(record({"kind": text, "in": list_of(text), "notIn": list_of(text)}))
RESOURCE_SELECTORS = list_of(record({"name": text, "selectors": _SELECTORS}))
"""Those of an assignment, and of an exemption."""
# A kind of override that is yet to come may have another sort of value.
_OVERRIDE = record({"kind": text, "value": anything, "selectors": _SELECTORS})

PROPERTIES = record(
    {
        "policyDefinitionId": text,
        "definitionVersion": text,
        "scope": text,
        "displayName": text,
        "description": text,
        "enforcementMode": text,
        "metadata": map_of(anything),
        "parameters": map_of(record({})),
        "overrides": list_of(_OVERRIDE),
        "resourceSelectors": RESOURCE_SELECTORS,
        "notScopes": list_of(text),
        "nonComplianceMessages": list_of(record({"message": text, "policyDefinitionReferenceId": text})),
    }
)
ASSIGNMENT = record(
    {"id": text, "name": text, "type": text, "location": text, "properties": PROPERTIES}, required=("properties",)
)
ASSIGNED = record(
    {
        "id": text,
        "properties": record({"policyDefinitionId": text}, required=("policyDefinitionId",)),
    },
    required=("properties",),
)
"""What every answer about an assignment holds: what it assigns."""
NAMESPACES = list_of(text)
