# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What is exported of an assignment: all that can be set, nothing that the service sets itself."""

from __future__ import annotations

import copy
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from azext_safeguards.domain.assignment.comparison import READ_ONLY, READ_ONLY_TOP, SERVER_METADATA
from azext_safeguards.domain.assignment.profile import Profile
from azext_safeguards.domain.assignment.reading import ASSIGNMENT_NAME, properties_of
from azext_safeguards.domain.cluster import ClusterRef

# Members in the order of a reader's interest; the others follow as they came.
_ORDER = (
    "displayName",
    "description",
    "policyDefinitionId",
    "definitionVersion",
    "enforcementMode",
    "parameters",
    "overrides",
    "resourceSelectors",
    "notScopes",
    "nonComplianceMessages",
    "metadata",
)
# What a clause of text in a comment may hold; the rest of a file is code.
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.*-_ ")


@dataclass(frozen=True)
class Content:
    """What a format renders: a body to PUT, where to, and what to say about it."""

    cluster: ClusterRef
    body: Mapping[str, Any]
    """`properties`, and `location` and `identity` where the assignment has them; made by `content_of`."""
    api_version: str
    """The version of the policyAssignments API that takes this body."""
    summary: str
    """Level and version in one line of plain ASCII, fit for a comment in any language."""
    name: str = ASSIGNMENT_NAME

    @property
    def properties(self) -> Mapping[str, Any]:
        """`properties` of the body."""
        return properties_of(self.body)

    @property
    def title(self) -> str:
        """The first line of every file: what it is and of which cluster."""
        return f"Deployment safeguards of the AKS cluster '{self.cluster.name}': {self.summary}."

    @property
    def cluster_id(self) -> str:
        """The cluster's resource id as Azure writes it, not as a URL does."""
        return self.cluster.plain_id


def content_of(cluster: ClusterRef, profile: Profile, body: Mapping[str, Any], api_version: str) -> Content:
    """What to export of an assignment.

    :param profile: what was read from the assignment.
    :param body: the assignment as the service returned it.
    :param api_version: the version of the policyAssignments API that takes the body.
    """
    return Content(cluster, sendable(body), api_version, _summary(profile))


def sendable(body: Mapping[str, Any]) -> dict[str, Any]:
    """The part of an assignment's body that can be sent.

    Left out: what the service owns (id, scope, instanceId, systemData, who created and updated it and when, the
    principal of an identity), members that are null, and an identity of type None, which is none.
    """
    found = {key: value for key, value in properties_of(body).items() if key not in READ_ONLY and value is not None}
    metadata = {key: value for key, value in (found.pop("metadata", None) or {}).items() if key not in SERVER_METADATA}
    if metadata:
        found["metadata"] = metadata
    ordered = {key: found[key] for key in _ORDER if key in found}
    properties = {**ordered, **{key: value for key, value in found.items() if key not in ordered}}
    top = {key: value for key, value in body.items() if key not in (*READ_ONLY_TOP, "properties", "identity")}
    sent = {key: value for key, value in top.items() if value is not None}
    identity = _identity(body.get("identity"))
    if identity:
        sent["identity"] = identity
    return copy.deepcopy({**sent, "properties": properties})


def cautions(content: Content) -> list[str]:
    """What code can't recreate, one sentence each; the same whatever the format is."""
    said = []
    if str(content.body.get("identity", {}).get("type")).lower() == "systemassigned":
        said.append(
            "The assignment has a system-assigned identity. A recreated one is another identity, so role assignments "
            "of the present one must be made again."
        )
    return said


def unnormalized(content: Content) -> list[str]:
    """The strings of a body that are not in Unicode's normal form C, which Terraform turns every string into."""
    return [text for text in _strings(content.body) if not unicodedata.is_normalized("NFC", text)]


def _identity(identity: Mapping[str, Any] | None) -> dict[str, Any] | None:
    kind = (identity or {}).get("type")
    if identity is None or not kind or str(kind).lower() == "none":
        return None
    named = identity.get("userAssignedIdentities")
    # What the service says about each (principalId, clientId) can't be sent.
    return {"type": kind, **({"userAssignedIdentities": {key: {} for key in named}} if named else {})}


def _summary(profile: Profile) -> str:
    level = f"level {profile.level.value}" if profile.level else "no level of its own"
    pin = profile.definition_version
    version = "" if profile.version in (None, pin) else f", version {profile.version}"
    switch = profile.choices.pod_security
    version += f", Pod Security {switch.level}" if switch else ""
    line = f"{level}{version}" + (f", initiative {pin}" if pin else "")
    if profile.enforcement_mode != "Default":
        line += f", mode {profile.enforcement_mode}"
    return "".join(character if character in _PLAIN or character == "," else "?" for character in line)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield key
            yield from _strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)
