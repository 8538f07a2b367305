# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What `profile list`, `copy` and `migrate` print: full objects, and rows for -o table."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from azext_safeguards.cli.az.remedies import told
from azext_safeguards.cli.az.tables import Table

if TYPE_CHECKING:
    from azext_safeguards.domain.assignment.others import SetByOthers
    from azext_safeguards.domain.assignment.profile import Profile
    from azext_safeguards.domain.cluster import ClusterRef
    from azext_safeguards.domain.fleet.rows import Row
    from azext_safeguards.domain.owners import AksSide
    from azext_safeguards.services.beside import Beside
    from azext_safeguards.services.copying import Copied
    from azext_safeguards.services.migration import Move


# Wide enough for two policies with their effects.
_WIDE = 60


def profile_output(
    profile: Profile,
    assignment: Mapping[str, Any],
    cluster: ClusterRef,
    beside: Beside | None = None,
    others: Iterable[SetByOthers] = (),
) -> dict[str, Any]:
    """The object that `profile show` returns.

    :param beside: what stands beside the assignment, where it was read.
    :param others: what of it matters.
    """
    from azext_safeguards.domain.initiative.names import short_name

    exempted = beside.around.exempted if beside else frozenset()
    off = {short_name(reference) for reference in exempted}
    does = {name: "off" if name in off or "*" in off else word for name, word in sorted(profile.does.items())}
    return {
        **profile.as_cluster_member(),
        "owner": "Assignment",
        "definitionVersion": profile.definition_version,
        "enforcementMode": profile.enforcement_mode,
        "policies": dict(sorted(profile.effects.items())),
        "doesByPolicy": does,
        "drift": [
            {"field": drift.field, "expected": drift.expected, "actual": drift.actual} for drift in profile.drift
        ],
        "choices": {name: choice.value for name, choice in sorted(profile.choices.effects.items())},
        "chosen": _chosen(profile),
        "podSecurity": str(profile.choices.pod_security or "Off"),
        "suspended": profile.suspension.as_output() if profile.suspension else None,
        "setByOthers": [found.as_output() for found in (*profile.others, *others)],
        "unread": list(beside.lacking) if beside else [],
        "cluster": cluster.name,
        "resourceGroup": cluster.resource_group,
        "assignmentId": assignment.get("id"),
    }


def _chosen(profile: Profile) -> dict[str, str]:
    """What was chosen beside the level, by policy, as a list of clusters tells it, too: the effect that it has."""
    return {name: profile.effects.get(name, choice.value) for name, choice in sorted(profile.choices.effects.items())}


def aks_output(side: AksSide, cluster: ClusterRef) -> dict[str, Any]:
    """The same of a cluster whose safeguards AKS enforces itself, without an assignment."""
    from azext_safeguards.domain.acting.rows import acting_of, effects_of

    acting = acting_of(side)
    assert acting is not None
    return {
        "level": acting.level,
        "version": None,
        "excludedNamespaces": list(acting.user_namespaces),
        "systemExcludedNamespaces": [name for name in acting.excluded_namespaces if name not in acting.user_namespaces],
        "owner": "Managed",
        "definitionVersion": None,
        "enforcementMode": None,
        "policies": dict(sorted(effects_of(acting).items())),
        "doesByPolicy": {one.short: one.does for one in sorted(acting.members, key=lambda one: one.short)},
        "drift": [],
        "choices": {},
        "chosen": {},
        "podSecurity": acting.pod_security or "Off",
        "suspended": None,
        "setByOthers": [],
        "unread": [],
        "cluster": cluster.name,
        "resourceGroup": cluster.resource_group,
        "assignmentId": None,
        "mutators": [one.name for one in acting.mutators],
        "admissionPolicies": [one.name for one in acting.admission],
    }


def profile_table(result: Any) -> list[OrderedDict[str, Any]]:
    """The row of a cluster and its safeguards."""
    return [
        OrderedDict(
            Cluster=one["cluster"],
            ResourceGroup=one["resourceGroup"],
            Level=f"{one['level'] or '(none)'}{' (AKS)' if one.get('owner') == 'Managed' else ''}",
            Version=one["version"] or "-",
            ExcludedNamespaces=",".join(one["excludedNamespaces"]) or "-",
            Policies=_counted(one["doesByPolicy"]),
            Mode=_unless_told(one),
            Suspended=_suspended(one["suspended"]),
            Drift=",".join(drift["field"] for drift in one["drift"]) or "-",
        )
        for one in (result,)
    ]


PROFILE = Table(
    profile_table, prose=("ExcludedNamespaces", "Suspended", "Drift"), whole=("Level", "Version", "Policies", "Mode")
)


def _unless_told(profile: Mapping[str, Any]) -> str:
    """The enforcement mode where neither Off nor a suspension, which set it, tells the same beside it."""
    mode = profile["enforcementMode"]
    told = profile["suspended"] or profile["level"] == "Off"
    return "-" if told or not mode or mode.lower() == "default" else mode


def _suspended(suspension: Mapping[str, str] | None) -> str:
    """Why it is suspended, by whom and since when: the end is what a narrow table cuts."""
    if not suspension:
        return "-"
    who = f"by {suspension['by'] or 'somebody'} {suspension['at']}".rstrip()
    return f"{suspension['reason']}, {who}" if suspension["reason"] else who


def _counted(policies: Mapping[str, str]) -> str:
    """`13 deny, 6 mutate, 1 warn`."""
    counts: dict[str, int] = {}
    for word in policies.values():
        counts[word] = counts.get(word, 0) + 1
    order = ("deny", "mutate", "warn", "audit", "off")
    ranked = sorted(counts.items(), key=lambda item: order.index(item[0]) if item[0] in order else len(order))
    return ", ".join(f"{count} {word}" for word, count in ranked) or "-"


def row_output(row: Row, subscription_name: str | None) -> dict[str, Any]:
    """The object that `profile list` returns for a cluster."""
    cluster, safeguards = row.cluster, row.safeguards
    return {
        "id": cluster.ref.plain_id,
        "cluster": cluster.ref.name,
        "resourceGroup": cluster.ref.resource_group,
        "subscription": cluster.ref.subscription,
        "subscriptionName": subscription_name,
        "location": cluster.location,
        "provisioningState": cluster.provisioning_state or None,
        "azurePolicyAddon": cluster.addon,
        "owner": row.owner.value if row.owner else None,
        "level": row.level,
        "version": safeguards.version if safeguards else None,
        "enforcementMode": safeguards.enforcement_mode if safeguards else None,
        "suspended": safeguards.suspension.as_output() if safeguards and safeguards.suspension else None,
        "setByOthers": [found.as_output() for found in row.others],
        "excludedNamespaces": row.excluded_namespaces,
        "excludedNamespacesCount": row.excluded_namespaces,
        "choices": list(safeguards.choices) if safeguards else [],
        "chosen": dict(text.split("=", 1) for text in safeguards.choices) if safeguards else {},
        "drift": list(safeguards.drift) if safeguards else [],
        "nonCompliantPolicies": row.non_compliant,
        "nonCompliantPoliciesCount": row.non_compliant,
        "lastScan": row.last_scan or None,
        "lastChange": row.last_write or None,
        "outdated": row.is_outdated,
    }


def fleet_table(result: list[Mapping[str, Any]]) -> list[OrderedDict[str, Any]]:
    """A row per cluster, the worst first; the subscription only where there is more than one."""
    several = len({row["subscription"] for row in result}) > 1
    return [_fleet_row(row, several) for row in sorted(result, key=_fleet_rank)]


# As in `domain.diagnosis.around`, which is not loaded for a table.
_BESIDE = "deploymentSafeguards"
_JUDGED = ("Owner", "Level", "Version", "Drift", "NonCompliant")
FLEET = Table(
    fleet_table,
    prose=("Choices",),
    whole=_JUDGED,
    only_wide=("ExcludedNs", "AddOn"),
    yielding=("Owner", "Choices", "Drift", "Version"),
    may_go=("Owner",),
)


def _fleet_rank(row: Mapping[str, Any]) -> tuple[bool, bool, int, bool]:
    """The place of a cluster: what should act and does not, what drifted, what is not complied with, what has none."""
    idle = row["enforcementMode"] == "DoNotEnforce" and row["level"] not in (None, "Off")
    acts = row["level"] not in (None, "Off") or row["owner"] == "Managed"
    return not idle, not row["drift"], -(row["nonCompliantPolicies"] or 0), acts


def _fleet_row(row: Mapping[str, Any], several: bool) -> OrderedDict[str, Any]:
    cells: OrderedDict[str, Any] = OrderedDict(Cluster=row["cluster"], ResourceGroup=row["resourceGroup"])
    if several:
        cells["Subscription"] = row["subscriptionName"] or row["subscription"]
    acts_beside = any(one["what"] == _BESIDE for one in row.get("setByOthers") or ())
    cells["Owner"] = "Assignment+Managed" if acts_beside else row["owner"] or "-"
    # `Warning (suspended)`: the level is as it was set, and the assignment does nothing.
    idle = row["enforcementMode"] == "DoNotEnforce" and row["level"] not in (None, "Off")
    why = " (suspended)" if row["suspended"] else " (not enforced)" if idle else ""
    cells["Level"] = f"{row['level'] or '-'}{why}"
    cells["Version"] = row["version"] or "-"
    cells["ExcludedNs"] = _or_dash(row["excludedNamespaces"])
    cells["Choices"] = _few(row["choices"])
    cells["AddOn"] = "yes" if row["azurePolicyAddon"] else "no"
    cells["Drift"] = len(row["drift"]) or "-"
    cells["NonCompliant"] = f"{_or_dash(row['nonCompliantPolicies'])}{' (outdated)' if row['outdated'] else ''}"
    return cells


def copied_output(copied: Copied, *, dry_run: bool) -> dict[str, Any]:
    """What `profile copy` returns for a cluster, beside its names."""
    from azext_safeguards.cli.az.plans import change_output

    changed = "WouldChange" if dry_run else "Changed"
    return {
        "result": changed if copied.changed else "Unchanged",
        "changes": [str(difference) for difference in copied.differences],
        "differences": [change_output(difference) for difference in copied.differences],
        "warnings": [told(warning) for warning in copied.warnings],
    }


def move_output(move: Move, cluster: ClusterRef, done: list[str]) -> dict[str, Any]:
    """The object that `profile migrate` returns."""
    return {
        "cluster": cluster.name,
        "resourceGroup": cluster.resource_group,
        "to": move.target.value,
        "steps": move.steps,
        "done": done,
        "lost": list(move.lost) if move.steps else [],
    }


def move_table(result: Mapping[str, Any]) -> list[OrderedDict[str, Any]]:
    """A row per step; one that says so where there was nothing to do."""
    steps = result["steps"] or ["nothing: the cluster is there already"]
    return [
        OrderedDict(
            Cluster=result["cluster"], To=result["to"], Step=step, Done="yes" if step in result["done"] else "no"
        )
        for step in steps
    ]


MOVE = Table(move_table, prose=("Step",), whole=("Done",), may_go=("Cluster", "To"))


def _or_dash(value: Any) -> Any:
    return "-" if value is None else value


def _few(choices: list[str]) -> Any:
    """Choices where they fit a column, else how many there are: an image pattern may be long."""
    text = ", ".join(map(_worded, choices)) if len(choices) <= 2 else ""
    return (text if len(choices) <= 2 and len(text) <= _WIDE else len(choices)) or "-"


def _worded(choice: str) -> str:
    """`probes=warn` for `probes=Audit`: what a policy does rather than Azure's effect; other choices as they are."""
    from azext_safeguards.domain.assignment.effects import word_of
    from azext_safeguards.domain.initiative.names import SHORT_NAMES

    name, _, value = choice.partition("=")
    # Both levels at which something can differ have policies on Audit print warnings.
    return f"{name}={word_of(value, warns=True)}" if name in SHORT_NAMES.values() else choice
