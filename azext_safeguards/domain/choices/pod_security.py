# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Pod Security as one switch: its 15 policies and their parameters as a group, recorded as one intent.

AKS has it as `podSecurityStandardsLevel` (Azure/azure-rest-api-specs, deploymentSafeguards 2025-07-01), whose
`Privileged` is Off here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from azext_safeguards.domain.choices.choice import EFFECTS, Choice
from azext_safeguards.domain.errors import InvalidValueError
from azext_safeguards.domain.initiative.definition import Member
from azext_safeguards.domain.initiative.pod_security import LEVELS, members_of, parameters_for
from azext_safeguards.domain.initiative.records.record import V3
from azext_safeguards.domain.remedies import remedy

POD_SECURITY_KEY = "safeguardsPodSecurity"
OFF = "Off"
POD_SECURITY_LEVELS = (OFF, *LEVELS)
"""What the switch can be set to."""

POD_SECURITY_VERSION = V3
"""The version that has its policies."""

_ALLOWED = (Choice.DENY, Choice.WARN)


@dataclass(frozen=True)
class PodSecurity:
    """What the switch is set to, where it is not Off.

    :param level: `Baseline` or `Restricted`.
    :param effect: Deny or Warn; None where the level of the safeguards decides.
    """

    level: str
    effect: Choice | None = None

    def __str__(self) -> str:
        """`Baseline`, or `Baseline:Warn`: as it is recorded and shown."""
        return f"{self.level}:{self.effect.value}" if self.effect else self.level

    def covers(self, reference_id: str) -> bool:
        """Whether it turns a member on, by its reference id."""
        return reference_id in self._members

    def is_in(self, members: Iterable[Member]) -> bool:
        """Whether some members are enough for it: those of v3.0.0 are."""
        return self._members <= {member.reference_id for member in members}

    @property
    def azure_effect(self) -> str | None:
        """The Azure Policy effect that was asked for; None where the level of the safeguards decides."""
        return EFFECTS[self.effect] if self.effect else None

    @cached_property
    def parameters(self) -> Mapping[str, Any]:
        """The initiative's parameters that make its level, by name."""
        return parameters_for(self.level)

    @cached_property
    def _members(self) -> frozenset[str]:
        return members_of(self.level)


def pod_security(level: str, effect: Choice | None) -> PodSecurity | None:
    """The switch set to a level; None for Off.

    :param level: `Off`, `Baseline` or `Restricted`, in any case.
    :param effect: what its policies do; None leaves that to the level of the safeguards.
    :raises InvalidValueError: for another level, and for an effect that the switch does not have.
    """
    name = next((item for item in POD_SECURITY_LEVELS if item.lower() == level.strip().lower()), None)
    if name is None:
        raise InvalidValueError(
            f"'{level}' is no Pod Security level.", [remedy("one-of", names=", ".join(POD_SECURITY_LEVELS))]
        )
    if name == OFF and effect is not None:
        raise InvalidValueError(
            "With Pod Security Off its policies do nothing, so that there is no effect to choose.",
            [remedy("pod-security", level=OFF)],
        )
    if effect is not None and effect not in _ALLOWED:
        raise InvalidValueError(
            f"The effect {effect.value} is not possible for Pod Security.",
            [remedy("pod-security", level=name, effect=item.value) for item in _ALLOWED],
        )
    return None if name == OFF else PodSecurity(name, effect)


def recorded_pod_security(metadata: Mapping[str, Any]) -> PodSecurity | None:
    """The switch as an assignment's metadata holds it; what can't be read, because somebody edited it, is Off."""
    level, colon, word = str(metadata.get(POD_SECURITY_KEY) or "").partition(":")
    effect = next((item for item in _ALLOWED if item.value == word), None)
    if level not in LEVELS or (colon and effect is None):
        return None
    return PodSecurity(level, effect)
