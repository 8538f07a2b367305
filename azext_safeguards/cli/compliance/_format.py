# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What `az aks safeguards compliance show` prints: the full object, and rows for -o table."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

# az imports this module for every `az aks` command, even for its help, so the domain is imported where it is used.
if TYPE_CHECKING:
    from azext_safeguards.domain.cluster import ClusterRef
    from azext_safeguards.domain.compliance.found import Compliance, PolicyCompliance
    from azext_safeguards.services.compliance import Reading

_ROW = tuple[tuple[str, str], ...]
_COUNTS: _ROW = (
    ("NonCompliant", "nonCompliant"),
    ("Compliant", "compliant"),
    ("Exempt", "exempt"),
    ("Unknown", "unknown"),
)


# What is worst comes first; states that Azure Policy may add stand behind what is known to be bad.
_NOTHING = "nothing to judge"
_STATES = {
    "NonCompliant": 0,
    "Unknown": 1,
    "Conflicting": 1,
    "NotEvaluated": 2,
    "Exempt": 3,
    "Compliant": 4,
    _NOTHING: 5,
    "-": 6,
}


def compliance_output(reading: Reading, cluster: ClusterRef, by: str, details: bool) -> dict[str, Any]:
    """The object that `compliance show` returns.

    :param by: `policy` or `namespace`.
    :param details: whether to list objects.
    """
    from azext_safeguards.domain.namespaces import SYSTEM_NAMESPACES

    compliance, profile = reading.compliance, reading.profile
    result: dict[str, Any] = {
        "id": cluster.plain_id,
        "cluster": cluster.name,
        "resourceGroup": cluster.resource_group,
        "assignmentId": reading.body.get("id"),
        "owner": "Managed" if reading.aks else "Assignment",
        "level": reading.aks.level if reading.aks else profile.level.value if profile.level else None,
        "version": profile.version,
        "enforcementMode": profile.enforcement_mode or None,
        "suspended": profile.suspension.as_output() if profile.suspension else None,
        "setByOthers": [found.as_output() for found in (*profile.others, *reading.beside)],
        "excludedNamespaces": list(profile.excluded_namespaces),
        "systemExcludedNamespaces": list(SYSTEM_NAMESPACES),
        "complianceState": compliance.state.value,
        "nothingToJudge": compliance.nothing.value if compliance.nothing else None,
        "lastScan": compliance.last_scan or None,
        "lastChange": compliance.currency.last_change or None,
        "outdated": compliance.currency.is_outdated,
        "groupedBy": by,
        "objects": compliance.objects.as_output() if compliance.knows_objects else None,
        "policies": [_policy_output(policy) for policy in compliance.policies],
        "namespaces": [
            {
                "namespace": item.namespace or None,
                **item.objects.as_output(),
                "nonCompliantPolicies": list(item.policies),
            }
            for item in compliance.namespaces
        ]
        if compliance.knows_objects
        else None,
    }
    if details:
        result["details"] = _details(compliance, by)
    return result


def _policy_output(policy: PolicyCompliance) -> dict[str, Any]:
    return {
        "name": policy.name,
        "policy": policy.name,
        "title": policy.title,
        "referenceId": policy.reference_id,
        "kind": policy.kind.value,
        "effect": policy.effect,
        "action": policy.action,
        "does": policy.does,
        "origin": policy.origin or None,
        "complianceState": policy.state.value,
        "resources": policy.resources.as_output(),
        "objects": policy.components.as_output() if policy.components is not None else None,
        "truncated": policy.truncated,
    }


def _details(compliance: Compliance, by: str) -> list[dict[str, Any]]:
    found = compliance.findings
    if by == "namespace":
        found = tuple(sorted(found, key=lambda item: (item.namespace, item.kind, item.name, item.policy)))
    return [
        {
            "kind": item.kind,
            "namespace": item.namespace or None,
            "name": item.name,
            "policy": item.policy,
            "complianceState": item.state.value,
            "message": item.message or None,
            "timestamp": item.timestamp or None,
        }
        for item in found
    ]


def compliance_table(result: Any) -> list[OrderedDict[str, Any]]:
    """Rows of objects, of namespaces or of policies."""
    return [OrderedDict(row) for row in _rows(result)]


def _rows(result: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    if "details" in result:
        rows = (_detail_row(item, result) for item in result["details"])
        return sorted(rows, key=lambda row: _STATES.get(row["State"], 1))
    if result["groupedBy"] == "namespace":
        found = (_namespace_row(item, result) for item in result["namespaces"] or ())
        return sorted(found, key=lambda row: -int(row["NonCompliant"]))
    policies = sorted((_policy_row(item, result) for item in result["policies"]), key=_policy_rank)
    return [_none_judges(result), *policies] if result["nothingToJudge"] == "Off" else policies


def _none_judges(result: Mapping[str, Any]) -> dict[str, Any]:
    """The row of a cluster without any policy that judges: an empty table would look like one without a fault."""
    about = {"Policy": "(all)", "Title": "-", "Does": "off", "State": _NOTHING}
    # How old a scan is does not matter where nothing was to be scanned.
    return {**about, **dict.fromkeys((column for column, _ in _COUNTS), "-"), **_scan({**result, "outdated": None})}


def _policy_rank(row: Mapping[str, Any]) -> tuple[int, int]:
    """The place of a policy's row: most objects that do not comply first, what judges nothing last."""
    return _STATES.get(str(row["State"]), 1), -_number(row["NonCompliant"])


def _number(count: Any) -> int:
    """A count of a row: `1000+` where not all are told, `-` where none are known."""
    digits = str(count).rstrip("+")
    return int(digits) if digits.isdecimal() else 0


def _policy_row(item: Mapping[str, Any], result: Mapping[str, Any]) -> dict[str, Any]:
    judges = item["kind"] == "validator"
    counts = item["objects"] or {}
    row = {
        "Policy": item["name"],
        "Title": item["title"],
        "Does": "off by exemption" if item["origin"] == "exemption" else item["does"],
        "State": _state(item["complianceState"]) if judges else "-",
    }
    for column, key in _COUNTS:
        count = counts.get(key, "-") if judges else "-"
        row[column] = count if key in ("nonCompliant", "compliant") else count or "-"
    if judges and item["truncated"]:
        row["NonCompliant"] = f"{counts['nonCompliant']}+"
    return {**row, **_scan(result)}


def _state(word: str) -> str:
    """Azure's word for a state as it is; ours for what is none in plain English."""
    return _NOTHING if word == "NothingToJudge" else word


def _namespace_row(item: Mapping[str, Any], result: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "Namespace": item["namespace"] or "(cluster)",
        **{column: item[key] for column, key in _COUNTS[:2]},
        **{column: item[key] or "-" for column, key in _COUNTS[2:]},
        "Policies": ",".join(item["nonCompliantPolicies"]) or "-",
        **_scan(result),
    }


def _detail_row(item: Mapping[str, Any], result: Mapping[str, Any]) -> dict[str, Any]:
    titles = {policy["name"]: policy["title"] for policy in result["policies"]}
    policy = {"Policy": item["policy"]}
    named = {"Namespace": item["namespace"] or "(cluster)", "Kind": item["kind"], "Name": item["name"]}
    # What the rows are in order of comes first.
    head = {**named, **policy} if result["groupedBy"] == "namespace" else {**policy, **named}
    return {
        **head,
        "State": item["complianceState"],
        # Azure Policy does not always say why; then what the policy is about says it.
        "Message": item["message"] or titles.get(item["policy"], "-"),
        "Scan": _scan(result)["Scan"],
    }


def _scan(result: Mapping[str, Any]) -> dict[str, str]:
    """The columns about the last scan: its time to the second, and that it is no longer about what is there now."""
    stamp = str(result["lastScan"] or "")
    return {"Scan": "outdated" if result["outdated"] else "-", "LastScan": f"{stamp[:19]}Z" if stamp else "(never)"}
