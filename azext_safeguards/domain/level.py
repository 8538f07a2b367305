# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The three levels and what each of them means for the assignment."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum

from azext_safeguards.domain.errors import InvalidValueError
from azext_safeguards.domain.remedies import remedy


class Level(str, Enum):
    """A safeguards level, spelled as aks-preview spelled it."""

    OFF = "Off"
    WARNING = "Warning"
    ENFORCEMENT = "Enforcement"

    @property
    def is_on(self) -> bool:
        """Whether the level makes policies act."""
        return self is not Level.OFF


@dataclass(frozen=True)
class LevelSettings:
    """The values a level gives to the initiative's parameters and to the assignment."""

    effect: str
    warn: bool
    mutation_effect: str
    validator_effect: str
    enforcement_mode: str


# `effect` is never Deny: since initiative 1.9.0 that parameter also feeds printMutationsAnnotations, which allows
# only Audit and Disabled, and the service refuses it (Azure/AKS#5501). Deny reaches the validators by an override.
# `warn` stays true under Enforcement so that a member that somebody sets to Audit really warns while others deny.
SETTINGS: dict[Level, LevelSettings] = {
    Level.OFF: LevelSettings("Disabled", False, "Disabled", "Disabled", "DoNotEnforce"),
    Level.WARNING: LevelSettings("Audit", True, "Disabled", "Audit", "Default"),
    Level.ENFORCEMENT: LevelSettings("Audit", True, "Mutate", "Deny", "Default"),
}


# What AKS's own safeguards and Azure Policy call what these levels do.
_MEANT = {
    "warn": Level.WARNING,
    "audit": Level.WARNING,
    "enforce": Level.ENFORCEMENT,
    "deny": Level.ENFORCEMENT,
    "none": Level.OFF,
    "disabled": Level.OFF,
    "donotenforce": Level.OFF,
}


def parse_level(text: str) -> Level:
    """The level that a text names, in any case and with blanks or a carriage return around it.

    :raises InvalidValueError: when it names none.
    """
    for level in Level:
        if level.value.lower() == text.strip().lower():
            return level
    given = text.strip().lower()
    near = get_close_matches(given, [level.value.lower() for level in Level], n=1, cutoff=0.5)
    for level in Level:
        if _MEANT.get(given) is level or level.value.lower() in near:
            raise InvalidValueError(
                f"'{text.strip()}' is not a safeguards level; did you mean {level.value}?",
                [remedy("level", level=level.value)],
            )
    names = ", ".join(level.value for level in Level)
    raise InvalidValueError(
        f"'{text.strip()}' is not a safeguards level; levels are {names}.", [remedy("level", level=Level.WARNING.value)]
    )
