# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What an assignment of the initiative means: its version, its parameters with defaults, the effect of each member."""

from __future__ import annotations

from typing import Any, NamedTuple

from sandbox.authorization import effects, versions
from sandbox.authorization.initiative import Initiative
from sandbox.core.ids import fold

Json = dict[str, Any]


class Meaning(NamedTuple):
    """What an assignment means."""

    version: str
    parameters: Json
    """The initiative's, by declared name."""
    effects: list[tuple[Json, str]]
    """The members that are not disabled, each with its effect."""


def meaning_of(properties: Json, initiative: Initiative) -> Meaning:
    """Return what an assignment of the initiative means, from its properties."""
    version = versions.resolve(properties.get("definitionVersion") or "", initiative.versions)
    body = (initiative.versions[version] if version else None) or {}
    declared = body.get("parameters") or {}
    given = {name.lower(): item.get("value") for name, item in (properties.get("parameters") or {}).items()}
    parameters = {name: given.get(name.lower(), rules.get("defaultValue")) for name, rules in declared.items()}
    found = [(member, str(effect_of(member, properties, declared))) for member in body.get("policyDefinitions", [])]
    return Meaning(str(version), parameters, [one for one in found if one[1].lower() != "disabled"])


def effect_of(member: Json, properties: Json, declared: Json) -> Any:
    """Return the effect of a member: that of its parameters, or of the first override that reaches it."""
    reference = str(member["policyDefinitionReferenceId"]).lower()
    for override in properties.get("overrides") or []:
        if override.get("kind") == "policyEffect" and _reaches(override, reference):
            return override.get("value")
    values = {name.lower(): rules.get("defaultValue") for name, rules in declared.items()}
    values.update({name.lower(): item.get("value") for name, item in (properties.get("parameters") or {}).items()})
    return effects.reaching(member, values)


def concerns(properties: Json, identifier: str, resource_id: str) -> bool:
    """Tell whether an assignment reaches a resource: it lies in its scope and in none of those that are left out."""
    own = str(properties.get("scope") or identifier.rpartition("/providers/")[0])
    left_out = properties.get("notScopes") or ()
    return contains(own, resource_id) and not any(contains(place, resource_id) for place in left_out)


def selects(properties: Json, location: str) -> bool:
    """Tell whether one of an assignment's resource selectors, if it has any, selects a cluster that is somewhere."""
    own = {"resourcelocation": _plain(location), "resourcetype": "microsoft.containerservice/managedclusters"}
    chosen = properties.get("resourceSelectors") or []
    return not chosen or any(_selects(one.get("selectors") or [], own) for one in chosen)


def _selects(selectors: list[Json], own: dict[str, str]) -> bool:
    for selector in selectors:
        value = own.get(str(selector.get("kind")).lower())
        listed = {_plain(name) for name in selector.get("in") or selector.get("notIn") or []}
        if value is not None and (value in listed) != bool(selector.get("in")):
            return False
    return True


def _plain(text: str) -> str:
    """A location as Azure compares it: `East US` is `eastus`."""
    return str(text).replace(" ", "").lower()


def contains(scope: str, resource_id: str) -> bool:
    """Tell whether a scope is a resource or holds it."""
    return (fold(resource_id) + "/").startswith(fold(scope).rstrip("/") + "/")


def _reaches(override: Json, reference: str) -> bool:
    for selector in override.get("selectors") or []:
        if str(selector.get("kind")).lower() != "policydefinitionreferenceid":
            continue
        names = {name.lower() for name in selector.get("in") or selector.get("notIn") or []}
        if (reference in names) != bool(selector.get("in")):
            return False
    return True
