# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Bicep: the assignment as an extension resource on an existing cluster of the resource group that is deployed to."""

from __future__ import annotations

from azext_safeguards.domain.export.content import Content
from azext_safeguards.domain.export.literals import Syntax, assignment, escaped

# Escapes: learn.microsoft.com, "Data types in Bicep". A dollar sign begins an interpolation only before a brace.
_ESCAPES = {"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
# Bicep's integers have 64 bits.
_LARGEST = 2**63 - 1


def render(content: Content) -> str:
    """A Bicep file that recreates the assignment; the cluster's name is a parameter."""
    members = [
        "scope: cluster",
        *(assignment(name, value, _SYNTAX, 1) for name, value in {"name": content.name, **content.body}.items()),
    ]
    lines = [
        f"// {content.title}",
        "// Deploy it to the resource group of the cluster:",
        "//   az deployment group create -g RESOURCE_GROUP --template-file FILE",
        "",
        "targetScope = 'resourceGroup'",
        "",
        "@description('The cluster to put the safeguards on.')",
        f"param clusterName string = {_string(content.cluster.name)}",
        "",
        "resource cluster 'Microsoft.ContainerService/managedClusters@2024-09-01' existing = {",
        "  name: clusterName",
        "}",
        "",
        f"resource safeguards 'Microsoft.Authorization/policyAssignments@{content.api_version}' = {{",
        *(f"  {member}" for member in members),
        "}",
    ]
    return "\n".join(lines) + "\n"


def _string(text: str) -> str:
    return "'" + escaped(text, _ESCAPES, lambda code: f"\\u{{{code:x}}}").replace("${", "\\${") + "'"


def _number(value: int | float) -> str:
    if isinstance(value, int) and abs(value) <= _LARGEST:
        return str(value)
    # The language has no literal for these.
    return f"json({_string(repr(value))})"


_SYNTAX = Syntax(_string, _number, ": ", "")
