# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Terraform: an `azapi_resource`.

Not `azurerm_resource_policy_assignment`: it has no argument for `definitionVersion`, without which the service takes
the newest major version of the initiative. The azapi provider sends the body as it stands.
"""

from __future__ import annotations

from azext_safeguards.domain.export.content import Content
from azext_safeguards.domain.export.literals import Syntax, assignment, escaped

# Escapes: HCL native syntax specification, "Quoted template expressions".
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_ADDRESS = "azapi_resource.deployment_safeguards"


def render(content: Content) -> str:
    """A Terraform file that recreates the assignment; the cluster's id is a variable."""
    body = {key: value for key, value in content.body.items() if key not in ("identity", "location")}
    lines = [
        f"# {content.title}",
        "# To take over the assignment that is there, instead of creating one:",
        f"#   terraform import {_ADDRESS} ASSIGNMENT_ID",
        "",
        "terraform {",
        "  required_providers {",
        "    azapi = {",
        '      source  = "Azure/azapi"',
        '      version = "~> 2.0"',
        "    }",
        "  }",
        "}",
        "",
        'variable "cluster_id" {',
        "  type        = string",
        '  description = "The resource id of the cluster to put the safeguards on."',
        f"  default     = {_string(content.cluster_id)}",
        "}",
        "",
        'resource "azapi_resource" "deployment_safeguards" {',
        f'  type      = "Microsoft.Authorization/policyAssignments@{content.api_version}"',
        f"  name      = {_string(content.name)}",
        "  parent_id = var.cluster_id",
        *_location_and_identity(content),
        "",
        "  # Sent as it stands: the service knows members that the provider's schema may not.",
        "  schema_validation_enabled = false",
        "",
        f"  {assignment('body', body, _SYNTAX, 1)}",
        "}",
    ]
    return "\n".join(lines) + "\n"


def _location_and_identity(content: Content) -> list[str]:
    """The two members that the provider takes beside the body, not in it."""
    lines = []
    if "location" in content.body:
        lines.append(f"  location  = {_string(content.body['location'])}")
    identity = content.body.get("identity")
    if identity:
        named = ", ".join(_string(name) for name in identity.get("userAssignedIdentities") or ())
        kind = _string(identity["type"])
        members = [f"    type         = {kind}", f"    identity_ids = [{named}]"] if named else [f"    type = {kind}"]
        lines += ["", "  identity {", *members, "  }"]
    return lines


def _string(text: str) -> str:
    def code_point(code: int) -> str:
        return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"

    inside = escaped(text, _ESCAPES, code_point)
    # Not the doubled sign: which of several it belongs to is where readers of the language differ.
    return f'"{inside.replace("${", code_point(ord("$")) + "{").replace("%{", code_point(ord("%")) + "{")}"'


_SYNTAX = Syntax(_string, repr, " = ", ",")
