# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Handles Microsoft.Authorization requests."""

from __future__ import annotations

from typing import Any

from sandbox.authorization import versions
from sandbox.authorization.exceptions import PolicyDefinitionNotFound, PolicySetDefinitionNotFound
from sandbox.authorization.exemptions import Exemptions
from sandbox.authorization.initiative import NAME, Initiative
from sandbox.authorization.models import Assignments, definition_of
from sandbox.authorization.permissions import Permissions
from sandbox.core.copies import copied
from sandbox.core.errors import AuthorizationFailed
from sandbox.core.http import Response
from sandbox.core.paging import Paging
from sandbox.core.routing import Call
from sandbox.entra.models import Principal

Json = dict[str, Any]
EXEMPT = "Microsoft.Authorization/policyAssignments/exempt/action"
#: The first api-version of a member (recorded bodies of 2020-09-01, 2023-04-01, 2025-03-01; SDK models).
_SINCE = {
    "definitionVersion": "2023-04-01",
    "resourceSelectors": "2022-06-01",
    "overrides": "2022-06-01",
    "instanceId": "2025-03-01",
}


def get_assignment(call: Call) -> Response:
    """Show an assignment."""
    return Response(200, _render(call, call.the(Assignments).get(call.path["scope"], call.path["name"])))


def put_assignment(call: Call) -> Response:
    """Create or replace an assignment: 201 in both cases (recorded)."""
    body = call.request.json_object()
    if isinstance(body.get("properties"), dict):
        # An older version does not know these members: they are lost, as with a full replace by an old client.
        body["properties"] = _known(call, body["properties"])
    document = call.the(Assignments).put(call.path["scope"], call.path["name"], body, call.api_version)
    return Response(201, _render(call, document))


def patch_assignment(call: Call) -> Response:
    """Change the few members that a PATCH may change."""
    document = call.the(Assignments).patch(
        call.path["scope"], call.path["name"], call.request.json_object(), call.api_version
    )
    return Response(200, _render(call, document))


def delete_assignment(call: Call) -> Response:
    """Delete an assignment: 200 with what was there, else 204 (recorded)."""
    document = call.the(Assignments).delete(call.path["scope"], call.path["name"])
    return Response(204) if document is None else Response(200, _render(call, document))


def list_assignments(call: Call) -> Response:
    """List assignments at a subscription, a group or a resource."""
    found = call.the(Assignments).list(call.path["scope"], call.request.query.get("$filter", ""))
    return call.the(Paging).answer(call.request, [_render(call, item) for item in found])


def get_exemption(call: Call) -> Response:
    """Show an exemption."""
    return Response(200, call.the(Exemptions).get(call.path["scope"], call.path["name"]))


def put_exemption(call: Call) -> Response:
    """Create or replace an exemption: 201 or 200 (the two that azure-cli's own client takes)."""
    # Documented: besides writing the exemption, one must be allowed to exempt from the assignment.
    if not call.the(Permissions).allow(EXEMPT):
        principal = call.the(Principal)
        raise AuthorizationFailed(principal.client_id, principal.object_id, EXEMPT, call.path["scope"])
    document, is_new = call.the(Exemptions).put(call.path["scope"], call.path["name"], call.request.json_object())
    return Response(201 if is_new else 200, document)


def delete_exemption(call: Call) -> Response:
    """Delete an exemption: 200, or 204 when there was none (as with assignments)."""
    document = call.the(Exemptions).delete(call.path["scope"], call.path["name"])
    return Response(204) if document is None else Response(200, document)


def list_exemptions(call: Call) -> Response:
    """List exemptions at a subscription, a group or a resource."""
    found = call.the(Exemptions).list(call.path["scope"], call.request.query.get("$filter", ""))
    return call.the(Paging).answer(call.request, found)


def get_set_definition(call: Call) -> Response:
    """Show the initiative."""
    _require_set(call)
    return Response(200, call.the(Initiative).document())


def list_set_versions(call: Call) -> Response:
    """List the versions of the initiative, each with its body."""
    _require_set(call)
    return call.the(Paging).answer(call.request, call.the(Initiative).version_documents())


def get_set_version(call: Call) -> Response:
    """Show one version of the initiative."""
    _require_set(call)
    return Response(200, call.the(Initiative).version_document(call.path["version"]))


def list_set_definitions(call: Call) -> Response:
    """List the initiatives: the one."""
    return Response(200, {"value": [call.the(Initiative).document()]})


def missing_set_definition(call: Call) -> Response:
    """A built-in initiative does not exist under a subscription (recorded: Azure/azure-powershell)."""
    raise PolicySetDefinitionNotFound(call.path["name"])


def get_definition(call: Call) -> Response:
    """Show the definition of a member."""
    return Response(200, call.the(Assignments).definitions.policy(call.path["name"]))


def get_definition_version(call: Call) -> Response:
    """Show one version of a member's definition."""
    document = copied(call.the(Assignments).definitions.policy(call.path["name"]))
    version = call.path["version"]
    if version.lower() != document["properties"]["version"].lower():
        raise PolicyDefinitionNotFound(f"{call.path['name']}/versions/{version}")
    del document["properties"]["versions"]
    document.update(id=f"{document['id']}/versions/{version}", type=f"{document['type']}/versions", name=version)
    return Response(200, document)


def list_definitions(call: Call) -> Response:
    """List the definitions of all members."""
    return call.the(Paging).answer(call.request, call.the(Assignments).definitions.policies())


def missing_definition(call: Call) -> Response:
    """A built-in definition does not exist under a subscription (recorded: Azure/azure-sdk-for-net)."""
    raise PolicyDefinitionNotFound(call.path["name"])


def list_permissions(call: Call) -> Response:
    """List what the caller may do."""
    return Response(200, {"value": call.the(Permissions).documents()})


def _require_set(call: Call) -> None:
    if call.path["name"].lower() != NAME:
        raise PolicySetDefinitionNotFound(call.path["name"])


def _known(call: Call, properties: Json) -> Json:
    return {name: value for name, value in properties.items() if call.api_version[:10] >= _SINCE.get(name, "")}


def _render(call: Call, document: Json) -> Json:
    """Return an assignment as this api-version shows it."""
    shown = {**document, "properties": _known(call, document.get("properties", {}))}
    expand = call.request.query.get("$expand", "").lower()
    if not expand or call.api_version[:10] < _SINCE["definitionVersion"]:
        return shown
    # Which of the two names means which value is documented; an expanded answer is not recorded.
    pin = shown["properties"].get("definitionVersion") or ""
    known = list(call.the(Initiative).versions)
    if definition_of(document).lower().endswith(NAME):
        if "latestdefinitionversion" in expand:
            shown["properties"]["latestDefinitionVersion"] = known[0].lower()
        if "effectivedefinitionversion" in expand:
            effective = versions.resolve(pin, known)
            if effective:
                shown["properties"]["effectiveDefinitionVersion"] = effective.lower()
    return shown
