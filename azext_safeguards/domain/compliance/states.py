# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Compliance states, and how many things are in each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Any


class State(Enum):
    """A compliance state of Azure Policy; the worst first, as Azure ranks them."""

    NON_COMPLIANT = "NonCompliant"
    UNKNOWN = "Unknown"
    COMPLIANT = "Compliant"
    EXEMPT = "Exempt"
    NOT_EVALUATED = "NotEvaluated"
    """Ours: Azure Policy says nothing about it yet; of a cluster: about some of its policies, and the others comply."""
    NOTHING_TO_JUDGE = "NothingToJudge"
    """Ours: nothing was judged, though Azure Policy may call that Compliant."""


_BY_LOWERED = {state.value.lower(): state for state in State if state is not State.NOTHING_TO_JUDGE} | {
    "notstarted": State.NOT_EVALUATED
}


def state_of(text: Any) -> State:
    """The state that Azure Policy names, in any case; what is none of ours (Conflict, Error) is unknown."""
    return _BY_LOWERED.get(str(text or "").lower(), State.UNKNOWN)


def worse(one: State, other: State) -> State:
    """The worse of two states."""
    ranks = list(State)
    return min(one, other, key=ranks.index)


@dataclass(frozen=True)
class Counts:
    """How many things are in each state."""

    compliant: int = 0
    non_compliant: int = 0
    exempt: int = 0
    unknown: int = 0

    @property
    def worst(self) -> State | None:
        """The state of them all together; None when there is none."""
        if self.non_compliant:
            return State.NON_COMPLIANT
        if self.unknown:
            return State.UNKNOWN
        if self.compliant:
            return State.COMPLIANT
        return State.EXEMPT if self.exempt else None

    def plus(self, state: State, number: int) -> Counts:
        """These and some more in a state."""
        more = {
            State.COMPLIANT: Counts(compliant=number),
            State.NON_COMPLIANT: Counts(non_compliant=number),
            State.EXEMPT: Counts(exempt=number),
        }.get(state, Counts(unknown=number))
        return Counts(
            self.compliant + more.compliant,
            self.non_compliant + more.non_compliant,
            self.exempt + more.exempt,
            self.unknown + more.unknown,
        )

    def as_output(self) -> dict[str, int]:
        """The counts as a command prints them."""
        return {
            "compliant": self.compliant,
            "nonCompliant": self.non_compliant,
            "exempt": self.exempt,
            "unknown": self.unknown,
        }


def counted(states: Iterable[State]) -> Counts:
    """How many of each; what is not evaluated counts as unknown."""
    found = list(states)
    return Counts(
        compliant=found.count(State.COMPLIANT),
        non_compliant=found.count(State.NON_COMPLIANT),
        exempt=found.count(State.EXEMPT),
        unknown=found.count(State.UNKNOWN) + found.count(State.NOT_EVALUATED),
    )
