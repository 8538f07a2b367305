# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What was asked for: the change of one command, and the intent recorded on the assignment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from azext_safeguards.domain.choices.changing import PodSecuritySet, PolicyChange
from azext_safeguards.domain.choices.pod_security import OFF
from azext_safeguards.domain.choices.recorded import Choices, is_choice_key, recorded_choices
from azext_safeguards.domain.initiative.catalog import PROFILE_VERSIONS, ProfileVersion
from azext_safeguards.domain.level import Level
from azext_safeguards.domain.namespaces import NamespaceEdit
from azext_safeguards.domain.suspension import SUSPENDED_KEY, SuspensionChange

# Metadata keys of ours; each value stays far under the documented limit of 1,024 characters.
LEVEL_KEY = "safeguardsLevel"
VERSION_KEY = "safeguardsVersion"
# Not an intent, but how our overrides are told from others': their fingerprints, comma-separated.
OVERRIDES_KEY = "safeguardsOverrides"
_KEYS = (LEVEL_KEY, VERSION_KEY, OVERRIDES_KEY, SUSPENDED_KEY)


@dataclass(frozen=True)
class Change:
    """What one command asks for; None means "not given, leave it"."""

    level: Level | None = None
    version: str | None = None
    excluded_namespaces: tuple[str, ...] | None = None
    policies: PolicyChange | None = None
    """What is chosen, or no longer chosen, for single policies."""
    suspension: SuspensionChange | None = None
    """Changes nothing but whether the assignment is enforced, whatever else is given."""
    namespaces: NamespaceEdit | None = None
    """Changes single namespaces of the list, whatever it is when this is written."""

    @property
    def pod_security(self) -> str | None:
        """What Pod Security is switched to, `Off` for turning it off; None leaves it."""
        if not isinstance(self.policies, PodSecuritySet):
            return None
        return self.policies.wanted.level if self.policies.wanted else OFF


@dataclass(frozen=True)
class Intent:
    """Level and version of an assignment, as recorded or as inferred; None where they are not known."""

    level: Level | None = None
    version: str | None = None
    choices: Choices = field(default_factory=Choices)
    """What was chosen for single policies."""

    @property
    def profile_version(self) -> ProfileVersion | None:
        """The profile version, or None when the assignment's pin is none."""
        return PROFILE_VERSIONS[self.version] if self.version else None

    @property
    def metadata(self) -> dict[str, str]:
        """The intent as metadata members of the assignment."""
        recorded = {LEVEL_KEY: self.level.value if self.level else None, VERSION_KEY: self.version}
        return {**{key: value for key, value in recorded.items() if value}, **self.choices.metadata}


def is_our_key(key: str) -> bool:
    """Whether a metadata key of an assignment is ours."""
    return key in _KEYS or is_choice_key(key)


def recorded_overrides(metadata: Mapping[str, Any]) -> frozenset[str]:
    """The fingerprints of the overrides that we wrote, as an assignment's metadata holds them."""
    return frozenset(str(metadata.get(OVERRIDES_KEY) or "").split(",")) - {""}


def recorded_intent(metadata: Mapping[str, Any]) -> Intent | None:
    """The intent that an assignment's metadata holds, or None when it holds no level of ours.

    A value that is no level or no version, because somebody edited it, counts as not recorded.
    """
    level = next((level for level in Level if level.value == metadata.get(LEVEL_KEY)), None)
    version = metadata.get(VERSION_KEY)
    if level is None:
        return None
    known = version if isinstance(version, str) and version in PROFILE_VERSIONS else None
    return Intent(level, known, recorded_choices(metadata))
