# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What can be chosen for a policy, whatever the level does."""

from __future__ import annotations

from enum import Enum

from azext_safeguards.domain.errors import InvalidValueError
from azext_safeguards.domain.initiative.definition import MemberKind
from azext_safeguards.domain.remedies import remedy


class Choice(str, Enum):
    """What somebody wants a single policy to do."""

    DENY = "Deny"
    WARN = "Warn"
    OFF = "Off"
    MUTATE = "Mutate"


EFFECTS = {Choice.DENY: "Deny", Choice.WARN: "Audit", Choice.OFF: "Disabled", Choice.MUTATE: "Mutate"}
_ALLOWED: dict[MemberKind, tuple[Choice, ...]] = {
    MemberKind.VALIDATOR: (Choice.DENY, Choice.WARN, Choice.OFF),
    MemberKind.MUTATOR: (Choice.MUTATE, Choice.OFF),
    # Its effect takes Audit and Disabled only (Azure/AKS#5501).
    MemberKind.NOTICE: (Choice.WARN, Choice.OFF),
    MemberKind.DEPLOYMENT: (),
}


def allowed_choices(kind: MemberKind) -> tuple[Choice, ...]:
    """What can be chosen for a kind of policy."""
    return _ALLOWED[kind]


def parse_choice(text: str) -> Choice:
    """The choice that a text names, in any case.

    :raises InvalidValueError: when it names none.
    """
    for choice in Choice:
        if choice.value.lower() == text.strip().lower():
            return choice
    raise InvalidValueError(
        f"'{text}' is no effect.", [remedy("one-of", names=", ".join(item.value for item in Choice))]
    )
