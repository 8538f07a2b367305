# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""An ARM template (JSON) for the resource group of the cluster."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from azext_safeguards.domain.export.content import Content
from azext_safeguards.domain.export.literals import json_text

SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"


def render(content: Content) -> str:
    """An ARM template that recreates the assignment; the cluster's name is a parameter."""
    template = {
        "$schema": SCHEMA,
        "contentVersion": "1.0.0.0",
        "metadata": {"description": content.title},
        "parameters": {
            "clusterName": {
                "type": "string",
                "defaultValue": content.cluster.name,
                "metadata": {"description": "The cluster to put the safeguards on."},
            }
        },
        "resources": [
            {
                "type": "Microsoft.Authorization/policyAssignments",
                "apiVersion": content.api_version,
                "scope": "[format('Microsoft.ContainerService/managedClusters/{0}', parameters('clusterName'))]",
                "name": content.name,
                **literally(content.body),
            }
        ],
    }
    return json_text(template) + "\n"


def literally(value: Any) -> Any:
    """A JSON value in which Resource Manager evaluates nothing, neither names nor strings."""
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, Mapping):
        return {_string(key): literally(item) for key, item in value.items()}
    if isinstance(value, list):
        return [literally(item) for item in value]
    return value


def _string(text: str) -> str:
    """A string that is none of an expression, which stands in brackets.

    learn.microsoft.com, "Syntax and expressions in ARM templates", says that a first bracket is doubled where the
    last character is a bracket, and not where it is not. How a string with two first brackets and no last one is read
    is not said (NOT FOUND), so that becomes an expression itself.
    """
    if text.startswith("[") and text.endswith("]"):
        return f"[{text}"
    if text.startswith("[["):
        quoted = text.replace("'", "''")
        return f"[concat('{quoted}')]"
    return text
