# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The profile versions (v1.0.0, v2.0.0, v3.0.0) and the initiative versions that they are made of."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources

from azext_safeguards.domain.errors import InvalidValueError, PinUnavailableError
from azext_safeguards.domain.initiative.definition import (
    INITIATIVE_NAME,
    InitiativeVersion,
    Member,
    MemberKind,
    from_bundle,
)
from azext_safeguards.domain.initiative.names import POD_SECURITY
from azext_safeguards.domain.initiative.pins import newest_match, same_pin
from azext_safeguards.domain.initiative.records import RECORDS
from azext_safeguards.domain.initiative.records.record import V1, V2, V3
from azext_safeguards.domain.remedies import remedy


@dataclass(frozen=True)
class ProfileVersion:
    """A safeguards version: the initiative version it pins and the members that act in it."""

    name: str
    pin: str
    active: frozenset[str]
    """Reference ids of the members that a level turns on."""

    def acts(self, member: Member) -> bool:
        """Whether a member is part of this version."""
        return member.reference_id in self.active


def _version(name: str, pin: str) -> ProfileVersion:
    return ProfileVersion(name, pin, frozenset(one.reference_id for one in RECORDS.values() if name in one.versions))


# 2.0.0-preview and 2.0.1 hold a DeployIfNotExists member that needs an identity, so no profile version pins 2.0.*.
PROFILE_VERSIONS: dict[str, ProfileVersion] = {
    version.name: version
    for version in (
        _version(V1, "2.1.*"),
        _version(V2, "2.1.*"),
        _version(V3, "3.0.*"),
    )
}
# The newest one that the feature's own documentation calls latest; aks-preview's help named v1.0.0 instead.
DEFAULT_VERSION = V2

_VERSION_TEXT = re.compile(r"[vV]?(\d+\.\d+\.\d+)")


def parse_version(text: str) -> str:
    """The profile version that a text names: `v2.0.0`, `V2.0.0` and `2.0.0` are one.

    :raises InvalidValueError: for one that does not exist, with the list of those that do.
    """
    match = _VERSION_TEXT.fullmatch(text.strip())
    name = f"v{match[1]}" if match else ""
    if name not in PROFILE_VERSIONS:
        meant = _meant(text)
        known = ", ".join(PROFILE_VERSIONS)
        ways = [remedy("version", version=meant or DEFAULT_VERSION), remedy("list-versions")]
        if meant:
            said = f"'{text.strip()}' is not a safeguards version; did you mean {meant}? Known versions are {known}."
            raise InvalidValueError(said, ways)
        raise InvalidValueError(f"'{text.strip()}' is not a safeguards version; known versions are {known}.", ways)
    return name


def _meant(text: str) -> str:
    """The version whose beginning a text is, such as `v3` or `2.0`; "" for none, or for several."""
    number = text.strip().lower().removeprefix("v").rstrip(".*x").strip(".")
    if not number[:1].isdigit():
        return ""
    fitting = [name for name in PROFILE_VERSIONS if f"{name[1:]}.".startswith(f"{number}.")]
    return fitting[0] if len(fitting) == 1 else ""


def versions_of_pin(pin: str | None) -> list[ProfileVersion]:
    """The profile versions that use a pin, the default version first, then newest first."""
    found = [version for version in PROFILE_VERSIONS.values() if same_pin(version.pin, pin)]
    return sorted(found, key=lambda version: (version.name == DEFAULT_VERSION, version.name), reverse=True)


def acts(version: ProfileVersion | None, member: Member) -> bool:
    """Whether a level turns a member on.

    :param version: the profile version, or None for a pin that is none: then every policy of that initiative
        version acts, except Pod Security and what deploys Azure resources.
    """
    if member.kind is MemberKind.DEPLOYMENT:
        return False
    return version.acts(member) if version else member.reference_id not in POD_SECURITY


@lru_cache(maxsize=1)
def bundled() -> Mapping[str, InitiativeVersion]:
    """The initiative versions that came with this package, by version, newest first.

    The data is Azure/azure-policy's AKS_Safeguards.json through its git history; data/initiative.json names commits.
    """
    text = resources.files(__package__).joinpath("data/initiative.json").read_text(encoding="utf-8")
    return {entry["version"].lower(): from_bundle(entry) for entry in json.loads(text)["versions"]}


@dataclass
class Definitions:
    """What is known of the initiative's versions: the bundled catalog, and what this cloud was seen to have.

    :param offered: the versions that the cloud lists, or None when it was not asked.
    :param fetched: bodies read from the cloud, for versions that the catalog does not hold.
    """

    offered: tuple[str, ...] | None = None
    fetched: dict[str, InitiativeVersion] = field(default_factory=dict)

    def resolve(self, pin: str) -> str:
        """The version that a pin selects.

        :raises PinUnavailableError: when it selects nothing; the message says what there is.
        """
        versions: Iterable[str] = self.offered if self.offered is not None else bundled()
        found = newest_match(pin, versions)
        if found is None:
            there = ", ".join(sorted(versions, reverse=True)) or "none"
            raise PinUnavailableError(
                f"This cloud has no version of the deployment safeguards initiative that matches '{pin}'; "
                f"it has: {there}.",
                [remedy("list-definition-versions", name=INITIATIVE_NAME)],
            )
        return found

    def matching(self, pin: str) -> str | None:
        """The version that a pin selects among those this cloud offers, or None."""
        return newest_match(pin, self.offered or ())

    def missing(self, pin: str) -> str | None:
        """The version that a pin selects and whose definition is still to be fetched, or None."""
        version = self.resolve(pin)
        return None if version in self.fetched or version in bundled() else version

    def get(self, pin: str) -> InitiativeVersion | None:
        """The definition that a pin selects, or None when it is not known here."""
        try:
            version = self.resolve(pin)
        except PinUnavailableError:
            version = newest_match(pin, bundled()) or ""
        return bundled().get(version) or self.fetched.get(version)
