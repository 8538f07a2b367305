# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Policy assignments: state and the order of the rules. The rules themselves are in the modules beside this one."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from typing import Any

from sandbox.authorization import body as bodies
from sandbox.authorization import effects, parameters, selectors
from sandbox.authorization.definitions import Definition, Definitions
from sandbox.authorization.exceptions import InvalidFilter, PolicyAssignmentNotFound, ResourceIdentityRequired
from sandbox.core.clock import Clock
from sandbox.core.copies import copied
from sandbox.core.errors import InvalidRequestContent
from sandbox.core.ids import ById, collapse, fold
from sandbox.entra.models import Principal

Json = dict[str, Any]
TYPE = "Microsoft.Authorization/policyAssignments"
#: The order in which the service writes the properties (recorded: Azure/azure-powershell, 2025-03-01).
_ORDER = (
    "displayName", "policyDefinitionId", "definitionVersion", "scope", "notScopes", "parameters", "description",
    "metadata", "enforcementMode", "nonComplianceMessages", "resourceSelectors", "overrides",
    "assignmentType", "instanceId",
)  # fmt: skip
#: What clients may send of these; the rest is the service's.
_SENT = tuple(name for name in _ORDER if name not in ("definitionVersion", "scope", "metadata", "instanceId"))
_UPDATABLE = ("resourceSelectors", "overrides")
_EQUALS = re.compile(r"^policyDefinitionId\s+eq\s+'([^']*)'$", re.I)


class Assignments:
    """All policy assignments, by id."""

    def __init__(self, definitions: Definitions, principal: Principal, clock: Clock) -> None:
        self.definitions = definitions
        self._principal = principal
        self._clock = clock
        self.items: ById[Json] = ById()
        self.before_write: list[Callable[[str], object]] = []
        """Called with the id of an assignment before it, or what exempts from it, is written or deleted."""

    def will_change(self, identifier: str) -> None:
        """Tell whoever looks at an assignment now and then that it is about to become another."""
        if identifier in self.items:
            for call in self.before_write:
                call(identifier)

    @staticmethod
    def id_of(scope: str, name: str) -> str:
        """Return the id of an assignment."""
        return collapse(f"{scope}/providers/{TYPE}/{name}")

    def get(self, scope: str, name: str) -> Json:
        """Return an assignment. Raises PolicyAssignmentNotFound."""
        try:
            return self.items[self.id_of(scope, name)]
        except KeyError:
            raise PolicyAssignmentNotFound(name) from None

    def put(self, scope: str, name: str, body: Json, api_version: str) -> Json:
        """Create or replace an assignment. Raises the errors of sandbox.authorization.exceptions."""
        bodies.check_name(name)
        identifier = self.id_of(scope, name)
        properties = bodies.properties_of(body, identifier, name)
        bodies.check_identity(body)
        definition = self._check(name, body, properties, api_version)
        self.will_change(identifier)
        existing = self.items.get(identifier)
        document = self._document(scope, name, body, definition, existing)
        self.items[identifier] = document
        return document

    def patch(self, scope: str, name: str, body: Json, api_version: str) -> Json:
        """Change identity, location, resourceSelectors and overrides, and nothing else.

        What the service does with other members is not recorded: refused. Raises InvalidRequestContent,
        PolicyAssignmentNotFound and the errors of the rules.
        """
        existing = self.get(scope, name)
        properties = body.get("properties") or {}
        if not isinstance(properties, dict):
            raise InvalidRequestContent("the properties are not a JSON object")
        extra = [key for key in body if key not in ("properties", "identity", "location")]
        extra += [f"properties.{key}" for key in properties if key not in _UPDATABLE]
        if extra:
            raise InvalidRequestContent(f"Could not find member '{extra[0]}' on type 'PolicyAssignmentUpdate'")
        changed = copied(existing)
        changed.update({key: copied(body[key]) for key in ("identity", "location") if key in body})
        changed["properties"] = {**changed.get("properties", {}), **copied(properties)}
        bodies.check_identity(changed)
        definition = self._check(name, changed, changed["properties"], api_version)
        self.will_change(self.id_of(scope, name))
        document = self._document(scope, name, changed, definition, existing)
        self.items[self.id_of(scope, name)] = document
        return document

    def delete(self, scope: str, name: str) -> Json | None:
        """Remove and return an assignment; None when there is none (recorded: 204, never 404)."""
        return self.items.pop(self.id_of(scope, name), None)

    def remove_below(self, scope: str) -> None:
        """Remove what hangs on a resource that is gone."""
        for identifier in self.items.below(scope):
            del self.items[identifier]

    def list(self, scope: str, expression: str) -> list[Json]:
        """Return the assignments that a list at ``scope`` shows. Raises InvalidFilter.

        Unfiltered: of the scope, above it and below it; atScope(): the scope and above (recorded);
        atExactScope(): the scope only; atScopeAndBelow(); policyDefinitionId eq '...'.
        """
        mine, above = fold(scope), fold(scope) + "/"
        at = [(item, fold(_scope_of(identifier, item))) for identifier, item in self.items.items()]
        exact = [item for item, where in at if where == mine]
        inherited = [item for item, where in at if where != mine and (where == "/" or mine.startswith(where + "/"))]
        below = [item for item, where in at if where.startswith(above)]
        text = expression.strip()
        if not text:
            return inherited + exact + below
        plain = {"atscope()": inherited + exact, "atexactscope()": exact, "atscopeandbelow()": exact + below}
        if text.lower() in plain:
            return plain[text.lower()]
        match = _EQUALS.match(text)
        if match is None:
            raise InvalidFilter(expression)
        wanted = fold(match[1])
        return [item for item in inherited + exact + below if fold(definition_of(item)) == wanted]

    def references(self, document: Json) -> set[str] | None:
        """Return the lower-case names of the members that an assignment assigns; None when they are not known."""
        pin = document["properties"].get("definitionVersion")
        return _references(self.definitions.for_assignment(definition_of(document), pin))

    def _check(self, name: str, body: Json, properties: Json, api_version: str) -> Definition:
        pin = properties.get("definitionVersion") if api_version >= "2023-04-01" else None
        definition = self.definitions.for_assignment(str(properties.get("policyDefinitionId")), pin or None)
        references = _references(definition)
        bodies.check_properties(properties, api_version, references)
        parameters.check(name, properties.get("parameters"), definition)
        selectors.check_resource_selectors(properties.get("resourceSelectors"))
        selectors.check_overrides(properties.get("overrides"), definition, api_version)
        if any(effects.deploys(member) for member in definition.members) and not bodies.has_identity(body):
            raise ResourceIdentityRequired
        return definition

    def _document(self, scope: str, name: str, body: Json, definition: Definition, existing: Json | None) -> Json:
        now, principal = self._clock.stamp(), self._principal
        before: Json = existing or {}
        sent = body["properties"]
        values: Json = {key: copied(sent[key]) for key in _SENT if sent.get(key) is not None}
        values["definitionVersion"] = sent.get("definitionVersion") or definition.pin
        values["scope"] = _scope_of(self.id_of(scope, name), before)
        values["metadata"] = self._metadata(sent.get("metadata") or {}, before, now)
        values.setdefault("enforcementMode", "Default")
        values["instanceId"] = before.get("properties", {}).get("instanceId") or str(uuid.uuid4())
        document: Json = {
            "properties": {key: values[key] for key in _ORDER if key in values},
            "id": before.get("id") or self.id_of(scope, name),
            "type": TYPE,
            "name": before.get("name") or name,
        }
        if body.get("location"):
            document["location"] = body["location"]
        if body.get("identity") is not None:
            document["identity"] = self._identity(body["identity"])
        created = before.get("systemData") or {}
        document["systemData"] = {
            "createdBy": created.get("createdBy", principal.client_id),
            "createdByType": created.get("createdByType", "Application"),
            "createdAt": created.get("createdAt", now),
            "lastModifiedBy": principal.client_id,
            "lastModifiedByType": "Application",
            "lastModifiedAt": now,
        }
        return document

    def _metadata(self, sent: Json, before: Json, now: str) -> Json:
        """The four members of the service override what was sent; createdOn and createdBy stay (recorded)."""
        kept = (before.get("properties") or {}).get("metadata") or {}
        actor = self._principal.object_id
        own = ("createdBy", "createdOn", "updatedBy", "updatedOn")
        return {
            **{key: copied(value) for key, value in sent.items() if key not in own},
            "createdBy": kept.get("createdBy", actor),
            "createdOn": kept.get("createdOn", now),
            "updatedBy": actor if before else None,
            "updatedOn": now if before else None,
        }

    def _identity(self, sent: Json) -> Json:
        if str(sent.get("type", "")).lower() != "systemassigned":
            return copied(sent)
        ids = {"principalId": str(uuid.uuid4()), "tenantId": self._principal.tenant_id}
        return {**ids, **copied(sent)}


def definition_of(document: Json) -> str:
    """Return what an assignment assigns; empty in a document that a test has put there without it."""
    return str((document.get("properties") or {}).get("policyDefinitionId") or "")


def _references(definition: Definition) -> set[str] | None:
    if definition.parameters is None:
        return None
    return {str(member["policyDefinitionReferenceId"]).lower() for member in definition.members}


def _scope_of(identifier: str, document: Json) -> str:
    stored = (document.get("properties") or {}).get("scope")
    return str(stored) if stored else identifier.rpartition("/providers/")[0] or "/"
