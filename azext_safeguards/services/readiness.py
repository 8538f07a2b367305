# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Reads which objects of many clusters Enforcement would deny: a paged request for each subscription."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from azext_safeguards.domain.assignment.reading import ASSIGNMENT_NAME
from azext_safeguards.domain.compliance.components import component_of
from azext_safeguards.domain.initiative.definition import MemberKind
from azext_safeguards.domain.initiative.member_names import MemberNames
from azext_safeguards.services.arm import ArmClient
from azext_safeguards.services.compliance import COMPONENT_STATES_API

Readiness = dict[str, dict[str, int]]
"""By the resource id of a cluster in lower case: how many objects of each namespace break a policy, most first."""

_BREAKING = f"policyAssignmentName eq '{ASSIGNMENT_NAME}' and complianceState eq 'NonCompliant'"
_JUDGING = (MemberKind.VALIDATOR,)


def read_breaking(arm: ArmClient, subscription: str) -> tuple[list[dict[str, Any]], str]:
    """The records of all objects of a subscription that break a policy of the safeguards, and their newest time.

    :raises azure.core.exceptions.AzureError: when they could not be read.
    """
    path = f"/subscriptions/{subscription}/providers/Microsoft.PolicyInsights/componentPolicyStates/latest/queryResults"
    records = arm.post_all(path, COMPONENT_STATES_API, {"$filter": _BREAKING})
    return records, max((str(record.get("timestamp") or "") for record in records), default="")


def readiness_of(records: Sequence[Mapping[str, Any]], clusters: Sequence[str]) -> Readiness:
    """How many objects of each cluster and namespace Enforcement would deny.

    :param records: those of `read_breaking`.
    :param clusters: the ids of the clusters whose objects are known; one without records breaks nothing.
    """
    names = MemberNames(None)
    found: dict[str, dict[str, set[tuple[str, str]]]] = {cluster.lower(): {} for cluster in clusters}
    for record in records:
        owner = str(record.get("policyAssignmentId") or "").lower()
        objects = found.get(owner.partition("/providers/microsoft.authorization/")[0])
        if objects is None or names.kind(names.reference(record)) not in _JUDGING:
            continue
        one = component_of(record, names)
        objects.setdefault(one.namespace, set()).add((one.kind, one.name))
    return {cluster: _most_first(namespaces) for cluster, namespaces in found.items()}


def _most_first(namespaces: Mapping[str, set[tuple[str, str]]]) -> dict[str, int]:
    counts = {namespace: len(objects) for namespace, objects in namespaces.items()}
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
