# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What our commands print: full objects, and rows for -o table."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from azext_safeguards.cli.az.remedies import commands

# az imports this module for every `az aks` command, even for its help, so the domain is imported where it is used.
if TYPE_CHECKING:
    from azext_safeguards.domain.diagnosis import Check
    from azext_safeguards.domain.initiative.catalog import ProfileVersion


def check_output(check: Check) -> dict[str, Any]:
    """A check of `diagnose` as a plain object."""
    return {"check": check.name, "status": check.status.value, "seen": check.seen, "todo": list(commands(check.todo))}


_WORST = ("problem", "warning", "unknown")


def diagnosis_table(result: list[Mapping[str, Any]]) -> list[OrderedDict[str, Any]]:
    """A row per check, problems first, else in the order in which they were asked."""
    rows = [
        OrderedDict(Check=check["check"], Status=check["status"], Seen=check["seen"], Todo="; ".join(check["todo"]))
        for check in result
    ]
    return sorted(rows, key=lambda row: _WORST.index(row["Status"]) if row["Status"] in _WORST else len(_WORST))


def registration_table(result: list[Mapping[str, Any]]) -> list[OrderedDict[str, Any]]:
    """A row per thing that is registered."""
    return [
        OrderedDict(Name=step["name"], State=step["state"], Action=step["action"], Note=step["note"]) for step in result
    ]


def version_output(version: ProfileVersion) -> dict[str, Any]:
    """The object that `version list` returns for a version."""
    from azext_safeguards.domain.initiative.catalog import DEFAULT_VERSION, bundled
    from azext_safeguards.domain.initiative.names import short_name
    from azext_safeguards.domain.initiative.pins import newest_match

    policies = sorted(short_name(reference) for reference in version.active)
    return {
        "name": version.name,
        "isDefault": version.name == DEFAULT_VERSION,
        "definitionVersion": version.pin,
        "newestKnown": newest_match(version.pin, bundled()),
        "policies": policies,
        "policyNames": policies,
    }


def version_table(result: list[Mapping[str, Any]]) -> list[OrderedDict[str, Any]]:
    """A row per version."""
    return [
        OrderedDict(
            Name=version["name"],
            Default="yes" if version["isDefault"] else "",
            DefinitionVersion=version["definitionVersion"],
            Policies=len(version["policies"]),
        )
        for version in result
    ]
