# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Policy exemptions: state and rules.

Members and their names: the models of azure-cli 2.91 (`az policy exemption`, 2026-01-01-preview). Error codes and
texts are not recorded: plain.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

from sandbox.authorization import meaning, selectors
from sandbox.authorization.body import check_name
from sandbox.authorization.exceptions import InvalidFilter, InvalidPolicyExemption, PolicyExemptionNotFound
from sandbox.authorization.models import Assignments
from sandbox.core.clock import Clock
from sandbox.core.copies import copied
from sandbox.core.errors import InvalidRequestContent
from sandbox.core.ids import ById, collapse, fold
from sandbox.entra.models import Principal

Json = dict[str, Any]
TYPE = "Microsoft.Authorization/policyExemptions"
CATEGORIES = ("Waiver", "Mitigated")
_VALIDATIONS = ("Default", "DoNotValidate")
_SENT = (
    "policyAssignmentId", "policyDefinitionReferenceIds", "exemptionCategory", "expiresOn", "displayName",
    "description", "metadata", "resourceSelectors", "assignmentScopeValidation",
)  # fmt: skip
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?")
_EQUALS = re.compile(r"^policyAssignmentId\s+eq\s+'([^']*)'$", re.I)


class Exemptions:
    """All policy exemptions, by id."""

    def __init__(self, assignments: Assignments, principal: Principal, clock: Clock) -> None:
        self._assignments = assignments
        self._principal = principal
        self._clock = clock
        self.items: ById[Json] = ById()

    @staticmethod
    def id_of(scope: str, name: str) -> str:
        """Return the id of an exemption."""
        return collapse(f"{scope}/providers/{TYPE}/{name}")

    def get(self, scope: str, name: str) -> Json:
        """Return an exemption. Raises PolicyExemptionNotFound."""
        try:
            return self.items[self.id_of(scope, name)]
        except KeyError:
            raise PolicyExemptionNotFound(name) from None

    def put(self, scope: str, name: str, body: Json) -> tuple[Json, bool]:
        """Create or replace an exemption; return it and whether it is new. Raises InvalidRequestContent,
        InvalidPolicyExemption and the errors of resource selectors."""
        check_name(name)
        properties = body.get("properties")
        if not isinstance(properties, dict):
            raise InvalidRequestContent("Required property 'properties' not found in JSON")
        self._check(scope, properties)
        identifier = self.id_of(scope, name)
        before = self.items.get(identifier)
        self._assignments.will_change(properties["policyAssignmentId"])
        now = self._clock.stamp()
        created = (before or {}).get("systemData") or {}
        document: Json = {
            "properties": {key: copied(properties[key]) for key in _SENT if properties.get(key) is not None},
            "systemData": {
                "createdBy": created.get("createdBy", self._principal.client_id),
                "createdByType": created.get("createdByType", "Application"),
                "createdAt": created.get("createdAt", now),
                "lastModifiedBy": self._principal.client_id,
                "lastModifiedByType": "Application",
                "lastModifiedAt": now,
            },
            "id": (before or {}).get("id") or identifier,
            "type": TYPE,
            "name": (before or {}).get("name") or name,
        }
        self.items[identifier] = document
        return document, before is None

    def delete(self, scope: str, name: str) -> Json | None:
        """Remove and return an exemption; None when there is none."""
        identifier = self.id_of(scope, name)
        if identifier in self.items:
            self._assignments.will_change(self.items[identifier]["properties"]["policyAssignmentId"])
        return self.items.pop(identifier, None)

    def remove_below(self, scope: str) -> None:
        """Remove what hangs on a resource that is gone (documented); an assignment that goes leaves them behind."""
        for identifier in self.items.below(scope):
            del self.items[identifier]

    def list(self, scope: str, expression: str) -> list[Json]:
        """Return the exemptions that a list at ``scope`` shows. Raises InvalidFilter.

        The documented filters: none: of the scope, above it and below it; atScope(): without those below;
        atExactScope(); excludeExpired(): all but expired ones; policyAssignmentId eq '...'; and atScopeAndBelow(),
        which az sends.
        """
        mine, above = fold(scope), fold(scope) + "/"
        at = [(item, fold(identifier.rpartition("/providers/")[0])) for identifier, item in self.items.items()]
        exact = [item for item, where in at if where == mine]
        inherited = [item for item, where in at if where != mine and mine.startswith(where + "/")]
        below = [item for item, where in at if where.startswith(above)]
        everything = inherited + exact + below
        text = expression.strip()
        plain = {
            "": everything,
            "atscope()": inherited + exact,
            "atexactscope()": exact,
            "atscopeandbelow()": exact + below,
        }
        if text.lower() in plain:
            return plain[text.lower()]
        if text.lower() == "excludeexpired()":
            return [item for item in everything if not self._is_expired(item)]
        match = _EQUALS.match(text)
        if match is None:
            raise InvalidFilter(expression)
        return [item for item in everything if fold(item["properties"]["policyAssignmentId"]) == fold(match[1])]

    def exempted(
        self,
        assignment_id: str,
        resource_id: str,
        location: str,
        among: Mapping[str, Json] | None = None,
        at: datetime | None = None,
    ) -> set[str] | None:
        """Return the lower-case reference ids of an assignment that a resource is exempt from; None for all of them.

        ``location``: where the resource is. ``among``: the exemptions to look at, by id, where it is not all that there
        are now. ``at``: when, if not now.
        """
        found: set[str] = set()
        for identifier, item in (self.items if among is None else among).items():
            properties = item["properties"]
            scope = fold(identifier.rpartition("/providers/")[0])
            here = (fold(resource_id) + "/").startswith(scope + "/")
            if fold(properties["policyAssignmentId"]) != fold(assignment_id) or not here or self._is_expired(item, at):
                continue
            if not meaning.selects(properties, location):
                continue
            references = properties.get("policyDefinitionReferenceIds")
            if not references:
                return None
            found |= {reference.lower() for reference in references}
        return found

    def _is_expired(self, item: Json, at: datetime | None = None) -> bool:
        expires = item["properties"].get("expiresOn")
        return expires is not None and _time(expires) <= (at or self._clock.now())

    def _check(self, scope: str, properties: Json) -> None:
        for name in ("policyAssignmentId", "exemptionCategory"):
            if not isinstance(properties.get(name), str):
                raise InvalidRequestContent(f"Required property '{name}' not found in JSON. Path 'properties'")
        if properties["exemptionCategory"] not in CATEGORIES:
            raise InvalidPolicyExemption(
                f"The exemption category '{properties['exemptionCategory']}' is invalid. "
                f"Allowed are: {', '.join(CATEGORIES)}."
            )
        if properties.get("assignmentScopeValidation", "Default") not in _VALIDATIONS:
            raise InvalidPolicyExemption(f"The assignment scope validation must be one of {', '.join(_VALIDATIONS)}.")
        if properties.get("expiresOn") is not None:
            _time(properties["expiresOn"])
        selectors.check_resource_selectors(properties.get("resourceSelectors"))
        self._check_assignment(scope, properties)

    def _check_assignment(self, scope: str, properties: Json) -> None:
        identifier = properties["policyAssignmentId"]
        assignment = self._assignments.items.get(identifier)
        if assignment is None:
            raise InvalidPolicyExemption(f"The policy assignment '{identifier}' could not be found.")
        owner = fold(identifier.rpartition("/providers/")[0])
        validates = properties.get("assignmentScopeValidation", "Default") == "Default"
        if validates and not (fold(scope) + "/").startswith(owner + "/"):
            raise InvalidPolicyExemption(
                f"The scope '{scope}' of the exemption is not within the scope of the assignment '{identifier}'."
            )
        references = properties.get("policyDefinitionReferenceIds")
        if references is None:
            return
        if not isinstance(references, list) or not all(isinstance(item, str) for item in references):
            raise InvalidPolicyExemption("The property 'policyDefinitionReferenceIds' must be a list of strings.")
        known = self._assignments.references(assignment)
        unknown = [item for item in references if known is not None and item.lower() not in known]
        if unknown:
            raise InvalidPolicyExemption(
                f"The policy definition reference(s) '{','.join(unknown)}' do not exist in the assigned definition."
            )


def _time(text: Any) -> datetime:
    """Return the time that a text names. Raises InvalidPolicyExemption."""
    match = _TIME.fullmatch(text) if isinstance(text, str) else None
    try:
        assert match is not None
        zone = "+00:00" if match[2] in (None, "Z") else match[2]
        return datetime.fromisoformat(text[:19] + zone).astimezone(timezone.utc)
    except (AssertionError, ValueError):
        raise InvalidPolicyExemption(f"The time '{text}' in 'expiresOn' is invalid.") from None
