# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Compliance states: what the policies of an assignment found on its cluster.

There is no Kubernetes here and nothing is evaluated: a cluster complies until a test says otherwise.
"""

from __future__ import annotations

from typing import Any

from sandbox.authorization import effects, versions
from sandbox.authorization.initiative import SET_ID, Initiative
from sandbox.authorization.models import Assignments, definition_of
from sandbox.ids import ById, Scope, fold

Json = dict[str, Any]
COMPLIANT, NON_COMPLIANT = "Compliant", "NonCompliant"


class Compliance:
    """The states of all assignments of the initiative."""

    def __init__(self, assignments: Assignments, initiative: Initiative) -> None:
        self._assignments = assignments
        self._initiative = initiative
        self._failing: ById[set[str]] = ById()

    def set_non_compliant(self, assignment_id: str, references: list[str]) -> None:
        """Let these members of an assignment find something on the cluster; the others comply."""
        self._failing[assignment_id] = {reference.lower() for reference in references}

    def states(self, scope: str) -> list[Json]:
        """Return one state for each member that is on, of each assignment that concerns the scope."""
        found = self._assignments.list(scope, "")
        chosen = [item for item in found if fold(definition_of(item)) == fold(SET_ID)]
        return [state for item in chosen for state in self._of(item, scope)]

    def states_of(self, assignment_id: str, scope: str) -> list[Json]:
        """Return the states of one assignment; none where it assigns something else than the initiative."""
        assignment = self._assignments.items[assignment_id]
        return self._of(assignment, scope) if fold(definition_of(assignment)) == fold(SET_ID) else []

    def _of(self, assignment: Json, scope: str) -> list[Json]:
        properties = assignment["properties"]
        version = versions.resolve(properties.get("definitionVersion") or "", self._initiative.versions)
        body = self._initiative.versions[version] if version else None
        failing = self._failing.get(assignment["id"], set())
        states = []
        for member in (body or {}).get("policyDefinitions", []):
            effect = effect_of(member, properties, (body or {})["parameters"])
            if str(effect).lower() == "disabled":
                continue
            reference = str(member["policyDefinitionReferenceId"]).lower()
            states.append(
                {
                    "assignment": assignment,
                    "member": member,
                    "effect": effect,
                    "version": version,
                    "state": NON_COMPLIANT if reference in failing else COMPLIANT,
                    "resource": _resource(assignment, scope),
                }
            )
        return states


def effect_of(member: Json, properties: Json, declared: Json) -> Any:
    """Return the effect of a member: that of its parameters, or of the first override that reaches it."""
    reference = str(member["policyDefinitionReferenceId"]).lower()
    for override in properties.get("overrides") or []:
        if override.get("kind") == "policyEffect" and _reaches(override, reference):
            return override.get("value")
    values = {name.lower(): rules.get("defaultValue") for name, rules in declared.items()}
    values.update({name.lower(): item.get("value") for name, item in (properties.get("parameters") or {}).items()})
    return effects.reaching(member, values)


def _reaches(override: Json, reference: str) -> bool:
    for selector in override.get("selectors") or []:
        if str(selector.get("kind")).lower() != "policydefinitionreferenceid":
            continue
        names = {name.lower() for name in selector.get("in") or selector.get("notIn") or []}
        if (reference in names) != bool(selector.get("in")):
            return False
    return True


def _resource(assignment: Json, scope: str) -> str:
    own = str(assignment["properties"].get("scope") or scope)
    parsed = Scope.parse(own)
    return own if parsed is not None and parsed.kind == "resource" else scope
