# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""One version of the initiative: its parameters, its member policies, and what feeds each member's effect."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from azext_safeguards.domain.initiative.records import NOTICES
from azext_safeguards.domain.shapes import anything, list_of, map_of, record, require, text

INITIATIVE = record(
    {
        "properties": record(
            {
                "version": text,
                "versions": list_of(text),
                "parameters": map_of(record({"type": text, "allowedValues": list_of(anything)})),
                "policyDefinitions": list_of(
                    record(
                        {
                            "policyDefinitionReferenceId": text,
                            "policyDefinitionId": text,
                            "parameters": map_of(record({})),
                        }
                    )
                ),
            }
        )
    }
)
"""The shape of a policy set definition and of its versions (Azure/azure-rest-api-specs, policySetDefinitions)."""

INITIATIVE_NAME = "c047ea8e-9c78-49b2-958b-37e56d291a44"
# A built-in initiative exists at tenant level only; under a subscription it is 404 PolicySetDefinitionNotFound
# (recorded: Azure/azure-powershell PolicyAssignmentVersionCRUD.Recording.json).
INITIATIVE_ID = f"/providers/Microsoft.Authorization/policySetDefinitions/{INITIATIVE_NAME}"

EFFECT = "effect"
MUTATION_EFFECT = "effectForMutationPolicies"
# Its effect parameter allows Audit and Disabled only: it prints, it never denies (Azure/azure-policy,
# PrintMutationsAnnotations.json; Azure/AKS#5501).
NOTICE_REFERENCE = NOTICES.reference_id

_FEED = re.compile(r"\[parameters\('([^']+)'\)\]")


class MemberKind(Enum):
    """What a member policy can do."""

    VALIDATOR = "validator"
    MUTATOR = "mutator"
    NOTICE = "notice"
    DEPLOYMENT = "deployment"
    """Acts on Azure resources with an identity (DeployIfNotExists); never part of a level."""


@dataclass(frozen=True)
class Member:
    """A policy of the initiative."""

    reference_id: str
    definition_id: str
    """The policy definition's GUID."""
    kind: MemberKind
    effect_source: str | None
    """The initiative parameter that feeds its effect; None when the effect is fixed."""
    parameters: Mapping[str, str]
    """Member parameter name -> initiative parameter name, for those that are fed."""


@dataclass(frozen=True)
class Parameter:
    """A parameter that a version of the initiative declares."""

    name: str
    type: str
    allowed_values: tuple[Any, ...]
    required: bool
    default: Any


@dataclass(frozen=True)
class InitiativeVersion:
    """A version of the initiative, as rendering needs it."""

    version: str
    parameters: Mapping[str, Parameter]
    members: tuple[Member, ...]

    def declares(self, name: str) -> str | None:
        """The declared spelling of a parameter name; Azure compares names without case."""
        lowered = name.lower()
        return next((declared for declared in self.parameters if declared.lower() == lowered), None)

    @property
    def references(self) -> frozenset[str]:
        """The reference ids of all members, lower-case."""
        return frozenset(member.reference_id.lower() for member in self.members)


def from_arm(body: Mapping[str, Any]) -> InitiativeVersion:
    """The version that an ARM answer (`policySetDefinitions` or `.../versions/{v}`) describes.

    :param body: the JSON object as it came; `properties.parameters` and `properties.policyDefinitions` are read.
    :raises UnreadableError: when it has not the shape of a definition.
    """
    require(body, INITIATIVE, "The definition of the safeguards initiative")
    properties = body.get("properties") or {}
    members = [
        _member(
            str(item.get("policyDefinitionReferenceId") or ""),
            str(item.get("policyDefinitionId") or "").rsplit("/", 1)[-1],
            {name: (value or {}).get("value") for name, value in (item.get("parameters") or {}).items()},
        )
        for item in properties.get("policyDefinitions") or []
    ]
    return InitiativeVersion(
        str(properties.get("version") or "").lower(), _parameters(properties.get("parameters") or {}), tuple(members)
    )


def from_bundle(entry: Mapping[str, Any]) -> InitiativeVersion:
    """The version that an entry of the bundled data describes (data/initiative.json)."""
    members = [
        _member(item["referenceId"], item["definitionId"], item["parameters"]) for item in entry["policyDefinitions"]
    ]
    return InitiativeVersion(entry["version"].lower(), _parameters(entry["parameters"]), tuple(members))


def _parameters(declared: Mapping[str, Any]) -> dict[str, Parameter]:
    return {
        name: Parameter(
            name,
            str(spec.get("type") or "String"),
            tuple(spec.get("allowedValues") or ()),
            "defaultValue" not in spec,
            spec.get("defaultValue"),
        )
        for name, spec in declared.items()
    }


def _member(reference_id: str, definition_id: str, fed: Mapping[str, Any]) -> Member:
    sources = {name: match[1] for name, value in fed.items() if (match := _FEED.fullmatch(str(value)))}
    lowered = {name.lower(): source for name, source in sources.items()}
    source = lowered.get("effect")
    return Member(reference_id, definition_id, _kind(reference_id, source), source, sources)


def _kind(reference_id: str, effect_source: str | None) -> MemberKind:
    if reference_id.lower() == NOTICE_REFERENCE.lower():
        return MemberKind.NOTICE
    if effect_source is None:
        return MemberKind.DEPLOYMENT
    if effect_source.lower() == MUTATION_EFFECT.lower():
        return MemberKind.MUTATOR
    return MemberKind.VALIDATOR
