# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The three levels and what each of them means for the assignment."""

from __future__ import annotations

from dataclasses import dataclass
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


def parse_level(text: str) -> Level:
    """The level that a text names, in any case.

    :raises InvalidValueError: when it names none.
    """
    for level in Level:
        if level.value.lower() == text.strip().lower():
            return level
    names = ", ".join(level.value for level in Level)
    raise InvalidValueError(f"'{text}' is not a safeguards level.", [remedy("one-of", names=names)])
