# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What was chosen for single policies beside the level: effects and parameters, and how they are recorded."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from azext_safeguards.domain.choices.choice import EFFECTS, Choice, allowed_choices
from azext_safeguards.domain.choices.pod_security import POD_SECURITY_KEY, PodSecurity, recorded_pod_security
from azext_safeguards.domain.errors import InvalidValueError
from azext_safeguards.domain.initiative.definition import Member
from azext_safeguards.domain.initiative.names import short_name
from azext_safeguards.domain.remedies import remedy
from azext_safeguards.domain.shapes import is_deep

CHOICES_KEY = "safeguardsChoices"
# Continued under this name with 2, 3 and so on behind it.
PARAMETERS_KEY = "safeguardsParameters"
# A metadata value must have fewer than 1,024 characters (learn.microsoft.com, "Azure Policy assignment structure").
MAX_VALUE = 1000
# Nothing says how much metadata an assignment takes in all; far more than this makes no sense for parameters.
_MAX_PIECES = 20


@dataclass(frozen=True)
class ChosenParameter:
    """A value that was chosen for a parameter of the initiative."""

    value: Any
    policies: tuple[str, ...]
    """The short names of the policies for which it was chosen; resetting the last of them resets it."""


@dataclass(frozen=True)
class Choices:
    """Everything that was chosen for single policies of an assignment, also of those that its version lacks."""

    effects: Mapping[str, Choice] = field(default_factory=dict)
    """By short name."""
    parameters: Mapping[str, ChosenParameter] = field(default_factory=dict)
    """By the initiative's name of the parameter."""
    pod_security: PodSecurity | None = None
    """The switch that turns the Pod Security policies on as a group; None where it is Off."""

    def __bool__(self) -> bool:
        return bool(self.effects or self.parameters or self.pod_security)

    def effect_of(self, member: Member) -> str | None:
        """The Azure Policy effect that was chosen for a member, or None.

        A choice that such a policy can't have, because somebody edited the record, counts as none.
        """
        choice = self.effects.get(short_name(member.reference_id))
        return EFFECTS[choice] if choice and choice in allowed_choices(member.kind) else None

    def turns_on(self, member: Member) -> bool:
        """Whether the switch for Pod Security turns a member on, whatever was chosen for it alone."""
        return self.pod_security is not None and self.pod_security.covers(member.reference_id)

    def find(self, name: str) -> ChosenParameter | None:
        """What was chosen for a parameter, by its name in any case."""
        return next((item for key, item in self.parameters.items() if key.lower() == name.lower()), None)

    @property
    def values(self) -> dict[str, Any]:
        """The value of each parameter that is chosen, alone or by the switch for Pod Security; the former first."""
        chosen = {name: item.value for name, item in self.parameters.items()}
        lowered = {name.lower() for name in chosen}
        by_switch = self.pod_security.parameters if self.pod_security else {}
        return {**{name: value for name, value in by_switch.items() if name.lower() not in lowered}, **chosen}

    @property
    def metadata(self) -> dict[str, str]:
        """The choices as metadata members of the assignment, each value short enough for the service.

        :raises InvalidValueError: when there are more than metadata can hold.
        """
        groups = [
            f"{choice.value}:{','.join(sorted(name for name, chosen in self.effects.items() if chosen is choice))}"
            for choice in Choice
            if choice in self.effects.values()
        ]
        result = {CHOICES_KEY: ";".join(groups)} if groups else {}
        if self.pod_security:
            result[POD_SECURITY_KEY] = str(self.pod_security)
        record = {
            name: {"value": item.value, "policies": list(item.policies)} for name, item in self.parameters.items()
        }
        text = json.dumps(record, sort_keys=True, separators=(",", ":")) if record else ""
        pieces = [text[start : start + MAX_VALUE] for start in range(0, len(text), MAX_VALUE)]
        if len(result.get(CHOICES_KEY, "")) > MAX_VALUE or len(pieces) > _MAX_PIECES:
            raise InvalidValueError(
                "The values chosen for single policies are longer than an assignment's metadata can record.",
                [remedy("shorter-choices")],
            )
        return result | {_piece_key(index): piece for index, piece in enumerate(pieces)}


def recorded_choices(metadata: Mapping[str, Any]) -> Choices:
    """The choices that an assignment's metadata holds; what can't be read, because somebody edited it, is left out."""
    effects: dict[str, Choice] = {}
    for group in str(metadata.get(CHOICES_KEY) or "").split(";"):
        word, _, names = group.partition(":")
        choice = next((item for item in Choice if item.value == word), None)
        if choice:
            effects.update({name: choice for name in names.split(",") if name})
    return Choices(effects, _recorded_parameters(metadata), recorded_pod_security(metadata))


def is_choice_key(key: str) -> bool:
    """Whether a metadata key holds choices."""
    number = key.removeprefix(PARAMETERS_KEY)
    return key in (CHOICES_KEY, PARAMETERS_KEY, POD_SECURITY_KEY) or (number != key and number.isdigit())


def _recorded_parameters(metadata: Mapping[str, Any]) -> dict[str, ChosenParameter]:
    pieces: list[str] = []
    while len(pieces) < _MAX_PIECES and isinstance(metadata.get(_piece_key(len(pieces))), str):
        pieces.append(metadata[_piece_key(len(pieces))])
    try:
        record = json.loads("".join(pieces) or "{}")
        if is_deep(record):
            return {}
        return {
            str(name): ChosenParameter(item["value"], tuple(str(policy) for policy in item["policies"]))
            for name, item in record.items()
        }
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return {}


def _piece_key(index: int) -> str:
    return f"{PARAMETERS_KEY}{index + 1 if index else ''}"


def dormant(choices: Choices, members: Iterable[Member], declared: Iterable[str]) -> tuple[list[str], list[str]]:
    """What of the choices a version of the initiative has no place for: short names, and names of parameters."""
    known = {short_name(member.reference_id) for member in members}
    lowered = {name.lower() for name in declared}
    return (
        sorted(name for name in choices.effects if name not in known),
        sorted(name for name in choices.parameters if name.lower() not in lowered),
    )
