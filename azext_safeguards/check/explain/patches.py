# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""A policy's patch with the names of what was denied in the places of the examples."""

from __future__ import annotations

import re
from collections.abc import Iterable

from azext_safeguards.check.policies.policy import Policy

_CONTAINER = "my-container"
_VOLUME = "my-volume"
# Fields of which a message names the one that is missing; the patch then has only that.
_CHOICES = {
    "probes": ("readinessProbe", "livenessProbe"),
    "resource-limits": ("cpu", "memory"),
    "resource-requests": ("cpu", "memory"),
}
# What YAML reads as text without quotes: names as Kubernetes has them that are no number and no boolean.
_BARE = re.compile(r"(?!(?:true|false|yes|no|on|off|null|y|n)\Z)[a-z][a-z0-9._-]*\Z")


def filled_in(
    policy: Policy,
    containers: Iterable[str] = (),
    fields: Iterable[str] = (),
    volumes: Iterable[str] = (),
    object_name: str = "",
    implied: bool = False,
) -> str:
    """The patch for one object.

    :param containers: names of containers, each of which gets its own entry in the patch.
    :param fields: the fields that are missing; none means all of the patch.
    :param volumes: names of volumes, likewise.
    :param object_name: the object's name, or "".
    :param implied: whether the object is a workload whose Pod was denied, so that the patch belongs into its template.
    """
    lines = policy.patch.splitlines()
    lines = _only(lines, _CHOICES.get(policy.short, ()), set(fields))
    lines = _repeated(lines, _CONTAINER, list(dict.fromkeys(containers)))
    lines = _repeated(lines, _VOLUME, list(dict.fromkeys(volumes)))
    if implied and lines[:1] == ["spec:"]:
        lines = ["spec:", "  template:", *(f"    {line}" for line in lines)]
    # A patch that changes metadata itself has no second one.
    if object_name and not any(line.startswith("metadata:") for line in lines):
        lines = ["metadata:", f"  name: {_scalar(object_name)}", *lines]
    return "\n".join(lines) + "\n"


def _only(lines: list[str], choices: tuple[str, ...], fields: set[str]) -> list[str]:
    """The lines without those of the choices that are not asked for."""
    if not fields & set(choices):
        return lines
    kept: list[str] = []
    dropped_indent: int | None = None
    for line in lines:
        indent = _indent(line)
        if dropped_indent is not None and indent > dropped_indent:
            continue
        key = line.strip().partition(":")[0]
        dropped_indent = indent if key in choices and key not in fields else None
        if dropped_indent is None:
            kept.append(line)
    return kept


def _repeated(lines: list[str], example: str, names: list[str]) -> list[str]:
    """The lines with the list entry of an example once for each name, or as they are without names."""
    start = next((number for number, line in enumerate(lines) if line.strip() == f"- name: {example}"), None)
    if start is None or not names:
        return lines
    end = start + 1
    while end < len(lines) and _indent(lines[end]) > _indent(lines[start]):
        end += 1
    entries = [line.replace(example, _scalar(name)) for name in names for line in lines[start:end]]
    return lines[:start] + entries + lines[end:]


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _scalar(name: str) -> str:
    """A name as YAML text."""
    if _BARE.match(name):
        return name
    # JSON's escapes of characters beyond 16 bits are not YAML's.
    return '"' + "".join(char if _is_plain(char) else f"\\U{ord(char):08x}" for char in name) + '"'


def _is_plain(char: str) -> bool:
    """Whether a character may stand between double quotes as it is."""
    return char.isprintable() and char not in '"\\'
