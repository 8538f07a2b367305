# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""seccomp: every container has an approved seccomp profile.

Text and rule are those of the published template (Azure/draft, lib/v2.1.0/allowed-seccomp-profiles). Two things that
surprise are the template's own: a container without any profile fails, and `Localhost` in the list of allowed profiles
allows no file unless a `localhost/<file>` or `localhost/*` is there, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from azext_safeguards.check.policies.pod_security.fields import holds, texts, under
from azext_safeguards.check.policies.pod_security.pods import is_windows, judged_containers, said_once
from azext_safeguards.check.policies.policy import Object, Parameters, Path, Policy, Violation
from azext_safeguards.check.rego.values import literal_set, show
from azext_safeguards.domain.initiative.records import members

_FIELD = ("securityContext", "seccompProfile")
_OF_POD = "seccomp.security.alpha.kubernetes.io/pod"
_OF_CONTAINER = "container.seccomp.security.alpha.kubernetes.io/"
# The names of annotations and those of fields say the same, so an entry of either kind allows both.
_SAME = {
    "RuntimeDefault": ("runtime/default", "docker/default"),
    "Unconfined": ("unconfined",),
    "runtime/default": ("RuntimeDefault",),
    "docker/default": ("RuntimeDefault",),
    "unconfined": ("Unconfined",),
}


class _Found(NamedTuple):
    """The profile of a container."""

    profile: Any
    file: Any
    where: str
    """As messages say it."""
    path: Path


def _rule(pod: Object, parameters: Parameters) -> Iterator[Violation]:
    entries = texts(parameters.get("allowedSeccompProfiles"))
    if "*" in entries or is_windows(pod):
        return
    allowed = _with_synonyms(entries)
    for container, path, name in judged_containers(pod, parameters):
        found = _find(pod, container, path)
        if found.profile is None or _is_allowed(found, entries, allowed):
            continue
        file = f" with file '{show(found.file)}'" if found.profile == "Localhost" else ""
        yield Violation(
            f"Seccomp profile '{show(found.profile)}'{file} is not allowed for container '{name}'. "
            f"Found at: {found.where}. Allowed profiles: {literal_set(allowed)}",
            found.path,
        )


def _with_synonyms(entries: list[str]) -> set[str]:
    """The allowed profiles under all their names."""
    allowed = set(entries)
    for entry in entries:
        allowed.update(_SAME.get(entry, ()))
        if entry.startswith("localhost"):
            allowed.add("Localhost")
    return allowed


def _is_allowed(found: _Found, entries: list[str], allowed: set[str]) -> bool:
    """Whether a profile is among the allowed ones."""
    profile = found.profile
    if not isinstance(profile, str):
        return False
    if profile == "Localhost":
        files = [entry.replace("localhost/", "") for entry in entries if entry.startswith("localhost/")]
        return profile in allowed and ("localhost/*" in entries or found.file in files)
    if profile.startswith("localhost/"):
        return "localhost/*" in allowed or profile in allowed
    return not profile.lower().startswith("localhost") and profile in allowed


def _find(pod: Object, container: Mapping[str, Any], path: Path) -> _Found:
    """The profile that holds for a container: its own field, the Pod's, or an annotation of old."""
    own: Path = (*path, *_FIELD, "type")
    field = under(container, *_FIELD)
    if holds(field):
        return _Found(*_read(field), "container securityContext", own)
    field = under(pod, "spec", *_FIELD)
    if holds(field):
        return _Found(*_read(field), "pod securityContext", ("spec", *_FIELD, "type"))
    annotations = under(pod, "metadata", "annotations")
    for key in (f"{_OF_CONTAINER}{container.get('name')}", _OF_POD):
        profile = under(annotations, key)
        if holds(profile):
            return _Found(profile, "", f"annotation {key}", ("metadata", "annotations", key))
    return _Found("not configured", "", "no explicit profile found", own)


def _read(field: Any) -> tuple[Any, Any]:
    """Type and file of a profile field."""
    file = under(field, "localhostProfile")
    return under(field, "type"), "" if file is None else file


POLICY = Policy(
    **members("seccomp"),
    rule=said_once(_rule),
)
