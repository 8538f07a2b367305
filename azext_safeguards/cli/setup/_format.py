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
    from azext_safeguards.domain.assignment.profile import Profile
    from azext_safeguards.domain.cluster import ClusterRef
    from azext_safeguards.domain.diagnosis import Check
    from azext_safeguards.domain.initiative.catalog import ProfileVersion


def profile_output(profile: Profile, assignment: Mapping[str, Any], cluster: ClusterRef) -> dict[str, Any]:
    """The object that `profile show` returns."""
    return {
        **profile.as_cluster_member(),
        "definitionVersion": profile.definition_version,
        "enforcementMode": profile.enforcement_mode,
        "policies": dict(sorted(profile.effects.items())),
        "drift": [
            {"field": drift.field, "expected": drift.expected, "actual": drift.actual} for drift in profile.drift
        ],
        "choices": {name: choice.value for name, choice in sorted(profile.choices.effects.items())},
        "suspended": profile.suspension.as_output() if profile.suspension else None,
        "cluster": cluster.name,
        "resourceGroup": cluster.resource_group,
        "assignmentId": assignment.get("id"),
    }


def profile_table(result: Any) -> list[OrderedDict[str, Any]]:
    """A row for a cluster and its safeguards; several rows for the list that az makes of `--ids`."""
    return [
        OrderedDict(
            Cluster=one["cluster"],
            ResourceGroup=one["resourceGroup"],
            Level=one["level"] or "(none)",
            Version=one["version"],
            ExcludedNamespaces=",".join(one["excludedNamespaces"]) or "-",
            Policies=_counted(one["policies"]),
            Mode="Suspended" if one["suspended"] else one["enforcementMode"],
            Drift=",".join(drift["field"] for drift in one["drift"]) or "-",
        )
        for one in ([result] if isinstance(result, Mapping) else result)
    ]


def _counted(policies: Mapping[str, str]) -> str:
    """`13 Deny, 6 Mutate, 1 Audit`."""
    counts: dict[str, int] = {}
    for effect in policies.values():
        counts[effect] = counts.get(effect, 0) + 1
    order = ("Deny", "Mutate", "Audit", "Disabled")
    ranked = sorted(counts.items(), key=lambda item: order.index(item[0]) if item[0] in order else len(order))
    return ", ".join(f"{count} {effect}" for effect, count in ranked) or "-"


def check_output(check: Check) -> dict[str, Any]:
    """A check of `diagnose` as a plain object."""
    return {"check": check.name, "status": check.status.value, "seen": check.seen, "todo": list(commands(check.todo))}


def diagnosis_table(result: list[Mapping[str, Any]]) -> list[OrderedDict[str, Any]]:
    """A row per check, in the order in which they were asked."""
    return [
        OrderedDict(Check=check["check"], Status=check["status"], Seen=check["seen"], Todo="; ".join(check["todo"]))
        for check in result
    ]


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

    return {
        "name": version.name,
        "isDefault": version.name == DEFAULT_VERSION,
        "definitionVersion": version.pin,
        "newestKnown": newest_match(version.pin, bundled()),
        "policies": sorted(short_name(reference) for reference in version.active),
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
